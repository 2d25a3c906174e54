//! Checkpoints, by a trial that is taken up from one and stopped at its next step.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use lenet_core::{Architecture, Data, Samples, Trial, Validation};
use lenet_data::{ImageSet, Split, Splits};
use lenet_train::{Ended, Event, RunOptions, run};

use super::{Target, put};
use crate::form::Form;

pub(super) const CHECKPOINT: Target = Target {
    name: "checkpoint",
    form: Form::Checkpoint,
    seeds: || vec![after_one_epoch()],
    read: |input, folder| {
        put(folder, "checkpoint", input);
        let run = run(&trial(), &splits(), &options(folder, true), &mut |_| {});
        run.is_ok_and(|ended| matches!(ended, Ended::Interrupted { .. }))
    },
};

fn options(folder: &Path, stops: bool) -> RunOptions {
    RunOptions {
        checkpoint: Some(folder.join("checkpoint")),
        stop: Arc::new(AtomicBool::new(stops)),
        ..RunOptions::default()
    }
}

/// The checkpoint of a trial that was stopped after its first epoch.
fn after_one_epoch() -> Vec<u8> {
    let Ok(folder) = tempfile::tempdir() else {
        return Vec::new();
    };
    let options = options(folder.path(), false);
    let stop = options.stop.clone();
    let mut stops = |event: Event<'_>| {
        if matches!(event, Event::Epoch(_)) {
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    };
    let _ = run(&trial(), &splits(), &options, &mut stops);
    fs::read(folder.path().join("checkpoint")).unwrap_or_default()
}

fn trial() -> Trial {
    Trial {
        data: Data {
            source: "test".to_owned(),
            validation: Validation::first(4),
            samples: Samples::All,
        },
        network: Architecture {
            filters: vec![2],
            kernel: 3,
            hidden: vec![3],
            ..Architecture::default()
        },
        batch_size: 4,
        epochs: 3,
        ..Trial::default()
    }
}

/// Twelve training and four validation images of 6×6 pixels in two classes; the latter are the test's too.
fn splits() -> Splits {
    let images = 16;
    let pixels = (0..images * 36).map(|at| (at * 37 % 251) as u8).collect();
    let labels = (0..images).map(|image| (image % 2) as u8).collect();
    let set = ImageSet::new(pixels, labels, [1, 6, 6]).unwrap_or_else(|error| panic!("{error}"));
    let set = Arc::new(set);
    let split = |indices: std::ops::Range<u32>| Split {
        set: set.clone(),
        indices: indices.collect(),
    };
    Splits {
        train: split(4..16),
        validation: split(0..4),
        test: split(0..4),
        classes: 2,
        source: "test".to_owned(),
    }
}
