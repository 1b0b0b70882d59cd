//! MySQL and MariaDB: kinds of errors.
//!
//! A session that is set up has English messages (`lc_messages`). Before that the server uses its
//! own language, while the client library only has English messages.

use diesel::connection::SimpleConnection as _;
use diesel::mysql::MysqlConnection;
use diesel::result::{DatabaseErrorInformation, Error};

use crate::classify::{self, Beginnings, Parts};
use crate::error::{DbError, DbErrorKind};
use crate::values::cut;

/// The kind of a failure to connect with that message.
///
/// An unknown message means that the server rejected the session, perhaps permanently, so it is not
/// retried. The database can't be the reason, since it is chosen later.
pub(super) fn of_connection(message: &str) -> DbErrorKind {
    if CLIENT_MESSAGES.iter().any(|start| message.starts_with(start)) {
        let is_too_many_files = message.ends_with("(24)");
        return if is_too_many_files {
            DbErrorKind::OutOfResources
        } else {
            DbErrorKind::Unreachable
        };
    }
    classify::by_part(CONNECTION_MESSAGES, message).unwrap_or(DbErrorKind::Denied)
}

/// How messages of the client library (libmariadb or libmysqlclient) begin.
const CLIENT_MESSAGES: &[&str] = &[
    "Authentication plugin '",
    "Can't connect to ",
    "Can't create ",
    "Can't initialize character set ",
    "Can't open ",
    "Can't wait for ",
    "Client run out of memory",
    "Error in server handshake",
    "Lost connection to ",
    "Malformed packet",
    "MySQL client ran out of memory",
    "MySQL server has gone away",
    "Protocol mismatch",
    "SSL connection error",
    "SSL is required",
    "Server has gone away",
    "TLS/SSL error",
    "Unknown MySQL server host ",
    "Unknown server host ",
    "Wrong or unknown protocol",
];

/// English words, used if nothing else can tell. `max_user_connections` is a name in every
/// language.
const CONNECTION_MESSAGES: &Parts = &[
    ("Access denied for user", DbErrorKind::Denied),
    ("is not allowed to connect to this", DbErrorKind::Denied),
    ("Too many connections", DbErrorKind::ServerBusy),
    ("max_user_connections", DbErrorKind::ServerBusy),
    ("Server shutdown in progress", DbErrorKind::ServerBusy),
    ("is blocked because of many connection errors", DbErrorKind::ServerBusy),
];

/// A failure of that SQL on that connection.
pub(crate) fn of_statement(connection: &mut MysqlConnection, error: Error, sql: &str) -> DbError {
    let mut failed =
        classify::failed_statement(error, kind_of, |_, message| without_values(message, sql));
    // A statement can produce any message with `SIGNAL`.
    if failed.kind == DbErrorKind::ConnectionLost && is_alive(connection) {
        failed.kind = DbErrorKind::Statement;
    }
    failed
}

fn is_alive(connection: &mut MysqlConnection) -> bool {
    connection.batch_execute("SELECT 1").is_ok()
}

fn kind_of(information: &dyn DatabaseErrorInformation) -> DbErrorKind {
    classify::by_beginning(STATEMENT_MESSAGES, information.message())
        .unwrap_or(DbErrorKind::Statement)
}

const STATEMENT_MESSAGES: &Beginnings = &[
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

/// A message without the values of rows. What a statement says with `SIGNAL` is its own words.
fn without_values(message: &str, sql: &str) -> String {
    let quoted = QUOTING_MESSAGES.iter().filter(|(start, ..)| message.starts_with(start));
    let without = |(_, before, after): &(&str, &str, &str)| {
        let start = message.find(before)? + before.len();
        // The last one, since the value itself may contain it.
        let end = start + message[start..].rfind(after)?;
        let (value, after) = (&message[start..end], &message[end..]);
        let is_literal = sql.contains(&format!("'{value}'"));
        let value = if is_literal { value.to_owned() } else { cut(value, sql) };
        Some(format!("{}{value}{after}", &message[..start]))
    };
    quoted.filter_map(without).next().unwrap_or_else(|| message.to_owned())
}

/// How messages that quote a value begin, and what is before and after the value.
const QUOTING_MESSAGES: &[(&str, &str, &str)] = &[
    ("Duplicate entry '", "'", "' for key "),
    ("Incorrect ", " value: '", "' for column "),
    ("Incorrect ", " value: '", "' for function "),
    ("Incorrect ", " value: '", "'"),
    ("Truncated incorrect ", " value: '", "'"),
    ("Invalid ", " character string: '", "'"),
    ("Illegal ", " value '", "' found during parsing"),
    ("Table has no partition for value ", "for value ", ""),
];

#[cfg(test)]
mod tests;
