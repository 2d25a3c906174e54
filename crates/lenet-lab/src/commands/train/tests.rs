//! Settings from flags, and the last line.

use clap::Parser;

use super::*;
use crate::flags::{Command, Flags};

fn label(arguments: &[&str]) -> String {
    let all = ["xtask", "train"].iter().chain(arguments);
    let Command::Train(flags) = Flags::try_parse_from(all).unwrap().command else {
        panic!("{arguments:?} is another command");
    };
    match settings(&flags) {
        Ok((settings, _)) => settings.label(),
        Err(error) => format!("{error:#}"),
    }
}

#[test]
fn flags_become_settings() {
    struct Case {
        arguments: &'static [&'static str],
        /// Settings by their label, or the refusal.
        want: &'static str,
    }
    let cases = [
        Case {
            arguments: &[
                "--filters",
                "8,16",
                "--optimizer",
                "adam",
                "--dropout",
                "0.5",
            ],
            want: "filters = [8, 16], dropout = 0.5, optimizer = adam",
        },
        Case {
            arguments: &[
                "--set",
                "filters=8,16",
                "--set",
                "hidden = 120,84",
                "--epochs",
                "3",
            ],
            want: "filters = [8, 16], hidden = [120, 84], epochs = 3",
        },
        Case {
            arguments: &["--set", "dropout={ rate = 0.5, connected = false }"],
            want: "dropout = 0.5 (not connected)",
        },
        Case {
            arguments: &["--device", "cpu", "--set", "backend=stock"],
            want: "backend = stock, device = cpu",
        },
        Case {
            arguments: &["--set", "epochs=1", "--epochs", "1"],
            want: "--set epochs: --epochs gives it too (hint: give one of the two)",
        },
        Case {
            arguments: &["--device", "cpu", "--set", "device=cpu"],
            want: "--set device: --device gives it too (hint: give one of the two)",
        },
        Case {
            arguments: &["--set", "kernel=3", "--set", "kernel=5"],
            want: "--set kernel: it is given twice (hint: give it once)",
        },
        Case {
            arguments: &["--set", "a\"b=1"],
            want: "--set a\"b: unknown key `a\"b` (known here: filters, kernel, hidden, padding, \
                   stride, pooling, dropout, optimizer, weight_decay, learning_rate, schedule, batch_size, \
                   epochs, samples, validation, \
                   early_stop, backend, device, precision, data, placement, threads, trials)",
        },
    ];
    let wrong: Vec<_> = cases
        .iter()
        .map(|case| (label(case.arguments), case))
        .filter(|(got, case)| *got != case.want)
        .map(|(got, case)| format!("{:?}: {got}, not {}", case.arguments, case.want))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_last_line_holds_the_last_epoch() {
    let config = Settings::default().resolve("mnist", 3);
    let record = EpochRecord {
        epoch: 2,
        step: 10,
        learning_rate: 0.1,
        train_loss: f64::NAN,
        train_accuracy: 0.1,
        validation_loss: 0.5,
        validation_accuracy: 0.2,
        test_loss: 0.25,
        test_accuracy: 0.3,
        dead: false,
        train_seconds: 1.0,
        evaluation_seconds: 0.5,
    };
    let line = summary(&config, &Outcome::Completed {}, Some(&record), 2.0);
    assert_eq!(line["train_loss"], "NaN");
    assert_eq!(line["test_accuracy"], 0.3);
    assert_eq!(line["outcome"]["kind"], "completed");
    assert_eq!(line["seed"], 3);
}
