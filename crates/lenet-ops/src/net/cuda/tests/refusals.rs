//! What an ensemble refuses, and that it works on afterwards.

use super::*;

#[test]
#[ignore = "needs a GPU"]
fn what_does_not_fit_is_refused() {
    let gpu = gpu();
    let gpu = Arc::new(gpu);
    let geometry = geometry([1, 8, 8], &[4], 3, &[8]);
    let values = parameters(&geometry, 1);
    let one = start(Optimizer::SGD, &values);
    let make = |batch_size, starts: &[Start<'_>]| {
        Ensemble::new(
            Arc::clone(&gpu),
            &geometry,
            Precision::Single,
            batch_size,
            starts,
        )
    };
    assert!(make(4, &[]).is_err());
    assert!(make(0, &[one]).is_err());
    assert!(make(4, &[start(Optimizer::SGD, &values[1..])]).is_err());
    assert!(make(usize::MAX / 2, &[one]).is_err());
    let mut ensemble = make(4, &[one]).unwrap();
    assert!(ensemble.step().is_err() && ensemble.training_sums().is_err());
    assert!(ensemble.place(&[0; 63], &[0]).is_err());
    assert!(ensemble.place(&[0; 64], &[10]).is_err());
    let set = ensemble.place(&[0; 128], &[0, 1]).unwrap();
    let part = Part {
        network: 0,
        order: &[0, 1],
        first_step: 0,
        learning_rates: &[0.1],
        dropout: None,
    };
    let bad = Mask {
        rate: 1.0,
        seed: 0,
        step: 1,
    };
    let parts: [&[Part<'_>]; 7] = [
        &[],
        &[part, part],
        &[Part { network: 1, ..part }],
        &[Part { order: &[], ..part }],
        &[Part {
            order: &[0, 2],
            ..part
        }],
        &[Part {
            learning_rates: &[],
            ..part
        }],
        &[Part {
            dropout: Some(bad),
            ..part
        }],
    ];
    for (case, parts) in parts.into_iter().enumerate() {
        assert!(ensemble.begin_epoch(set, parts, 0).is_err(), "{case}");
    }
    assert!(ensemble.begin_epoch(set, &[part], 2).is_err());
    assert!(ensemble.begin_epoch(SetId(1), &[part], 0).is_err());
    assert!(ensemble.evaluate(set, &[], &[0], None).is_err());
    assert!(ensemble.evaluate(set, &[2], &[0], None).is_err());
    assert!(ensemble.gradients(set, &[0; 5], 0, None).is_err());
    assert!(ensemble.parameters(1).is_err() && ensemble.moments(1).is_err());
    // It works on.
    ensemble.begin_epoch(set, &[part], 0).unwrap();
    ensemble.step().unwrap();
    assert!(ensemble.training_sums().unwrap()[0].loss > 0.0);
}
