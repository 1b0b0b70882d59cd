//! Which timeout ended a statement, if the server does not speak English.

use std::time::Duration;

use super::connect::connect;
use crate::connection::{Access, Timeouts};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};
use crate::url::DatabaseUrl;

/// A failure of a statement that took `ran`, with the kind of the timeout that ended it, if
/// one did. The session that failed holds the advisory lock of that key.
///
/// Diesel exposes no SQLSTATE, and no catalogue shows afterwards what a statement waited for. So a
/// second session runs into each timeout on purpose, and learns the server's message for it.
pub(super) fn explain(
    error: DbError,
    ran: Duration,
    held_key: i64,
    database: &DatabaseUrl,
    timeouts: &Timeouts,
) -> DbError {
    let may_be =
        [timeouts.lock, timeouts.statement].iter().any(|limit| !limit.is_zero() && ran >= *limit);
    if error.kind != DbErrorKind::Statement || !may_be {
        return error;
    }
    // Without a second session it remains a failure of the statement, which is not retried either.
    let Ok(mut second) = connect(database, Access::ReadOnly, timeouts) else { return error };
    let limits = [
        (DbErrorKind::LockTimeout, "lock_timeout", format!("SELECT pg_advisory_lock({held_key})")),
        (DbErrorKind::StatementTimeout, "statement_timeout", "SELECT pg_sleep(1)".to_owned()),
    ];
    let ended_by = limits.iter().find(|(_, limit, statement)| {
        words(&mut second, limit, statement).as_ref() == Some(&error.message)
    });
    match ended_by {
        Some((kind, ..)) => DbError { kind: *kind, ..error },
        None => error,
    }
}

/// The server's message when that statement is ended after a millisecond.
fn words(session: &mut AnyConnection, limit: &str, statement: &str) -> Option<String> {
    session.execute(&format!("SET {limit} = 1")).ok()?;
    session.execute(statement).err().map(|error| error.message)
}
