//! Ctrl-C and requests to terminate, as something that a loop can wait for.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;

/// Whether the user, or whoever started us, wants us to stop.
#[derive(Default)]
pub(super) struct Interrupt(Arc<Requested>);

#[derive(Default)]
struct Requested {
    yes: Mutex<bool>,
    changed: Condvar,
}

impl Interrupt {
    /// Takes over SIGINT, SIGTERM and SIGHUP for the rest of this process.
    pub(super) fn listen() -> anyhow::Result<Self> {
        let interrupt = Self::default();
        let handler = Arc::clone(&interrupt.0);
        ctrlc::set_handler(move || {
            *handler.yes.lock().unwrap_or_else(PoisonError::into_inner) = true;
            handler.changed.notify_all();
        })
        .context("cannot listen for Ctrl-C")?;
        Ok(interrupt)
    }

    /// Waits for a request, at most that long; whether there was one, now or earlier.
    pub(super) fn wait(&self, at_most: Duration) -> bool {
        let yes = self.0.yes.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.changed.wait_timeout_while(yes, at_most, |yes| !*yes);
        let (yes, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *yes
    }
}
