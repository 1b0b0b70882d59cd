//! One Diesel connection, whatever the back end.

use std::fmt;

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::query_dsl::RunQueryDsl;
use diesel::result::UnexpectedEndOfRow;
use diesel::row::{Field, NamedRow, Row};
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Text};
use sql_dialect::BackendKind;

use crate::dispatch;
use crate::error::DbError;

/// A connection to a database of any back end that this build has.
pub enum AnyConnection {
    /// To an SQLite file.
    #[cfg(feature = "sqlite")]
    Sqlite(diesel::sqlite::SqliteConnection),
    /// To a PostgreSQL database.
    #[cfg(feature = "postgres")]
    Postgres(diesel::pg::PgConnection),
    /// To a MySQL or MariaDB database.
    #[cfg(feature = "mysql")]
    Mysql(diesel::mysql::MysqlConnection),
}

impl AnyConnection {
    /// The back end.
    pub fn kind(&self) -> BackendKind {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => BackendKind::Sqlite,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => BackendKind::Postgres,
            #[cfg(feature = "mysql")]
            Self::Mysql(_) => BackendKind::Mysql,
        }
    }

    /// Executes one or several statements, and ignores any rows they return.
    ///
    /// # Errors
    /// What the database reports, classified.
    pub fn execute(&mut self, sql: &str) -> Result<(), DbError> {
        dispatch!(self, connection => connection.batch_execute(sql))
            .map_err(|error| self.explain(error, sql))
    }

    /// The rows of a query whose columns are all text, with its parameters (`?`, or `$1` on
    /// PostgreSQL) bound as text. The query must cast every other type to text.
    ///
    /// # Errors
    /// What the database reports, classified.
    pub fn rows(&mut self, sql: &str, binds: &[&str]) -> Result<Vec<Vec<Option<String>>>, DbError> {
        let rows: Vec<TextRow> = dispatch!(self, connection => bound(sql, binds).load(connection))
            .map_err(|error| self.explain(error, sql))?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    /// The names of the columns of a query; none if it returns no row.
    ///
    /// # Errors
    /// What the database reports, classified.
    pub(crate) fn column_names(&mut self, sql: &str) -> Result<Vec<String>, DbError> {
        let names: Vec<NamesRow> = dispatch!(self, connection => bound(sql, &[]).load(connection))
            .map_err(|error| self.explain(error, sql))?;
        Ok(names.into_iter().next().map_or(Vec::new(), |row| row.0))
    }

    /// Executes one statement that returns no rows, with its parameters (`?`, or `$1` on
    /// PostgreSQL) bound as text, and returns how many rows it changed.
    ///
    /// # Errors
    /// What the database reports, classified.
    pub fn write(&mut self, sql: &str, binds: &[&str]) -> Result<usize, DbError> {
        dispatch!(self, connection => bound(sql, binds).execute(connection))
            .map_err(|error| self.explain(error, sql))
    }

    /// The first column of a query's first row, if there is one and it is not NULL.
    ///
    /// # Errors
    /// What the database reports, classified.
    pub fn text(&mut self, sql: &str, binds: &[&str]) -> Result<Option<String>, DbError> {
        let first = self.rows(sql, binds)?.into_iter().next();
        Ok(first.and_then(|row| row.into_iter().next()).flatten())
    }

    /// A failure of that SQL, as its back end classifies it.
    fn explain(&mut self, error: diesel::result::Error, sql: &str) -> DbError {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => crate::sqlite::errors::of_statement(error, sql),
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => {
                crate::postgres::errors::of_statement(connection, error, sql)
            }
            #[cfg(feature = "mysql")]
            Self::Mysql(connection) => crate::mysql::errors::of_statement(connection, error, sql),
        }
    }
}

impl fmt::Debug for AnyConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnyConnection({})", self.kind())
    }
}

fn bound<'a, DB>(sql: &str, binds: &'a [&'a str]) -> BoxedSqlQuery<'a, DB, SqlQuery>
where
    DB: Backend + HasSqlType<Text>,
    &'a str: ToSql<Text, DB>,
{
    binds
        .iter()
        .fold(diesel::sql_query(sql).into_boxed(), |query, bind| query.bind::<Text, _>(*bind))
}

/// A row of any width.
struct TextRow(Vec<Option<String>>);

impl<DB> QueryableByName<DB> for TextRow
where
    DB: Backend,
    String: FromSql<Text, DB>,
{
    fn build<'a>(row: &impl NamedRow<'a, DB>) -> deserialize::Result<Self> {
        let value = |index| match Row::get(row, index) {
            Some(field) => Option::from_nullable_sql(field.value()),
            None => Err(UnexpectedEndOfRow.into()),
        };
        (0..row.field_count()).map(value).collect::<deserialize::Result<_>>().map(TextRow)
    }
}

/// The names of a row's columns, whatever their types.
struct NamesRow(Vec<String>);

impl<DB: Backend> QueryableByName<DB> for NamesRow {
    fn build<'a>(row: &impl NamedRow<'a, DB>) -> deserialize::Result<Self> {
        let name = |index| match Row::get(row, index) {
            Some(field) => Ok(field.field_name().unwrap_or_default().to_owned()),
            None => Err(UnexpectedEndOfRow.into()),
        };
        (0..row.field_count()).map(name).collect::<deserialize::Result<_>>().map(NamesRow)
    }
}
