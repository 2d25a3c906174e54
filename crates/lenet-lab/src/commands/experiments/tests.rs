//! Overrides from flags, exit codes, and the first words.

use clap::Parser;

use super::conclude::exit_code;
use super::*;
use crate::flags::{Command, Flags};

#[test]
fn set_gives_what_the_flags_of_their_own_give() {
    let settings = |arguments: &[&str]| {
        let all = ["xtask", "experiments"].iter().chain(arguments);
        let Command::Experiments(flags) = Flags::try_parse_from(all).unwrap().command else {
            panic!("{arguments:?} is another command");
        };
        overrides(&flags).unwrap().0.settings
    };
    let own = settings(&["--epochs", "3", "--samples", "500", "--backend", "stock"]);
    let set = ["epochs=3", "samples = 500", "backend=stock"];
    let set: Vec<_> = set.iter().flat_map(|text| ["--set", text]).collect();
    assert_eq!(settings(&set), own);
    assert_eq!(own.given(), ["epochs", "samples", "backend"]);
}

fn summary() -> RunSummary {
    RunSummary {
        trials: 4,
        already_done: 0,
        finished: 4,
        failed: Vec::new(),
        elsewhere: 0,
        remaining: 0,
        interrupted: false,
        seconds: 1.0,
    }
}

#[test]
fn exit_codes_follow_the_summary() {
    let failed = lenet_study::FailedTrial {
        identity: "0".into(),
        label: "a".into(),
        message: "b".into(),
    };
    assert_eq!(exit_code(&summary()), Exit::Done);
    let some_failed = RunSummary {
        failed: vec![failed],
        ..summary()
    };
    assert_eq!(exit_code(&some_failed), Exit::Failed);
    let interrupted = RunSummary {
        interrupted: true,
        remaining: 1,
        ..some_failed
    };
    assert_eq!(exit_code(&interrupted), Exit::Interrupted);
    let elsewhere = RunSummary {
        elsewhere: 2,
        remaining: 2,
        ..summary()
    };
    assert_eq!(exit_code(&elsewhere), Exit::Done);
}
