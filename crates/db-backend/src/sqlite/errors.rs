//! SQLite: kinds of errors.
//!
//! The messages come from the library that is linked into this program, and are always in English.

use diesel::result::{DatabaseErrorInformation, Error};

use crate::classify::{self, Beginnings, Parts};
use crate::error::{DbError, DbErrorKind};
use crate::exhausted::no_file_can_be_opened;

/// The kind of a failure to connect with that message.
pub(super) fn of_connection(message: &str) -> DbErrorKind {
    classify::by_part(CONNECTION_MESSAGES, message).unwrap_or(DbErrorKind::Unreachable)
}

const CONNECTION_MESSAGES: &Parts = &[("unable to open database file", DbErrorKind::Missing)];

/// A failure of that SQL, of which nothing is needed here.
pub(crate) fn of_statement(error: Error, _sql: &str) -> DbError {
    // Its messages name tables and columns, and quote no values.
    classify::failed_statement(error, kind_of, classify::as_it_is)
}

fn kind_of(information: &dyn DatabaseErrorInformation) -> DbErrorKind {
    match classify::by_beginning(STATEMENT_MESSAGES, information.message()) {
        Some(DbErrorKind::Missing) if no_file_can_be_opened() => DbErrorKind::OutOfResources,
        kind => kind.unwrap_or(DbErrorKind::Statement),
    }
}

const STATEMENT_MESSAGES: &Beginnings = &[
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
];

/// Whether a rollback failed because no transaction was open.
pub(super) fn is_out_of_transaction(error: &DbError) -> bool {
    error.message.contains("no transaction is active")
}

#[cfg(test)]
mod tests;
