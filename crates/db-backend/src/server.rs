//! Whole databases on a server, where SQL makes and drops them.

use crate::backend::Backend;
use crate::connection::{Access, Timeouts};
use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::url::ServerUrl;

/// How that SQL differs between servers.
pub(crate) struct ServerSql {
    /// What follows the name in `CREATE DATABASE`.
    pub(crate) create_options: &'static str,
    /// Texts of which one is in the error for a name that is taken.
    pub(crate) name_taken: &'static [&'static str],
    /// Finds a database by its name, the only parameter.
    pub(crate) find: &'static str,
}

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
    let is_taken = |error: &DbError| sql.name_taken.iter().any(|text| error.message.contains(text));
    match connection.execute(&format!("CREATE DATABASE {quoted}{}", sql.create_options)) {
        Ok(()) => Ok(true),
        Err(error) if is_taken(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

pub(crate) fn drop_database(
    backend: &dyn Backend,
    server: &ServerUrl,
    name: &str,
    timeouts: &Timeouts,
) -> Result<(), DbError> {
    let quoted = quoted_name(server, name)?;
    let mut connection = open(backend, server, Access::ReadWrite, timeouts)?;
    connection.execute(&format!("DROP DATABASE IF EXISTS {quoted}"))
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
    Ok(connection.text(sql.find, &[name])?.is_some())
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
