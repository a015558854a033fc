//! Ctrl-C: the first ends the reading, and what was read is told; the second ends the program.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use signal_hook::consts::SIGINT;
use signal_hook::flag;

/// The exit status of a program that a signal ended, as shells count it: 128 and the signal.
pub const STATUS: u8 = 130;

static INTERRUPTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// From now on the first Ctrl-C is only noted.
///
/// # Errors
///
/// Those of `sigaction(2)`.
pub fn watch() -> io::Result<()> {
    // In this order: the first does nothing yet when the second has not been.
    flag::register_conditional_shutdown(SIGINT, STATUS.into(), Arc::clone(&INTERRUPTED))?;
    flag::register(SIGINT, Arc::clone(&INTERRUPTED))?;
    Ok(())
}

/// Whether Ctrl-C was pressed since [`watch`].
pub fn seen() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}
