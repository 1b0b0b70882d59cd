//! The one [`TenantConnection`] over Diesel.

use std::fmt;

use sha2::{Digest, Sha256};
use sql_dialect::BackendKind;
use sql_dialect::catalog::Catalog;
use sql_text::Statement;

use crate::backend::{Backend, Guard};
use crate::backends::backend;
use crate::connection::{
    Access, Capabilities, Connector, ExecutionMode, HISTORY_TABLE, History, JOURNAL_TABLE,
    JournalEntry, Mark, TenantConnection, Timeouts, Version,
};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};
use crate::tables::{self, TableSql};
use crate::url::DatabaseUrl;

/// Opens tenant databases with Diesel.
#[derive(Debug, Clone, Copy, Default)]
pub struct DieselConnector;

impl Connector for DieselConnector {
    fn connect(
        &self,
        database: &DatabaseUrl,
        access: Access,
        timeouts: &Timeouts,
    ) -> Result<Box<dyn TenantConnection>, DbError> {
        Ok(Box::new(Session::open(database, access, timeouts)?))
    }
}

/// An open database. Dropping it closes the connection, on which the database itself rolls back and
/// releases the lock.
pub(crate) struct Session {
    connection: AnyConnection,
    backend: &'static dyn Backend,
    guard: Box<dyn Guard>,
    tables: &'static TableSql,
    timeouts: Timeouts,
    may_differ: bool,
    /// Whether the journal is one of an older release, as far as was read.
    is_outdated: bool,
}

impl Session {
    pub(crate) fn open(
        database: &DatabaseUrl,
        access: Access,
        timeouts: &Timeouts,
    ) -> Result<Self, DbError> {
        let backend = backend(database.kind())?;
        Ok(Self {
            connection: backend.connect(database, access, timeouts)?,
            backend,
            guard: backend.guard(database, timeouts),
            tables: backend.table_sql(),
            timeouts: *timeouts,
            may_differ: false,
            is_outdated: false,
        })
    }
}

impl Session {
    /// An empty SQLite database in memory.
    pub(crate) fn in_memory() -> Result<Self, DbError> {
        let timeouts = Timeouts::default();
        let backend = backend(BackendKind::Sqlite)?;
        // A database that is not a file has no other session to lock out.
        let nowhere = DatabaseUrl::file("");
        Ok(Self {
            connection: AnyConnection::in_memory()?,
            backend,
            guard: backend.guard(&nowhere, &timeouts),
            tables: backend.table_sql(),
            timeouts,
            may_differ: false,
            is_outdated: false,
        })
    }

    pub(crate) fn connection(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }

    pub(crate) fn kind(&self) -> BackendKind {
        self.connection.kind()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({})", self.kind())
    }
}

impl TenantConnection for Session {
    fn capabilities(&self) -> Capabilities {
        self.connection.capabilities()
    }

    fn execution_mode(&self, statements: &[Statement], run_in_transaction: bool) -> ExecutionMode {
        self.backend.execution_mode(statements, run_in_transaction)
    }

    fn history(&mut self) -> Result<History, DbError> {
        let history = tables::read(&mut self.connection, self.tables)?;
        self.is_outdated = history.is_outdated;
        Ok(history)
    }

    fn lock(&mut self, mode: ExecutionMode) -> Result<(), DbError> {
        self.guard.lock(&mut self.connection, mode)
    }

    fn unlock(&mut self) -> Result<(), DbError> {
        self.guard.unlock(&mut self.connection)
    }

    fn begin(&mut self) -> Result<(), DbError> {
        self.guard.begin(&mut self.connection)
    }

    fn commit(&mut self) -> Result<(), DbError> {
        self.guard.commit(&mut self.connection)
    }

    fn rollback(&mut self) -> Result<(), DbError> {
        self.guard.rollback(&mut self.connection)
    }

    fn savepoint(&mut self) -> Result<(), DbError> {
        self.connection.execute("SAVEPOINT tenantctl")
    }

    fn release_savepoint(&mut self) -> Result<(), DbError> {
        self.connection.execute("RELEASE SAVEPOINT tenantctl")
    }

