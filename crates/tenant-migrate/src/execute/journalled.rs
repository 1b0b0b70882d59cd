//! Applies a migration unit by unit, for DDL that no transaction can hold.
//!
//! Before a statement that commits by itself, the journal records that it is in flight, with a
//! fingerprint of the part of the schema that it changes. After a crash, the fingerprint is
//! compared: if it changed, the statement took effect. The next journal row records that a
//! statement is done, which saves a round trip.

use std::time::{Duration, Instant};

use db_backend::{DbError, DbErrorKind, JournalEntry, Statement};
use sql_text::StatementKind;

use super::batch::{Announce, Applied, BatchOptions, BatchResult, entry_with};
use super::locked::Locked;
use crate::checksum::prefix_checksums;
use crate::failure::{Effect, Failure, count};
use crate::fingerprint::Fingerprint;
use crate::migration::Migration;
use crate::plan::is_begun;
use crate::script::{Form, Script, Unit};

/// Applies the batch, up to the first migration that fails. `journal` is what was read under the
/// lock.
pub(super) fn apply_each<'m>(
    mut locked: Locked<'_>,
    batch: &[&'m Migration],
    journal: &[JournalEntry],
    options: BatchOptions<'_>,
    announce: Announce<'_, 'm>,
) -> BatchResult<'m> {
    let mut result = BatchResult::default();
    if let Err(error) = set_up(&mut locked, options) {
        return BatchResult::failed(Failure::outside(error));
    }
    for migration in batch {
        let begun = journal.iter().find(|entry| entry.version == migration.version);
        let begun = begun.filter(|entry| is_begun(entry));
        let script = Script::new(&migration.up_statements, locked.transactional_ddl());
        let progress = Progress::new(&mut locked, migration, &script, begun, options.run_id);
        match progress.apply(begun) {
            Ok(applied) => announce(&applied),
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
    script: &'s Script<'m>,
    /// The checksum of the statements before each place.
    checksums: Vec<String>,
    run_id: &'s str,
    started: Instant,
    /// What earlier runs spent on it.
    spent: Duration,
    /// The first statement that this session executes, apart from those that it repeats.
    begun_at: usize,
    /// How many statements have taken effect.
    done: usize,
    /// The statement that is being executed.
    at: usize,
    /// Whether the journal has a row of it.
    has_row: bool,
    /// Whether that row says that the statement which is being executed is in flight.
    in_flight: bool,
    /// Whether what is in flight may take effect in part, and a rollback does not undo it.
    is_partial: bool,
}

impl<'s, 'c, 'm> Progress<'s, 'c, 'm> {
    fn new(
        locked: &'s mut Locked<'c>,
        migration: &'m Migration,
        script: &'s Script<'m>,
        begun: Option<&JournalEntry>,
        run_id: &'s str,
    ) -> Self {
        let done = begun.map_or(0, |entry| entry.statements_done as usize);
        let spent = begun.map_or(0, |entry| u64::try_from(entry.duration_ms).unwrap_or(0));
        Self {
            locked,
            migration,
            script,
            checksums: prefix_checksums(&migration.up_statements),
            run_id,
            started: Instant::now(),
            spent: Duration::from_millis(spent),
            begun_at: done,
            done,
            at: done,
            has_row: begun.is_some(),
            in_flight: false,
            is_partial: false,
        }
    }

    fn apply(mut self, begun: Option<&JournalEntry>) -> Result<Applied<'m>, Stopped> {
        if let Some(before) = begun.and_then(|entry| entry.in_flight.as_ref()) {
            self.settle_in_flight(before)?;
        }
        self.execute_units().map_err(|error| self.stopped(&error))?;
        let duration = self.duration();
        self.at = self.migration.up_statements.len();
        match self.finish(duration) {
            Ok(()) => Ok(Applied { migration: self.migration, duration }),
            Err(error) => {
                let in_doubt = error.kind == DbErrorKind::ConnectionLost;
                Err(Stopped { in_doubt, ..self.stopped(&error) })
            }
        }
    }

    /// Finds out whether the statement that an earlier run left in flight took effect.
    fn settle_in_flight(&mut self, before: &str) -> Result<(), Stopped> {
        // The plan is blocked if the file was edited since, so this is the statement in flight.
        let Some(statement) = self.migration.up_statements.get(self.done) else { return Ok(()) };
        let unit = self.script.units_from(self.done).iter().find(|unit| unit.contains(self.done));
        if unit.is_some_and(|unit| unit.form != Form::Alone) {
            // Rows of a table without transactions: no schema shows what became of them.
            let failure = Failure::unsettled(self.migration, self.done);
            return Err(Stopped { failure, in_doubt: false });
        }
        let fingerprint = self.locked.fingerprint_for(statement);
        let now = fingerprint.map_err(|error| Stopped {
            failure: self.failure(error, Effect::InDoubt { statements_done: count(self.done) }),
            in_doubt: false,
        })?;
        match Fingerprint::read(before) {
            Some(before) if before != Fingerprint::new(&now) => self.done += 1,
            Some(_) if is_repeatable(&statement.kind) => {}
            Some(_) | None => {
                let failure = Failure::unsettled(self.migration, self.done);
                return Err(Stopped { failure, in_doubt: false });
            }
        }
        self.begun_at = self.done;
        Ok(())
    }

    fn execute_units(&mut self) -> Result<(), DbError> {
        let units = self.script.units_from(self.done);
        if let Some(first) = units.first()
            && self.done > 0
        {
            for statement in self.script.replayed_before(first) {
                self.locked.repeat(statement)?;
            }
        }
        for unit in units {
            self.execute_unit(unit)?;
            self.done = self.done.max(unit.statements.end);
        }
        Ok(())
    }

    fn execute_unit(&mut self, unit: &Unit) -> Result<(), DbError> {
        // An earlier release journalled each statement by itself.
        let first = match unit.form {
            Form::InSession => unit.statements.start,
            Form::Together | Form::Block | Form::TablesLocked | Form::Alone | Form::Skipped => {
                unit.statements.start.max(self.done)
            }
        };
        let end = unit.statements.end;
        match unit.form {
            Form::Skipped => Ok(()),
            Form::InSession => (first..end).try_for_each(|index| self.execute(index)),
            Form::Alone => self.execute_in_flight(first),
            Form::Together | Form::Block | Form::TablesLocked => {
                self.announce_partial(first, end)?;
                self.at = first;
                // In the others, the first and the last statement begin and end the transaction.
                let inner =
                    if unit.form == Form::Together { first..end } else { first + 1..end - 1 };
                match unit.form {
                    Form::Block => self.locked.begin_with(self.statement(first))?,
                    Form::TablesLocked => {
                        self.locked.begin_with_tables_locked(self.statement(first))?;
                    }
                    _ => self.locked.begin()?,
                }
                inner.into_iter().try_for_each(|index| self.execute(index))?;
                self.write_row(end, None)?;
                self.at = end - 1;
                self.locked.commit()?;
                self.in_flight = false;
                Ok(())
            }
        }
    }

    /// Writes that statements are in flight whose rows a rollback would not take back. If they are
    /// interrupted, only a person can tell what became of them.
    fn announce_partial(&mut self, first: usize, end: usize) -> Result<(), DbError> {
        self.at = first;
        self.is_partial = !self.locked.can_roll_back(&self.migration.up_statements[first..end])?;
        if self.is_partial {
            let before = self.locked.fingerprint_for(self.statement(first))?;
            self.write_row(first, Some(Fingerprint::new(&before).to_string()))?;
            self.in_flight = true;
        }
        Ok(())
    }

    /// Executes a statement that may commit by itself.
    fn execute_in_flight(&mut self, index: usize) -> Result<(), DbError> {
        self.at = index;
        let statement = self.statement(index);
        if self.script.ends_what_is_gone(index, self.begun_at) {
            return Ok(());
        }
        self.is_partial = statement.kind == StatementKind::RunsProgram;
        self.locked.remove_leftovers(statement)?;
        let before = self.locked.fingerprint_for(statement)?;
        self.write_row(index, Some(Fingerprint::new(&before).to_string()))?;
        self.in_flight = true;
        self.execute(index)?;
        self.in_flight = false;
        if !is_repeatable(&statement.kind) {
            // The fingerprint may not show it, so the next row would come too late.
            self.write_row(index + 1, None)?;
        }
        Ok(())
    }

    fn execute(&mut self, index: usize) -> Result<(), DbError> {
        self.at = index;
        if self.script.ends_what_is_gone(index, self.begun_at) {
            return Ok(());
        }
        self.locked.execute(self.migration, index)
    }

    fn finish(&mut self, duration: Duration) -> Result<(), DbError> {
        self.locked.begin()?;
        let done_checksum = self.checksums[self.migration.up_statements.len()].clone();
        let own = entry_with(self.migration, self.run_id, duration, done_checksum);
        self.locked.record(self.migration, own)?;
        self.locked.commit()
    }

    fn write_row(&mut self, done: usize, in_flight: Option<String>) -> Result<(), DbError> {
        let done_checksum = self.checksums[done].clone();
        let entry = JournalEntry {
            statements_done: count(done),
            in_flight,
            finished: false,
            ..entry_with(self.migration, self.run_id, self.duration(), done_checksum)
        };
        self.locked.write_journal(&entry)?;
        self.has_row = true;
        Ok(())
    }

    fn stopped(&mut self, error: &DbError) -> Stopped {
        let done = count(self.done);
        let effect = if error.kind == DbErrorKind::ConnectionLost {
            Effect::InDoubt { statements_done: done }
        } else if self.is_partial && self.in_flight {
            // The row stays as it is. In a transaction, a program is rolled back as a whole.
            Effect::Unclear { statements_done: done }
        } else if self.settle().is_ok() {
            Effect::Partial { statements_done: done }
        } else {
            Effect::InDoubt { statements_done: done }
        };
        let left = self.leftovers(error);
        let message = [error.message.as_str(), left.as_str()].concat();
        let failure = self.failure(DbError { message, ..error.clone() }, effect);
        Stopped { failure, in_doubt: false }
    }

    /// What the failed statement left in the catalogue, in words.
    fn leftovers(&mut self, error: &DbError) -> String {
        let statement = self.migration.up_statements.get(self.at);
        let Some(statement) = statement.filter(|_| error.kind != DbErrorKind::ConnectionLost)
        else {
            return String::new();
        };
        // This only adds to a message; without an answer, the message stays as it is.
        match self.locked.leftovers(statement).unwrap_or_default().as_slice() {
            [] => String::new(),
            left => format!("; it left {}, which the next run drops first", left.join(", ")),
        }
    }

    fn failure(&self, error: DbError, effect: Effect) -> Failure {
        Failure::at_statement(self.migration, self.at, error, effect)
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

    fn statement(&self, index: usize) -> &'m Statement {
        &self.migration.up_statements[index]
    }

    fn duration(&self) -> Duration {
        self.spent + self.started.elapsed()
    }
}

/// Whether a statement that left the schema as it was can be executed again: either it had no
/// effect, or the second time changes nothing more.
fn is_repeatable(kind: &StatementKind) -> bool {
    match kind {
        StatementKind::RunsProgram | StatementKind::Other | StatementKind::ChangesRows => false,
        StatementKind::Reads
        | StatementKind::EmptiesTables
        | StatementKind::ChangesSchema(_)
        | StatementKind::ChangesSession(_)
        | StatementKind::ControlsTransaction(_)
        | StatementKind::LeavesDatabase(_)
        | StatementKind::LocksTables(_)
        | StatementKind::Discards(_)
        | StatementKind::Maintains
        | StatementKind::ForClient(_) => true,
    }
}
