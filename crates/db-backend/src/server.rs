//! Whole databases on a server, where SQL makes and drops them.

use crate::backend::Backend;
use crate::connection::{Access, Timeouts};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};
use crate::url::ServerUrl;

/// How that SQL differs between servers.
pub(crate) struct ServerSql {
    /// What follows the name in `CREATE DATABASE`.
    pub(crate) create_options: &'static str,
    /// Finds a database by its name, the only parameter.
    pub(crate) find: &'static str,
    /// What may keep a database from being created. The queries have no parameter.
    pub(crate) keeps_from_creating: &'static [Hindrance],
    /// What may keep a database from being dropped, whose name is the only parameter.
    pub(crate) keeps_from_dropping: &'static [Hindrance],
}

/// The kind of a failure, and a query that has a row where something of that kind is in the way.
type Hindrance = (DbErrorKind, &'static str);

pub(crate) fn create_database(
    backend: &dyn Backend,
    sql: &ServerSql,
    kept: &mut Option<AnyConnection>,
    server: &ServerUrl,
    name: &str,
    timeouts: &Timeouts,
) -> Result<bool, DbError> {
    let quoted = quoted_name(server, name)?;
    let connection = match kept {
        Some(connection) => connection,
        None => kept.insert(open(backend, server, Access::ReadWrite, timeouts)?),
    };
    match connection.execute(&format!("CREATE DATABASE {quoted}{}", sql.create_options)) {
        Ok(()) => Ok(true),
        // Whatever the words: somebody else may have created it at this very moment.
        Err(_) if is_there(connection, sql, name) == Ok(true) => Ok(false),
        Err(error) => Err(explain(error, connection, sql.keeps_from_creating, &[])),
    }
}

pub(crate) fn drop_database(
    backend: &dyn Backend,
    sql: &ServerSql,
    server: &ServerUrl,
    name: &str,
    timeouts: &Timeouts,
) -> Result<(), DbError> {
    let quoted = quoted_name(server, name)?;
    let mut connection = open(backend, server, Access::ReadWrite, timeouts)?;
    connection
        .execute(&format!("DROP DATABASE IF EXISTS {quoted}"))
        .map_err(|error| explain(error, &mut connection, sql.keeps_from_dropping, &[name]))
}

pub(crate) fn database_exists(
    backend: &dyn Backend,
    sql: &ServerSql,
    server: &ServerUrl,
    name: &str,
    timeouts: &Timeouts,
) -> Result<bool, DbError> {
    quoted_name(server, name)?;
    let mut connection = open(backend, server, Access::ReadOnly, timeouts)?;
    is_there(&mut connection, sql, name)
}

fn is_there(connection: &mut AnyConnection, sql: &ServerSql, name: &str) -> Result<bool, DbError> {
    Ok(connection.text(sql.find, &[name])?.is_some())
}

/// The failure, with the kind of the first of these that is in the way, where the failure itself does
/// not say more than that there is one.
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

pub(crate) fn ping(
    backend: &dyn Backend,
    server: &ServerUrl,
    timeouts: &Timeouts,
) -> Result<(), DbError> {
    open(backend, server, Access::ReadOnly, timeouts).map(drop)
}

fn open(
    backend: &dyn Backend,
    server: &ServerUrl,
    access: Access,
    timeouts: &Timeouts,
) -> Result<AnyConnection, DbError> {
    backend.connect(&server.maintenance(), access, timeouts)
}

/// The name in quotes, if it may be a database's.
fn quoted_name(server: &ServerUrl, name: &str) -> Result<String, DbError> {
    server.database(name)?;
    Ok(server.kind().dialect().quote(name))
}
