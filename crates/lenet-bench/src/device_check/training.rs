//! Training on the device against training on the processor.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lenet_core::{
    Architecture, Backend, Data, DeviceKind, Dropout, Optimizer, Samples, Trial, Validation,
};
use lenet_train::{Ended, Event, RunOptions, TrainError};

use super::{Answer, Checked};

/// Passes over the training data.
const EPOCHS: usize = 3;
/// Bound on the distance of two trainings' parameters, by their length: rounding that differs,
/// carried through some hundred steps.
const PARAMETERS: f64 = 1e-2;

/// A short trial of the study's network, with dropout.
pub(super) fn config(
    checked: &Checked<'_>,
    backend: Backend,
    device: DeviceKind,
    seed: u64,
) -> Trial {
    Trial {
        data: Data {
            source: checked.data.source.clone(),
            validation: Validation::first(checked.data.validation.len()),
            samples: Samples::Drawn(checked.data.train.len()),
        },
        network: Architecture {
            filters: vec![checked.filters; 2],
            ..Architecture::default()
        },
        dropout: Dropout::connected(0.5),
        optimizer: Optimizer::MOMENTUM,
        learning_rate: 0.01,
        batch_size: 64,
        epochs: EPOCHS,
        seed,
        backend,
        device,
        ..Trial::default()
    }
}

/// Compares the test accuracies of each seed on both devices. They may differ as much as the
/// processor's own do between seeds.
pub(super) fn spread(checked: &Checked<'_>, backend: Backend) -> Result<Answer, TrainError> {
    let accuracy = |device, seed| -> Result<f64, TrainError> {
        let config = config(checked, backend, device, seed);
        let (trained, _) = train(&config, checked, &checked.options())?;
        Ok(trained.accuracy)
    };
    let mut pairs = Vec::new();
    for seed in 1..=checked.seeds {
        pairs.push([
            accuracy(DeviceKind::Cpu, seed)?,
            accuracy(checked.kind, seed)?,
        ]);
    }
    Ok(within_spread(&pairs))
}

/// Pairs of accuracies, the processor's first.
fn within_spread(pairs: &[[f64; 2]]) -> Answer {
    let here = pairs.iter().map(|[cpu, _]| *cpu);
    let low = here.clone().fold(f64::INFINITY, f64::min);
    let high = here.fold(f64::NEG_INFINITY, f64::max);
    let distance = |[cpu, device]: &[f64; 2]| (cpu - device).abs();
    let worst = pairs.iter().map(distance).fold(0.0, f64::max);
    let whole = pairs.iter().flatten().all(|accuracy| accuracy.is_finite());
    Answer::new(
        whole && worst <= high - low,
        format!(
            "test accuracies of {} seeds {low:.4} to {high:.4} on the processor; the device's \
             differ by at most {worst:.4}",
            pairs.len()
        ),
    )
}

/// One trial of candle's ops with both placements of the images.
pub(super) fn placements(checked: &Checked<'_>) -> Result<Answer, TrainError> {
    let config = config(checked, Backend::Stock, checked.kind, 1);
    let with = |streamed| {
        let options = RunOptions {
            streamed,
            ..checked.options()
        };
        train(&config, checked, &options)
    };
    let ((streamed, _), (resident, _)) = (with(true)?, with(false)?);
    Ok(of_parameters(&streamed.parameters, &resident.parameters))
}

