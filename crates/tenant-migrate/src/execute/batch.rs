//! What is applied under one lock, in whichever mode.

use std::time::Duration;

use db_backend::JournalEntry;

use crate::checksum::statements_checksum;
use crate::failure::{Failure, count};
use crate::migration::Migration;

/// A migration that was committed.
pub(crate) struct Applied<'m> {
    pub(crate) migration: &'m Migration,
    pub(crate) duration: Duration,
}

/// What became of a batch: what was committed, and what stopped it. Both may be there.
pub(crate) struct BatchResult<'m> {
    pub(crate) applied: Vec<Applied<'m>>,
    /// What nobody knows to be committed or not, as the connection broke at the commit.
    pub(crate) in_doubt: Vec<&'m Migration>,
    pub(crate) failure: Option<Failure>,
}

/// What all migrations of a batch have in common.
#[derive(Clone, Copy)]
pub(crate) struct BatchOptions<'a> {
    pub(crate) run_id: &'a str,
    /// Whether history or journal table may be missing.
    pub(crate) ensure_tables: bool,
}

impl BatchResult<'_> {
    pub(crate) const fn failed(failure: Failure) -> Self {
        Self { applied: Vec::new(), in_doubt: Vec::new(), failure: Some(failure) }
    }
}

/// The journal row of a migration that is complete.
pub(crate) fn finished_entry(
    migration: &Migration,
    run_id: &str,
    duration: Duration,
) -> JournalEntry {
    let total = count(migration.up_statements.len());
    JournalEntry {
        version: migration.version.clone(),
        checksum: migration.checksum.clone(),
        statements_total: total,
        statements_done: total,
        done_checksum: statements_checksum(&migration.up_statements),
        in_flight: None,
        finished: true,
        run_id: run_id.to_owned(),
        duration_ms: i64::try_from(duration.as_millis()).unwrap_or(i64::MAX),
    }
}
