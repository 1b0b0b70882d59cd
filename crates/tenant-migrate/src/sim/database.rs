//! One simulated database, and what is ordered to go wrong with it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use db_backend::DbErrorKind;

use super::state::SimState;

/// What goes wrong at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The call fails with that kind, and has no effect.
    Fails(DbErrorKind),
    /// The connection breaks before the call has an effect.
    LostBefore,
    /// The call has its effect, and the connection breaks before the answer.
    LostAfter,
    /// The process dies before the call: all connections break, and none can be opened until
    /// [`SimConnector::restart`](super::SimConnector::restart).
    CrashBefore,
    /// The process dies after the call.
    CrashAfter,
    /// The call panics.
    Panic,
}

#[derive(Debug, Default)]
pub(super) struct SimDatabase {
    inner: Mutex<Inner>,
    pub(super) unlocked: Condvar,
}

#[derive(Debug, Default)]
pub(super) struct Inner {
    pub(super) committed: SimState,
    pub(super) locked: bool,
    pub(super) calls: u64,
    pub(super) faults: BTreeMap<u64, Fault>,
    pub(super) interludes: BTreeMap<u64, Interlude>,
}

/// What happens right before a call.
pub(super) struct Interlude(pub(super) Box<dyn FnOnce() + Send>);

impl fmt::Debug for Interlude {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Interlude")
    }
}

impl SimDatabase {
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        lock(&self.inner)
    }
}

// A fault that panics does so outside of any lock, but its thread may hold one elsewhere.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
