//! Files that were written once and must stay readable, and what they say (`golden/trials.rs`,
//! `golden/studies.rs`). What is
//! written now is the newest of them, byte for byte.

#[path = "golden/studies.rs"]
mod studies;
#[path = "golden/trials.rs"]
mod trials;

use std::fs;
use std::path::{Path, PathBuf};

use lenet_results::{
    CheckVerdict, Correction, DrawingKind, Kernels, Moment, Outcome, Prediction, Predictions,
    Quantity, REGISTRATION_FORMAT, RUNTIME_FORMAT, Rule, RuntimeStore, STUDY_FORMAT, Scope, Store,
    StudyRecord, TRIAL_FORMAT, TrialDir, registrations, runtime_records,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tempfile::TempDir;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A store that holds the golden trial in this format, and the trial's folder.
fn stored(folder: &Path, format: u32) -> TrialDir {
    let trial = Store::create(folder).unwrap().trial(trials::TRIAL);
    fs::create_dir_all(trial.folder()).unwrap();
    for (name, kind) in FILES {
        let from = golden(&format!("{name}-{format}.{kind}"));
        fs::copy(from, trial.folder().join(format!("{name}.{kind}"))).unwrap();
    }
    trial
}

/// The files of a trial, with their endings.
const FILES: [(&str, &str); 4] = [
    ("config", "json"),
    ("runs", "jsonl"),
    ("epochs", "jsonl"),
    ("result", "json"),
];

#[test]
fn trials_of_every_format_say_what_they_said() {
    assert_eq!(TRIAL_FORMAT, 2, "add a golden file of the new format");
    assert_eq!(trials::trial().identity(), trials::TRIAL);
    for format in 1..=TRIAL_FORMAT {
        let folder = folder();
        let trial = stored(folder.path(), format);
        let config = trial.read_config().unwrap();
        assert_eq!(config, Some(trials::trial()), "format {format}");
        assert_eq!(trial.read_runs().unwrap(), trials::runs(), "{format}");
        assert_eq!(trial.read_epochs().unwrap(), trials::epochs(), "{format}");
        let record = trial.read_record().unwrap().unwrap();
        assert_eq!(record, trials::result(format));
        assert_eq!(record.is_verified(), format > 1);
        assert!(trial.damage(&record).is_empty());
    }
}

#[test]
fn studies_of_every_format_say_what_they_said() {
    assert_eq!(STUDY_FORMAT, 5, "add a golden file of the new format");
    for format in 2..=5 {
        let folder = folder();
        let name = format!("study-{format}.json");
        fs::copy(golden(&name), folder.path().join("study.json")).unwrap();
        let study = lenet_results::read_study(folder.path()).unwrap();
        // Formats 2 to 4 say the same as far as they go, and are told as format 5.
        assert_eq!(study, Some(studies::study(5, format)), "{name}");
    }
}

#[test]
fn a_study_of_format_1_says_what_it_said() {
    let text = include_str!("../src/study/golden/format-1.json");
    let folder = folder();
    fs::write(folder.path().join("study.json"), text).unwrap();
    let study = lenet_results::read_study(folder.path()).unwrap().unwrap();
    assert_eq!(study, studies::first_study());
    let again: StudyRecord = serde_json::from_str(text).unwrap();
    assert_eq!(again, study);
}

#[test]
fn runtimes_of_every_format_say_what_they_said() {
    assert_eq!(RUNTIME_FORMAT, 3, "add a golden file of the new format");
    assert_eq!(trials::runtime(3).identity(), trials::RUNTIME);
    for format in [2, 3] {
        let folder = folder();
        let file = folder
            .path()
            .join(format!("runtime/{}.json", trials::RUNTIME));
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::copy(golden(&format!("runtime-{format}.json")), file).unwrap();
        let found = runtime_records(folder.path()).unwrap();
        assert_eq!(found, [trials::runtime(format)]);
    }
}

#[test]
fn registers_of_every_format_say_what_they_said() {
    assert_eq!(
        REGISTRATION_FORMAT, 2,
        "add a golden file of the new format"
    );
    assert_eq!(studies::claim().digest(), studies::CLAIM);
    for format in 1..=REGISTRATION_FORMAT {
        let folder = folder();
        let from = golden(&format!("registrations-{format}.jsonl"));
        fs::copy(from, folder.path().join("registrations.jsonl")).unwrap();
        let found = registrations(folder.path()).unwrap();
        assert_eq!(found, studies::registrations(format));
    }
}

#[test]
fn what_is_written_now_is_the_newest_format_byte_for_byte() {
    let folder = folder();
    let store = Store::create(folder.path()).unwrap();
    // The format that a record names is not the one that it is written in.
    store.write_study(&studies::study(1, STUDY_FORMAT)).unwrap();
    let runtimes = RuntimeStore::create(folder.path()).unwrap();
    runtimes.write(&trials::runtime(1)).unwrap();
    for registration in studies::registrations(REGISTRATION_FORMAT) {
        lenet_results::register(folder.path(), &registration).unwrap();
    }
    let trial = store.trial(trials::TRIAL);
    let mut writer = trial.begin(&trials::trial()).unwrap();
    for run in trials::runs() {
        writer.append_run(&run).unwrap();
    }
    for epoch in trials::epochs() {
        writer.append_epoch(&epoch).unwrap();
    }
    same_text(
        [("config", "json"), ("runs", "jsonl"), ("epochs", "jsonl")].map(|(name, kind)| {
            let path = trial.folder().join(format!("{name}.{kind}"));
            (path, format!("{name}-2.{kind}"))
        }),
    );
    writer.keep_predictions(&predictions()).unwrap();
    let stopped = Outcome::Stopped { epoch: 3 };
    let written = writer.finish(stopped, trials::epochs(), 54_321).unwrap();
    assert_eq!(written.record, trials::result(TRIAL_FORMAT));
    let runtime = format!("runtime/{}.json", trials::RUNTIME);
    same_text([
        (trial.published().to_owned(), "finished-2.jsonl".to_owned()),
        (folder.path().join("study.json"), "study-5.json".to_owned()),
        (folder.path().join(runtime), "runtime-3.json".to_owned()),
        (
            folder.path().join("registrations.jsonl"),
            "registrations-2.jsonl".to_owned(),
        ),
    ]);
}

fn same_text<const N: usize>(files: [(PathBuf, String); N]) {
    for (path, name) in files {
        let written = fs::read_to_string(path).unwrap();
        let expected = fs::read_to_string(golden(&name)).unwrap();
        assert_eq!(written, expected, "{name}");
    }
}

/// What the golden file of a finished trial says of two images.
fn predictions() -> Predictions {
    let said = [1.0, 0.5].map(|confidence| Prediction {
        class: 1,
        confidence,
    });
    let kernels = Kernels {
        shape: [1, 1, 1, 1],
        values: vec![0.5],
    };
    Predictions::new(trials::TRIAL, 10, &[1, 2], &said, kernels).unwrap()
}

#[test]
fn a_finished_trial_says_what_it_said() {
    let folder = folder();
    let trial = Store::create(folder.path()).unwrap().trial(trials::TRIAL);
    fs::create_dir_all(trial.published().parent().unwrap()).unwrap();
    fs::copy(golden("finished-2.jsonl"), trial.published()).unwrap();
    let record = trial.read_record().unwrap();
    assert_eq!(record, Some(trials::result(TRIAL_FORMAT)));
    assert_eq!(trial.read_predictions().unwrap(), Some(predictions()));
}

/// Words that stand for values which the golden files lack.
#[test]
fn words_on_disk_are_frozen() {
    fn same<T>(wrong: &mut Vec<String>, cases: &[(&str, T)])
    where
        T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        for (text, value) in cases {
            let read = serde_json::from_str::<T>(text).ok();
            let written = serde_json::to_string(value).unwrap();
            if read.as_ref() != Some(value) || written != *text {
                wrong.push(format!(
                    "{text} is read as {read:?}; {value:?} is written as {written}"
                ));
            }
        }
    }
    let mut wrong = Vec::new();
    let message = "out of memory".to_owned();
    same(
        &mut wrong,
        &[
            (r#"{"kind":"completed"}"#, Outcome::Completed {}),
            (
                r#"{"kind":"diverged","epoch":2}"#,
                Outcome::Diverged { epoch: 2 },
            ),
            (
                r#"{"kind":"failed","message":"out of memory"}"#,
                Outcome::Failed { message },
            ),
        ],
    );
    let quantities = [
        ("value", Quantity::Value),
        ("difference", Quantity::Difference),
        ("ratio", Quantity::Ratio),
        ("distance", Quantity::Distance),
        ("reduction", Quantity::Reduction),
        ("spread", Quantity::Spread),
        ("spread_beyond_chance", Quantity::SpreadBeyondChance),
        ("distance_beyond_chance", Quantity::DistanceBeyondChance),
    ];
    let drawings = [
        ("curves", DrawingKind::Curves),
        ("facets", DrawingKind::Facets),
        ("heatmap", DrawingKind::Heatmap),
        ("effects", DrawingKind::Effects),
        ("interaction", DrawingKind::Interaction),
        ("scatter", DrawingKind::Scatter),
        ("regret", DrawingKind::Regret),
    ];
    let verdicts = [
        ("passed", CheckVerdict::Passed),
        ("failed", CheckVerdict::Failed),
        ("skipped", CheckVerdict::Skipped),
    ];
    // What a message calls it is its word on disk.
    assert_eq!(Quantity::ALL.map(|q| (q.name(), q)), quantities);
    assert_eq!(DrawingKind::ALL.map(|k| (k.name(), k)), drawings);
    assert_eq!(verdicts.map(|(_, v)| (v.name(), v)), verdicts);
    for (word, value) in quantities {
        same(&mut wrong, &[(&*format!("\"{word}\""), value)]);
    }
    for (word, value) in drawings {
        same(&mut wrong, &[(&*format!("\"{word}\""), value)]);
    }
    for (word, value) in verdicts {
        same(&mut wrong, &[(&*format!("\"{word}\""), value)]);
    }
    same(
        &mut wrong,
        &[
            ("\"bonferroni\"", Correction::Bonferroni),
            ("\"holm\"", Correction::Holm),
        ],
    );
    same(
        &mut wrong,
        &[
            ("\"all\"", Scope::All),
            ("\"any\"", Scope::Any),
            ("\"unanimous\"", Scope::Unanimous),
        ],
    );
    same(&mut wrong, &[("{\"above\":0.5}", Rule::Above(0.5))]);
    let moments = [
        ("\"first\"", Moment::First),
        ("\"last\"", Moment::Last),
        ("\"best\"", Moment::Best),
    ];
    same(&mut wrong, &moments);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn quantities_know_their_sides() {
    let two_sided = Quantity::ALL.into_iter().filter(|q| q.has_two_sides());
    let names: Vec<&str> = two_sided.map(Quantity::name).collect();
    let expected = [
        "difference",
        "ratio",
        "distance",
        "reduction",
        "distance_beyond_chance",
    ];
    assert_eq!(names, expected);
}
