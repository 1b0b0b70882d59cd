//! The one place that chooses a back end from those in this build.

use schema_model::BackEnds;
use sql_dialect::BackendKind;
use sql_dialect::catalog::Catalog;
use sql_dialect::import::{Imported, import};
use sql_dialect::relations::Relations;

use crate::backend::{Backend, ViewSql};
use crate::connection::{Access, Capabilities, Mark, Timeouts};
use crate::driver::AnyConnection;
use crate::error::DbError;
#[cfg(feature = "mysql")]
use crate::mysql;
#[cfg(feature = "postgres")]
use crate::postgres;
use crate::reading;
#[cfg(feature = "sqlite")]
use crate::sqlite;
use crate::tables;
use crate::url::DatabaseUrl;

/// Whether this build can connect to it. Every build can render SQL for all of them.
pub const fn is_compiled_in(kind: BackendKind) -> bool {
    match kind {
        BackendKind::Sqlite => cfg!(feature = "sqlite"),
        BackendKind::Postgres => cfg!(feature = "postgres"),
        BackendKind::Mysql => cfg!(feature = "mysql"),
    }
}

/// The back end of that kind.
///
/// # Errors
/// [`DbErrorKind::Address`](crate::DbErrorKind::Address) if this build does not include it.
pub(crate) fn backend(kind: BackendKind) -> Result<&'static dyn Backend, DbError> {
    match kind {
        #[cfg(feature = "sqlite")]
        BackendKind::Sqlite => Ok(&sqlite::Sqlite),
        #[cfg(feature = "postgres")]
        BackendKind::Postgres => Ok(&postgres::Postgres),
        #[cfg(feature = "mysql")]
        BackendKind::Mysql => Ok(&mysql::Mysql),
        #[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
        kind => Err(missing(kind)),
    }
}

#[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
fn missing(kind: BackendKind) -> DbError {
    DbError::address(format_args!("this build has no {kind}; build it with the feature `{kind}`"))
}

/// An empty SQLite database in memory.
///
/// # Errors
/// As [`backend`].
pub(crate) fn in_memory() -> Result<AnyConnection, DbError> {
    #[cfg(feature = "sqlite")]
    let connection = sqlite::in_memory();
    #[cfg(not(feature = "sqlite"))]
    let connection = Err(missing(BackendKind::Sqlite));
    connection
}

/// The names of columns, and rows of their values as text.
pub type TextTable = (Vec<String>, Vec<Vec<Option<String>>>);

impl AnyConnection {
    /// Opens an existing database; never creates one.
    ///
    /// # Errors
    /// [`DbErrorKind::Address`](crate::DbErrorKind::Address) for a back end that this build does
    /// not include; otherwise any [`DbErrorKind`](crate::DbErrorKind) of servers and files.
    pub fn establish(
        database: &DatabaseUrl,
        access: Access,
        timeouts: &Timeouts,
    ) -> Result<Self, DbError> {
        backend(database.kind())?.connect(database, access, timeouts)
    }

    /// Opens an empty SQLite database in memory.
    pub(crate) fn in_memory() -> Result<Self, DbError> {
        in_memory()
    }

    /// The names of a query's columns, and its rows as text. No names if there is no row.
    ///
    /// # Errors
    /// What the database reports.
    pub fn table(&mut self, query: &str) -> Result<TextTable, DbError> {
        let names = self.column_names(&format!("SELECT * FROM ({query}) AS answer LIMIT 1"))?;
        if names.is_empty() {
            return Ok((names, Vec::new()));
        }
        let (dialect, text) = (self.kind().dialect(), backend(self.kind())?.table_sql().text);
        let casts: Vec<String> =
            names.iter().map(|name| format!("CAST({} AS {text})", dialect.quote(name))).collect();
        let rows =
            self.rows(&format!("SELECT {} FROM ({query}) AS answer", casts.join(", ")), &[])?;
        Ok((names, rows))
    }

    /// Whose the database is; `None` if nothing says so. Writes nothing.
    ///
    /// # Errors
    /// What the database reports.
    pub fn mark(&mut self) -> Result<Option<Mark>, DbError> {
        tables::read_mark(self, backend(self.kind())?.table_sql())
    }

    /// Reads its catalogue, without tenantctl's own tables. Writes nothing.
    ///
    /// # Errors
    /// What the database reports.
    pub fn catalog(&mut self) -> Result<Catalog, DbError> {
        backend(self.kind())?.read_catalog(self)
    }

