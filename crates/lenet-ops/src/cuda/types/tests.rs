//! The mirrors against the layouts of the header, and the numbers that they hold.

use std::mem::{align_of, offset_of, size_of};

use super::*;
use lenet_core::Rule;

#[test]
fn layouts_are_those_of_the_header() {
    assert_eq!(
        [
            size_of::<NetworkConstants>(),
            align_of::<NetworkConstants>()
        ],
        [48, 8]
    );
    let network = [
        offset_of!(NetworkConstants, dropout_seed),
        offset_of!(NetworkConstants, first_step),
        offset_of!(NetworkConstants, dropout_threshold),
        offset_of!(NetworkConstants, dropout_scale),
        offset_of!(NetworkConstants, rule),
        offset_of!(NetworkConstants, rule_constants),
    ];
    assert_eq!(network, [0, 8, 16, 20, 24, 28]);
    assert_eq!([size_of::<StepRates>(), align_of::<StepRates>()], [16, 4]);
    assert_eq!(
        [
            offset_of!(StepRates, correction),
            offset_of!(StepRates, keep)
        ],
        [4, 8]
    );
    assert_eq!([size_of::<Clock>(), offset_of!(Clock, ticket)], [8, 4]);
    assert_eq!([size_of::<Batch>(), align_of::<Batch>()], [56, 8]);
    let batch = [
        offset_of!(Batch, pixels),
        offset_of!(Batch, labels),
        offset_of!(Batch, order),
        offset_of!(Batch, clock),
        offset_of!(Batch, slots),
        offset_of!(Batch, order_stride),
        offset_of!(Batch, first),
        offset_of!(Batch, batch_size),
        offset_of!(Batch, images),
    ];
    assert_eq!(batch, [0, 8, 16, 24, 32, 40, 44, 48, 52]);
}

#[test]
fn dropout_thresholds_fit_or_keep_nothing() {
    let network = NetworkConstants::new(&Optimizer::SGD, 3);
    assert_eq!((network.dropout_threshold, network.dropout_scale), (0, 1.0));
    let with = |rate| {
        network.with_dropout(Some(Mask {
            rate,
            seed: 9,
            step: 0,
        }))
    };
    let half = with(0.5);
    assert_eq!((half.dropout_threshold, half.dropout_scale), (1 << 31, 2.0));
    assert_eq!((half.dropout_seed, half.first_step), (9, 3));
    let all = with(0.999_999_999_999);
    assert_eq!((all.dropout_threshold, all.dropout_scale), (u32::MAX, 0.0));
}

#[test]
fn rates_hold_the_corrections_of_their_step() {
    let adam_w = Optimizer {
        rule: Rule::AdamW {
            beta1: 0.9,
            beta2: 0.99,
            epsilon: 1e-8,
        },
        weight_decay: 0.1,
    };
    let rate = StepRates::new(&adam_w, 0.5, 2);
    assert_eq!(rate.rate, (0.5 / (1.0 - 0.9 * 0.9)) as f32);
    assert_eq!(rate.correction, (1.0_f64 - 0.99 * 0.99).sqrt() as f32);
    assert_eq!(rate.keep, 0.95);
    let momentum = StepRates::new(&Optimizer::MOMENTUM, 0.5, 2);
    assert_eq!((momentum.rate, momentum.keep), (0.5, 1.0));
}
