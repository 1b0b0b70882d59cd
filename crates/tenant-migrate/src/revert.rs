//! Taking migrations back, for proving that each `down.sql` undoes its `up.sql`.

use db_backend::{Access, Connector, DbError, ExecutionMode, History, Version};

use crate::execute::Session;
use crate::failure::{Effect, Failure, FailureKind, count};
use crate::migration::{Migration, MigrationSet};
use crate::target::{RunOptions, Target};

/// Reverts the newest `newest_count` migrations of one tenant, newest first, under its lock, and returns
/// their versions. Where no transaction holds DDL, nothing resumes a revert that was interrupted:
/// this is for scratch databases, where a failure means to begin anew.
///
/// # Errors
/// The first failure; what was reverted before it stays reverted.
pub fn revert_tenant(
    connector: &dyn Connector,
    set: &MigrationSet,
    target: &Target,
    options: &RunOptions,
    newest_count: usize,
) -> Result<Vec<Version>, Failure> {
    let mut connection = connector
        .connect(&target.database, Access::ReadWrite, &options.timeouts)
        .map_err(Failure::outside)?;
    let mut reverted = Vec::new();
    while reverted.len() < newest_count {
        let Some(newest) = newest_of(connection.history())? else { break };
        let migration = reversible(set, &newest)?;
        let mode =
            connection.execution_mode(&migration.down_statements, migration.run_in_transaction);
        let mut session = Session::lock(&mut *connection, mode).map_err(Failure::outside)?;
        // Another runner may have been here between the first look and the lock.
        if newest_of(session.history())?.as_ref() == Some(&newest) {
            revert_one(session, migration, mode)?;
            reverted.push(newest);
        }
    }
    Ok(reverted)
}

fn newest_of(history: Result<History, DbError>) -> Result<Option<Version>, Failure> {
    let applied = history.map_err(Failure::outside)?.applied;
    Ok(applied.and_then(|applied| applied.last().cloned()))
}

fn reversible<'s>(set: &'s MigrationSet, version: &Version) -> Result<&'s Migration, Failure> {
    let irreversible = |message: String| Failure::new(FailureKind::Irreversible, message);
    let migration = set
        .get(version)
        .ok_or_else(|| irreversible(format!("version {version} is unknown here")))?;
    match migration.down {
        Some(_) => Ok(migration),
        None => Err(irreversible(format!("migration {} has no down.sql", migration.name))),
    }
}

fn revert_one(
    mut session: Session<'_>,
    migration: &Migration,
    mode: ExecutionMode,
) -> Result<(), Failure> {
    let statements = &migration.down_statements;
    let transactional = mode != ExecutionMode::Journalled;
    let failed = |index: usize, error: DbError| {
        let effect = if transactional {
            Effect::RolledBack
        } else {
            Effect::Partial { statements_done: count(index) }
        };
        Failure::at_statement(migration, statements, index, error, effect)
    };
    let at_end = |error| failed(statements.len(), error);

    if transactional {
        session.begin().map_err(at_end)?;
    }
    for (index, statement) in statements.iter().enumerate() {
        session.execute(statement).map_err(|error| failed(index, error))?;
    }
    // Stock Diesel may have begun this database, and then there is no journal to remove from.
    session.ensure_tables().map_err(at_end)?;
    if !transactional {
        session.begin().map_err(at_end)?;
    }
    session
        .remove_from_history(&migration.version)
        .and_then(|()| session.remove_from_journal(&migration.version))
        .and_then(|()| session.commit())
        .and_then(|()| session.unlock())
        .map_err(at_end)
}
