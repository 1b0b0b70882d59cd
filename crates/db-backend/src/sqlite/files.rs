//! SQLite: the files of a database.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{DbError, DbErrorKind};
use crate::exhausted::is_too_many_files;
use crate::url::DatabaseUrl;

/// The database file.
pub(super) fn path_of(database: &DatabaseUrl) -> &Path {
    // The kind is SQLite here, and an address of that kind is a path.
    database.path().unwrap_or(Path::new(""))
}

/// The file with that suffix, which SQLite or this crate keeps beside the database.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut file = path.as_os_str().to_owned();
    file.push(suffix);
    PathBuf::from(file)
}

/// A failure of the file system.
pub(super) fn io_error(path: &Path, error: &io::Error) -> DbError {
    let kind = match error.kind() {
        _ if is_too_many_files(error) => DbErrorKind::OutOfResources,
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => DbErrorKind::Missing,
        io::ErrorKind::ReadOnlyFilesystem => DbErrorKind::ReadOnly,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => DbErrorKind::DiskFull,
        io::ErrorKind::PermissionDenied => DbErrorKind::Denied,
        _ => DbErrorKind::Unreachable,
    };
    DbError::new(kind, format_args!("{}: {error}", path.display()))
}
