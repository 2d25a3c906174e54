//! Records that just pass each clause, and records that just fail it.

use std::fmt::Debug;

use crate::record::{EpochRecord, Outcome, TrialRecord};
use crate::runtime::{PhaseSeconds, RuntimeRecord, RuntimeSample, RuntimeSession, RuntimeWork};
use crate::{Environment, Execution, ImageCounts, samples};
use lenet_core::{DataPlacement, Trial};

/// A change of a sound record; the words of the refusal, empty where it still passes.
struct Case<R> {
    what: &'static str,
    change: fn(&mut R),
    refused: &'static str,
}

const fn case<R>(what: &'static str, change: fn(&mut R), refused: &'static str) -> Case<R> {
    Case {
        what,
        change,
        refused,
    }
}

/// Runs all cases and tells every one that comes out otherwise.
fn check<R: Debug>(
    sound: impl Fn() -> R,
    validate: impl Fn(&R) -> Result<(), String>,
    cases: &[Case<R>],
) {
    assert_eq!(validate(&sound()), Ok(()));
    let mut wrong = Vec::new();
    for case in cases {
        let mut record = sound();
        (case.change)(&mut record);
        let found = validate(&record);
        let fits = match &found {
            Ok(()) => case.refused.is_empty(),
            Err(words) => words == case.refused,
        };
        if !fits {
            wrong.push(format!("{}: {found:?}", case.what));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Ten epochs, as planned.
fn completed() -> TrialRecord {
    samples::record(Outcome::Completed {}, 10)
}

#[test]
fn a_trial_is_that_of_its_settings_and_its_outcome_that_of_its_epochs() {
    let cases = [
        case(
            "another identity",
            |r: &mut TrialRecord| r.identity = "0123456789abcdef".to_owned(),
            "it names the trial 0123456789abcdef, and its settings are those of adb1f179b5ec9ff1",
        ),
        case(
            "another setting",
            |r| r.config.seed = 2,
            "it names the trial adb1f179b5ec9ff1, and its settings are those of f1e69feecce0e0d6",
        ),
        case(
            "completed with one epoch fewer",
            |r| r.epochs.truncate(9),
            "it is completed with 9 of 10 epochs",
        ),
        case(
            "one epoch more",
            |r| r.epochs.push(samples::epoch(11)),
            "it has 11 epochs of 10",
        ),
        case(
            "stopped at its last epoch",
            |r| r.outcome = Outcome::Stopped { epoch: 10 },
            "",
        ),
        case(
            "stopped at an epoch before",
            |r| r.outcome = Outcome::Stopped { epoch: 9 },
            "it ended after epoch 9 and has 10",
        ),
        case(
            "stopped at an epoch that it lacks",
            |r| r.outcome = Outcome::Stopped { epoch: 11 },
            "it ended after epoch 11 and has 10",
        ),
        case(
            "diverged",
            |r| {
                r.epochs.truncate(4);
                r.outcome = Outcome::Diverged { epoch: 4 };
            },
            "",
        ),
        case(
            "diverged, with another epoch",
            |r| r.outcome = Outcome::Diverged { epoch: 4 },
            "it ended after epoch 4 and has 10",
        ),
        case(
            "failed before its first epoch",
            |r| {
                r.epochs.clear();
                let message = "out of memory".to_owned();
                r.outcome = Outcome::Failed { message };
            },
            "",
        ),
        case(
            "a run after the last epoch",
            |r| r.runs[0].from_epoch = 10,
            "",
        ),
        case(
            "a run after more than all",
            |r| r.runs[0].from_epoch = 11,
            "a run began after 11 of 10 epochs",
        ),
        case(
            "a later run after more than all",
            |r| {
                r.runs.push(samples::run("there"));
                r.runs[1].from_epoch = 12;
            },
            "a run began after 12 of 10 epochs",
        ),
        case("no run", |r| r.runs.clear(), ""),
    ];
    check(completed, TrialRecord::validate, &cases);
}

#[test]
fn epochs_come_in_order_and_are_possible() {
    type Epochs = Vec<EpochRecord>;
    let three = || -> Epochs { (1..=3).map(samples::epoch).collect() };
    let trial = Trial {
        epochs: 3,
        ..Trial::default()
    };
    let cases = [
        case("none", |e: &mut Epochs| e.clear(), ""),
        case("fewer", |e| e.truncate(2), ""),
        case(
            "one more",
            |e| e.push(samples::epoch(4)),
            "it has 4 epochs of 3",
        ),
        case(
            "the first is missing",
            |e| *e = e.split_off(1),
            "epoch 2 stands in place 1",
        ),
        case(
            "one is missing",
            |e| e[1] = e[2].clone(),
            "epoch 3 stands in place 2",
        ),
        case("swapped", |e| e.swap(1, 2), "epoch 3 stands in place 2"),
        case(
            "doubled",
            |e| e[2] = e[1].clone(),
            "epoch 2 stands in place 3",
        ),
        case("epoch 0", |e| e[0].epoch = 0, "epoch 0 stands in place 1"),
        case("one step more", |e| e[1].step = e[0].step + 1, ""),
        case(
            "no step more",
            |e| e[1].step = e[0].step,
            "epoch 2 ends at step 430, the one before at 430",
        ),
        case(
            "fewer steps",
            |e| e[2].step = e[1].step - 1,
            "epoch 3 ends at step 859, the one before at 860",
        ),
        case("one step", |e| e[0].step = 1, ""),
        case(
            "no step",
            |e| e[0].step = 0,
            "epoch 1 ends at step 0, the one before at 0",
        ),
    ];
    check(
        three,
        |epochs| super::validate_epochs(epochs, &trial),
        &cases,
    );
}

/// The numbers of an epoch, and what each of them may be.
#[test]
fn numbers_of_an_epoch_are_possible() {
    struct Field {
        words: &'static str,
        of: fn(&mut EpochRecord) -> &mut f64,
        passes: &'static [f64],
        fails: &'static [f64],
    }
    const INFINITE: f64 = f64::INFINITY;
    const ACCURACY: [&[f64]; 2] = [
        &[0.0, 0.5, 1.0, f64::NAN],
        &[-0.001, 1.001, INFINITE, -INFINITE],
    ];
    const LOSS: [&[f64]; 2] = [
        &[-0.001, 0.0, 700.0, INFINITE, f64::NAN],
        &[-0.002, -0.001_001, -INFINITE],
    ];
    const POSITIVE: [&[f64]; 2] = [&[0.0, 1e-9, 1e9], &[-1e-9, f64::NAN, INFINITE, -INFINITE]];
    let field = |words, of, [passes, fails]: [&'static [f64]; 2]| Field {
        words,
        of,
        passes,
        fails,
    };
    let fields = [
        field(
            "a training accuracy of",
            |e| &mut e.train_accuracy,
            ACCURACY,
        ),
        field(
            "a validation accuracy of",
            |e| &mut e.validation_accuracy,
            ACCURACY,
        ),
        field("a test accuracy of", |e| &mut e.test_accuracy, ACCURACY),
        field("a training loss of", |e| &mut e.train_loss, LOSS),
        field("a validation loss of", |e| &mut e.validation_loss, LOSS),
        field("a test loss of", |e| &mut e.test_loss, LOSS),
        field("a learning rate of", |e| &mut e.learning_rate, POSITIVE),
        field("seconds of training:", |e| &mut e.train_seconds, POSITIVE),
        field(
            "seconds of evaluation:",
            |e| &mut e.evaluation_seconds,
            POSITIVE,
        ),
    ];
    let mut wrong = Vec::new();
    for field in fields {
        let cases = [(field.passes, true), (field.fails, false)];
        for (value, passes) in cases
            .into_iter()
            .flat_map(|(v, p)| v.iter().map(move |v| (v, p)))
        {
            let mut record = completed();
            *(field.of)(&mut record.epochs[3]) = *value;
            let words = format!("epoch 4 has {} {value}", field.words);
            let expected = if passes { Ok(()) } else { Err(words) };
            let found = record.validate();
            if found != expected {
                wrong.push(format!("{} {value}: {found:?}", field.words));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Two sessions, a sample of each, and one pass of phases.
fn runtime() -> RuntimeRecord {
    let execution = Execution {
        ordinal: 0,
        placement: DataPlacement::Streamed,
        threads: 1,
        fixed_threads: false,
        level: "avx2".to_owned(),
        trials: 1,
    };
    let images = ImageCounts {
        train: 3,
        validation: 2,
        test: 1,
    };
    let work = RuntimeWork {
        train_flops: 2,
        evaluation_flops: 1,
    };
    let session = RuntimeSession {
        environment: Environment::collect(),
        governor: "unknown".to_owned(),
        load_average: None,
        peak_flops_per_thread: None,
        shared: None,
    };
    let sample = |session| RuntimeSample {
        round: session + 1,
        position: 1,
        session,
        train_seconds: 0.5,
        evaluation_seconds: 0.25,
        peak_memory_bytes: None,
        peak_device_memory_bytes: None,
        diverged: false,
    };
    RuntimeRecord {
        sessions: vec![session.clone(), session],
        samples: vec![sample(0), sample(1)],
        phases: vec![PhaseSeconds::default()],
        ..RuntimeRecord::new(Trial::default(), execution, 4, images, work)
    }
}

#[test]
fn runtimes_name_their_sessions_and_took_some_time() {
    let cases = [
        case(
            "both of one session",
            |r: &mut RuntimeRecord| r.samples[1].session = 0,
            "",
        ),
        case(
            "a session that it lacks",
            |r| r.samples[1].session = 2,
            "a sample names session 2, which it lacks",
        ),
        case(
            "no sessions",
            |r| r.sessions.clear(),
            "a sample names session 0, which it lacks",
        ),
        case(
            "nothing measured",
            |r| {
                r.sessions.clear();
                r.samples.clear();
                r.phases.clear();
            },
            "",
        ),
        case("no seconds", |r| r.samples[0].train_seconds = 0.0, ""),
        case(
            "negative seconds of training",
            |r| r.samples[0].train_seconds = -0.001,
            "a sample took -0.001 seconds",
        ),
        case(
            "seconds of training NaN",
            |r| r.samples[1].train_seconds = f64::NAN,
            "a sample took NaN seconds",
        ),
        case(
            "endless seconds of training",
            |r| r.samples[1].train_seconds = f64::INFINITY,
            "a sample took inf seconds",
        ),
        case(
            "negative seconds of evaluation",
            |r| r.samples[1].evaluation_seconds = -0.002,
            "a sample took -0.002 seconds",
        ),
        case(
            "negative seconds of a phase",
            |r| r.phases[0].backward = -0.001,
            "",
        ),
        case(
            "a phase that is NaN",
            |r| r.phases[0].evaluation = f64::NAN,
            "a sample took NaN seconds",
        ),
        case(
            "an endless phase",
            |r| r.phases[0].prepare = f64::NEG_INFINITY,
            "a sample took -inf seconds",
        ),
    ];
    check(runtime, RuntimeRecord::validate, &cases);
}

#[test]
fn only_format_1_had_no_checksum() {
    for (format, verified) in [(1, false), (2, true)] {
        let record = TrialRecord {
            format,
            ..completed()
        };
        assert_eq!(record.is_verified(), verified, "format {format}");
    }
}