/// A trial that is stopped within an epoch and resumed, against one that is not. Both use candle's ops,
/// which may add in another order each time on a GPU.
pub(super) fn resumption(checked: &Checked<'_>) -> Result<Answer, TrainError> {
    let config = config(checked, Backend::Stock, checked.kind, 1);
    let (whole, _) = train(&config, checked, &checked.options())?;
    let folder = folder()?;
    let options = RunOptions {
        checkpoint: Some(folder.path().join("checkpoint.safetensors")),
        ..checked.options()
    };
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = RunOptions {
        stop: Arc::clone(&stop),
        ..options.clone()
    };
    let ended = lenet_train::run(&config, checked.data, &stopped, &mut |event| {
        if let Event::Step { epoch: 2, .. } = event {
            stop.store(true, Ordering::Relaxed);
        }
    })?;
    if !matches!(ended, Ended::Interrupted { epochs: 1 }) {
        return Ok(Answer::new(
            false,
            "it did not stop in its second epoch".to_owned(),
        ));
    }
    let (resumed, from) = train(&config, checked, &options)?;
    let answer = of_parameters(&resumed.parameters, &whole.parameters);
    Ok(Answer {
        detail: format!("resumed in epoch {}; {}", from + 1, answer.detail),
        ..answer
    })
}

/// A folder for checkpoints. It is removed with the value that is returned.
pub(super) fn folder() -> Result<tempfile::TempDir, TrainError> {
    tempfile::tempdir().map_err(|error| TrainError::Data {
        reason: format!("no folder for a checkpoint: {error}"),
    })
}

/// What a trial came to.
struct Trained {
    accuracy: f64,
    parameters: Vec<f32>,
}

/// Trains to the end; also tells after how many epochs it began.
fn train(
    config: &Trial,
    checked: &Checked<'_>,
    options: &RunOptions,
) -> Result<(Trained, usize), TrainError> {
    let mut from = 0;
    let ended = lenet_train::run(config, checked.data, options, &mut |event| {
        if let Event::Started { from_epoch, .. } = event {
            from = from_epoch;
        }
    })?;
    match ended {
        Ended::Finished {
            epochs, parameters, ..
        } => {
            let accuracy = epochs.last().map_or(f64::NAN, |last| last.test_accuracy);
            let trained = Trained {
                accuracy,
                parameters,
            };
            Ok((trained, from))
        }
        Ended::Interrupted { .. } => Err(TrainError::Data {
            reason: "a trial stopped by itself".to_owned(),
        }),
    }
}

fn of_parameters(got: &[f32], want: &[f32]) -> Answer {
    if got == want {
        return Answer::new(true, "the same parameters bit for bit".to_owned());
    }
    let square = |v: f64| v * v;
    let pairs = got.iter().zip(want);
    let difference: f64 = pairs.map(|(a, b)| square(f64::from(a - b))).sum();
    let size: f64 = want.iter().map(|&v| square(f64::from(v))).sum();
    let distance = (difference / size).sqrt();
    Answer::new(
        got.len() == want.len() && distance <= PARAMETERS,
        format!("parameters {distance:.1e} of their length apart (bound {PARAMETERS:.0e})"),
    )
}

#[cfg(test)]
mod tests {
    use lenet_results::CheckVerdict::{Failed, Passed};

    use super::*;

    #[test]
    fn the_device_may_differ_as_much_as_seeds_do() {
        let verdict = |pairs: &[[f64; 2]]| within_spread(pairs).verdict;
        assert_eq!(verdict(&[[0.90, 0.91], [0.92, 0.90]]), Passed);
        assert_eq!(verdict(&[[0.90, 0.93], [0.92, 0.92]]), Failed);
        assert_eq!(verdict(&[[0.90, f64::NAN], [0.92, 0.92]]), Failed);
        assert_eq!(verdict(&[]), Failed);
    }

    #[test]
    fn parameters_apart_are_seen() {
        let verdict = |a: &[f32], b: &[f32]| of_parameters(a, b).verdict;
        assert_eq!(verdict(&[1.0, 2.0], &[1.0, 2.0]), Passed);
        assert_eq!(verdict(&[1.0, 2.001], &[1.0, 2.0]), Passed);
        assert_eq!(verdict(&[1.0, 2.1], &[1.0, 2.0]), Failed);
        assert_eq!(verdict(&[1.0, f32::NAN], &[1.0, 2.0]), Failed);
        assert_eq!(verdict(&[1.0], &[1.0, 2.0]), Failed);
    }
}
