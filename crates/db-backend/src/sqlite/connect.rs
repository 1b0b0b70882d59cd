//! SQLite: connecting.

use std::fs;
use std::path::Path;

use diesel::Connection;
use diesel::sqlite::SqliteConnection;
use nix::unistd::{AccessFlags, access};

use super::errors;
use super::files::{beside, io_error, path_of};
use super::process;
use crate::classify;
use crate::connection::{Access, Timeouts};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};
use crate::url::{self, DatabaseUrl};

/// Opens an existing file, its limits set.
pub(super) fn connect(
    database: &DatabaseUrl,
    access: Access,
    timeouts: &Timeouts,
) -> Result<AnyConnection, DbError> {
    process::tune_process();
    let path = path_of(database);
    refuse_pipe(path)?;
    // What a killed writer left unfinished must be rolled back before anything can be read. SQLite
    // does that itself, but only if it may write. `query_only` prevents any other write.
    let recovers = access == Access::ReadOnly && beside(path, "-journal").exists();
    let mode = if access == Access::ReadWrite || recovers { "rw" } else { "ro" };
    let connection = SqliteConnection::establish(&uri(path, mode)?).map_err(|error| {
        let error = classify::failed_connection(database, &error, errors::of_connection);
        explain(path, mode == "rw", &error)
    })?;
    let mut connection = AnyConnection::Sqlite(connection);
    connection.execute(&format!(
        "PRAGMA busy_timeout = {}; PRAGMA query_only = {}",
        timeouts.lock.as_millis(),
        u8::from(recovers),
    ))?;
    Ok(connection)
}

/// An empty database in memory.
pub(crate) fn in_memory() -> Result<AnyConnection, DbError> {
    process::tune_process();
    let connection = SqliteConnection::establish(":memory:")
        .map_err(|error| DbError::new(DbErrorKind::Unreachable, error))?;
    Ok(AnyConnection::Sqlite(connection))
}

/// A `file:` address, because a missing file at a bare path would be created.
fn uri(path: &Path, mode: &str) -> Result<String, DbError> {
    let text = path
        .to_str()
        .ok_or_else(|| DbError::address(format_args!("{} is not UTF-8", path.display())))?;
    let encoded: Vec<String> = text.split('/').map(url::encode).collect();
    // An absolute path needs the empty authority, or a `//x` at its start would be taken as one.
    let scheme = if text.starts_with('/') { "file://" } else { "file:" };
    Ok(format!("{scheme}{}?mode={mode}", encoded.join("/")))
}

/// Opening a pipe, or reading from one, waits until somebody writes into it.
fn refuse_pipe(path: &Path) -> Result<(), DbError> {
    match fs::metadata(path) {
        Ok(found) if !found.is_file() && !found.is_dir() => Err(DbError::new(
            DbErrorKind::Corrupt,
            format_args!("{} is a pipe or a device, not a database", path.display()),
        )),
        // SQLite fails on a folder, and on what is missing, and says why below.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// SQLite reports little about why it can't open a file; the file system knows more.
fn explain(path: &Path, writes: bool, error: &DbError) -> DbError {
    let shown = path.display();
    match fs::metadata(path) {
        Err(cause) => io_error(path, &cause),
        Ok(found) if found.is_dir() => {
            DbError::new(DbErrorKind::Corrupt, format_args!("{shown} is a folder, not a database"))
        }
        // It exists, so what is missing is the right to open it, or a file descriptor. The file is
        // not opened to find out, since closing it would end other connections' locks on it.
        Ok(_) if error.kind == DbErrorKind::Missing => {
            let rights =
                if writes { AccessFlags::R_OK | AccessFlags::W_OK } else { AccessFlags::R_OK };
            let kind = match access(path, rights) {
                Ok(()) => DbErrorKind::OutOfResources,
                Err(_) => DbErrorKind::Denied,
            };
            DbError::new(kind, format_args!("{shown}: {error}"))
        }
        Ok(_) => DbError::new(error.kind, format_args!("{shown}: {error}")),
    }
}
