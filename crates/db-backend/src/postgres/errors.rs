//! PostgreSQL: kinds of errors.
//!
//! Only a superuser can choose a session's language, so the server's messages may be in any
//! language. The client library is never asked to translate, so its messages are in English.

use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

use crate::classify::{self, Beginnings, Parts};
use crate::error::{DbError, DbErrorKind};
use crate::values::cut;

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

/// Drivers put the address before the message; nothing in the message comes from a user. The first
/// and the third are the library's; the others are English messages of the server. They save a
/// query of the catalogue if it could tell the kind, and are the last resort if it can't.
const CONNECTION_MESSAGES: &Parts = &[
    ("could not create socket: Too many open files", DbErrorKind::OutOfResources),
    ("password authentication failed", DbErrorKind::Denied),
    ("no password supplied", DbErrorKind::Denied),
    ("authentication failed for user", DbErrorKind::Denied),
    // The file's name is the same in every language.
    ("pg_hba.conf", DbErrorKind::Denied),
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

/// A failure of that SQL on that connection.
pub(crate) fn of_statement(connection: &mut PgConnection, error: Error, sql: &str) -> DbError {
    let mut failed =
        classify::failed_statement(error, kind_of, |kind, text| without_values(kind, text, sql));
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

/// A message without the values of rows, in any language: what it quotes and what is not in the SQL
/// is a value. Diesel knows the messages that quote names of constraints, and those have no values.
fn without_values(kind: &DatabaseErrorKind, message: &str, sql: &str) -> String {
    if !matches!(kind, DatabaseErrorKind::Unknown) {
        return message.to_owned();
    }
    let mut text = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, quoted, after)) = next_quoted(rest) {
        text.push_str(before);
        let name = quoted.trim();
        if name.contains(char::is_whitespace) || !is_word_of(sql, name) {
            // Up to the last quote, since the value itself may contain quotes.
            let value = &rest[before.len()..];
            let (value, after) = value.split_at(value.rfind(CLOSING_QUOTES).unwrap_or(0));
            return text + &cut(value, sql) + after;
        }
        text.push_str(quoted);
        let closing = after.chars().next().map_or(0, char::len_utf8);
        text.push_str(&after[..closing]);
        rest = &after[closing..];
    }
    text + rest
}

/// The quotes that PostgreSQL's translations use.
const OPENING_QUOTES: [char; 6] = ['"', '»', '„', '«', '“', '「'];
const CLOSING_QUOTES: [char; 6] = ['"', '«', '“', '»', '”', '」'];

/// What is before the first quoted text (with the opening quote), that text, and what is after it
/// (with the closing quote).
fn next_quoted(text: &str) -> Option<(&str, &str, &str)> {
    let (start, opening) = text.char_indices().find(|(_, c)| OPENING_QUOTES.contains(c))?;
    let closing = CLOSING_QUOTES[OPENING_QUOTES.iter().position(|quote| *quote == opening)?];
    let (before, rest) = text.split_at(start + opening.len_utf8());
    let (quoted, after) = rest.split_at(rest.find(closing)?);
    Some((before, quoted, after))
}

/// Whether the SQL has that text as a word or a symbol, in upper or lower case.
fn is_word_of(sql: &str, word: &str) -> bool {
    let (sql, word) = (sql.to_lowercase(), word.to_lowercase());
    let is_inside = |character: char| character.is_alphanumeric() || character == '_';
    // A symbol ends where it ends.
    let (begins, ends) = (word.starts_with(is_inside), word.ends_with(is_inside));
    sql.match_indices(&word).any(|(start, _)| {
        let goes_on_before = begins && sql[..start].ends_with(is_inside);
        let goes_on_after = ends && sql[start + word.len()..].starts_with(is_inside);
        !(goes_on_before || goes_on_after)
    })
}

#[cfg(test)]
mod tests;
