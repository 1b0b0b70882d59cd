//! SQLite: a tenant is a file, and the lock on it is the write transaction.

mod sidecar;

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use diesel::Connection;
use diesel::sqlite::SqliteConnection;

use self::sidecar::Sidecar;
use super::tables::{self, TableSql};
use super::{Backend, Guard, lock_timeout};
use crate::classify;
use crate::connection::{Access, ExecutionMode, Timeouts};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};
use crate::foreign_keys::check_foreign_keys;
use crate::sqlite_process;
use crate::url::{self, DatabaseUrl, ServerUrl};

pub(super) struct Sqlite;

impl Backend for Sqlite {
    fn connect(
        &self,
        database: &DatabaseUrl,
        access: Access,
        timeouts: &Timeouts,
    ) -> Result<AnyConnection, DbError> {
        sqlite_process::tune_process();
        let path = path_of(database);
        // What a killed writer left half done must be rolled back before anything can be read, and
        // SQLite does that itself, but only where it may write. `query_only` keeps us from writing.
        let recovers = access == Access::ReadOnly && beside(path, "-journal").exists();
        let mode = if access == Access::ReadWrite || recovers { "rw" } else { "ro" };
        let connection = SqliteConnection::establish(&uri(path, mode)?)
            .map_err(|error| explain(path, &classify::connection_error(database, &error)))?;
        let mut connection = AnyConnection::Sqlite(connection);
        connection.execute(&format!(
            "PRAGMA busy_timeout = {}; PRAGMA query_only = {}",
            timeouts.lock.as_millis(),
            u8::from(recovers),
        ))?;
        Ok(connection)
    }

    fn guard(&self, database: &DatabaseUrl, timeouts: &Timeouts) -> Box<dyn Guard> {
        let path = path_of(database).to_owned();
        Box::new(FileGuard { path, timeouts: *timeouts, mode: None, sidecar: None })
    }

    fn table_sql(&self) -> &'static TableSql {
        &TABLE_SQL
    }

    fn changed_definition(
        &self,
        _connection: &mut AnyConnection,
        _sql: &str,
    ) -> Result<Option<String>, DbError> {
        // What is journalled here is rare (it runs outside a transaction), and the catalogue cheap.
        Ok(None)
    }

    fn version_query(&self) -> &'static str {
        "SELECT sqlite_version()"
    }

    fn create_database(
        &self,
        _kept: &mut Option<AnyConnection>,
        server: &ServerUrl,
        name: &str,
        _timeouts: &Timeouts,
    ) -> Result<bool, DbError> {
        let database = server.database(name)?;
        let path = path_of(&database);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| io_error(folder, &error))?;
        }
        match OpenOptions::new().write(true).create_new(true).open(path) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(io_error(path, &error)),
        }
    }

    fn drop_database(
        &self,
        server: &ServerUrl,
        name: &str,
        _timeouts: &Timeouts,
    ) -> Result<(), DbError> {
        let database = server.database(name)?;
        let path = path_of(&database);
        // The journals first: one that outlives its database would be played into the next one of
        // that name.
        let files = ["-journal", "-wal", "-shm", "", crate::name::LOCK_SUFFIX];
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

    fn database_exists(
        &self,
        server: &ServerUrl,
        name: &str,
        _timeouts: &Timeouts,
    ) -> Result<bool, DbError> {
        Ok(path_of(&server.database(name)?).is_file())
    }

    fn ping(&self, server: &ServerUrl, _timeouts: &Timeouts) -> Result<(), DbError> {
        let folder = server.path().unwrap_or(Path::new(""));
        fs::read_dir(folder).map(drop).map_err(|error| io_error(folder, &error))
    }
}

// ---- connecting ----

/// An empty database in memory.
pub(crate) fn in_memory() -> Result<AnyConnection, DbError> {
    sqlite_process::tune_process();
    let connection = SqliteConnection::establish(":memory:")
        .map_err(|error| DbError::new(DbErrorKind::Unreachable, error))?;
    Ok(AnyConnection::Sqlite(connection))
}

