//! The events of one trial, written one after the other.

use std::io::{self, Write};

use lenet_core::Trial;
use lenet_results::EpochRecord;
use prost::Message;

use super::hparams::{self, Status};
use super::proto::{Event, SessionLog, Summary, Value, What};
use super::tfrecord;
use crate::numbers::NUMBERS;

/// The version of event files that TensorBoard reads.
const VERSION: &str = "brain.Event:2";

/// Writes the events of one trial: its settings, a scalar for every number of each epoch, how it ended.
///
/// TensorBoard shows what is there while a trial runs. Scalars are f32, as TensorBoard's are.
///
/// ```
/// use lenet_core::Trial;
/// use lenet_export::tensorboard::{Status, Writer};
///
/// let mut writer = Writer::begin(Vec::new(), &Trial::default(), 1_700_000_000.0)?;
/// // writer.epoch(&record, 1_700_000_002.5)?; after each epoch
/// let file = writer.end(Status::Success, 1_700_000_025.0)?;
/// assert!(!file.is_empty());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Writer<W: Write> {
    out: W,
    epochs: usize,
}

impl<W: Write> Writer<W> {
    /// Begins a file with the settings of a trial that began at `started`, in seconds since 1970-01-01 UTC.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(out: W, trial: &Trial, started: f64) -> io::Result<Self> {
        let mut writer = Self { out, epochs: 0 };
        writer.event(started, What::FileVersion(VERSION.to_owned()))?;
        writer.summary(started, vec![hparams::start(trial, started)])?;
        Ok(writer)
    }

    /// Begins a file of what concerns all of these trials: which settings and metrics the tab HPARAMS has
    /// columns for. It lies above the folders of the trials.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn experiment<'t>(
        out: W,
        trials: impl Iterator<Item = &'t Trial> + Clone,
        created: f64,
    ) -> io::Result<W> {
        let mut writer = Self { out, epochs: 0 };
        writer.event(created, What::FileVersion(VERSION.to_owned()))?;
        writer.summary(created, vec![hparams::experiment(trials, created)])?;
        writer.out.flush()?;
        Ok(writer.out)
    }

    /// Says that nothing counts which earlier files of the folder say.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn restart(&mut self, wall_time: f64) -> io::Result<()> {
        const START: i32 = 1;
        self.event(wall_time, What::SessionLog(SessionLog { status: START }))
    }

    /// Writes the numbers of an epoch that ended at `wall_time`, in seconds since 1970-01-01 UTC.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn epoch(&mut self, epoch: &EpochRecord, wall_time: f64) -> io::Result<()> {
        self.epochs = epoch.epoch;
        let scalar = |(name, number): &(&str, fn(&EpochRecord) -> f64)| Value {
            tag: (*name).to_owned(),
            simple_value: Some(number(epoch) as f32),
            metadata: None,
        };
        self.summary(wall_time, NUMBERS.iter().map(scalar).collect())?;
        self.out.flush()
    }

    /// Writes how the trial ended, or that it has not, and when. Gives `out` back.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn end(mut self, status: Status, wall_time: f64) -> io::Result<W> {
        self.summary(wall_time, vec![hparams::end(status, wall_time)])?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn summary(&mut self, wall_time: f64, value: Vec<Value>) -> io::Result<()> {
        self.event(wall_time, What::Summary(Summary { value }))
    }

    fn event(&mut self, wall_time: f64, what: What) -> io::Result<()> {
        let event = Event {
            wall_time,
            step: i64::try_from(self.epochs).unwrap_or(i64::MAX),
            what: Some(what),
        };
        tfrecord::write(&mut self.out, &event.encode_to_vec())
    }
}
