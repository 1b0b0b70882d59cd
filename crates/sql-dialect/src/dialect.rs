//! What a back end's dialect of SQL is asked for.

use std::fmt;

use schema_model::diff::Change;
use schema_model::{Schema, SqlType};

use crate::catalog::Catalog;
use crate::kind::BackendKind;
use crate::spelling::Spelling;

/// A piece of a rendered migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A statement, without its closing semicolon.
    Statement(String),
    /// The statements that build a table anew. Its triggers go with the old one, and the schema
    /// does not know of them: whoever has such a database reads them before the first statement,
    /// and creates them again after the last.
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
pub trait Dialect: Spelling + fmt::Debug + Send + Sync {
    /// The back end.
    fn kind(&self) -> BackendKind;

    /// What makes the changes, in an order that works.
    fn render(&self, changes: &[Change]) -> Vec<Piece>;

    /// A value of that type as a literal, to fill columns with: one of three different ones for the
    /// numbers 1, 2 and 3 (but for a truth value, which is true for odd numbers). Where types can
    /// be converted into each other, the values of one number are the same: `2`, `'2'`, the JSON
    /// `2`.
    fn sample(&self, sql_type: SqlType, number: u8) -> String;

    /// An expression for the value of a (quoted) column as text, in one form that does not change
    /// when the column changes to a type that it can be converted to.
    fn as_text(&self, sql_type: SqlType, column: &str) -> String;

    /// What the catalogue says of a database that has exactly this schema, on a server whose
    /// `SELECT version()` prints `server_version` (MySQL and MariaDB keep JSON differently).
    fn expected_catalog(&self, schema: &Schema, server_version: &str) -> Catalog;
}