    fn rollback_to_savepoint(&mut self) -> Result<(), DbError> {
        self.connection.execute("ROLLBACK TO SAVEPOINT tenantctl; RELEASE SAVEPOINT tenantctl")
    }

    fn ensure_tables(&mut self) -> Result<(), DbError> {
        self.connection.execute(self.tables.create)?;
        if self.is_outdated {
            tables::upgrade_journal(&mut self.connection)?;
            self.is_outdated = false;
        }
        Ok(())
    }

    fn write_mark(&mut self, mark: &Mark) -> Result<(), DbError> {
        tables::write_mark(&mut self.connection, self.tables, mark)
    }

    fn statement_length_max(&mut self) -> Result<Option<u64>, DbError> {
        self.backend.statement_length_max(&mut self.connection)
    }

    fn execute(&mut self, statement: &Statement) -> Result<(), DbError> {
        self.may_differ |= statement.may_change_session;
        self.prepare(statement)
    }

    fn prepare(&mut self, statement: &Statement) -> Result<(), DbError> {
        self.guard.execute(&mut self.connection, &statement.sql)?;
        if statement.may_change_session {
            self.backend.keep_limits(&mut self.connection, &self.timeouts)?;
        }
        Ok(())
    }

    fn lock_tables(&mut self, statement: &Statement) -> Result<(), DbError> {
        self.backend.lock_tables(&mut self.connection, statement)
    }

    fn unlock_tables(&mut self) -> Result<(), DbError> {
        self.backend.unlock_tables(&mut self.connection)
    }

    fn note(&mut self) -> Option<String> {
        self.guard.note()
    }

    fn session_may_differ(&self) -> bool {
        self.may_differ
    }

    fn shield(&mut self) -> Result<(), DbError> {
        self.backend.shield(&mut self.connection)?;
        match self.guard.is_held(&mut self.connection)? {
            true => Ok(()),
            false => Err(DbError::new(
                DbErrorKind::LockLost,
                "a statement of the migration released the migration lock",
            )),
        }
    }

    fn can_roll_back(&mut self, statements: &[Statement]) -> Result<bool, DbError> {
        self.backend.can_roll_back(&mut self.connection, statements)
    }

    fn leftovers(&mut self, statement: &Statement) -> Result<Vec<String>, DbError> {
        self.backend.leftovers(&mut self.connection, statement)
    }

    fn remove_leftovers(&mut self, statement: &Statement) -> Result<(), DbError> {
        self.backend.remove_leftovers(&mut self.connection, statement)
    }

    fn add_to_history(&mut self, version: &Version) -> Result<(), DbError> {
        tables::add_to_history(&mut self.connection, self.tables, version)
    }

    fn remove_from_history(&mut self, version: &Version) -> Result<(), DbError> {
        tables::remove(&mut self.connection, self.tables, HISTORY_TABLE, version)
    }

    fn write_journal(&mut self, entry: &JournalEntry) -> Result<(), DbError> {
        tables::write_journal(&mut self.connection, self.tables, entry)
    }

    fn remove_from_journal(&mut self, version: &Version) -> Result<(), DbError> {
        tables::remove(&mut self.connection, self.tables, JOURNAL_TABLE, version)
    }

    fn catalog(&mut self) -> Result<Catalog, DbError> {
        self.backend.read_catalog(&mut self.connection)
    }

    fn table_defaults(&mut self) -> Result<Option<String>, DbError> {
        self.backend.table_defaults(&mut self.connection)
    }

    fn fingerprint(&mut self) -> Result<String, DbError> {
        let json = serde_json::to_vec(&self.catalog()?)
            .map_err(|error| DbError::new(DbErrorKind::Corrupt, error))?;
        Ok(digest(&json))
    }

    fn fingerprint_for(&mut self, statement: &Statement) -> Result<String, DbError> {
        match self.backend.changed_definition(&mut self.connection, statement)? {
            Some(definition) => Ok(digest(definition.as_bytes())),
            None => self.fingerprint(),
        }
    }
}

/// SHA-256 in lower-case hex.
fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
