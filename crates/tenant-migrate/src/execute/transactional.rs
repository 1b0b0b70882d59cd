//! Applies migrations whose DDL a transaction can hold: migration, history row and journal row
//! commit together.

use std::time::{Duration, Instant};

use db_backend::{DbError, DbErrorKind};

use super::batch::{Announce, Applied, BatchOptions, BatchResult, finished_entry};
use super::locked::Locked;
use crate::failure::{Effect, Failure};
use crate::migration::Migration;

/// Applies all of `batch` in one transaction, with a savepoint for each migration: only a migration
/// that fails is rolled back, and those before it are committed.
pub(super) fn apply_in_one<'m>(
    mut locked: Locked<'_>,
    batch: &[&'m Migration],
    options: BatchOptions<'_>,
    announce: Announce<'_, 'm>,
) -> BatchResult<'m> {
    let mut staged = Vec::new();
    let mut failure = None;
    if let Err(error) = begin(&mut locked, Some(options)) {
        return BatchResult::failed(Failure::outside(error));
    }
    for migration in batch {
        match apply_after_savepoint(&mut locked, migration, options.run_id, staged.is_empty()) {
            Ok(applied) => staged.push(applied),
            Err(Stopped { failure: stopped, all_lost }) => {
                if staged.is_empty() || all_lost {
                    // Dropping the lock rolls back.
                    return BatchResult::failed(stopped);
                }
                failure = Some(stopped);
                break;
            }
        }
    }
    match locked.commit().and_then(|()| locked.unlock()) {
        Ok(()) => {
            staged.iter().for_each(announce);
            BatchResult { in_doubt: Vec::new(), failure }
        }
        Err(error) => {
            let staged: Vec<_> = staged.into_iter().map(|applied| applied.migration).collect();
            let in_doubt = error.kind == DbErrorKind::ConnectionLost;
            let failure = Some(commit_failed(&staged, error));
            let in_doubt = if in_doubt { staged } else { Vec::new() };
            BatchResult { in_doubt, failure }
        }
    }
}

/// Applies each migration of `batch` in a transaction of its own, up to the first that fails.
pub(super) fn apply_each<'m>(
    mut locked: Locked<'_>,
    batch: &[&'m Migration],
    options: BatchOptions<'_>,
    announce: Announce<'_, 'm>,
) -> BatchResult<'m> {
    let mut result = BatchResult::default();
    for (index, migration) in batch.iter().enumerate() {
        let applied = begin(&mut locked, (index == 0).then_some(options))
            .map_err(Failure::outside)
            .and_then(|()| apply_one(&mut locked, migration, options.run_id));
        let committed = applied.and_then(|applied| match locked.commit() {
            Ok(()) => Ok(applied),
            Err(error) => {
                if error.kind == DbErrorKind::ConnectionLost {
                    result.in_doubt.push(migration);
                }
                Err(commit_failed(&[migration], error))
            }
        });
        match committed {
            Ok(applied) => announce(&applied),
            Err(failure) => {
                result.failure = Some(failure);
                return result;
            }
        }
    }
    // Everything is committed. If the lock can't be released, the connection is gone, and so is the
    // lock.
    let _ = locked.unlock();
    result
}

/// Records migrations as complete, without their statements, in one transaction.
pub(super) fn record<'m>(
    mut locked: Locked<'_>,
    batch: &[&'m Migration],
    options: BatchOptions<'_>,
) -> BatchResult<'m> {
    let recorded = begin(&mut locked, Some(options)).and_then(|()| {
        batch.iter().try_for_each(|migration| {
            let own = finished_entry(migration, options.run_id, Duration::ZERO);
            locked.record(migration, own)
        })
    });
    if let Err(error) = recorded {
        return BatchResult::failed(Failure::outside(error));
    }
    match locked.commit().and_then(|()| locked.unlock()) {
        Ok(()) => BatchResult::default(),
        Err(error) => {
            let is_lost = error.kind == DbErrorKind::ConnectionLost;
            let in_doubt = if is_lost { batch.to_vec() } else { Vec::new() };
            BatchResult { in_doubt, failure: Some(Failure::outside(error)) }
        }
    }
}

/// Begins a transaction. The first one of a batch has its options.
pub(super) fn begin(
    locked: &mut Locked<'_>,
    first: Option<BatchOptions<'_>>,
) -> Result<(), DbError> {
    let ensure_tables = first.is_some_and(|options| options.ensure_tables);
    // Inside the transaction, so that a failed first migration leaves nothing behind; but if DDL
    // commits by itself, it would end the transaction.
    let inside = locked.transactional_ddl();
    if ensure_tables && !inside {
        locked.ensure_tables()?;
    }
    locked.begin()?;
    if ensure_tables && inside {
        locked.ensure_tables()?;
    }
    first.and_then(|options| options.mark).map_or(Ok(()), |mark| locked.write_mark(mark))
}

/// A migration that failed in a batch, and whether those before it are lost too.
struct Stopped {
    failure: Failure,
    all_lost: bool,
}

fn apply_after_savepoint<'m>(
    locked: &mut Locked<'_>,
    migration: &'m Migration,
    run_id: &str,
    is_first: bool,
) -> Result<Applied<'m>, Stopped> {
    // The first one needs no savepoint: a rollback of the whole transaction does the same.
    if is_first {
        return apply_one(locked, migration, run_id)
            .map_err(|failure| Stopped { failure, all_lost: true });
    }
    let lost = |error| Stopped {
        failure: Failure::between_statements(migration, error, Effect::RolledBack),
        all_lost: true,
    };
    locked.savepoint().map_err(lost)?;
    match apply_one(locked, migration, run_id) {
        Ok(applied) => locked.release_savepoint().map(|()| applied).map_err(lost),
        Err(failure) => {
            let all_lost = locked.rollback_to_savepoint().is_err();
            Err(Stopped { failure, all_lost })
        }
    }
}

fn apply_one<'m>(
    locked: &mut Locked<'_>,
    migration: &'m Migration,
    run_id: &str,
) -> Result<Applied<'m>, Failure> {
    let started = Instant::now();
    for index in 0..migration.up_statements.len() {
        locked
            .execute(migration, index)
            .map_err(|error| Failure::at_statement(migration, index, error, Effect::RolledBack))?;
    }
    let duration = started.elapsed();
    locked
        .record(migration, finished_entry(migration, run_id, duration))
        .map_err(|error| Failure::between_statements(migration, error, Effect::RolledBack))?;
    Ok(Applied { migration, duration })
}

fn commit_failed(staged: &[&Migration], error: DbError) -> Failure {
    let effect = match error.kind {
        DbErrorKind::ConnectionLost => Effect::InDoubt { statements_done: 0 },
        _ => Effect::RolledBack,
    };
    match staged {
        [migration] => Failure::between_statements(migration, error, effect),
        // The database does not say which of several migrations made the commit fail.
        _ => Failure::outside(error),
    }
}
