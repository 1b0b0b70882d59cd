//! Applies a migration statement by statement, for DDL that no transaction can hold.
//!
//! Before a statement that commits by itself, the journal records that it is in flight, with a
//! fingerprint of the part of the schema that it changes. After a crash, the fingerprint is
//! compared: if it changed, the statement took effect. The next journal row records that a
//! statement is done, which saves a round trip.

use std::time::{Duration, Instant};

use db_backend::{DbError, DbErrorKind, JournalEntry, Statement};

use super::batch::{Applied, BatchOptions, BatchResult, finished_entry};
use super::locked::Locked;
use crate::checksum::statements_checksum;
use crate::failure::{Effect, Failure, count};
use crate::migration::Migration;
use crate::plan::is_begun;

/// Applies the batch, up to the first migration that fails. `journal` is what was read under the
/// lock.
pub(super) fn apply_each<'m>(
    mut locked: Locked<'_>,
    batch: &[&'m Migration],
    journal: &[JournalEntry],
    options: BatchOptions<'_>,
) -> BatchResult<'m> {
    let mut result = BatchResult::default();
    if let Err(error) = set_up(&mut locked, options) {
        return BatchResult::failed(Failure::outside(error));
    }
    for migration in batch {
        let begun = journal.iter().find(|entry| entry.version == migration.version);
        let begun = begun.filter(|entry| is_begun(entry));
        match Progress::resume(&mut locked, migration, begun, options.run_id)
            .and_then(Progress::execute_remaining)
        {
            Ok(applied) => result.applied.push(applied),
            Err(Stopped { failure, in_doubt }) => {
                result.failure = Some(failure);
                result.in_doubt.extend(in_doubt.then_some(*migration));
                return result;
            }
        }
    }
    // Everything is committed. If the lock can't be released, the connection is gone, and so is the
    // lock.
    let _ = locked.unlock();
    result
}

/// The mark commits by itself, before the first statement does.
fn set_up(locked: &mut Locked<'_>, options: BatchOptions<'_>) -> Result<(), DbError> {
    if options.ensure_tables {
        locked.ensure_tables()?;
    }
    options.mark.map_or(Ok(()), |mark| locked.write_mark(mark))
}

/// A failure, and whether the whole migration may be complete all the same.
struct Stopped {
    failure: Failure,
    in_doubt: bool,
}

/// One migration that is being applied.
struct Progress<'s, 'c, 'm> {
    locked: &'s mut Locked<'c>,
    migration: &'m Migration,
    run_id: &'s str,
    started: Instant,
    /// What earlier runs spent on it.
    spent: Duration,
    /// How many statements have taken effect.
    done: usize,
    /// Whether the journal has a row of it.
    has_row: bool,
}

impl<'s, 'c, 'm> Progress<'s, 'c, 'm> {
    fn resume(
        locked: &'s mut Locked<'c>,
        migration: &'m Migration,
        begun: Option<&JournalEntry>,
        run_id: &'s str,
    ) -> Result<Self, Stopped> {
        let mut done = begun.map_or(0, |entry| entry.statements_done as usize);
        // The plan is blocked if the file was edited since, so this is the statement in flight.
        let in_flight = migration.up_statements.get(done);
        if let Some(before) = begun.and_then(|entry| entry.in_flight.as_ref())
            && let Some(statement) = in_flight
        {
            let now = locked.fingerprint_for(statement).map_err(|error| Stopped {
                failure: Failure::at_statement(migration, done, error, in_doubt(done)),
                in_doubt: false,
            })?;
            if now != *before {
                done += 1;
            }
        }
        let spent = begun.map_or(0, |entry| u64::try_from(entry.duration_ms).unwrap_or(0));
        Ok(Self {
            locked,
            migration,
            run_id,
            started: Instant::now(),
            spent: Duration::from_millis(spent),
            done,
            has_row: begun.is_some(),
        })
    }

    fn execute_remaining(mut self) -> Result<Applied<'m>, Stopped> {
        let migration = self.migration;
        while let Some(statement) = migration.up_statements.get(self.done) {
            let executed = if self.locked.commits_implicitly(statement) {
                self.execute_in_flight(statement)
            } else {
                self.execute_with_row(statement)
            };
            executed.map_err(|error| self.stopped(error))?;
            self.done += 1;
        }
        let duration = self.duration();
        match self.finish(duration) {
            Ok(()) => Ok(Applied { migration, duration }),
            Err(error) => {
                let in_doubt = error.kind == DbErrorKind::ConnectionLost;
                Err(Stopped { in_doubt, ..self.stopped(error) })
            }
        }
    }

    /// Executes a statement that commits by itself.
    fn execute_in_flight(&mut self, statement: &Statement) -> Result<(), DbError> {
        let before = self.locked.fingerprint_for(statement)?;
        self.write_row(self.done, Some(before))?;
        self.locked.execute(statement)
    }

    /// Executes a statement in a transaction, together with the row that records it as done.
    fn execute_with_row(&mut self, statement: &Statement) -> Result<(), DbError> {
        self.locked.begin()?;
        self.locked.execute(statement)?;
        self.write_row(self.done + 1, None)?;
        self.locked.commit()
    }

    fn finish(&mut self, duration: Duration) -> Result<(), DbError> {
        self.locked.begin()?;
        self.locked.add_to_history(&self.migration.version)?;
        self.locked.write_journal(&finished_entry(self.migration, self.run_id, duration))?;
        self.locked.commit()
    }

    fn write_row(&mut self, done: usize, in_flight: Option<String>) -> Result<(), DbError> {
        let statements = &self.migration.up_statements;
        let entry = JournalEntry {
            statements_done: count(done),
            done_checksum: statements_checksum(&statements[..done]),
            in_flight,
            finished: false,
            ..finished_entry(self.migration, self.run_id, self.duration())
        };
        self.locked.write_journal(&entry)?;
        self.has_row = true;
        Ok(())
    }

    fn stopped(&mut self, error: DbError) -> Stopped {
        let done = self.done;
        let settled = error.kind != DbErrorKind::ConnectionLost && self.settle().is_ok();
        let effect =
            if settled { Effect::Partial { statements_done: count(done) } } else { in_doubt(done) };
        let failure = Failure::at_statement(self.migration, done, error, effect);
        Stopped { failure, in_doubt: false }
    }

    /// Leaves the journal as the next run needs it: what took effect, and nothing in flight.
    fn settle(&mut self) -> Result<(), DbError> {
        self.locked.rollback_if_open()?;
        match (self.done, self.has_row) {
            (0, false) => Ok(()),
            (0, true) => self.locked.remove_from_journal(&self.migration.version),
            (done, _) => self.write_row(done, None),
        }
    }

    fn duration(&self) -> Duration {
        self.spent + self.started.elapsed()
    }
}

fn in_doubt(done: usize) -> Effect {
    Effect::InDoubt { statements_done: count(done) }
}
