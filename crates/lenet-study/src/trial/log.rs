//! What one trial writes while it runs.

use lenet_results::{EpochRecord, RunRecord, StoreError, TrialWriter};

/// Writes one trial's progress to its folder, and keeps its epochs and the first error of a
/// write. After an error it writes nothing more.
pub(super) struct ProgressLog {
    pub(super) writer: TrialWriter,
    /// Whether the observer was told that the trial started, and not that it was interrupted
    /// since.
    pub(super) reported_started: bool,
    pub(super) epochs: Vec<EpochRecord>,
    pub(super) error: Option<StoreError>,
    /// Runs of the trial that this one goes on with.
    earlier: Vec<RunRecord>,
}

impl ProgressLog {
    pub(super) fn new(writer: TrialWriter, earlier: Vec<RunRecord>) -> Self {
        Self {
            writer,
            reported_started: false,
            epochs: Vec::new(),
            error: None,
            earlier,
        }
    }

    pub(super) fn start(&mut self, epochs: &[EpochRecord], run: &RunRecord) {
        self.reported_started = true;
        self.epochs = epochs.to_vec();
        let earlier = std::mem::take(&mut self.earlier);
        self.write(|writer| {
            writer.restore_epochs(epochs)?;
            if !epochs.is_empty() {
                writer.inherit_runs(&earlier)?;
            }
            writer.append_run(run)
        });
    }

    pub(super) fn append(&mut self, epoch: &EpochRecord) {
        self.epochs.push(epoch.clone());
        self.write(|writer| writer.append_epoch(epoch));
    }

    fn write(&mut self, action: impl FnOnce(&mut TrialWriter) -> Result<(), StoreError>) {
        if self.error.is_none() {
            self.error = action(&mut self.writer).err();
        }
    }
}
