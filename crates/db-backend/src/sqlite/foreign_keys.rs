//! The check that SQLite skips while foreign keys are suspended.

use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};

/// The rows whose referenced row a rebuild removed.
pub(crate) fn check_foreign_keys(connection: &mut AnyConnection) -> Result<(), DbError> {
    let violations = connection.rows(
        "SELECT \"table\", CAST(rowid AS TEXT), parent FROM pragma_foreign_key_check LIMIT 3",
        &[],
    )?;
    if violations.is_empty() {
        return Ok(());
    }
    let shown: Vec<String> = violations
        .into_iter()
        .map(|row| row.into_iter().map(|value| value.unwrap_or_else(|| "?".to_owned())).collect())
        .map(|row: Vec<String>| {
            format!("row {} of {} refers to no row of {}", row[1], row[0], row[2])
        })
        .collect();
    let message = format_args!("foreign keys are violated: {}", shown.join("; "));
    Err(DbError::new(DbErrorKind::Statement, message))
}
