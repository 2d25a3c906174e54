//! A whole study on the device, in processes of its own: once undisturbed, once killed.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use lenet_results::{CheckVerdict, Finding, Outcome, Store, TrialRecord};

use super::{argument, finding};
use crate::table::count;

/// Longest wait for the first epoch of a study that takes seconds.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs the smoke study twice, in temporary folders below `out`; only once if `stop` is raised
/// meanwhile.
///
/// # Errors
/// The folder cannot be written. A study that fails is a finding.
pub fn run(
    device: &str,
    out: &Path,
    stop: &AtomicBool,
    mut observer: impl FnMut(Finding),
) -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in(out)?;
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    observer(made("the smoke study", || {
        finish(start(device, &whole)?)?;
        let records = records(&whole)?;
        Ok(format!("{} trials completed", records.len()))
    }));
    if stop.load(Ordering::Relaxed) {
        return Ok(());
    }
    observer(made("a study killed and resumed", || {
        let epochs = kill_after_first_epoch(start(device, &killed)?, &killed)?;
        finish(start(device, &killed)?)?;
        let same = same_numbers(&records(&whole)?, &records(&killed)?)?;
        Ok(format!(
            "killed after {}; then {same}",
            count(epochs, "epoch")
        ))
    }));
    Ok(())
}

fn made(check: &str, make: impl FnOnce() -> anyhow::Result<String>) -> Finding {
    let begun = Instant::now();
    let (verdict, detail) = match make() {
        Ok(detail) => (CheckVerdict::Passed, detail),
        Err(error) => (CheckVerdict::Failed, format!("{error:#}")),
    };
    finding(check, verdict, detail, begun)
}

fn start(device: &str, out: &Path) -> anyhow::Result<Child> {
    Command::new(std::env::current_exe()?)
        .args(["experiments", "--config", "smoke", "--quiet"])
        .args(["--device", device, "--out", argument(out)?])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("the study cannot be started")
}

fn finish(study: Child) -> anyhow::Result<()> {
    let output = study.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let error = said.lines().find(|line| line.starts_with("error: "));
    ensure!(
        output.status.success(),
        "{}: {}",
        output.status,
        error.unwrap_or("without a word")
    );
    Ok(())
}

/// Kills the study once some trial has finished an epoch; gives the number of epochs done.
fn kill_after_first_epoch(mut study: Child, out: &Path) -> anyhow::Result<usize> {
    let begun = Instant::now();
    while epochs(out) == 0 {
        ensure!(
            study.try_wait()?.is_none(),
            "it ended before its first epoch"
        );
        if begun.elapsed() > PATIENCE {
            study.kill()?;
            study.wait()?;
            anyhow::bail!("no epoch in {} s", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    study.kill()?;
    let status = study.wait()?;
    ensure!(!status.success(), "it ended before it could be killed");
    Ok(epochs(out))
}

/// Epochs in the journals of all trials, and of those that have finished.
fn epochs(out: &Path) -> usize {
    let finished = Store::open(out).and_then(|store| store.records());
    let finished = finished.unwrap_or_default();
    let finished: usize = finished.iter().map(|record| record.epochs.len()).sum();
    finished + in_journals(out)
}

fn in_journals(out: &Path) -> usize {
    let Ok(trials) = std::fs::read_dir(out.join("trials")) else {
        return 0;
    };
    let journals = trials
        .flatten()
        .map(|trial| trial.path().join("epochs.jsonl"));
    let lines = journals.filter_map(|path| std::fs::read_to_string(path).ok());
    lines.map(|text| text.lines().count()).sum()
}

fn records(out: &Path) -> anyhow::Result<Vec<TrialRecord>> {
    let mut records = Store::open(out)?.records()?;
    records.sort_by(|a, b| a.identity.cmp(&b.identity));
    let completed = |record: &TrialRecord| record.outcome == Outcome::Completed {};
    ensure!(
        !records.is_empty() && records.iter().all(completed),
        "not every trial was completed"
    );
    Ok(records)
}

/// Checks that the killed study has the numbers of the whole one: the order of every sum is fixed,
/// whichever trials run together.
fn same_numbers(whole: &[TrialRecord], killed: &[TrialRecord]) -> anyhow::Result<String> {
    let shape = |records: &[TrialRecord]| -> Vec<(String, usize)> {
        let of = |record: &TrialRecord| (record.identity.clone(), record.epochs.len());
        records.iter().map(of).collect()
    };
    ensure!(
        shape(whole) == shape(killed),
        "its trials are not those of the whole study"
    );
    let epochs = |records: &[TrialRecord]| -> Vec<_> {
        records
            .iter()
            .flat_map(|record| record.epochs.clone())
            .collect()
    };
    let (whole, killed) = (epochs(whole), epochs(killed));
    let pairs = whole.iter().zip(&killed);
    let other = pairs.filter(|(a, b)| !a.same_outcome(b)).count();
    ensure!(other == 0, "{other} of {} epochs differ", whole.len());
    Ok("the same numbers bit for bit".to_owned())
}
