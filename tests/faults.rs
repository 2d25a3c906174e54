//! A study whose calls to the file system fail, one at a time, or that is killed before one: the same command
//! again comes to the same records. `tests/faults/README.md` says how.
#![cfg(unix)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::{files_below, leave_out, run, xtask};
use lenet_results::Store;

const STUDY: &str = "name = \"tiny\"\nseeds = 1\n[base]\ndata = \"data\"\nfilters = 2\nkernel = 3\nhidden = 3\n\
                     batch_size = 8\nepochs = 2\nvalidation = 8\n[[figure]]\nid = \"1\"\n[figure.axes]\n\
                     learning_rate = [0.1, 0.01]\n";
const COMMAND: &str = "experiments --config tiny.toml --jobs 1 --threads 1 --out marked-records";
/// What the paths of disturbed calls have in them.
const MARK: &str = "marked-records";

/// What befalls a call: ENOSPC, EIO, EINTR, EMFILE, half of a write, a kill.
const ACTIONS: [&str; 6] = ["28", "5", "4", "24", "short", "kill"];

/// Faults in a usual run of the tests, spread evenly over all calls.
const USUAL: usize = 40;

/// How long a disturbed study of a second may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Compiles the program that disturbs another; the error says why it cannot be had here.
fn tracer(folder: &Path) -> Result<PathBuf, String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/faults/tracer.c");
    if cfg!(not(all(target_os = "linux", target_arch = "x86_64"))) {
        return Err("it is written for Linux on x86-64".to_owned());
    }
    let built = folder.join("tracer");
    let compiled = Command::new("cc")
        .args(["-O1", "-Wall", "-o"])
        .args([&built, &source])
        .output()
        .map_err(|error| format!("no C compiler `cc`: {error}"))?;
    let told = String::from_utf8_lossy(&compiled.stderr).into_owned();
    assert!(compiled.status.success(), "{told}");
    let tried = Command::new(&built)
        .args([MARK, "/dev/null", "1", "none", "true"])
        .output()
        .map_err(|error| error.to_string())?;
    match tried.status.success() {
        true => Ok(built),
        false => Err("this system lets no program trace another".to_owned()),
    }
}

/// A folder with the study and its images.
fn prepared() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/corpus/idx");
    for half in ["train", "t10k"] {
        let copy = |from: &str, to: String| fs::copy(corpus.join(from), data.join(to)).unwrap();
        copy("images", format!("{half}-images-idx3-ubyte"));
        copy("labels", format!("{half}-labels-idx1-ubyte"));
    }
    fs::write(folder.path().join("tiny.toml"), STUDY).unwrap();
    folder
}

/// The study under the tracer: its exit code, and how many calls were counted. `None`: it took too long.
fn disturbed(tracer: &Path, folder: &Path, number: usize, action: &str) -> Option<(i32, usize)> {
    let program = xtask(folder);
    let count = folder.join("count");
    let mut command = Command::new(tracer);
    command
        .arg(MARK)
        .arg(&count)
        .arg(number.to_string())
        .arg(action);
    command
        .arg(program.get_program())
        .args(COMMAND.split(' '))
        .current_dir(folder);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begun.elapsed() > PATIENCE {
            // The tracer's end is that of what it traces.
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let counted = fs::read_to_string(&count).unwrap();
    Some((status.code()?, counted.trim().parse().unwrap()))
}

/// What a study's record says, but for where its data lie.
fn planned(path: &Path) -> Vec<u8> {
    let text = fs::read(path).unwrap();
    let mut study: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let members = study.as_object_mut().unwrap();
    assert!(members.remove("data").is_some() && members.remove("checksum").is_some());
    study.to_string().into_bytes()
}

/// All that a finished study says, without times and hosts: texts by file.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let records = folder.join(MARK);
    let mut found = BTreeMap::new();
    for name in files_below(&records) {
        let is_exact = name.ends_with("epochs.csv") || name.ends_with("results.csv");
        // Of the others, that they are there; of a lock and its lease, which a dead process's are free, not
        // even that.
        let text = match name.as_str() {
            "study.json" => planned(&records.join(&name)),
            _ if is_exact => fs::read(records.join(&name)).unwrap(),
            _ => Vec::new(),
        };
        if !(name.ends_with("lock") || name.ends_with("lock.lease")) {
            found.insert(name, text);
        }
    }
    let store = Store::open(&records).unwrap();
    let trials = store.find_records().unwrap();
    assert!(trials.damaged.is_empty(), "{:?}", trials.damaged);
    assert!(trials.conflicts.is_empty(), "{:?}", trials.conflicts);
    for mut trial in trials.records {
        for epoch in &mut trial.epochs {
            (epoch.train_seconds, epoch.evaluation_seconds) = (0.0, 0.0);
        }
        let numbers = serde_json::to_vec(&(&trial.outcome, &trial.epochs, &trial.config)).unwrap();
        let said = store.trial(&trial.identity).read_predictions().unwrap();
        let said = format!("{said:?}").into_bytes();
        found.insert(format!("predictions {}", trial.identity), said);
        found.insert(format!("record {}", trial.identity), numbers);
    }
    found
}

