//! PostgreSQL: kinds of errors.
//!
//! Only a superuser can choose a session's language, so the server's messages may be in any
//! language. The client library is never asked to translate, so its messages are in English.

use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

use crate::classify::{self, Beginnings, Parts};
use crate::error::{DbError, DbErrorKind};

/// The kind of a failure to connect with that message; `None` if the server rejected the session in
/// unknown words, so that its catalogue must be asked.
pub(super) fn of_connection(message: &str) -> Option<DbErrorKind> {
    // The library's message for a parameter that it can't use.
    if message.starts_with("invalid ") {
        return Some(DbErrorKind::Address);
    }
    let unreachable = (!is_from_server(message)).then_some(DbErrorKind::Unreachable);
    classify::by_part(CONNECTION_MESSAGES, message).or(unreachable)
}

/// Whether the message, or a part of it, is the server's. The library puts the severity and two
/// spaces before such a message, and never before one of its own. The severity is translated too.
fn is_from_server(message: &str) -> bool {
    message.contains(":  ")
}

/// Drivers put the address before the message; nothing in the message comes from a user. The second
/// one is the library's; the others are English messages of the server. They save a query of the
/// catalogue if it could tell the kind, and are the last resort if it can't.
const CONNECTION_MESSAGES: &Parts = &[
    ("password authentication failed", DbErrorKind::Denied),
    ("no password supplied", DbErrorKind::Denied),
    ("authentication failed for user", DbErrorKind::Denied),
    ("no pg_hba.conf entry", DbErrorKind::Denied),
    ("permission denied for database", DbErrorKind::Denied),
    ("is not permitted to log in", DbErrorKind::Denied),
    ("is not currently accepting connections", DbErrorKind::ServerBusy),
    ("FATAL:  role \"", DbErrorKind::Denied),
    ("FATAL:  database \"", DbErrorKind::Missing),
    ("too many connections for", DbErrorKind::ServerBusy),
    ("too many clients already", DbErrorKind::ServerBusy),
    ("remaining connection slots are reserved", DbErrorKind::ServerBusy),
    ("the database system is ", DbErrorKind::ServerBusy),
    // PgBouncer's messages, which are always in English.
    ("no more connections allowed", DbErrorKind::ServerBusy),
    ("pgbouncer cannot connect to server", DbErrorKind::Unreachable),
];

/// A failure of a statement on that connection.
pub(crate) fn of_statement(connection: &mut PgConnection, error: Error) -> DbError {
    let mut failed = classify::failed_statement(error, kind_of);
    // Diesel relies on the SQLSTATE. It may come from a connection that the statement opened (to a
    // foreign server), or the statement itself may have raised it.
    if failed.kind == DbErrorKind::ConnectionLost && is_alive(connection) {
        failed.kind = DbErrorKind::Statement;
    }
    failed
}

/// Whether the server answers, even if only that the transaction has failed.
fn is_alive(connection: &mut PgConnection) -> bool {
    match connection.batch_execute("SELECT 1") {
        Err(Error::DatabaseError(kind, _)) => !matches!(
            kind,
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand
        ),
        Ok(()) | Err(_) => true,
    }
}

fn kind_of(information: &dyn DatabaseErrorInformation) -> DbErrorKind {
    if information.details().is_some_and(is_circle_of_waits) {
        return DbErrorKind::Deadlock;
    }
    classify::by_beginning(STATEMENT_MESSAGES, information.message())
        .unwrap_or(DbErrorKind::Statement)
}

/// Whether this is the detail of a deadlock, which has one line per session. In every language the
/// first number of a line is the process that waits, and the last one the process it waits for.
fn is_circle_of_waits(detail: &str) -> bool {
    let waits: Option<Vec<(u32, u32)>> = detail.lines().map(wait).collect();
    let Some(waits) = waits.filter(|waits| waits.len() > 1) else { return false };
    let next = waits.iter().cycle().skip(1);
    waits.iter().zip(next).all(|((_, holder), (waiter, _))| holder == waiter)
}

fn wait(line: &str) -> Option<(u32, u32)> {
    let mut numbers = line
        .split(|character: char| !character.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .map(str::parse);
    let first = numbers.next()?.ok()?;
    Some((first, numbers.next_back()?.ok()?))
}

/// English words, the last resort if neither Diesel nor the catalogue can tell. In any other
/// language these are failures of the statement, which are not retried. See also `cancelled`.
const STATEMENT_MESSAGES: &Beginnings = &[
    ("canceling statement due to lock timeout", "", DbErrorKind::LockTimeout),
    ("could not obtain lock on", "", DbErrorKind::LockTimeout),
    ("canceling statement due to statement timeout", "", DbErrorKind::StatementTimeout),
    ("could not ", "No space left on device", DbErrorKind::DiskFull),
    ("source database ", "is being accessed by other users", DbErrorKind::ServerBusy),
    ("database ", "is being accessed by other users", DbErrorKind::LockTimeout),
    ("permission denied ", "", DbErrorKind::Denied),
    ("must be owner of ", "", DbErrorKind::Denied),
];

#[cfg(test)]
mod tests;