    /// Reads the tables and views of that schema, or of the default one, as clients see them:
    /// without tenantctl's own, and Diesel's. Writes nothing.
    ///
    /// # Errors
    /// What the database reports; a schema on SQLite, which has none.
    pub fn relations(&mut self, schema: Option<&str>) -> Result<Relations, DbError> {
        backend(self.kind())?.read_relations(self, schema)
    }

    /// The declared schema that it has, and what no declaration can say. Writes nothing.
    ///
    /// # Errors
    /// What the database reports.
    pub fn imported(&mut self, back_ends: BackEnds) -> Result<Imported, DbError> {
        let (catalog, relations) = (self.catalog()?, self.relations(None)?);
        let query = backend(self.kind())?.version_query();
        let server_version = self.text(query, &[])?.unwrap_or_default();
        Ok(import(&catalog, &relations, self.kind().dialect(), &server_version, back_ends))
    }

    /// The statements that would create the triggers of that table again, ordered by name. Empty on
    /// back ends that never rebuild a table.
    ///
    /// # Errors
    /// What the database reports.
    pub fn triggers_of(&mut self, table: &str) -> Result<Vec<String>, DbError> {
        backend(self.kind())?.triggers_of(self, table)
    }

    /// The views: the name of each, and a statement that evaluates it.
    ///
    /// # Errors
    /// What the database reports.
    pub(crate) fn views(&mut self) -> Result<Vec<[String; 2]>, DbError> {
        let query = backend(self.kind())?.views_query();
        reading::rows(self, query)
    }

    /// Executes a statement that fails, and says whether something that it uses does not exist.
    ///
    /// # Errors
    /// What the database reports of the question itself.
    pub(crate) fn is_broken(&mut self, sql: &str) -> Result<bool, DbError> {
        backend(self.kind())?.is_broken(self, sql)
    }

    /// The views over these tables, and over those views.
    ///
    /// # Errors
    /// What the database reports.
    pub(crate) fn views_over(&mut self, tables: &[&str]) -> Result<ViewSql, DbError> {
        backend(self.kind())?.views_over(self, tables)
    }

    /// What its back end can do.
    pub fn capabilities(&self) -> Capabilities {
        Capabilities::of(self.kind())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_snapshot;

    fn modes(kind: BackendKind) -> String {
        let backend = backend(kind).expect("this build has it");
        let files = ["CREATE TABLE a (b int)", "SELECT 1; drop\ntable a", "DROP INDEX a"];
        let cases = files.iter().flat_map(|sql| [(sql, true), (sql, false)]);
        let row = |(sql, in_transaction): (&&str, bool)| {
            let statements = sql_text::split(sql, kind.syntax()).expect("whole statements");
            let mode = backend.execution_mode(&statements, in_transaction);
            format!("{in_transaction:<5} {sql:?} {mode:?}")
        };
        cases.map(row).collect::<Vec<_>>().join("\n")
    }

    #[cfg(feature = "sqlite")]
    #[test]
    fn modes_on_sqlite() {
        assert_snapshot!(modes(BackendKind::Sqlite), @r#"
        true  "CREATE TABLE a (b int)" Transactional
        false "CREATE TABLE a (b int)" Journalled
        true  "SELECT 1; drop\ntable a" TransactionalRebuild
        false "SELECT 1; drop\ntable a" Journalled
        true  "DROP INDEX a" Transactional
        false "DROP INDEX a" Journalled
        "#);
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn modes_on_postgres() {
        assert_snapshot!(modes(BackendKind::Postgres), @r#"
        true  "CREATE TABLE a (b int)" Transactional
        false "CREATE TABLE a (b int)" Journalled
        true  "SELECT 1; drop\ntable a" Transactional
        false "SELECT 1; drop\ntable a" Journalled
        true  "DROP INDEX a" Transactional
        false "DROP INDEX a" Journalled
        "#);
    }

    #[cfg(feature = "mysql")]
    #[test]
    fn modes_on_mysql() {
        assert_snapshot!(modes(BackendKind::Mysql), @r#"
        true  "CREATE TABLE a (b int)" Journalled
        false "CREATE TABLE a (b int)" Journalled
        true  "SELECT 1; drop\ntable a" Journalled
        false "SELECT 1; drop\ntable a" Journalled
        true  "DROP INDEX a" Journalled
        false "DROP INDEX a" Journalled
        "#);
    }
}
