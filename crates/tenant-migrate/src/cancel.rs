//! Stopping a run from outside.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Shared between a run and whoever may stop it (a signal handler's thread).
///
/// Cancelling drains: no new tenant is started, running ones finish, and waits before a retry
/// end at once. To abort harder is the caller's decision; [`in_flight`](Self::in_flight) names
/// the tenants that it would hit.
#[derive(Debug, Default)]
pub struct Cancel {
    state: Mutex<State>,
    cancelled: Condvar,
}

#[derive(Debug, Default)]
struct State {
    cancelled: bool,
    in_flight: BTreeSet<String>,
}

impl Cancel {
    /// Not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the run to drain.
    pub fn cancel(&self) {
        self.lock().cancelled = true;
        self.cancelled.notify_all();
    }

    /// Whether the run has been asked to drain.
    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    /// The tenants that are being migrated right now, by name.
    pub fn in_flight(&self) -> Vec<String> {
        self.lock().in_flight.iter().cloned().collect()
    }

    /// Waits for that long, or until cancelled; returns whether it was cancelled.
    pub fn wait(&self, duration: Duration) -> bool {
        let state = self.lock();
        let (state, _timeout) = self
            .cancelled
            .wait_timeout_while(state, duration, |state| !state.cancelled)
            .unwrap_or_else(PoisonError::into_inner);
        state.cancelled
    }

    pub(crate) fn started(&self, slug: &str) {
        self.lock().in_flight.insert(slug.to_owned());
    }

    pub(crate) fn finished(&self, slug: &str) {
        self.lock().in_flight.remove(slug);
    }

    // The state stays consistent whatever panics: each change of it is a single step.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
