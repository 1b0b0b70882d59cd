//! SQLite: names.

use crate::spelling::Spelling;

/// SQLite. Its tables are not `STRICT`: a strict table's six types could not tell a truth value
/// from a number, neither in the catalogue nor for Diesel's own `print-schema`.
#[derive(Debug)]
pub(crate) struct Sqlite;

impl Spelling for Sqlite {
    fn quote(&self, identifier: &str) -> String {
        format!("\"{}\"", identifier.replace('"', "\"\""))
    }
}

/// What a table is called while it is being built again.
pub(super) fn rebuilt(table: &str) -> String {
    format!("__new_{table}")
}
