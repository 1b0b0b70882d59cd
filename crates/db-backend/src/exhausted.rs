//! What a process can run out of: file descriptors and threads.

#[cfg(feature = "sqlite")]
use std::fs::File;
use std::io;

#[cfg(feature = "mysql")]
use crate::error::{DbError, DbErrorKind};

/// `ENFILE` and `EMFILE`, which have these numbers on every Unix.
#[cfg(feature = "sqlite")]
const TOO_MANY_FILES: [i32; 2] = [23, 24];

/// Whether a file could not be opened because too many are open.
#[cfg(feature = "sqlite")]
pub(crate) fn is_too_many_files(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|number| TOO_MANY_FILES.contains(&number))
}

/// Whether this process can open no file at this moment. For libraries that do not say why they
/// could not open one.
#[cfg(feature = "sqlite")]
pub(crate) fn no_file_can_be_opened() -> bool {
    File::open("/dev/null").is_err_and(|error| is_too_many_files(&error))
}

/// The failure if a thread can't be started.
#[cfg(feature = "mysql")]
pub(crate) fn no_thread(error: &io::Error) -> DbError {
    DbError::new(DbErrorKind::OutOfResources, format_args!("no thread can be started: {error}"))
}
