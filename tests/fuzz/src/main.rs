//! `lenet-fuzz --minutes N [TARGET…]`: hostile input for so long, one target after the other.
#![forbid(unsafe_code)]

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use lenet_fuzz::{Limits, TARGETS, Target, run, try_input};

const USAGE: &str = "lenet-fuzz [--minutes N] [--seed N] [--findings FOLDER] [TARGET...]
lenet-fuzz --replay FILE TARGET

Runs every target, or those that are named, for N minutes in all (1 if not given), in turns of ten
seconds. The seed is the time if not given. Inputs that a reader does not get on with are kept in
FOLDER (fuzz-findings if not given). --replay reads one of them again.";

/// A turn of one target.
const TURN: Duration = Duration::from_secs(10);

struct Flags {
    minutes: f64,
    seed: u64,
    findings: PathBuf,
    replay: Option<PathBuf>,
    targets: Vec<&'static Target>,
}

fn flags() -> Option<Flags> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let mut flags = Flags {
        minutes: 1.0,
        seed: now.map_or(1, |now| now.as_secs()),
        findings: PathBuf::from("fuzz-findings"),
        replay: None,
        targets: Vec::new(),
    };
    let mut given = std::env::args().skip(1);
    while let Some(flag) = given.next() {
        match flag.as_str() {
            "--minutes" => flags.minutes = given.next()?.parse().ok().filter(|m| *m > 0.0)?,
            "--seed" => flags.seed = given.next()?.parse().ok()?,
            "--findings" => flags.findings = given.next()?.into(),
            "--replay" => flags.replay = Some(given.next()?.into()),
            name => flags
                .targets
                .push(TARGETS.iter().find(|target| target.name == name)?),
        }
    }
    if flags.targets.is_empty() {
        flags.targets = TARGETS.iter().collect();
    }
    Some(flags)
}

fn main() -> ExitCode {
    let Some(flags) = flags() else {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        let _ = writeln!(io::stderr(), "{USAGE}\n\nTargets: {}", names.join(", "));
        return ExitCode::from(2);
    };
    let ran = match &flags.replay {
        Some(file) => replay(file, &flags.targets),
        None => all(&flags),
    };
    match ran {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn replay(file: &Path, targets: &[&Target]) -> io::Result<bool> {
    let input = std::fs::read(file)?;
    let scratch = scratch()?;
    let mut is_well = true;
    for target in targets {
        let read = try_input(target, &input, scratch.path());
        is_well &= read.is_ok();
        writeln!(io::stdout(), "{}: {read:?}", target.name)?;
    }
    Ok(is_well)
}

/// What a target has come to in all of its turns.
#[derive(Default)]
struct Sum {
    cases: u64,
    accepted: u64,
    seconds: f64,
    findings: usize,
}

/// Gives whether nothing was found.
fn all(flags: &Flags) -> io::Result<bool> {
    std::fs::create_dir_all(&flags.findings)?;
    let scratch = scratch()?;
    // A panic is a finding, told below; its own message would come between.
    std::panic::set_hook(Box::new(|_| {}));
    let end = Instant::now() + Duration::from_secs_f64(flags.minutes * 60.0);
    let mut sums: Vec<Sum> = flags.targets.iter().map(|_| Sum::default()).collect();
    let mut out = io::stdout();
    'turns: for turn in 0.. {
        for (target, sum) in flags.targets.iter().zip(&mut sums) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break 'turns;
            }
            let limits = Limits {
                seed: flags.seed.wrapping_add(turn),
                time: left.min(TURN),
            };
            let begun = Instant::now();
            let outcome = run(target, limits, scratch.path());
            sum.seconds += begun.elapsed().as_secs_f64();
            sum.cases += outcome.cases;
            sum.accepted += outcome.accepted;
            sum.findings += outcome.findings.len();
            for finding in &outcome.findings {
                let name = finding.input.file_name().unwrap_or_default();
                let kept = flags.findings.join(name);
                std::fs::copy(&finding.input, &kept)?;
                std::fs::remove_file(&finding.input)?;
                writeln!(
                    out,
                    "{}: {} ({})",
                    target.name,
                    finding.what,
                    kept.display()
                )?;
            }
        }
    }
    writeln!(out, "| target | minutes | inputs | accepted | findings |")?;
    writeln!(out, "| --- | --- | --- | --- | --- |")?;
    for (target, sum) in flags.targets.iter().zip(&sums) {
        let (name, minutes) = (target.name, sum.seconds / 60.0);
        let (cases, accepted, findings) = (sum.cases, sum.accepted, sum.findings);
        writeln!(
            out,
            "| {name} | {minutes:.1} | {cases} | {accepted} | {findings} |"
        )?;
    }
    Ok(sums.iter().all(|sum| sum.findings == 0))
}

/// In memory where there is such a folder: every input is written.
fn scratch() -> io::Result<tempfile::TempDir> {
    let memory = Path::new("/dev/shm");
    match memory.is_dir() {
        true => tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir()),
        false => tempfile::tempdir(),
    }
}
