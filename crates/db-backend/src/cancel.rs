//! Asking work to stop, from outside.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Shared between work and the thread that may stop it, such as a signal handler's.
///
/// Cancelling drains: no new work is started, running work is finished, and waits before a retry
/// end immediately. A caller may decide to abort instead; [`in_flight`](Self::in_flight) names the
/// work that an abort would interrupt.
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

/// A piece of work in progress. Dropping the value marks it as ended.
#[derive(Debug)]
#[must_use = "the work is in flight only as long as this is held"]
pub struct InFlight {
    cancel: Arc<Cancel>,
    name: String,
}

impl Cancel {
    /// A value that is not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the work to drain.
    pub fn cancel(&self) {
        self.lock().cancelled = true;
        self.cancelled.notify_all();
    }

    /// Whether the work has been asked to drain.
    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    /// Waits for that duration, or until cancelled. Returns whether it was cancelled.
    pub fn wait(&self, duration: Duration) -> bool {
        let state = self.lock();
        let (state, _timeout) = self
            .cancelled
            .wait_timeout_while(state, duration, |state| !state.cancelled)
            .unwrap_or_else(PoisonError::into_inner);
        state.cancelled
    }

    /// The names of the work in progress.
    pub fn in_flight(&self) -> Vec<String> {
        self.lock().in_flight.iter().cloned().collect()
    }

    /// Registers a piece of work in progress. No other work in progress may have the same name.
    pub fn enter(self: &Arc<Self>, name: &str) -> InFlight {
        self.lock().in_flight.insert(name.to_owned());
        InFlight { cancel: Arc::clone(self), name: name.to_owned() }
    }

    // A panic can't leave the state inconsistent, since each change of it is a single step.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.cancel.lock().in_flight.remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_lasts_until_it_is_cancelled() {
        let cancel = Cancel::new();
        assert!(!cancel.wait(Duration::from_millis(1)));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| cancel.wait(Duration::from_secs(600)));
            cancel.cancel();
            assert!(waiting.join().expect("waiting does not panic"));
        });
        assert!(cancel.is_cancelled());
    }

    #[test]
    fn work_is_in_flight_as_long_as_its_guard_is_held() {
        let cancel = Arc::new(Cancel::new());
        let bolt = cancel.enter("bolt");
        let _acme = cancel.enter("acme");
        assert_eq!(cancel.in_flight(), ["acme", "bolt"]);
        drop(bolt);
        assert_eq!(cancel.in_flight(), ["acme"]);
    }
}
