//! SQLite: names.

/// SQLite. Its tables are not `STRICT`: a strict table has only six types, so neither the catalogue
/// nor Diesel's own `print-schema` could tell a truth value from a number.
#[derive(Debug)]
pub(crate) struct Sqlite;

/// The name of a table while it is being rebuilt.
pub(super) fn rebuilt(table: &str) -> String {
    format!("__new_{table}")
}
