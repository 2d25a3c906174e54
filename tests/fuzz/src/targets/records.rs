//! Every kind of record, in the folder where a reader looks for it.

use std::fs;
use std::path::Path;

use lenet_results::{Store, TrialState, find_runtimes, merge, read_study, registrations, unpack};
use serde_json::Value;

use super::{Target, corpus, put};
use crate::form::Form;
use crate::seal;

pub(super) const CONFIG: Target = Target {
    name: "config-json",
    form: Form::Record,
    seeds: corpus!["records/config.json"],
    read: |input, folder| trial(input, "config.json", folder),
};

pub(super) const RESULT: Target = Target {
    name: "result-json",
    form: Form::Record,
    seeds: corpus!["records/result.json"],
    read: |input, folder| trial(input, "result.json", folder),
};

pub(super) const EPOCHS: Target = Target {
    name: "epochs-jsonl",
    form: Form::Lines,
    seeds: corpus!["records/epochs.jsonl"],
    read: |input, folder| trial(input, "epochs.jsonl", folder),
};

pub(super) const RUNS: Target = Target {
    name: "runs-jsonl",
    form: Form::Lines,
    seeds: corpus!["records/runs.jsonl"],
    read: |input, folder| trial(input, "runs.jsonl", folder),
};

pub(super) const PREDICTIONS: Target = Target {
    name: "predictions-bin",
    form: Form::Predictions,
    seeds: corpus!["records/predictions.bin"],
    read: |input, folder| trial(input, "predictions.bin", folder),
};

pub(super) const FINISHED: Target = Target {
    name: "finished-jsonl",
    form: Form::Lines,
    seeds: corpus!["records/finished.jsonl"],
    read: |input, folder| {
        let first = input
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let identity = parsed(first).and_then(|record| seal::identity(&record["config"]));
        let identity = identity.unwrap_or_else(|| "0123456789abcdef".to_owned());
        let _ = fs::remove_dir_all(folder.join("trials"));
        put(
            folder,
            &format!("trials/{}/{identity}.jsonl", &identity[..2]),
            input,
        );
        let Ok(store) = Store::open(folder) else {
            return false;
        };
        let trial = store.trial(&identity);
        matches!(trial.state(), TrialState::Done(_)) && trial.read_predictions().is_ok()
    },
};

pub(super) const PACK: Target = Target {
    name: "pack",
    form: Form::Lines,
    seeds: corpus!["records/pack.jsonl"],
    read: |input, folder| {
        put(folder, "pack.jsonl", input);
        let into = folder.join("unpacked");
        let _ = fs::remove_dir_all(&into);
        unpack(&folder.join("pack.jsonl"), &into).is_ok_and(|damaged| damaged.is_empty())
    },
};

pub(super) const STUDY: Target = Target {
    name: "study-json",
    form: Form::Record,
    seeds: corpus!["records/study.json"],
    read: |input, folder| {
        put(folder, "study.json", input);
        read_study(folder).is_ok()
    },
};

pub(super) const REGISTRATIONS: Target = Target {
    name: "registrations-jsonl",
    form: Form::Lines,
    seeds: corpus!["records/registrations.jsonl"],
    read: |input, folder| {
        put(folder, "registrations.jsonl", input);
        registrations(folder).is_ok()
    },
};

pub(super) const RUNTIME: Target = Target {
    name: "runtime-json",
    form: Form::Record,
    seeds: corpus!["records/runtime.json"],
    read: |input, folder| {
        let identity = parsed(input).and_then(|record| {
            let record = serde_json::from_value::<lenet_results::RuntimeRecord>(record).ok()?;
            Some(record.identity())
        });
        let _ = fs::remove_dir_all(folder.join("runtime"));
        let name = identity.unwrap_or_else(|| "0123456789abcdef".to_owned());
        put(folder, &format!("runtime/{name}.json"), input);
        find_runtimes(folder).is_ok_and(|(records, damaged)| {
            let _ = records.iter().map(lenet_report::summarize).count();
            let _ = lenet_report::rounds(&records);
            damaged.is_empty()
        })
    },
};

fn parsed(input: &[u8]) -> Option<Value> {
    serde_json::from_slice(input).ok()
}

/// The files of one trial, of which the input takes the place of one, read as `status`, `report` and a
/// study that is taken up again read them.
fn trial(input: &[u8], name: &str, folder: &Path) -> bool {
    let sound = corpus![
        "records/config.json",
        "records/result.json",
        "records/epochs.jsonl",
        "records/runs.jsonl",
        "records/predictions.bin",
    ]();
    let of_input = parsed(input).and_then(|value| seal::identity(&value["config"]));
    let of_corpus = || parsed(&sound[0]).and_then(|value| seal::identity(&value["config"]));
    let identity = of_input.or_else(of_corpus).unwrap_or_default();
    let _ = fs::remove_dir_all(folder.join("trials"));
    let own = format!("trials/{identity}");
    let names = [
        "config.json",
        "result.json",
        "epochs.jsonl",
        "runs.jsonl",
        "predictions.bin",
    ];
    // A result stands for the rest: with it nothing else would be read.
    let is_whole = name == "result.json" || name == "predictions.bin";
    for (other, contents) in names.iter().zip(&sound) {
        if *other != "result.json" || is_whole {
            put(folder, &format!("{own}/{other}"), contents);
        }
    }
    put(folder, &format!("{own}/{name}"), input);
    let Ok(store) = Store::open(folder) else {
        return false;
    };
    let trial = store.trial(&identity);
    let is_read = !matches!(trial.state(), TrialState::Unreadable(_));
    if let Ok(found) = store.find_records() {
        let _ = merge(found.records);
    }
    is_read
        && trial.read_config().is_ok()
        && trial.read_epochs().is_ok()
        && trial.read_runs().is_ok()
        && match trial.read_predictions() {
            Ok(kept) => {
                let answers = kept.iter().flat_map(|kept| kept.iter());
                answers.filter(|answer| answer.is_answer()).count() < usize::MAX
            }
            Err(_) => false,
        }
}
