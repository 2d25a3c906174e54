//! Trains for one short epoch on MNIST.

use lenet_core::{Architecture, Backend, Data, Optimizer, Samples, Trial, Validation};
use lenet_data::{Dataset, SplitSpec};
use lenet_results::Outcome;
use lenet_train::{Ended, RunOptions, evaluate, geometry, run, self_check, time_steps};

fn trial() -> Trial {
    Trial {
        data: Data {
            samples: Samples::Drawn(5_000),
            ..Data::default()
        },
        network: Architecture {
            filters: vec![8, 8],
            ..Architecture::default()
        },
        optimizer: Optimizer::ADAM,
        learning_rate: 0.001,
        batch_size: 32,
        epochs: 1,
        ..Trial::default()
    }
}

#[test]
fn one_epoch_of_five_thousand_images() {
    let trial = trial();
    let spec = SplitSpec {
        validation: Validation::first(5_000),
        samples: Some(5_000),
        seed: trial.seed,
    };
    let data = Dataset::mnist().split(&spec).unwrap();
    let options = RunOptions::default();

    let check = self_check(&trial, &data, &options).unwrap();
    assert!(check.passed, "{check:?}");
    let timing = time_steps(&trial, &data, &options, 3).unwrap();
    assert!(
        timing.step_seconds > 0.0 && timing.image_seconds > 0.0,
        "{timing:?}"
    );

    let ended = run(&trial, &data, &options, &mut |_| {}).unwrap();
    let Ended::Finished {
        outcome,
        epochs,
        parameters,
        ..
    } = ended
    else {
        panic!("{ended:?}")
    };
    assert_eq!(outcome, Outcome::Completed {});
    let record = &epochs[0];
    assert!(
        record.test_accuracy > 0.8 && record.validation_accuracy > 0.8,
        "{record:?}"
    );
    // Guessing has a loss of ln 10 ≈ 2.3.
    assert!(
        record.train_loss < 1.5 && record.validation_loss < 0.7,
        "{record:?}"
    );

    // Evaluating the trained parameters gives the record's numbers on either backend.
    let geometry = geometry(&trial.network, &data).unwrap();
    let mut logits = Vec::new();
    for backend in [Backend::Fused, Backend::Stock] {
        let device = trial.device;
        let logits = Some(&mut logits);
        let test = evaluate(
            &geometry,
            &parameters,
            &data.test,
            backend,
            device,
            &options,
            logits,
        )
        .unwrap();
        assert!(
            (test.loss - record.test_loss).abs() <= 1e-5,
            "{backend:?}: {test:?}"
        );
        assert!(
            (test.accuracy - record.test_accuracy).abs() <= 2e-4,
            "{backend:?}: {test:?}"
        );
        assert_eq!(test.samples, 10_000);
    }
    assert_eq!(logits.len(), 100_000);
}
