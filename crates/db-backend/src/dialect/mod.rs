//! What SQL looks like on each back end: quoting, rendering, splitting, and the catalogue. Pure
//! but for reading the catalogue; every build has all three.

use schema_core::diff::Change;
use schema_core::model::Schema;

use crate::catalog::Catalog;
use crate::connection::{Capabilities, ExecutionMode};
use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::kind::BackendKind;
use crate::split::Statement;

mod clauses;
pub(crate) mod mysql;
pub(crate) mod postgres;
mod reading;
pub(crate) mod sqlite;
#[cfg(test)]
mod tests;

/// How one back end's SQL differs.
pub trait Dialect: std::fmt::Debug + Send + Sync {
    /// The back end.
    fn kind(&self) -> BackendKind;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// An identifier in quotes; quotes inside are doubled.
    fn quote(&self, identifier: &str) -> String;

    /// The statements that make the change, each without its closing semicolon.
    fn render(&self, change: &Change) -> Vec<String>;

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
