//! Splits that many cells have in common, each made once.

use std::collections::HashMap;

use lenet_core::{Samples, Trial, Validation};
use lenet_data::Splits;

use crate::data_sets::DataSets;
use crate::error::StudyError;

/// The splits of trials of one seed.
#[derive(Default)]
pub(super) struct KnownSplits {
    known: HashMap<(String, Validation, Samples), Splits>,
}

impl KnownSplits {
    /// A trial's splits of the data set of this name. All trials must have one seed.
    ///
    /// # Errors
    /// As [`DataSets::splits`].
    pub(super) fn of(
        &mut self,
        data: &DataSets,
        name: &str,
        trial: &Trial,
    ) -> Result<&Splits, StudyError> {
        let key = (name.to_owned(), trial.data.validation, trial.data.samples);
        if !self.known.contains_key(&key) {
            self.known.insert(key.clone(), data.splits(name, trial)?);
        }
        Ok(&self.known[&key])
    }
}
