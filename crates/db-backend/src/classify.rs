//! From what a driver says to a kind of failure.
//!
//! Diesel passes on neither SQLSTATE nor error number, so the text decides. Where the text is
//! unknown (a server that speaks another language), a failed connection counts as unreachable and a
//! failed statement as the statement's fault.

use diesel::ConnectionError;
use diesel::result::{DatabaseErrorKind, Error};

use crate::error::{DbError, DbErrorKind};
use crate::url::DatabaseUrl;

/// What a message of a failed statement begins with, what it has after that, and its kind. The
/// beginning is the database's own; a name or value of a user's might say anything.
const STATEMENT_MESSAGES: &[(&str, &str, DbErrorKind)] = &[
    // SQLite
    ("database is locked", "", DbErrorKind::LockTimeout),
    ("database table is locked", "", DbErrorKind::LockTimeout),
    ("interrupted", "", DbErrorKind::StatementTimeout),
    ("attempt to write a readonly database", "", DbErrorKind::ReadOnly),
    ("unable to open database file", "", DbErrorKind::Missing),
    ("file is not a database", "", DbErrorKind::Corrupt),
    ("database disk image is malformed", "", DbErrorKind::Corrupt),
    ("malformed database schema", "", DbErrorKind::Corrupt),
    ("disk I/O error", "", DbErrorKind::Corrupt),
    ("database or disk is full", "", DbErrorKind::DiskFull),
    // PostgreSQL
    ("canceling statement due to lock timeout", "", DbErrorKind::LockTimeout),
    ("could not obtain lock on", "", DbErrorKind::LockTimeout),
    ("canceling statement due to statement timeout", "", DbErrorKind::StatementTimeout),
    ("deadlock detected", "", DbErrorKind::Deadlock),
    ("could not serialize access", "", DbErrorKind::Deadlock),
    ("could not ", "No space left on device", DbErrorKind::DiskFull),
    ("source database ", "is being accessed by other users", DbErrorKind::ServerBusy),
    ("database ", "is being accessed by other users", DbErrorKind::LockTimeout),
    ("permission denied ", "", DbErrorKind::Denied),
    ("must be owner of ", "", DbErrorKind::Denied),
    ("terminating connection due to ", "", DbErrorKind::ConnectionLost),
    ("server closed the connection unexpectedly", "", DbErrorKind::ConnectionLost),
    ("SSL connection has been closed unexpectedly", "", DbErrorKind::ConnectionLost),
    ("no connection to the server", "", DbErrorKind::ConnectionLost),
    // MySQL and MariaDB
    ("Access denied for user ", "", DbErrorKind::Denied),
    ("", " command denied to user ", DbErrorKind::Denied),
    ("Unknown database ", "", DbErrorKind::Missing),
    ("Lock wait timeout exceeded", "", DbErrorKind::LockTimeout),
    ("Query execution was interrupted", "", DbErrorKind::StatementTimeout),
    ("Deadlock found when trying to get lock", "", DbErrorKind::Deadlock),
    ("The table '", "' is full", DbErrorKind::DiskFull),
    ("Disk full", "", DbErrorKind::DiskFull),
    ("The M", "server is running with the --", DbErrorKind::ReadOnly),
    ("Cannot execute statement in a READ ONLY transaction", "", DbErrorKind::ReadOnly),
    ("Server shutdown in progress", "", DbErrorKind::ConnectionLost),
    ("MySQL server has gone away", "", DbErrorKind::ConnectionLost),
    ("Server has gone away", "", DbErrorKind::ConnectionLost),
    ("Lost connection to ", "", DbErrorKind::ConnectionLost),
    ("Connection was killed", "", DbErrorKind::ConnectionLost),
];

/// What the message of a failed connection has in it, and its kind. Drivers put an address of ours
/// before it; nothing in it is a user's.
const CONNECTION_MESSAGES: &[(&str, DbErrorKind)] = &[
    // SQLite
    ("unable to open database file", DbErrorKind::Missing),
    // PostgreSQL
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
    // MySQL and MariaDB
    ("Access denied for user", DbErrorKind::Denied),
    ("is not allowed to connect to this", DbErrorKind::Denied),
    ("Too many connections", DbErrorKind::ServerBusy),
    ("max_user_connections", DbErrorKind::ServerBusy),
    ("Server shutdown in progress", DbErrorKind::ServerBusy),
    ("is blocked because of many connection errors", DbErrorKind::ServerBusy),
];

/// A failure to connect. The message is freed of what the address keeps secret.
pub(crate) fn connection_error(database: &DatabaseUrl, error: &ConnectionError) -> DbError {
    let message = error.to_string();
    let kind = match error {
        ConnectionError::InvalidCString(_) | ConnectionError::InvalidConnectionUrl(_) => {
            DbErrorKind::Address
        }
        // libpq's words for a parameter that it can't use.
        _ if message.starts_with("invalid ") => DbErrorKind::Address,
        _ => CONNECTION_MESSAGES
            .iter()
            .find(|(part, _)| message.contains(part))
            .map_or(DbErrorKind::Unreachable, |(_, kind)| *kind),
    };
    DbError::new(kind, database.redact(message.trim()))
}

impl From<Error> for DbError {
    fn from(error: Error) -> Self {
        match error {
            Error::DatabaseError(kind, information) => {
                let details = [information.details(), information.hint()];
                let lines = std::iter::once(information.message())
                    .chain(details.into_iter().flatten())
                    .collect::<Vec<_>>();
                Self {
                    kind: statement_kind(kind, lines[0]),
                    message: lines.join("\n").trim().to_owned(),
                }
            }
            other => Self::new(DbErrorKind::Statement, other),
        }
    }
}

fn statement_kind(kind: DatabaseErrorKind, message: &str) -> DbErrorKind {
    match kind {
        // The database's own verdict on the data; the message may quote anything that is in it.
        DatabaseErrorKind::UniqueViolation
        | DatabaseErrorKind::ForeignKeyViolation
        | DatabaseErrorKind::NotNullViolation
        | DatabaseErrorKind::CheckViolation => DbErrorKind::Statement,
        DatabaseErrorKind::SerializationFailure => DbErrorKind::Deadlock,
        DatabaseErrorKind::ReadOnlyTransaction => DbErrorKind::ReadOnly,
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
            DbErrorKind::ConnectionLost
        }
        _ => STATEMENT_MESSAGES
            .iter()
            .find(|(start, part, _)| message.starts_with(start) && message.contains(part))
            .map_or(DbErrorKind::Statement, |(.., kind)| *kind),
    }
}

#[cfg(test)]
mod tests;
