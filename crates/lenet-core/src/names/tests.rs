//! Every difference is told, and nothing else.

use super::*;
use crate::{
    Backend, Decay, DeviceKind, Dropout, EarlyStop, Padding, Patience, Pooling, Precision, Samples,
    Schedule, Validation,
};

#[test]
fn every_setting_has_its_place_in_a_name() {
    let mut spoken = Names::telling(|_| true).varying;
    let mut all: Vec<&str> = Settings::NAMES.to_vec();
    assert_eq!(
        spoken[..SPOKEN.len()],
        SPOKEN,
        "those with a place of their own come first"
    );
    spoken.sort_unstable();
    all.sort_unstable();
    assert_eq!(spoken, all, "each once");
}

#[test]
fn whatever_differs_is_told_in_words() {
    type Change = (fn(&mut Trial), &'static str, &'static str);
    let changes: [Change; 20] = [
        (|t| t.optimizer = Optimizer::ADAM, "SGD", "Adam"),
        (|t| t.learning_rate = 1e-6, "rate 0.1", "rate 1e-6"),
        (
            |t| t.schedule.warmup_epochs = 1.0,
            "constant rate",
            "constant rate after a warm-up of 1 epoch",
        ),
        (
            |t| t.schedule.decay = Decay::Cosine { floor: 0.0 },
            "constant rate",
            "cosine",
        ),
        (
            |t| t.optimizer.weight_decay = 0.01,
            "weight decay 0",
            "weight decay 0.01",
        ),
        (|t| t.batch_size = 64, "batch 128", "batch 64"),
        (
            |t| t.network.filters = vec![8, 16],
            "16 filters",
            "8-16 filters",
        ),
        (
            |t| t.network.filters = vec![8],
            "16 filters",
            "1 stage of 8 filters",
        ),
        (|t| t.network.kernel = 5, "3×3 kernels", "5×5 kernels"),
        (
            |t| t.network.stages.padding = Padding::Valid,
            "padding same",
            "padding valid",
        ),
        (|t| t.network.stages.stride = 2, "stride 1", "stride 2"),
        (
            |t| t.network.stages.pooling = Pooling::Last,
            "pooling each",
            "pooling last",
        ),
        (
            |t| t.network.hidden = vec![],
            "128 hidden units",
            "no hidden layer",
        ),
        (
            |t| t.dropout = Dropout::connected(0.5),
            "no dropout",
            "dropout 0.5",
        ),
        (
            |t| {
                t.dropout = Dropout {
                    rate: 0.5,
                    connected: false,
                }
            },
            "no dropout",
            "dropout 0.5 (not connected)",
        ),
        (|t| t.epochs = 3, "10 epochs", "3 epochs"),
        (
            |t| t.data.samples = Samples::Drawn(500),
            "all samples",
            "500 samples",
        ),
        (
            |t| t.data.validation = Validation::first(100),
            "validation 5000",
            "validation 100",
        ),
        (
            |t| {
                t.early_stop = EarlyStop::After(Patience {
                    epochs: 2,
                    min_delta: 0.0,
                });
            },
            "no early stop",
            "early stop after 2 epochs (min_delta 0)",
        ),
        (|t| t.data.source = "idx:0a".to_owned(), "mnist", "idx:0a"),
    ];
    let usual = Trial::default();
    for (change, here, there) in changes {
        let mut other = usual.clone();
        change(&mut other);
        let names = Names::of_trials([&usual, &other, &usual]);
        assert_eq!(names.cell(&usual), here);
        assert_eq!(names.cell(&other), there);
    }
    let mut other = usual.clone();
    other.backend = Backend::Stock;
    other.device = DeviceKind::Cuda;
    other.precision = Precision::Tf32;
    other.seed = 7;
    let names = Names::of_trials([&usual, &other]);
    assert_eq!(names.trial(&other), "GPU, stock backend, tf32, seed 7");
    assert_eq!(names.trial(&usual), "CPU, fused backend, f32, seed 1");
}

#[test]
fn parameters_of_an_optimizer_are_told_where_they_are_special() {
    let half = Optimizer::new(crate::Rule::Momentum { momentum: 0.5 });
    let usual = Optimizer::MOMENTUM;
    let of = |optimizer| Trial {
        optimizer,
        ..Trial::default()
    };
    let names = Names::of_trials([&of(half), &of(usual)]);
    assert_eq!(names.cell(&of(half)), "momentum 0.5");
    assert_eq!(names.cell(&of(usual)), "momentum");
    // The usual decay of each optimizer is no setting that differs.
    let names = Names::of_trials([&of(Optimizer::ADAM), &of(Optimizer::ADAMW)]);
    assert_eq!(names.varying(), ["optimizer"]);
    let mut strong = of(Optimizer::ADAMW);
    strong.optimizer.weight_decay = 0.1;
    let names = Names::of_trials([&of(Optimizer::ADAM), &strong]);
    assert_eq!(names.cell(&strong), "AdamW, weight decay 0.1");
    let mut slow = of(Optimizer::ADAM);
    slow.optimizer.rule = crate::Rule::Adam {
        beta1: 0.5,
        beta2: 0.999,
        epsilon: 1e-8,
    };
    let names = Names::of_trials([&of(Optimizer::ADAM), &slow]);
    assert_eq!(names.cell(&slow), "Adam beta1 0.5 beta2 0.999 epsilon 1e-8");
}

#[test]
fn settings_of_runtime_count_where_they_are_given() {
    let with = |threads| Settings {
        threads: Some(threads),
        ..Settings::of(&Trial::default())
    };
    let names = Names::of([with(1), with(2)]);
    assert_eq!(names.name(&with(2)), "2 threads");
    assert_eq!(names.without(&["threads"]).varying().len(), 0);
}

#[test]
fn a_trial_alone_tells_what_is_out_of_the_ordinary() {
    let mut trial = Trial::default();
    let names = |trial: &Trial| Names::of_one(trial).trial(trial);
    assert_eq!(
        names(&trial),
        "SGD, rate 0.1, batch 128, 16 filters, no dropout, seed 1"
    );
    trial.schedule = Schedule {
        warmup_epochs: 0.0,
        decay: Decay::Step {
            every_epochs: 2.0,
            gamma: 0.5,
        },
    };
    assert_eq!(
        names(&trial),
        "SGD, rate 0.1, rate × 0.5 every 2 epochs, batch 128, 16 filters, no dropout, seed 1"
    );
    // Where nothing differs, the same is told.
    let one = Names::of_trials([&Trial::default()]);
    assert_eq!(
        one.cell(&Trial::default()),
        "SGD, rate 0.1, batch 128, 16 filters, no dropout"
    );
}
