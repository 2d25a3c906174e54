//! Ctrl-C: the first asks for a clean stop, the second ends the process at once.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::exit::Exit;
use crate::output;

/// Installs the handler for SIGINT and SIGTERM and returns the flag that it raises.
///
/// # Errors
/// The system refuses the handler.
pub fn stop_flag() -> Result<Arc<AtomicBool>, ctrlc::Error> {
    install(true)
}

/// The same for a child process, whose parent says that it stops.
///
/// # Errors
/// The system refuses the handler.
pub fn quiet_stop_flag() -> Result<Arc<AtomicBool>, ctrlc::Error> {
    install(false)
}

fn install(tell: bool) -> Result<Arc<AtomicBool>, ctrlc::Error> {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
        // On a terminal a line would tear the bars, and the user sees the stop at once.
        if tell && !std::io::stderr().is_terminal() {
            output::note("stopping at the next step (Ctrl-C again: at once)");
        }
    })?;
    Ok(stop)
}
