//! What every back end's dialect of SQL offers.

use std::fmt;

use schema_model::diff::Change;
use schema_model::{DefaultValue, Schema, SqlType};

use crate::catalog::Catalog;
use crate::kind::BackendKind;
use crate::relations::Relations;
use crate::spelling::Spelling;

/// A piece of a rendered migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A statement, without its closing semicolon.
    Statement(String),
    /// The statements that rebuild a table. They drop its triggers, which the schema does not
    /// contain: the caller reads the triggers from the database before the first statement, and
    /// creates them again after the last.
    Rebuild {
        /// The table.
        table: String,
        /// The statements.
        statements: Vec<String>,
    },
}

impl Piece {
    /// Its statements, as far as they are known without a database.
    pub fn statements(&self) -> &[String] {
        match self {
            Self::Statement(statement) => std::slice::from_ref(statement),
            Self::Rebuild { statements, .. } => statements,
        }
    }
}

/// How one back end writes SQL.
pub trait Dialect: Spelling + fmt::Debug + Send + Sync {
    /// The back end.
    fn kind(&self) -> BackendKind;

    /// The name, for people, of a server whose `SELECT version()` prints `server_version`.
    fn product(&self, server_version: &str) -> &'static str;

    /// The statements that make the changes, in an order that works.
    fn render(&self, changes: &[Change]) -> Vec<Piece>;

    /// A value of that type as a literal, to fill columns with. Each of the numbers 1, 2 and 3
    /// gives a different value (a truth value is true for odd numbers). If one type can be
    /// converted to another, their values for the same number are the same: `2`, `'2'`, the JSON
    /// `2`. The exception is a type with literals, to which the `'2'` of a text can't be converted.
    fn sample(&self, sql_type: SqlType, number: u8) -> String;

    /// A value of a default of such a column as a literal.
    fn literal(&self, sql_type: SqlType, value: &DefaultValue) -> String;

    /// An expression for the value of a (quoted) column as text. Its form does not change when the
    /// column is converted to another type.
    fn as_text(&self, sql_type: SqlType, column: &str) -> String;

    /// An expression for the value of a (quoted) column of any type as text, which is different for
    /// each value.
    fn exact_text(&self, column: &str) -> String;

    /// A query for the time, as a text that begins like the default `CURRENT_TIMESTAMP`.
    fn now(&self) -> &'static str;

    /// The catalogue of a database that has exactly this schema, on a server whose
    /// `SELECT version()` prints `server_version` (MySQL and MariaDB keep JSON differently).
    fn expected_catalog(&self, schema: &Schema, server_version: &str) -> Catalog;

    /// What clients see of such a database.
    fn expected_relations(&self, schema: &Schema, server_version: &str) -> Relations;
}