fn path_of(database: &DatabaseUrl) -> &Path {
    // The kind is SQLite here, and an address of that kind is a path.
    database.path().unwrap_or(Path::new(""))
}

/// The file that SQLite or this crate keeps beside the database.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut file = path.as_os_str().to_owned();
    file.push(suffix);
    PathBuf::from(file)
}

/// A `file:` address, because a bare path would be created where it is missing.
fn uri(path: &Path, mode: &str) -> Result<String, DbError> {
    let text = path.to_str().ok_or_else(|| {
        DbError::new(DbErrorKind::Address, format_args!("{} is not UTF-8", path.display()))
    })?;
    let encoded: Vec<String> = text.split('/').map(url::encode).collect();
    // An absolute path needs the empty authority, or `//x` at its start would be taken for one.
    let scheme = if text.starts_with('/') { "file://" } else { "file:" };
    Ok(format!("{scheme}{}?mode={mode}", encoded.join("/")))
}

/// SQLite says little of why it can't open something; the file system knows more.
fn explain(path: &Path, error: &DbError) -> DbError {
    let shown = path.display();
    match fs::metadata(path) {
        Err(cause) => io_error(path, &cause),
        Ok(found) if found.is_dir() => {
            DbError::new(DbErrorKind::Corrupt, format_args!("{shown} is a folder, not a database"))
        }
        // It exists, so what SQLite calls missing is the right to open it.
        Ok(_) if error.kind == DbErrorKind::Missing => {
            DbError::new(DbErrorKind::Denied, format_args!("{shown}: {error}"))
        }
        Ok(_) => DbError::new(error.kind, format_args!("{shown}: {error}")),
    }
}

fn io_error(path: &Path, error: &io::Error) -> DbError {
    let kind = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => DbErrorKind::Missing,
        io::ErrorKind::ReadOnlyFilesystem => DbErrorKind::ReadOnly,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => DbErrorKind::DiskFull,
        io::ErrorKind::PermissionDenied => DbErrorKind::Denied,
        _ => DbErrorKind::Unreachable,
    };
    DbError::new(kind, format_args!("{}: {error}", path.display()))
}

// ---- lock and transactions ----

/// In the transactional modes the lock is the write transaction. A migration in many transactions
/// ([`ExecutionMode::Journalled`]) would lose that between two of them, so it holds a lock on a file
/// beside the database, which the transactional modes respect.
struct FileGuard {
    path: PathBuf,
    timeouts: Timeouts,
    /// How the lock is held, if it is.
    mode: Option<ExecutionMode>,
    sidecar: Option<Sidecar>,
}

impl Guard for FileGuard {
    fn lock(&mut self, connection: &mut AnyConnection, mode: ExecutionMode) -> Result<(), DbError> {
        let locked = match mode {
            ExecutionMode::Transactional => self.lock_transaction(connection),
            ExecutionMode::TransactionalRebuild => {
                // Without effect inside a transaction: https://www.sqlite.org/pragma.html#pragma_foreign_keys
                connection.execute("PRAGMA foreign_keys = OFF")?;
                self.lock_transaction(connection)
            }
            ExecutionMode::Journalled => self.lock_beside(connection),
        };
        self.mode = Some(mode);
        if locked.is_err() {
            self.release(connection)?;
        }
        locked
    }

    fn unlock(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        match self.mode {
            Some(ExecutionMode::TransactionalRebuild) => {
                check_foreign_keys(connection)?;
                connection.execute("COMMIT")?;
            }
            Some(ExecutionMode::Transactional) => connection.execute("COMMIT")?,
            Some(ExecutionMode::Journalled) | None => {}
        }
        self.release(connection)
    }

    fn begin(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        match self.mode {
            Some(ExecutionMode::Journalled) | None => connection.execute("BEGIN IMMEDIATE"),
            Some(ExecutionMode::Transactional | ExecutionMode::TransactionalRebuild) => Ok(()),
        }
    }

