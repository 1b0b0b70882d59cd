//! A connector whose connection breaks at a chosen call.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use db_backend::{
    Access, Capabilities, Catalog, Connector, DatabaseUrl, DbError, DbErrorKind, ExecutionMode,
    History, JournalEntry, Mark, Statement, TenantConnection, Timeouts, Version,
};

/// When the connection breaks, relative to the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// The call never reaches the database.
    Before,
    /// The call takes effect, and its answer never arrives.
    After,
}

/// Opens the connections of another connector; the one that makes the chosen call breaks at it.
pub struct Faulty {
    inner: Arc<dyn Connector>,
    fault: Arc<Fault>,
}

struct Fault {
    moment: Break,
    calls_left: AtomicU64,
    happened: AtomicBool,
}

impl Faulty {
    /// Breaks at that call, counted from 0 over all connections; opening one is not counted.
    pub fn new(inner: Arc<dyn Connector>, moment: Break, call: u64) -> Self {
        let calls_left = AtomicU64::new(call);
        Self {
            inner,
            fault: Arc::new(Fault { moment, calls_left, happened: AtomicBool::new(false) }),
        }
    }

    /// Whether the call has been made.
    pub fn is_broken(&self) -> bool {
        self.fault.happened.load(Ordering::SeqCst)
    }
}

impl Fault {
    /// Whether this is the chosen call. True only once.
    fn is_due(&self) -> bool {
        let counted = self
            .calls_left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        counted.is_err() && !self.happened.swap(true, Ordering::SeqCst)
    }
}

impl Connector for Faulty {
    fn connect(
        &self,
        database: &DatabaseUrl,
        access: Access,
        timeouts: &Timeouts,
    ) -> Result<Box<dyn TenantConnection>, DbError> {
        let intact = Some(self.inner.connect(database, access, timeouts)?);
        let facts = self.inner.connect(database, Access::ReadOnly, timeouts)?;
        Ok(Box::new(Breakable { intact, facts, fault: Arc::clone(&self.fault) }))
    }
}

struct Breakable {
    /// `None` once it is broken: the connection is then really closed.
    intact: Option<Box<dyn TenantConnection>>,
    /// Answers calls that need no database, even if the other connection is closed.
    facts: Box<dyn TenantConnection>,
    fault: Arc<Fault>,
}

impl Breakable {
    fn call<T>(
        &mut self,
        call: impl FnOnce(&mut dyn TenantConnection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let Some(connection) = &mut self.intact else { return Err(lost()) };
        if !self.fault.is_due() {
            return call(&mut **connection);
        }
        match self.fault.moment {
            Break::Before => {}
            // The answer never arrives, whether success or failure.
            Break::After => drop(call(&mut **connection)),
        }
        self.intact = None;
        Err(lost())
    }
}

fn lost() -> DbError {
    DbError::new(DbErrorKind::ConnectionLost, "the connection broke, as ordered")
}

impl TenantConnection for Breakable {
    fn capabilities(&self) -> Capabilities {
        self.facts.capabilities()
    }

    fn execution_mode(&self, statements: &[Statement], run_in_transaction: bool) -> ExecutionMode {
        self.facts.execution_mode(statements, run_in_transaction)
    }

    fn history(&mut self) -> Result<History, DbError> {
        self.call(|inner| inner.history())
    }

    fn lock(&mut self, mode: ExecutionMode) -> Result<(), DbError> {
        self.call(|inner| inner.lock(mode))
    }

    fn unlock(&mut self) -> Result<(), DbError> {
        self.call(|inner| inner.unlock())
    }

    fn begin(&mut self) -> Result<(), DbError> {
        self.call(|inner| inner.begin())
    }

    fn commit(&mut self) -> Result<(), DbError> {
        self.call(|inner| inner.commit())
    }

    fn rollback(&mut self) -> Result<(), DbError> {
        self.call(|inner| inner.rollback())
    }

    fn savepoint(&mut self) -> Result<(), DbError> {
        self.call(|inner| inner.savepoint())
    }

    fn release_savepoint(&mut self) -> Result<(), DbError> {
        self.call(|inner| inner.release_savepoint())
    }

    fn rollback_to_savepoint(&mut self) -> Result<(), DbError> {
        self.call(|inner| inner.rollback_to_savepoint())
    }

    fn ensure_tables(&mut self) -> Result<(), DbError> {
        self.call(|inner| inner.ensure_tables())
    }

    fn write_mark(&mut self, mark: &Mark) -> Result<(), DbError> {
        self.call(|inner| inner.write_mark(mark))
    }

    fn execute(&mut self, statement: &Statement) -> Result<(), DbError> {
        self.call(|inner| inner.execute(statement))
    }

    fn statement_length_max(&mut self) -> Result<Option<u64>, DbError> {
        self.call(|inner| inner.statement_length_max())
    }

    fn note(&mut self) -> Option<String> {
        self.intact.as_mut().and_then(|connection| connection.note())
    }

    fn session_may_differ(&self) -> bool {
        self.intact.as_ref().is_some_and(|connection| connection.session_may_differ())
    }

    fn shield(&mut self) -> Result<(), DbError> {
        self.call(|inner| inner.shield())
    }

    fn can_roll_back(&mut self, statements: &[Statement]) -> Result<bool, DbError> {
        self.call(|inner| inner.can_roll_back(statements))
    }

    fn leftovers(&mut self, statement: &Statement) -> Result<Vec<String>, DbError> {
        self.call(|inner| inner.leftovers(statement))
    }

    fn remove_leftovers(&mut self, statement: &Statement) -> Result<(), DbError> {
        self.call(|inner| inner.remove_leftovers(statement))
    }

    fn add_to_history(&mut self, version: &Version) -> Result<(), DbError> {
        self.call(|inner| inner.add_to_history(version))
    }

    fn remove_from_history(&mut self, version: &Version) -> Result<(), DbError> {
        self.call(|inner| inner.remove_from_history(version))
    }

    fn write_journal(&mut self, entry: &JournalEntry) -> Result<(), DbError> {
        self.call(|inner| inner.write_journal(entry))
    }

    fn remove_from_journal(&mut self, version: &Version) -> Result<(), DbError> {
        self.call(|inner| inner.remove_from_journal(version))
    }

    fn catalog(&mut self) -> Result<Catalog, DbError> {
        self.call(|inner| inner.catalog())
    }

    fn fingerprint(&mut self) -> Result<String, DbError> {
        self.call(|inner| inner.fingerprint())
    }

    fn fingerprint_for(&mut self, statement: &Statement) -> Result<String, DbError> {
        self.call(|inner| inner.fingerprint_for(statement))
    }
}
