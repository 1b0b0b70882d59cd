//! SQLite through its C interface.

use std::ffi::{CStr, CString};
use std::fs;
use std::path::PathBuf;
use std::ptr;

use anyhow::{Context, Result, bail};
use db_backend::ServerUrl;
use libsqlite3_sys as ffi;

use super::backend::Floor;

pub(super) struct Sqlite {
    folder: PathBuf,
}

impl Sqlite {
    pub(super) fn new(server: &ServerUrl) -> Result<Self> {
        let folder = server.path().context("not a folder of SQLite files")?.to_owned();
        fs::create_dir_all(&folder)?;
        // The same settings as on the manager's side, whichever side goes first: SQLite accepts
        // them only before its first connection.
        db_backend::tune_process();
        Ok(Self { folder })
    }

    fn open(&self, name: &str, flags: i32) -> Result<Database> {
        let path = self.folder.join(name);
        Database::open(&CString::new(path.to_str().context("the folder is not UTF-8")?)?, flags)
    }
}

impl Floor for Sqlite {
    fn provision(&self, name: &str, batch: &str) -> Result<()> {
        self.open(name, ffi::SQLITE_OPEN_CREATE)?.execute(&format!("BEGIN;\n{batch}COMMIT"))
    }

    fn execute(&self, name: &str, batch: &str) -> Result<()> {
        self.open(name, 0)?.execute(&format!("BEGIN;\n{batch};COMMIT"))
    }
}

/// An open database.
struct Database(*mut ffi::sqlite3);

impl Database {
    fn open(path: &CStr, flags: i32) -> Result<Self> {
        let flags = flags | ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_NOMUTEX;
        let mut handle = ptr::null_mut();
        // SAFETY: the path ends in a zero and outlives the call. SQLite writes one pointer.
        let code =
            unsafe { ffi::sqlite3_open_v2(path.as_ptr(), &raw mut handle, flags, ptr::null()) };
        let database = Self(handle);
        if code != ffi::SQLITE_OK {
            bail!("{} can't be opened: SQLite's code is {code}", path.to_string_lossy());
        }
        Ok(database)
    }

    fn execute(&self, sql: &str) -> Result<()> {
        let sql = CString::new(sql)?;
        // SAFETY: the handle is open. The text ends in a zero and outlives the call. Null means
        // that there is no callback, no argument for it, and that no message is wanted.
        let code = unsafe {
            ffi::sqlite3_exec(self.0, sql.as_ptr(), None, ptr::null_mut(), ptr::null_mut())
        };
        if code != ffi::SQLITE_OK {
            bail!("the batch failed: SQLite's code is {code}");
        }
        Ok(())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // SAFETY: nobody uses the handle after this. It is null if SQLite could not allocate the
        // database, and SQLite accepts null here.
        unsafe { ffi::sqlite3_close(self.0) };
    }
}
