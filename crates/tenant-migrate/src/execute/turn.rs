//! One target's turn, seen from outside while its thread waits for the database.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use db_backend::{Version, Watch};

/// One target's turn, shared between the thread that has it and the one that watches it.
#[derive(Debug)]
pub(super) struct Turn {
    /// The calls that it makes.
    pub(super) watch: Watch,
    pub(super) begun: Instant,
    standing: Mutex<Standing>,
}

/// How far the work on a tenant has come.
#[derive(Debug, Default)]
pub(super) struct Standing {
    pub(super) attempts: u32,
    /// The newest version that the tenant is known to have.
    pub(super) version: Option<Version>,
    /// What was applied, in that order.
    pub(super) applied: Vec<Version>,
    /// The name of the migration that is being applied, and the statement of it with that index.
    pub(super) at: Option<(String, usize)>,
}

impl Turn {
    pub(super) fn new(watch: Watch) -> Self {
        Self { watch, begun: Instant::now(), standing: Mutex::default() }
    }

    pub(super) fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