    fn commit(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        match self.mode {
            Some(ExecutionMode::Journalled) | None => connection.execute("COMMIT"),
            Some(ExecutionMode::Transactional | ExecutionMode::TransactionalRebuild) => Ok(()),
        }
    }

    fn rollback(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        roll_back(connection)?;
        match self.mode {
            Some(ExecutionMode::Journalled) | None => Ok(()),
            Some(ExecutionMode::Transactional | ExecutionMode::TransactionalRebuild) => {
                self.release(connection)
            }
        }
    }

    fn execute(&mut self, connection: &mut AnyConnection, sql: &str) -> Result<(), DbError> {
        let limit = self.timeouts.statement;
        sqlite_process::with_deadline(limit, || connection.execute(sql)).map_err(
            |error| match error.kind {
                DbErrorKind::StatementTimeout => {
                    DbError::new(error.kind, format_args!("the statement ran for over {limit:?}"))
                }
                _ => error,
            },
        )
    }
}

impl FileGuard {
    fn lock_transaction(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        let deadline = Instant::now() + self.timeouts.lock;
        loop {
            connection.execute("BEGIN IMMEDIATE").map_err(|error| self.explain_wait(error))?;
            // Looked at under the transaction, because the other side takes the file first and then
            // waits for all transactions to end.
            if let Some(sidecar) = Sidecar::try_existing(&self.path)? {
                self.sidecar = sidecar;
                return Ok(());
            }
            connection.execute("ROLLBACK")?;
            if !pause_before(deadline) {
                return Err(lock_timeout(&self.timeouts));
            }
        }
    }

    fn lock_beside(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        let deadline = Instant::now() + self.timeouts.lock;
        let sidecar = Sidecar::create(&self.path)?;
        while !sidecar.try_lock()? {
            if !pause_before(deadline) {
                return Err(lock_timeout(&self.timeouts));
            }
        }
        self.sidecar = Some(sidecar);
        // A transaction that began before the file was locked knows nothing of it: wait for its end.
        connection.execute("BEGIN IMMEDIATE; COMMIT").map_err(|error| self.explain_wait(error))
    }

    fn explain_wait(&self, error: DbError) -> DbError {
        if error.kind == DbErrorKind::LockTimeout { lock_timeout(&self.timeouts) } else { error }
    }

    fn release(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        self.sidecar = None;
        match self.mode.take() {
            // A rebuild that failed half way may have left the second one on.
            Some(ExecutionMode::TransactionalRebuild) => {
                connection.execute("PRAGMA foreign_keys = ON; PRAGMA legacy_alter_table = OFF")
            }
            Some(ExecutionMode::Transactional | ExecutionMode::Journalled) | None => Ok(()),
        }
    }
}

/// Waits a moment, unless that would be past the deadline.
fn pause_before(deadline: Instant) -> bool {
    let pause = Duration::from_millis(5).min(deadline.saturating_duration_since(Instant::now()));
    std::thread::sleep(pause);
    !pause.is_zero()
}

/// SQLite rolls back by itself where the disk is full or a write was interrupted; then there is
/// nothing left to do.
fn roll_back(connection: &mut AnyConnection) -> Result<(), DbError> {
    match connection.execute("ROLLBACK") {
        Err(error) if error.message.contains("no transaction is active") => Ok(()),
        result => result,
    }
}

// ---- history and journal ----

static TABLE_SQL: TableSql = TableSql {
    create: tables::create_tables!(
        "CREATE TABLE IF NOT EXISTS ",
        "CREATE TABLE IF NOT EXISTS ",
        ""
    ),
    present: "SELECT name FROM sqlite_master WHERE type = 'table' \
              AND name IN ('__diesel_schema_migrations', '__tenantctl_journal')",
    other_table: "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') \
                  AND name NOT IN ('__diesel_schema_migrations', '__tenantctl_journal') \
                  AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' LIMIT 1",
    missing_table: Some("no such table"),
    text: "TEXT",
    on_conflict: "ON CONFLICT (version) DO UPDATE SET",
    inserted: ("excluded.", ""),
    parameter: |_| "?".to_owned(),
};

#[cfg(test)]
mod tests;
