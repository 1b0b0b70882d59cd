//! Whole databases: creating and dropping them, and asking servers about themselves.

use crate::connection::Timeouts;
use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::session::backend;
use crate::url::ServerUrl;

/// Whether a database was created or was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// It is new, and empty.
    New,
    /// One of that name was there already.
    Existed,
}

/// Creates an empty database, unless there is one of that name. For SQLite the folder is created
/// as well. Two that do this at once both succeed, and one of them is told that it is new.
///
/// # Errors
/// [`DbErrorKind::Address`](crate::DbErrorKind::Address) for a name that can't be; otherwise what the
/// server or the file system says.
pub fn create_database(
    server: &ServerUrl,
    name: &str,
    timeouts: &Timeouts,
) -> Result<Created, DbError> {
    let is_new = backend(server.kind())?.create_database(server, name, timeouts)?;
    Ok(if is_new { Created::New } else { Created::Existed })
}

/// Drops a database with all its data; nothing where there is none of that name.
///
/// # Errors
/// As [`create_database`].
pub fn drop_database(server: &ServerUrl, name: &str, timeouts: &Timeouts) -> Result<(), DbError> {
    backend(server.kind())?.drop_database(server, name, timeouts)
}

/// Whether the server has a database of that name.
///
/// # Errors
/// As [`create_database`].
pub fn database_exists(
    server: &ServerUrl,
    name: &str,
    timeouts: &Timeouts,
) -> Result<bool, DbError> {
    backend(server.kind())?.database_exists(server, name, timeouts)
}

/// The server's version in its own words, such as `3.50.2`, `15.14` or `10.11.14-MariaDB`.
///
/// # Errors
/// What the database says.
pub fn server_version(connection: &mut AnyConnection) -> Result<String, DbError> {
    let query = backend(connection.kind())?.version_query();
    Ok(connection.text(query, &[])?.unwrap_or_default())
}

/// Whether the server answers, or the folder can be read.
///
/// # Errors
/// What keeps it from answering.
pub fn ping(server: &ServerUrl, timeouts: &Timeouts) -> Result<(), DbError> {
    backend(server.kind())?.ping(server, timeouts)
}
