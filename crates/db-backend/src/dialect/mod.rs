//! What SQL looks like on each back end: quoting, rendering, splitting, and the catalogue. Pure
//! but for reading the catalogue; every build has all three.

use schema_model::diff::Change;
use schema_model::{Schema, SqlType};

use crate::catalog::Catalog;
use crate::connection::{Capabilities, ExecutionMode};
use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::kind::BackendKind;
use crate::split::Statement;

mod clauses;
pub(crate) mod mysql;
mod phases;
pub(crate) mod postgres;
mod reading;
pub(crate) mod sqlite;
#[cfg(test)]
mod tests;

/// A piece of a rendered migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A statement, without its closing semicolon.
    Statement(String),
    /// The statements that build a table anew. Its triggers go with the old one, and the schema does
    /// not know of them: whoever has such a database at hand reads them before the first statement
    /// ([`Dialect::triggers_of`]), and creates them again after the last.
    Rebuild {
        /// The table.
        table: String,
        /// The statements.
        statements: Vec<String>,
    },
}

impl Piece {
    /// The statements in it that are known without a database.
    pub fn statements(&self) -> &[String] {
        match self {
            Self::Statement(statement) => std::slice::from_ref(statement),
            Self::Rebuild { statements, .. } => statements,
        }
    }
}

/// How one back end's SQL differs.
pub trait Dialect: std::fmt::Debug + Send + Sync {
    /// The back end.
    fn kind(&self) -> BackendKind;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// An identifier in quotes; quotes inside are doubled.
    fn quote(&self, identifier: &str) -> String;

    /// An expression of the schema as this back end reads it. There, names that need quotes have
    /// double ones, and texts have single ones.
    fn expression(&self, declared: &str) -> String {
        declared.to_owned()
    }

    /// What makes the changes, in an order that works.
    fn render(&self, changes: &[Change]) -> Vec<Piece>;

    /// The statements that would create the triggers of that table again, in the order of their
    /// names. Only where a table is ever rebuilt; on the other back ends there are none to be carried.
    ///
    /// # Errors
    /// What the database says.
    fn triggers_of(
        &self,
        connection: &mut AnyConnection,
        table: &str,
    ) -> Result<Vec<String>, DbError>;

    /// A value of that type as a literal, to fill columns with: one of three different ones for the
    /// numbers 1, 2 and 3 (but for a truth value, which is true for odd numbers). Where types can be
    /// converted into each other, the values of one number are the same: `2`, `'2'`, the JSON `2`.
    fn sample(&self, sql_type: SqlType, number: u8) -> String;

    /// An expression for the value of a (quoted) column as text, in one form that does not change
    /// when the column changes to a type that it can be converted to.
    fn as_text(&self, sql_type: SqlType, column: &str) -> String;

    /// Splits a file into statements.
    ///
    /// # Errors
    /// [`DbErrorKind::Statement`](crate::DbErrorKind::Statement) with the line, where the text can't be split.
    fn split(&self, sql: &str) -> Result<Vec<Statement>, DbError>;

    /// How a migration of these statements must be executed.
    fn execution_mode(&self, statements: &[Statement], run_in_transaction: bool) -> ExecutionMode;

    /// What the catalogue says of a database that has exactly this schema, on a server whose
    /// `SELECT version()` prints `server_version` (MySQL and MariaDB keep JSON differently).
    fn expected_catalog(&self, schema: &Schema, server_version: &str) -> Catalog;

    /// Reads the catalogue; writes nothing. History and journal are left out.
    ///
    /// # Errors
    /// What the database says.
    fn read_catalog(&self, connection: &mut AnyConnection) -> Result<Catalog, DbError>;
}
