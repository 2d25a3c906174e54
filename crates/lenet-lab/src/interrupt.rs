//! Ctrl-C: the first asks for a clean stop, the second ends the process at once.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::exit::Exit;
use crate::output;

/// Installs the handler for SIGINT, SIGTERM and SIGHUP, unless they are ignored, and returns the flag that it raises.
///
/// # Errors
/// The system refuses the handler.
pub fn stop_flag() -> Result<Arc<AtomicBool>, std::io::Error> {
    install(true)
}

/// The same for a child process, whose parent says that it stops.
///
/// # Errors
/// The system refuses the handler.
pub fn quiet_stop_flag() -> Result<Arc<AtomicBool>, std::io::Error> {
    install(false)
}

fn install(tell: bool) -> std::io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    let ignored = ignored();
    let wanted = [SIGINT, SIGTERM, SIGHUP].into_iter();
    let wanted = wanted.filter(|signal| ignored & (1 << (signal - 1)) == 0);
    let mut signals = Signals::new(wanted.collect::<Vec<i32>>())?;
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            for _ in signals.forever() {
                if raised.swap(true, Ordering::Relaxed) {
                    std::process::exit(i32::from(Exit::Interrupted.code()));
                }
                // On a terminal a line would tear the bars, and the user sees the stop at once.
                if tell && !std::io::stderr().is_terminal() {
                    output::note("stopping at the next step (Ctrl-C again: at once)");
                }
            }
        })?;
    Ok(stop)
}

/// The signals that this process was started to ignore, as `nohup` and shells' background jobs do, a bit
/// for each: they stay ignored. None where the system does not tell.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    mask(&status)
}

fn mask(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_read_from_their_mask() {
        let status =
            "SigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\nSigCgt:\t0000000000000002\n";
        // Hang-up is signal 1, and bit 12 is signal 13.
        assert_eq!(mask(status), 1 | 1 << 12);
        assert_eq!(mask("Name:\txtask\n"), 0);
    }
}
