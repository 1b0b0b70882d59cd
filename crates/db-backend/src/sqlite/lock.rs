//! SQLite: the lock, and the transactions under it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::errors;
use super::foreign_keys::Orphans;
use super::process;
use super::sidecar::Sidecar;
use crate::backend::{Guard, lock_timeout};
use crate::connection::{ExecutionMode, Timeouts};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};

/// In the transactional modes the lock is the write transaction. A migration in many transactions
/// ([`ExecutionMode::Journalled`]) would lose that lock between two transactions. So it locks a
/// file beside the database instead, and the transactional modes respect that lock.
pub(super) struct FileGuard {
    /// `None` for a database in memory, which no other session can reach.
    path: Option<PathBuf>,
    timeouts: Timeouts,
    /// How the lock is held, if at all.
    mode: Option<ExecutionMode>,
    sidecar: Option<Sidecar>,
    /// What violated foreign keys before they were suspended.
    orphans: Orphans,
}

impl Guard for FileGuard {
    fn lock(&mut self, connection: &mut AnyConnection, mode: ExecutionMode) -> Result<(), DbError> {
        let locked = match mode {
            ExecutionMode::Transactional => self.lock_transaction(connection),
            ExecutionMode::TransactionalRebuild => {
                // No effect inside a transaction:
                // https://www.sqlite.org/pragma.html#pragma_foreign_keys
                connection.execute("PRAGMA foreign_keys = OFF")?;
                self.lock_transaction(connection).and_then(|()| {
                    self.orphans = Orphans::read(connection)?;
                    Ok(())
                })
            }
            ExecutionMode::Journalled => self.lock_beside(connection),
        };
        self.mode = Some(mode);
        if locked.is_err() {
            self.release(connection)?;
        }
        locked
    }

    fn is_held(&mut self, _: &mut AnyConnection) -> Result<bool, DbError> {
        // No statement can release a transaction or a locked file of this process.
        Ok(self.mode.is_some())
    }

    fn unlock(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        match self.mode {
            Some(ExecutionMode::TransactionalRebuild) => {
                self.orphans.check_no_others(connection)?;
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

    fn note(&mut self) -> Option<String> {
        let words = std::mem::take(&mut self.orphans).in_words()?;
        Some(format!("foreign keys were violated before this migration, and still are: {words}"))
    }

    fn execute(&mut self, connection: &mut AnyConnection, sql: &str) -> Result<(), DbError> {
        let limit = self.timeouts.statement;
        process::with_deadline(limit, || connection.execute(sql)).map_err(|error| {
            match error.kind {
                DbErrorKind::StatementTimeout => {
                    DbError::new(error.kind, format_args!("the statement ran for over {limit:?}"))
                }
                _ => error,
            }
        })
    }
}

impl FileGuard {
    pub(super) fn new(path: &Path, timeouts: &Timeouts) -> Self {
        let path = (!path.as_os_str().is_empty()).then(|| path.to_owned());
        Self { path, timeouts: *timeouts, mode: None, sidecar: None, orphans: Orphans::default() }
    }

    fn lock_transaction(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        let deadline = Instant::now() + self.timeouts.lock;
        loop {
            connection.execute("BEGIN IMMEDIATE").map_err(|error| self.explain_wait(error))?;
            // Checked inside the transaction, because the other side locks the file first and then
            // waits for all transactions to end.
            let Some(path) = &self.path else { return Ok(()) };
            if let Some(sidecar) = Sidecar::try_existing(path)? {
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
        let Some(path) = &self.path else { return Ok(()) };
        let sidecar = Sidecar::create(path)?;
        while !sidecar.try_lock()? {
            if !pause_before(deadline) {
                return Err(lock_timeout(&self.timeouts));
            }
        }
        self.sidecar = Some(sidecar);
        // A transaction that began before the file was locked does not know about it: wait for its
        // end.
        connection.execute("BEGIN IMMEDIATE; COMMIT").map_err(|error| self.explain_wait(error))
    }

    fn explain_wait(&self, error: DbError) -> DbError {
        if error.kind == DbErrorKind::LockTimeout { lock_timeout(&self.timeouts) } else { error }
    }

    fn release(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        self.sidecar = None;
        match self.mode.take() {
            // A rebuild that failed halfway may have left the second one on.
            Some(ExecutionMode::TransactionalRebuild) => {
                connection.execute("PRAGMA foreign_keys = ON; PRAGMA legacy_alter_table = OFF")
            }
            Some(ExecutionMode::Transactional | ExecutionMode::Journalled) | None => Ok(()),
        }
    }
}

/// Waits a moment, unless the deadline has passed.
fn pause_before(deadline: Instant) -> bool {
    let pause = Duration::from_millis(5).min(deadline.saturating_duration_since(Instant::now()));
    std::thread::sleep(pause);
    !pause.is_zero()
}

/// SQLite rolls back by itself if the disk is full or a write was interrupted; then nothing is left
/// to do.
fn roll_back(connection: &mut AnyConnection) -> Result<(), DbError> {
    match connection.execute("ROLLBACK") {
        Err(error) if errors::is_out_of_transaction(&error) => Ok(()),
        result => result,
    }
}
