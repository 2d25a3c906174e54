//! Named sets through candle-datasets and the cache of the hub.

use std::panic::{self, AssertUnwindSafe};

use candle_datasets::vision;
use hf_hub::progress::{DownloadEvent, ProgressEvent, ProgressHandler};
use hf_hub::{HFClientSync, HFError};

use super::NamedSet;
use crate::dataset::Dataset;
use crate::error::DataError;

/// The revision of the hub's data sets that holds Parquet files.
const REVISION: &str = "refs/convert/parquet";

/// Where candle-datasets looks for a set: owner, name, and its files.
const fn place(set: NamedSet) -> (&'static str, &'static str, [&'static str; 2]) {
    match set {
        NamedSet::FashionMnist => (
            "zalando-datasets",
            "fashion_mnist",
            [
                "fashion_mnist/test/0000.parquet",
                "fashion_mnist/train/0000.parquet",
            ],
        ),
        NamedSet::Cifar10 => (
            "",
            "cifar10",
            [
                "plain_text/test/0000.parquet",
                "plain_text/train/0000.parquet",
            ],
        ),
    }
}

/// Passes on how much of a file came.
struct Watch<F>(F);

impl<F: Fn(u64, u64) + Send + Sync> ProgressHandler for Watch<F> {
    fn on_progress(&self, event: &ProgressEvent) {
        match event {
            ProgressEvent::Download(DownloadEvent::Progress { files }) => {
                for file in files {
                    (self.0)(file.bytes_completed, file.total_bytes);
                }
            }
            ProgressEvent::Download(DownloadEvent::AggregateProgress {
                bytes_completed,
                total_bytes,
                ..
            }) => (self.0)(*bytes_completed, *total_bytes),
            _ => {}
        }
    }
}

pub(super) fn fetch(
    set: NamedSet,
    watch: impl Fn(u64, u64) + Send + Sync + 'static,
) -> Result<(), DataError> {
    let refuse = |error: HFError| refused(set, &error);
    let client = HFClientSync::new().map_err(refuse)?;
    let (owner, name, files) = place(set);
    let repository = client.dataset(owner, name);
    let watch = std::sync::Arc::new(Watch(watch));
    for file in files {
        let download = repository.download_file().filename(file).revision(REVISION);
        match download.clone().local_files_only(true).send() {
            Err(HFError::LocalEntryNotFound { .. }) => {
                download
                    .progress(std::sync::Arc::clone(&watch))
                    .send()
                    .map_err(refuse)?;
            }
            cached => {
                cached.map_err(refuse)?;
            }
        }
    }
    Ok(())
}

fn refused(set: NamedSet, error: &dyn std::error::Error) -> DataError {
    let mut reason = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !reason.contains(&words) {
            reason += &format!(": {words}");
        }
        cause = error.source();
    }
    DataError::Hub {
        set: set.name(),
        reason,
    }
}

pub(super) fn load(set: NamedSet) -> Result<Dataset, DataError> {
    let broken = |reason: String| DataError::Hub {
        set: set.name(),
        reason,
    };
    let read = || match set {
        NamedSet::FashionMnist => vision::fashion_mnist::load(),
        NamedSet::Cifar10 => vision::cifar::load(),
    };
    // It panics on an image that cannot be decoded.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let read = panic::catch_unwind(AssertUnwindSafe(read));
    panic::set_hook(hook);
    let read =
        read.map_err(|_| broken("its files hold an image that cannot be decoded".to_owned()))?;
    let mut read = read.map_err(|error| broken(error.to_string()))?;
    let shape = match set {
        NamedSet::FashionMnist => [1, 28, 28],
        NamedSet::Cifar10 => {
            // candle-datasets 0.11.1 gives the columns of its Parquet files as rows.
            read.train_images = read.train_images.transpose(2, 3)?;
            read.test_images = read.test_images.transpose(2, 3)?;
            [3, 32, 32]
        }
    };
    Dataset::from_candle(set.title(), &read, shape)
}