/// Disturbs one call and gives the same command again; what is wrong then, if anything.
fn fault(
    tracer: &Path,
    (number, action): (usize, &str),
    expected: &BTreeMap<String, Vec<u8>>,
) -> Option<String> {
    let folder = prepared();
    let wrong = |what: String| Some(format!("call {number}, {action}: {what}"));
    let Some((code, calls)) = disturbed(tracer, folder.path(), number, action) else {
        return wrong(format!("it did not end within {PATIENCE:?}"));
    };
    let may_be = match action {
        // A report in the middle of a study is left out where its end comes first, so not every run has as
        // many calls.
        "kill" => code == 137 || calls < number,
        // Half of a write, or a call that was interrupted, is taken up where it stopped.
        "short" => code == 0,
        // Failed, or refused before any work.
        _ => matches!(code, 0..=2),
    };
    if !may_be {
        return wrong(format!("it ended with {code}"));
    }
    let again = run(folder.path(), COMMAND);
    if again.code != Some(0) {
        return wrong(format!(
            "again it ended with {:?}: {}",
            again.code, again.stderr
        ));
    }
    let found = contents(folder.path());
    let names = expected.keys().chain(found.keys());
    let other = names.filter(|name| expected.get(*name) != found.get(*name));
    let mut other: Vec<&String> = other.collect();
    other.dedup();
    match other.is_empty() {
        true => None,
        false => wrong(format!("other than undisturbed: {other:?}")),
    }
}

#[test]
fn any_call_may_fail_and_the_same_command_goes_on() {
    let tools = tempfile::tempdir().unwrap();
    let tracer = match tracer(tools.path()) {
        Ok(tracer) => tracer,
        Err(reason) => {
            leave_out(&format!("faults of the file system: {reason}"));
            return;
        }
    };
    let undisturbed = prepared();
    let (code, calls) = disturbed(&tracer, undisturbed.path(), 1, "none").expect("it ends");
    assert_eq!(code, 0);
    assert!(calls > 100, "{calls} calls were counted");
    let expected = contents(undisturbed.path());
    assert!(
        expected
            .keys()
            .filter(|name| name.starts_with("record"))
            .count()
            == 2
    );

    let asked = std::env::var("LENET_FAULTS").ok();
    let faults = match asked.as_deref() {
        Some("all") => calls * ACTIONS.len(),
        Some(number) => number.parse().expect("LENET_FAULTS is a number or `all`"),
        None => USUAL,
    };
    // Every action at every call, or so many of these pairs, evenly.
    let pairs = calls * ACTIONS.len();
    let pair = |fault: usize| {
        let at = fault * pairs / faults;
        // Neighbours in the row of faults differ in the action, whatever their distance.
        (
            at / ACTIONS.len() + 1,
            ACTIONS[(at + fault) % ACTIONS.len()],
        )
    };
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= faults {
                break;
            }
            let found = fault(&tracer, pair(number), &expected);
            wrong.lock().unwrap().extend(found);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(
        wrong.is_empty(),
        "{} of {faults}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
