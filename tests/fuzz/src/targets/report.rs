//! Reports of records that contradict nothing and mean anything.

use std::path::Path;

use lenet_report::{Records, write_report};
use lenet_results::{Registration, RuntimeRecord, StudyRecord, TrialRecord};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Target, corpus};
use crate::form::Form;

pub(super) const REPORT: Target = Target {
    name: "report",
    form: Form::Json,
    seeds: || {
        let parse =
            |contents: &Vec<u8>| -> Value { serde_json::from_slice(contents).unwrap_or_default() };
        let files = corpus![
            "records/study.json",
            "records/result.json",
            "records/result-2.json",
            "records/result-3.json",
            "records/runtime.json",
            "records/registrations.jsonl",
        ]();
        let files: Vec<Value> = files.iter().map(parse).collect();
        let all = json!({
            "studies": [files[0]],
            "trials": [files[1], files[2], files[3]],
            "runtimes": [files[4]],
            "register": [files[5]],
        });
        vec![all.to_string().into_bytes()]
    },
    read,
};

#[derive(Deserialize)]
struct All {
    studies: Vec<StudyRecord>,
    trials: Vec<TrialRecord>,
    runtimes: Vec<RuntimeRecord>,
    register: Vec<Registration>,
}

fn read(input: &[u8], folder: &Path) -> bool {
    let Ok(mut all) = serde_json::from_slice::<All>(input) else {
        return false;
    };
    for trial in &mut all.trials {
        trial.identity = trial.config.identity();
    }
    // What the readers of records refuse, no report sees.
    all.trials.retain(|trial| trial.validate().is_ok());
    all.runtimes.retain(|runtime| runtime.validate().is_ok());
    let records = Records {
        left_out: &[],
        workers: &[],
        studies: &all.studies,
        trials: &all.trials,
        runtimes: &all.runtimes,
        register: &all.register,
        live: None,
        evidence: None,
    };
    write_report(records, &folder.join("report")).is_ok()
}
