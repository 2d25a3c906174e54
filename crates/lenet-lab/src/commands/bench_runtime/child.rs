//! Rounds in processes of their own. The child gets the parent's arguments and the round. It prints a
//! line before each piece, and ends with its step when its standard input does: when the parent asks
//! it to, or was killed.

use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lenet_ops::Level;
use lenet_results::RuntimeStore;
use lenet_study::measure::{MeasureContext, Part, run as measure};
use lenet_study::{DataSets, Plan};

use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::BenchRuntime;
use crate::interrupt::quiet_stop_flag;
use crate::output;

/// How often the parent looks whether it shall stop its child.
const TICK: Duration = Duration::from_millis(20);

/// The part that this process is to measure, if it is a child.
pub fn part(flags: &BenchRuntime) -> Option<Part> {
    match flags.round {
        None => flags.phases.then_some(Part::Phases),
        Some(round) => Some(Part::Round(round)),
    }
}

/// What the child does.
pub fn run(plan: &Plan, part: Part, data: &DataSets, level: Level, out: &Path) -> CommandResult {
    let stop = quiet_stop_flag().or_fail()?;
    let raised = Arc::clone(&stop);
    let listener = std::thread::Builder::new().name("parent".to_owned());
    listener
        .spawn(move || {
            // Nothing is ever written to it.
            let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
            raised.store(true, Ordering::Relaxed);
        })
        .or_fail()?;
    let store = RuntimeStore::of_round(out).or_fail()?;
    let context = MeasureContext {
        data,
        store: &store,
        level,
        stop: &stop,
    };
    let mut told = Ok(());
    let measured = measure(plan, part, context, &mut |progress| {
        told = output::line(&progress.next);
    });
    let done = measured.or_fail()?.is_some();
    told.or_fail()?;
    Ok(match done {
        true => Exit::Done,
        false => Exit::Interrupted,
    })
}

/// Starts the child of a part and waits for it. `told` is called before each piece that it measures.
/// `false` where it was stopped.
///
/// # Errors
/// The child cannot be started, or fails.
pub fn launch(part: Part, stop: &AtomicBool, told: &mut dyn FnMut()) -> io::Result<bool> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(std::env::args_os().skip(1));
    match part {
        Part::Round(round) => command.args(["--round", &round.to_string()]),
        Part::Whole | Part::Phases => command.arg("--phases"),
    };
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    let (input, lines) = (child.stdin.take(), child.stdout.take());
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let listener = std::thread::Builder::new().name("stop".to_owned());
        let listening = listener.spawn_scoped(scope, || {
            while !stop.load(Ordering::Relaxed) && !ended.load(Ordering::Relaxed) {
                std::thread::sleep(TICK);
            }
            drop(input);
        });
        if let Err(error) = listening {
            // Its standard input was dropped with the closure, so the child stops by itself.
            child.wait()?;
            return Err(error);
        }
        for line in lines
            .into_iter()
            .flat_map(|lines| BufReader::new(lines).lines())
        {
            if line.is_ok() {
                told();
            }
        }
        let status = child.wait();
        ended.store(true, Ordering::Relaxed);
        let status = status?;
        match status.code() {
            Some(0) => Ok(true),
            Some(code) if code == i32::from(Exit::Interrupted.code()) => Ok(false),
            // Killed by the signal that stops this process, too.
            _ if stop.load(Ordering::Relaxed) => Ok(false),
            _ => {
                let hint = "what it said stands above; the same command goes on";
                let told = format!("its process ended with {status} (hint: {hint})");
                Err(io::Error::other(told))
            }
        }
    })
}
