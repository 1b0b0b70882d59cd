//! Turns a driver's error into a kind of failure: the part that all back ends share.
//!
//! Diesel passes on neither SQLSTATE nor error number, only a few kinds of its own. Each back end
//! finds out the rest in its own `errors`: by asking the server, or by words that are in English
//! whatever the server's language.

use diesel::ConnectionError;
use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

use crate::error::{DbError, DbErrorKind};
use crate::url::DatabaseUrl;
use crate::values;

/// A failure to connect. Secrets of the address are removed from the message.
pub(crate) fn failed_connection(
    database: &DatabaseUrl,
    error: &ConnectionError,
    kind_of: impl FnOnce(&str) -> DbErrorKind,
) -> DbError {
    let message = error.to_string();
    let kind = match error {
        ConnectionError::InvalidCString(_) | ConnectionError::InvalidConnectionUrl(_) => {
            DbErrorKind::Address
        }
        _ => kind_of(&message),
    };
    DbError::new(kind, database.redact(message.trim()))
}

/// A failure of a statement. `kind_of` decides if Diesel's own kind is not specific enough, and
/// `without_values` cuts the values of rows from a message.
pub(crate) fn failed_statement(
    error: Error,
    kind_of: impl FnOnce(&dyn DatabaseErrorInformation) -> DbErrorKind,
    without_values: impl Fn(&DatabaseErrorKind, &str) -> String,
) -> DbError {
    match error {
        Error::DatabaseError(diesel, information) => {
            let kind = kind_from_diesel(&diesel).unwrap_or_else(|| kind_of(&*information));
            // Only a statement that does not fit the data is reported with data.
            let cuts = kind == DbErrorKind::Statement && !values::are_shown();
            let whole = [Some(information.message()), information.details(), information.hint()];
            let [message, details, hint] = whole.map(|text| {
                text.map(|text| if cuts { without_values(&diesel, text) } else { text.to_owned() })
            });
            // Details are little more than values: `Key (email)=(…) already exists`.
            let details = details.filter(|_| !cuts);
            let lines: Vec<String> = [message, details, hint].into_iter().flatten().collect();
            DbError::new(kind, lines.join("\n").trim())
        }
        other => DbError::new(DbErrorKind::Statement, other),
    }
}

/// For messages that have no values, or of which nothing more is known.
pub(crate) fn as_it_is(_kind: &DatabaseErrorKind, message: &str) -> String {
    message.to_owned()
}

/// Classifies by Diesel's own kind only, since the back end that failed is not known here.
/// [`AnyConnection`](crate::AnyConnection) classifies more precisely.
impl From<Error> for DbError {
    fn from(error: Error) -> Self {
        failed_statement(error, |_| DbErrorKind::Statement, as_it_is)
    }
}

fn kind_from_diesel(kind: &DatabaseErrorKind) -> Option<DbErrorKind> {
    match kind {
        DatabaseErrorKind::UniqueViolation
        | DatabaseErrorKind::ForeignKeyViolation
        | DatabaseErrorKind::NotNullViolation
        | DatabaseErrorKind::CheckViolation
        | DatabaseErrorKind::RestrictViolation
        | DatabaseErrorKind::ExclusionViolation => Some(DbErrorKind::Statement),
        DatabaseErrorKind::SerializationFailure => Some(DbErrorKind::Deadlock),
        DatabaseErrorKind::ReadOnlyTransaction => Some(DbErrorKind::ReadOnly),
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
            Some(DbErrorKind::ConnectionLost)
        }
        _ => None,
    }
}

/// How a message begins, what it contains after that, and its kind. The beginning comes from the
/// database itself; the rest may quote a user's names and values, which can be anything.
pub(crate) type Beginnings = [(&'static str, &'static str, DbErrorKind)];

/// The kind of a message in that table.
pub(crate) fn by_beginning(table: &Beginnings, message: &str) -> Option<DbErrorKind> {
    let found =
        table.iter().find(|(start, part, _)| message.starts_with(start) && message.contains(part));
    found.map(|(.., kind)| *kind)
}

/// What a message contains, and its kind.
pub(crate) type Parts = [(&'static str, DbErrorKind)];

/// The kind of a message in that table.
pub(crate) fn by_part(table: &Parts, message: &str) -> Option<DbErrorKind> {
    table.iter().find(|(part, _)| message.contains(part)).map(|(_, kind)| *kind)
}

#[cfg(test)]
pub(crate) mod tests;
