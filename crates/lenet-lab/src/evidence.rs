//! What a report shows beyond the records: predictions in the trials' folders, and test images.

use std::path::Path;

use lenet_core::{Data, MNIST};
use lenet_data::Dataset;
use lenet_report::{Evidence, TestImages};
use lenet_results::{Predictions, Store};
use lenet_study::DataSets;

use crate::output;

/// Predictions of the trials in some folders, and data sets.
pub struct Kept<'a> {
    stores: Vec<Store>,
    data: &'a DataSets,
}

impl<'a> Kept<'a> {
    /// The predictions in these folders, of which those without trials have none.
    pub fn new<P: AsRef<Path>>(folders: &[P], data: &'a DataSets) -> Self {
        let stores = folders.iter().filter_map(|f| Store::open(f.as_ref()).ok());
        Self {
            stores: stores.collect(),
            data,
        }
    }
}

impl Evidence for Kept<'_> {
    /// A file that cannot be used is named on standard error.
    fn predictions(&self, identity: &str) -> Option<Predictions> {
        let read = |store: &Store| match store.trial(identity).read_predictions() {
            Ok(predictions) => predictions,
            Err(error) => {
                output::note(error);
                None
            }
        };
        self.stores.iter().find_map(read)
    }

    fn test_images(&self, data: &Data) -> Option<TestImages> {
        let embedded = || (data.source == MNIST).then(Dataset::mnist);
        let set = self
            .data
            .of_source(&data.source)
            .cloned()
            .or_else(embedded)?;
        Some(TestImages {
            labels: set.test.labels().to_vec(),
            pixels: set.test.pixels().to_vec(),
            shape: set.test.shape(),
        })
    }
}
