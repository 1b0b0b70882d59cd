//! Shared by the tests of each back end's `errors`, and the failures that Diesel itself classifies.

use diesel::result::{DatabaseErrorKind, Error};

use super::*;

/// One row per message, preceded by its kind.
pub(crate) fn rows(messages: &[&str], kind_of: impl Fn(&str) -> String) -> String {
    let row = |message: &&str| format!("{:<16} {message}", kind_of(message));
    messages.iter().map(row).collect::<Vec<_>>().join("\n")
}

/// A failed statement of which Diesel knows only the message.
pub(crate) fn unknown(message: &str) -> Error {
    Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned()))
}

#[test]
fn diesel_knows_better_than_any_words() {
    let kinds = [
        DatabaseErrorKind::UniqueViolation,
        DatabaseErrorKind::ForeignKeyViolation,
        DatabaseErrorKind::NotNullViolation,
        DatabaseErrorKind::CheckViolation,
        DatabaseErrorKind::RestrictViolation,
        DatabaseErrorKind::ExclusionViolation,
        DatabaseErrorKind::SerializationFailure,
        DatabaseErrorKind::ReadOnlyTransaction,
        DatabaseErrorKind::ClosedConnection,
        DatabaseErrorKind::UnableToSendCommand,
        DatabaseErrorKind::Unknown,
    ];
    let row = |kind: DatabaseErrorKind| {
        let name = format!("{kind:?}");
        let error = Error::DatabaseError(kind, Box::new("disk full".to_owned()));
        let kind = failed_statement(error, |_| DbErrorKind::DiskFull, as_it_is).kind;
        format!("{name:<20} {kind:?}")
    };
    insta::assert_snapshot!(kinds.map(row).join("\n"), @"
    UniqueViolation      Statement
    ForeignKeyViolation  Statement
    NotNullViolation     Statement
    CheckViolation       Statement
    RestrictViolation    Statement
    ExclusionViolation   Statement
    SerializationFailure Deadlock
    ReadOnlyTransaction  ReadOnly
    ClosedConnection     ConnectionLost
    UnableToSendCommand  ConnectionLost
    Unknown              DiskFull
    ");
}
