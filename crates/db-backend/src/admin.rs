//! Whole databases: creating and dropping them, and asking servers about themselves.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::backend::Backend;
use crate::backends::backend;
use crate::connection::Timeouts;
use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::url::ServerUrl;
use crate::watch::watched;

/// Whether a database was created or already existed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// It was created, and is empty.
    New,
    /// A database of that name already existed.
    Existed,
}

/// Creates an empty database, unless one of that name exists. For SQLite the folder is created as
/// well. If two callers do this at the same time both succeed, and only one learns that the
/// database is new.
///
/// # Errors
/// [`DbErrorKind::Address`](crate::DbErrorKind::Address) for a name that no database can have;
/// otherwise what the server or the file system reports.
pub fn create_database(
    server: &ServerUrl,
    name: &str,
    timeouts: &Timeouts,
) -> Result<Created, DbError> {
    let name = name.to_owned();
    on_server(server, timeouts, move |_, server, timeouts| {
        Creator::default().create(server, &name, timeouts)
    })
}

/// Creates many databases, each as [`create_database`] does, on connections that it keeps.
///
/// A PostgreSQL session reads a large part of the catalogue when it first creates a database, which
/// costs as much again as creating it. So connections are reused.
#[derive(Debug, Default)]
pub struct Creator {
    /// At most one per thread that creates databases.
    idle: Mutex<Vec<(ServerUrl, AnyConnection)>>,
}

impl Creator {
    /// Creates an empty database, unless one of that name exists.
    ///
    /// # Errors
    /// As [`create_database`]. After an error the next call opens a new connection, on any thread.
    pub fn create(
        &self,
        server: &ServerUrl,
        name: &str,
        timeouts: &Timeouts,
    ) -> Result<Created, DbError> {
        let backend = backend(server.kind())?;
        let mut kept = self.take(server);
        let created = backend.create_database(&mut kept, server, name, timeouts);
        match (&created, kept) {
            (Ok(_), Some(connection)) => self.idle().push((server.clone(), connection)),
            (Ok(_), None) => {}
            // Whatever broke this connection may have broken the others too.
            (Err(_), _) => self.release(server),
        }
        Ok(if created? { Created::New } else { Created::Existed })
    }

    /// Closes the connections to that server that no call uses, since it needs them otherwise.
    pub fn release(&self, server: &ServerUrl) {
        self.idle().retain(|(other, _)| other != server);
    }

    fn take(&self, server: &ServerUrl) -> Option<AnyConnection> {
        let mut idle = self.idle();
        let place = idle.iter().position(|(other, _)| other == server)?;
        Some(idle.swap_remove(place).1)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<(ServerUrl, AnyConnection)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops a database with all its data. Does nothing if no database has that name.
///
/// # Errors
/// As [`create_database`].
pub fn drop_database(server: &ServerUrl, name: &str, timeouts: &Timeouts) -> Result<(), DbError> {
    let name = name.to_owned();
    on_server(server, timeouts, move |backend, server, timeouts| {
        backend.drop_database(server, &name, timeouts)
    })
}

/// Drops all databases that have such a name and no session.
///
/// # Errors
/// As [`ping`]. What can't be dropped stays, and is no error.
pub(crate) fn drop_unused(
    server: &ServerUrl,
    is_meant: impl Fn(&str) -> bool + Send + 'static,
    timeouts: &Timeouts,
) -> Result<(), DbError> {
    on_server(server, timeouts, move |backend, server, timeouts| {
        backend.drop_unused(server, &is_meant, timeouts)
    })
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
    let name = name.to_owned();
    on_server(server, timeouts, move |backend, server, timeouts| {
        backend.database_exists(server, &name, timeouts)
    })
}

/// The names of all databases of the server that may be a tenant's, in order: not those that the
/// server itself needs. Of a folder, its files that end in `.db`.
///
/// # Errors
/// As [`ping`].
pub fn databases(server: &ServerUrl, timeouts: &Timeouts) -> Result<Vec<String>, DbError> {
    on_server(server, timeouts, |backend, server, timeouts| {
        let mut names = backend.list_databases(server, timeouts)?;
        names.sort();
        Ok(names)
    })
}

/// The server's version as it reports it, such as `3.50.2`, `15.14` or `10.11.14-MariaDB`.
///
/// # Errors
/// What the database reports.
pub fn server_version(connection: &mut AnyConnection) -> Result<String, DbError> {
    let query = backend(connection.kind())?.version_query();
    Ok(connection.text(query, &[])?.unwrap_or_default())
}

/// Whether the server answers, or the folder can be read.
///
/// # Errors
/// The reason that it does not answer.
pub fn ping(server: &ServerUrl, timeouts: &Timeouts) -> Result<(), DbError> {
    on_server(server, timeouts, |backend, server, timeouts| backend.ping(server, timeouts))
}

/// Connects to a server and does something there, on a thread that is given up if it gets no
/// answer.
fn on_server<T: Send + 'static>(
    server: &ServerUrl,
    timeouts: &Timeouts,
    work: impl FnOnce(&dyn Backend, &ServerUrl, &Timeouts) -> Result<T, DbError> + Send + 'static,
) -> Result<T, DbError> {
    let backend = backend(server.kind())?;
    let (server, timeouts) = (server.clone(), *timeouts);
    let limit = timeouts.connect * 2 + timeouts.own_statement() + timeouts.grace;
    watched(move |watch| watch.call(Some(limit), || work(backend, &server, &timeouts)))
}
