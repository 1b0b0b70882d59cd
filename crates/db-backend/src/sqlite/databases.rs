//! SQLite: whole databases, which are files.

use std::fs;
use std::io;
use std::path::Path;

use super::files::{beside, io_error, path_of};
use crate::error::DbError;
use crate::name::LOCK_SUFFIX;
use crate::private::{create_private_folder, private_file};
use crate::url::ServerUrl;

/// Creates an empty file and its folder, both private; `false` if the file existed.
pub(super) fn create(server: &ServerUrl, name: &str) -> Result<bool, DbError> {
    let database = server.database(name)?;
    let path = path_of(&database);
    if let Some(folder) = path.parent() {
        create_private_folder(folder).map_err(|error| io_error(folder, &error))?;
    }
    match private_file().create_new(true).open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(io_error(path, &error)),
    }
}

/// Removes the file and the files beside it.
pub(super) fn drop(server: &ServerUrl, name: &str) -> Result<(), DbError> {
    let database = server.database(name)?;
    let path = path_of(&database);
    // The journals first: one that outlives its database would be applied to the next database of
    // that name.
    let files = ["-journal", "-wal", "-shm", "", LOCK_SUFFIX];
    for file in files.map(|suffix| beside(path, suffix)) {
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(io_error(&file, &error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether such a file exists.
pub(super) fn exists(server: &ServerUrl, name: &str) -> Result<bool, DbError> {
    Ok(path_of(&server.database(name)?).is_file())
}

/// Whether the folder can be read.
pub(super) fn ping(server: &ServerUrl) -> Result<(), DbError> {
    let folder = server.path().unwrap_or(Path::new(""));
    fs::read_dir(folder).map(std::mem::drop).map_err(|error| io_error(folder, &error))
}

/// The names of the files that end in `.db`. One whose name is not UTF-8 can't be a tenant's.
pub(super) fn list(server: &ServerUrl) -> Result<Vec<String>, DbError> {
    let folder = server.path().unwrap_or(Path::new(""));
    let files = fs::read_dir(folder).map_err(|error| io_error(folder, &error))?;
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    Ok(names.filter(|name| name.ends_with(".db") && !name.starts_with('.')).collect())
}
