//! A lock on a file beside the database.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::files::{beside, io_error};
use crate::error::DbError;
use crate::name::LOCK_SUFFIX;
use crate::private::private_file;

/// The open file. Its lock ends when it is closed, also if the process is killed.
///
/// It is not the database file, because closing any descriptor of that would drop the locks that
/// SQLite holds on it (<https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_>).
/// It is never deleted, because then two sessions could hold locks on two files of one name.
pub(super) struct Sidecar {
    path: PathBuf,
    file: File,
}

impl Sidecar {
    /// Opens the file of that database, creating a private one if it is missing.
    pub(super) fn create(database: &Path) -> Result<Self, DbError> {
        let path = path_for(database)?;
        let file = private_file().create(true).truncate(false).open(&path);
        match file {
            Ok(file) => Ok(Self { path, file }),
            Err(error) => Err(io_error(&path, &error)),
        }
    }

    /// Locks the file if it exists: `None` if another session holds the lock, `Some(None)` if no
    /// session ever did.
    pub(super) fn try_existing(database: &Path) -> Result<Option<Option<Self>>, DbError> {
        let path = path_for(database)?;
        match OpenOptions::new().write(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Some(None)),
            Err(error) => Err(io_error(&path, &error)),
            Ok(file) => {
                let sidecar = Self { path, file };
                Ok(sidecar.try_lock()?.then_some(Some(sidecar)))
            }
        }
    }

    /// Tries to take the lock. Returns whether it is held now.
    pub(super) fn try_lock(&self) -> Result<bool, DbError> {
        match self.file.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(io_error(&self.path, &error)),
        }
    }
}

/// Beside the file that a link points to, so that all links to a database share one lock.
fn path_for(database: &Path) -> Result<PathBuf, DbError> {
    let real = database.canonicalize().map_err(|error| io_error(database, &error))?;
    Ok(beside(&real, LOCK_SUFFIX))
}
