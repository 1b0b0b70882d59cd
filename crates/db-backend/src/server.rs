//! Whole databases on a server, created and dropped with SQL.

use crate::backend::Backend;
use crate::connection::{Access, Timeouts};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};
use crate::url::ServerUrl;

/// How the SQL for whole databases differs between servers.
pub(crate) struct ServerSql {
    /// Finds a database by its name, which is the only parameter.
    pub(crate) find: &'static str,
    /// Lists all databases but the server's own.
    pub(crate) list: &'static str,
    /// Finds a session in a database, whose name is the only parameter.
    pub(crate) find_session: &'static str,
    /// What may prevent a database from being created. The queries have no parameter.
    pub(crate) keeps_from_creating: &'static [Hindrance],
    /// What may prevent a database from being dropped. Its name is the queries' only parameter.
    pub(crate) keeps_from_dropping: &'static [Hindrance],
}

/// The kind of a failure, and a query that returns a row if that is the reason.
type Hindrance = (DbErrorKind, &'static str);

/// The databases of one server.
pub(crate) struct Databases<'a> {
    pub(crate) backend: &'a dyn Backend,
    pub(crate) sql: &'static ServerSql,
    pub(crate) server: &'a ServerUrl,
    pub(crate) timeouts: &'a Timeouts,
}

impl Databases<'_> {
    /// Creates one; `false` if one of that name existed.
    pub(crate) fn create(
        &self,
        kept: &mut Option<AnyConnection>,
        name: &str,
    ) -> Result<bool, DbError> {
        let quoted = self.quoted(name)?;
        let connection = match kept {
            Some(connection) => connection,
            None => kept.insert(self.open(Access::ReadWrite)?),
        };
        // Without options, as stock Diesel does: the server's operator chooses the defaults.
        match connection.execute(&format!("CREATE DATABASE {quoted}")) {
            Ok(()) => Ok(true),
            // The message does not matter: another session may have created it at the same moment.
            Err(_) if self.is_there(connection, name) == Ok(true) => Ok(false),
            Err(error) => Err(explain(error, connection, self.sql.keeps_from_creating, &[])),
        }
    }

    /// Drops one with all its data, if it exists.
    pub(crate) fn drop(&self, name: &str) -> Result<(), DbError> {
        let quoted = self.quoted(name)?;
        let mut connection = self.open(Access::ReadWrite)?;
        connection
            .execute(&format!("DROP DATABASE IF EXISTS {quoted}"))
            .map_err(|error| explain(error, &mut connection, self.sql.keeps_from_dropping, &[name]))
    }

    /// Whether one of that name exists.
    pub(crate) fn exists(&self, name: &str) -> Result<bool, DbError> {
        self.quoted(name)?;
        self.is_there(&mut self.open(Access::ReadOnly)?, name)
    }

    /// The names of all but the server's own.
    pub(crate) fn list(&self) -> Result<Vec<String>, DbError> {
        self.names(&mut self.open(Access::ReadOnly)?)
    }

    fn names(&self, connection: &mut AnyConnection) -> Result<Vec<String>, DbError> {
        let rows = connection.rows(self.sql.list, &[])?;
        Ok(rows.into_iter().flatten().flatten().collect())
    }

    /// Drops those that have such a name and no session, as far as this user may.
    pub(crate) fn drop_unused(&self, is_meant: &dyn Fn(&str) -> bool) -> Result<(), DbError> {
        let mut connection = self.open(Access::ReadWrite)?;
        for name in self.names(&mut connection)?.iter().filter(|name| is_meant(name)) {
            if connection.text(self.sql.find_session, &[name])?.is_none() {
                let quoted = self.quoted(name)?;
                // Another process may have dropped it meanwhile, or use it again.
                let _ = connection.execute(&format!("DROP DATABASE IF EXISTS {quoted}"));
            }
        }
        Ok(())
    }

    /// Whether the server answers.
    pub(crate) fn ping(&self) -> Result<(), DbError> {
        self.open(Access::ReadOnly).map(std::mem::drop)
    }

    fn is_there(&self, connection: &mut AnyConnection, name: &str) -> Result<bool, DbError> {
        Ok(connection.text(self.sql.find, &[name])?.is_some())
    }

    fn open(&self, access: Access) -> Result<AnyConnection, DbError> {
        self.backend.connect(&self.server.maintenance(), access, self.timeouts)
    }

    /// The name in quotes, if it is a valid database name.
    fn quoted(&self, name: &str) -> Result<String, DbError> {
        self.server.database(name)?;
        Ok(self.server.kind().dialect().quote(name))
    }
}

/// The failure, with the kind of the first of these obstacles that applies, if the failure itself
/// has no more specific kind.
fn explain(
    error: DbError,
    connection: &mut AnyConnection,
    hindrances: &[Hindrance],
    binds: &[&str],
) -> DbError {
    if error.kind != DbErrorKind::Statement {
        return error;
    }
    let in_the_way = hindrances
        .iter()
        .find(|(_, query)| connection.text(query, binds).is_ok_and(|found| found.is_some()));
    match in_the_way {
        Some((kind, _)) => DbError { kind: *kind, ..error },
        None => error,
    }
}
