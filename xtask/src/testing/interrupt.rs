//! Ctrl-C and requests to terminate, in a form that a loop can wait for.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;

/// Whether the user, or the process that started this one, wants it to stop.
#[derive(Default)]
pub(super) struct Interrupt(Arc<Requested>);

#[derive(Default)]
struct Requested {
    is_requested: Mutex<bool>,
    changed: Condvar,
}

impl Interrupt {
    /// Handles SIGINT, SIGTERM and SIGHUP for the rest of this process.
    pub(super) fn listen() -> anyhow::Result<Self> {
        let interrupt = Self::default();
        let handler = Arc::clone(&interrupt.0);
        ctrlc::set_handler(move || {
            *handler.is_requested.lock().unwrap_or_else(PoisonError::into_inner) = true;
            handler.changed.notify_all();
        })
        .context("can't listen for Ctrl-C")?;
        Ok(interrupt)
    }

    /// Waits for a request, for at most this long. Returns whether there was one, now or earlier.
    pub(super) fn wait(&self, at_most: Duration) -> bool {
        let is_requested = self.0.is_requested.lock().unwrap_or_else(PoisonError::into_inner);
        let waited =
            self.0.changed.wait_timeout_while(is_requested, at_most, |requested| !*requested);
        let (is_requested, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *is_requested
    }
}
