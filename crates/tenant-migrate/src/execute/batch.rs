//! What is applied under one lock, in any mode.

use std::time::Duration;

use db_backend::{JournalEntry, Mark};

use crate::checksum::statements_checksum;
use crate::failure::{Failure, count};
use crate::migration::{Member, Migration};

/// A migration that was committed.
pub(super) struct Applied<'m> {
    pub(super) migration: &'m Migration,
    pub(super) duration: Duration,
}

/// Is told of each migration of a batch as soon as it is committed.
pub(super) type Announce<'a, 'm> = &'a mut dyn FnMut(&Applied<'m>);

/// What stopped a batch, if anything did.
#[derive(Default)]
pub(super) struct BatchResult<'m> {
    /// Migrations that may or may not have been committed: the connection broke during the commit.
    pub(super) in_doubt: Vec<&'m Migration>,
    pub(super) failure: Option<Failure>,
}

/// What all migrations of a batch have in common.
#[derive(Clone, Copy)]
pub(super) struct BatchOptions<'a> {
    pub(super) run_id: &'a str,
    /// Whether one of tenantctl's own tables may be missing.
    pub(super) ensure_tables: bool,
    /// The mark that the database is still to get, before anything else happens in it.
    pub(super) mark: Option<&'a Mark>,
}

impl BatchResult<'_> {
    pub(super) fn failed(failure: Failure) -> Self {
        Self { failure: Some(failure), ..Self::default() }
    }
}

/// The journal row of a migration that is complete.
pub(super) fn finished_entry(
    migration: &Migration,
    run_id: &str,
    duration: Duration,
) -> JournalEntry {
    entry_with(migration, run_id, duration, statements_checksum(&migration.up_statements))
}

/// The journal rows that a complete migration leaves: its `own` one, or those of its members, as if
/// each of them had been applied.
pub(super) fn finished_entries(migration: &Migration, own: JournalEntry) -> Vec<JournalEntry> {
    if migration.members.is_empty() {
        return vec![own];
    }
    let of_member = |member: &Member| JournalEntry {
        version: member.version.clone(),
        checksum: member.checksum.clone(),
        statements_total: member.statements,
        statements_done: member.statements,
        done_checksum: member.done_checksum.clone(),
        ..own.clone()
    };
    migration.members.iter().map(of_member).collect()
}

/// The same row, if the checksum over its statements is known.
pub(super) fn entry_with(
    migration: &Migration,
    run_id: &str,
    duration: Duration,
    done_checksum: String,
) -> JournalEntry {
    let total = count(migration.up_statements.len());
    JournalEntry {
        version: migration.version.clone(),
        checksum: migration.checksum.clone(),
        statements_total: total,
        statements_done: total,
        done_checksum,
        in_flight: None,
        finished: true,
        run_id: run_id.to_owned(),
        duration_ms: i64::try_from(duration.as_millis()).unwrap_or(i64::MAX),
    }
}
