//! Class and confidence from logits, and predictions however a trial is run.

use std::path::Path;
use std::sync::atomic::Ordering;

use lenet_core::{Backend, EarlyStop, Patience, Trial};
use lenet_data::Splits;

use super::*;
use crate::engine::tests::adam;
use crate::{Event, GroupTrial, RunOptions, Watcher, evaluate, run, run_group, testing};

#[test]
fn class_and_confidence_by_hand() {
    const NAN: f32 = f32::NAN;
    const INF: f32 = f32::INFINITY;
    // e⁻¹ = 0.36787944, e⁻² = 0.13533528.
    let cases: [(&[f32], usize, f64); 11] = [
        (&[2.0, 1.0, 0.0], 0, 1.0 / 1.503_214_724_408_055),
        (&[0.0, 1.0, 2.0], 2, 1.0 / 1.503_214_724_408_055),
        (&[1.0, 1.0, 0.0], 0, 1.0 / 2.367_879_441_171_442_3),
        (&[-3.0, -3.0], 0, 0.5),
        (&[0.0, 1e30], 1, 1.0),
        (&[NAN, 1.0, 2.0], 2, 0.0),
        (&[3.0, NAN, 2.0], 0, 0.0),
        (&[NAN, NAN], 0, 0.0),
        (&[1.0, INF, INF], 1, 0.5),
        (&[-INF, -INF, -INF, -INF], 0, 0.25),
        (&[-INF, -1e38], 1, 1.0),
    ];
    let mut wrong = Vec::new();
    for (logits, class, confidence) in cases {
        let found = prediction(logits);
        if found.class != class || !((found.confidence - confidence).abs() <= 1e-15) {
            wrong.push(format!(
                "{logits:?}: {found:?}, not {class} with {confidence}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn asking() -> RunOptions {
    RunOptions {
        predictions: true,
        ..RunOptions::default()
    }
}

/// What a trial ends with.
#[derive(Debug, PartialEq)]
struct End {
    predictions: Predictions,
    test_accuracy: f64,
    parameters: Vec<u32>,
}

fn end(ended: Ended) -> End {
    match ended {
        Ended::Finished {
            epochs,
            parameters,
            predictions,
            ..
        } => End {
            predictions: *predictions.expect("they were asked for"),
            test_accuracy: epochs.last().unwrap().test_accuracy,
            parameters: parameters.iter().map(|value| value.to_bits()).collect(),
        },
        Ended::Interrupted { epochs } => panic!("interrupted after {epochs} epochs"),
    }
}

fn alone(trial: &Trial, options: &RunOptions) -> End {
    end(run(trial, &testing::splits(), options, &mut |_| {}).unwrap())
}

/// A trial that completes, one that stops early, one that diverges at once, one of another seed.
fn trials(backend: Backend) -> [Trial; 4] {
    let early_stop = EarlyStop::After(Patience {
        epochs: 1,
        min_delta: 10.0,
    });
    [
        adam(),
        Trial {
            early_stop,
            epochs: 9,
            ..testing::trial()
        },
        Trial {
            learning_rate: 1e30,
            ..testing::trial()
        },
        Trial { seed: 2, ..adam() },
    ]
    .map(|trial| Trial { backend, ..trial })
}

fn labels(data: &Splits) -> &[u8] {
    data.test.set.labels()
}

#[test]
fn predictions_give_the_recorded_accuracy_of_the_last_network() {
    let data = testing::splits();
    for backend in [Backend::Fused, Backend::Stock] {
        for trial in trials(backend) {
            let end = alone(&trial, &asking());
            let said = &end.predictions;
            assert_eq!(said.identity(), trial.identity());
            assert_eq!((said.classes(), said.len()), (3, 21));
            assert!(said.is_of(labels(&data)));
            let accuracy = said.correct(labels(&data)) as f64 / 21.0;
            assert_eq!(accuracy.to_bits(), end.test_accuracy.to_bits(), "{trial}");
            let kernels = said.kernels();
            assert_eq!(kernels.shape, [3, 1, 3, 3]);
            let bits: Vec<u32> = kernels.values.iter().map(|value| value.to_bits()).collect();
            assert_eq!(bits, end.parameters[..27]);
            // candle's ReLU turns NaN into 0, so stock networks that diverged may go on answering.
            let silent = trial.learning_rate > 1.0 && backend == Backend::Fused;
            let answers = said.iter().filter(Prediction::is_answer).count();
            let answered = if silent {
                answers == 0
            } else {
                backend == Backend::Stock || answers == 21
            };
            assert!(answered, "{trial}: {answers} answers");
        }
    }
}

/// Each prediction is the largest softmax of the logits that [`evaluate`] gives.
#[test]
fn predictions_are_those_of_the_returned_parameters() {
    let data = testing::splits();
    let trial = adam();
    let end = alone(&trial, &asking());
    let geometry = crate::geometry(&trial.network, &data).unwrap();
    let parameters: Vec<f32> = end.parameters.iter().map(|b| f32::from_bits(*b)).collect();
    let (device, options) = (trial.device, RunOptions::default());
    let mut logits = Vec::new();
    evaluate(
        &geometry,
        &parameters,
        &data.test,
        trial.backend,
        device,
        &options,
        Some(&mut logits),
    )
    .unwrap();
    let mut seen = [false; 3];
    for (row, said) in logits.chunks_exact(3).zip(end.predictions.iter()) {
        let weights: Vec<f64> = row.iter().map(|logit| f64::from(*logit).exp()).collect();
        let sum: f64 = weights.iter().sum();
        let share = weights[said.class] / sum;
        assert!(row.iter().all(|logit| *logit <= row[said.class]));
        // Half a step of 21845.
        assert!((said.confidence - share).abs() <= 0.5 / 21844.0 + 1e-9);
        seen[said.class] = true;
    }
    assert!(
        seen.iter().filter(|seen| **seen).count() > 1,
        "not all the same class"
    );
}

#[test]
fn nobody_asks_and_nothing_is_said() {
    let ended = run(
        &adam(),
        &testing::splits(),
        &RunOptions::default(),
        &mut |_| {},
    );
    let Ok(Ended::Finished { predictions, .. }) = ended else {
        panic!("{ended:?}")
    };
    assert_eq!(predictions, None);
}

#[test]
fn threads_change_no_bit() {
    let one = alone(&adam(), &asking());
    for threads in [2, 3] {
        let options = RunOptions {
            threads,
            ..asking()
        };
        assert_eq!(alone(&adam(), &options), one);
    }
}

/// Keeps the ends of a group's trials.
#[derive(Default)]
struct Ends(Vec<(usize, End)>);

impl Watcher for Ends {
    fn event(&mut self, _: usize, _: Event<'_>) {}

    fn ended(&mut self, trial: usize, ended: Result<Ended, TrainError>) {
        self.0.push((trial, end(ended.unwrap())));
    }
}

#[test]
fn a_trial_in_a_group_says_what_it_says_alone() {
    let data = testing::splits();
    for backend in [Backend::Fused, Backend::Stock] {
        let trials = trials(backend);
        let group = trials.each_ref().map(|config| GroupTrial {
            config,
            data: &data,
            checkpoint: None,
            earlier: None,
            init: None,
        });
        let mut ends = Ends::default();
        run_group(&group, &asking(), &mut ends).unwrap();
        assert_eq!(ends.0.len(), trials.len());
        for (trial, end) in ends.0 {
            assert_eq!(end, alone(&trials[trial], &asking()), "{}", trials[trial]);
        }
    }
}

/// More networks end at once than have their logits in memory at once.
#[test]
fn a_large_group_is_told_apart() {
    let data = testing::splits();
    let count = AT_ONCE as u64 * 2 + 3;
    let trials: Vec<Trial> = (1..=count)
        .map(|seed| Trial {
            seed,
            epochs: 1,
            ..adam()
        })
        .collect();
    let member = |config| GroupTrial {
        config,
        data: &data,
        checkpoint: None,
        earlier: None,
        init: None,
    };
    let group: Vec<GroupTrial<'_>> = trials.iter().map(member).collect();
    let mut ends = Ends::default();
    run_group(&group, &asking(), &mut ends).unwrap();
    let order: Vec<usize> = ends.0.iter().map(|(trial, _)| *trial).collect();
    assert_eq!(order, (0..trials.len()).collect::<Vec<_>>());
    for (trial, end) in ends.0 {
        assert_eq!(end.predictions.identity(), trials[trial].identity());
        if [0, AT_ONCE - 1, AT_ONCE, 2 * AT_ONCE + 2].contains(&trial) {
            assert_eq!(end, alone(&trials[trial], &asking()));
        }
    }
}

/// Runs a trial in stretches of so many steps. At the last, the checkpoint lies after the last epoch.
fn in_stretches(trial: &Trial, checkpoint: &Path, steps: usize) -> End {
    loop {
        let options = RunOptions {
            checkpoint: Some(checkpoint.to_owned()),
            ..asking()
        };
        let mut done = 0;
        let mut observer = |event: Event<'_>| {
            done += usize::from(matches!(event, Event::Step { .. }));
            options.stop.store(done >= steps, Ordering::Relaxed);
        };
        let ended = run(trial, &testing::splits(), &options, &mut observer).unwrap();
        if !matches!(ended, Ended::Interrupted { .. }) {
            return end(ended);
        }
    }
}

#[test]
fn interruptions_change_no_bit() {
    for backend in [Backend::Fused, Backend::Stock] {
        for trial in trials(backend) {
            let whole = alone(&trial, &asking());
            for steps in [5, 8] {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("checkpoint");
                assert_eq!(in_stretches(&trial, &file, steps), whole, "{trial}");
                // Killed after its last checkpoint and before anything else was written.
                assert_eq!(in_stretches(&trial, &file, steps), whole, "{trial}");
            }
        }
    }
}

#[test]
fn both_backends_say_the_same_up_to_ties() {
    let trial = adam();
    let fused = alone(&trial, &asking()).predictions;
    let stock = Trial {
        backend: Backend::Stock,
        ..trial
    };
    let stock = alone(&stock, &asking()).predictions;
    for (image, (a, b)) in fused.iter().zip(stock.iter()).enumerate() {
        let apart = (a.confidence - b.confidence).abs();
        assert!(apart <= 2e-4, "image {image}: {a:?} {b:?}");
        let tied = a.confidence + b.confidence <= 1.0 + 2e-4;
        assert!(a.class == b.class || tied, "image {image}: {a:?} {b:?}");
    }
}
