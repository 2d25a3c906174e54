//! Which trials are computed again: drawn at random, the same ones for the same seed.

use std::collections::BTreeSet;
use std::path::PathBuf;

use lenet_core::identity::digest_of_bytes;
use lenet_core::random::{permutation, stream};
use lenet_core::{MNIST, Names};
use lenet_data::Dataset;
use lenet_ops::Level;
use lenet_results::TrialRecord;

use super::unverifiable::{Unverifiable, level};
use crate::data_sets::DataSets;
use crate::error::StudyError;

/// Enters the digest that the seed comes from where none is given.
const TAG: &str = "lenet-lab verification 1\n";
/// The stream of random numbers that trials are drawn by.
const STREAM: &str = "verification";

/// How many trials are computed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    /// So many, or as many as there are.
    Number(usize),
    /// All.
    All,
}

/// Trials that were drawn from a set of records.
#[derive(Debug)]
pub struct Drawing {
    /// What draws the same trials again.
    pub seed: u64,
    /// Trials that they were drawn from.
    pub of: usize,
    /// Those to compute again, with their instruction sets and names, in the order in which they were drawn.
    trials: Vec<(TrialRecord, Level, String)>,
    /// Those that were drawn and cannot be verified here.
    pub passed_over: Vec<PassedOver>,
}

/// A trial that was drawn and cannot be verified here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// Its identity.
    pub identity: String,
    /// Its name among the trials of the records.
    pub name: String,
    /// Why not.
    pub reason: Unverifiable,
}

impl Drawing {
    /// Draws from records, in whichever order they stand. Where no seed is given, it is a digest of the trials'
    /// identities. For each trial that `usable` instruction sets cannot verify another one is drawn.
    #[must_use]
    pub fn of(
        records: &[TrialRecord],
        sample: Sample,
        seed: Option<u64>,
        usable: &[Level],
    ) -> Self {
        let mut records: Vec<&TrialRecord> = records.iter().collect();
        records.sort_by(|a, b| a.identity.cmp(&b.identity));
        let names = Names::of_trials(records.iter().map(|record| &record.config));
        let seed = seed.unwrap_or_else(|| seed_of(&records));
        let wanted = match sample {
            Sample::Number(number) => number,
            Sample::All => usize::MAX,
        };
        let mut drawing = Self {
            seed,
            of: records.len(),
            trials: Vec::new(),
            passed_over: Vec::new(),
        };
        for at in permutation(&mut stream(seed, STREAM), records.len()) {
            if drawing.trials.len() == wanted {
                break;
            }
            let record = records[at as usize];
            let name = names.trial(&record.config);
            match level(record, usable) {
                Ok(level) => drawing.trials.push((record.clone(), level, name)),
                Err(reason) => drawing.passed_over.push(PassedOver {
                    identity: record.identity.clone(),
                    name,
                    reason,
                }),
            }
        }
        drawing
    }

    /// Number of trials to compute again.
    #[must_use]
    pub fn len(&self) -> usize {
        self.trials.len()
    }

    /// Whether there is nothing to compute.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.trials.is_empty()
    }

    /// The instruction sets of the trials, each once.
    #[must_use]
    pub fn levels(&self) -> BTreeSet<Level> {
        self.trials.iter().map(|(_, level, _)| *level).collect()
    }

    /// The trials of one instruction set with their names, in the order in which they were drawn.
    pub(super) fn of_level(&self, level: Level) -> impl Iterator<Item = (&TrialRecord, &str)> {
        let own = self.trials.iter().filter(move |(_, own, _)| *own == level);
        own.map(|(record, _, name)| (record, name.as_str()))
    }

    /// The data sets that the trials need: MNIST, and sets from these folders, as they are or with rows and
    /// columns exchanged.
    ///
    /// # Errors
    /// [`StudyError::NoData`] if a set that a trial was trained on is in no folder; [`StudyError::Data`] for a
    /// folder that cannot be used.
    pub fn data_sets(&self, folders: &[PathBuf]) -> Result<DataSets, StudyError> {
        let configs = self.trials.iter().map(|(record, ..)| &record.config);
        let needed: BTreeSet<&str> = configs.map(|config| config.data.source.as_str()).collect();
        let mut sets = DataSets::default().with(MNIST, Dataset::mnist());
        let mut found = Vec::new();
        for folder in folders {
            let name = folder.display().to_string();
            let set = Dataset::from_folder(folder)?;
            found.push((folder.clone(), set.source.clone()));
            let turned = match needed.contains(set.source.as_str()) {
                true => None,
                false => set.transposed().ok(),
            };
            let turned = turned.filter(|set| needed.contains(set.source.as_str()));
            sets = sets.with(&name, turned.unwrap_or(set));
        }
        match needed
            .into_iter()
            .find(|source| sets.of_source(source).is_none())
        {
            None => Ok(sets),
            Some(source) => Err(StudyError::NoData {
                needed: source.to_owned(),
                found,
            }),
        }
    }
}

/// A seed that the trials themselves give, short enough to type.
fn seed_of(sorted: &[&TrialRecord]) -> u64 {
    let identities = sorted.iter().map(|record| record.identity.as_str());
    let text = identities.collect::<Vec<_>>().join("\n");
    let digest = digest_of_bytes(TAG, text.as_bytes());
    u64::from_str_radix(&digest[..8], 16).unwrap_or(0)
}
