//! One open connection to a simulated database.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use db_backend::{
    Access, Capabilities, Catalog, DbError, DbErrorKind, ExecutionMode, History, JournalEntry,
    Mark, Statement, TenantConnection, Version,
};

use sql_text::{StatementKind, TransactionStep};

use super::database::{Fault, SimDatabase};
use super::sql;
use super::state::SimState;
use super::style::SimStyle;

pub(super) struct SimConnection {
    database: Arc<SimDatabase>,
    crashed: Arc<AtomicBool>,
    style: SimStyle,
    access: Access,
    lock_timeout: Duration,
    /// The open transaction's own view of the database.
    transaction: Option<SimState>,
    savepoints: Vec<SimState>,
    /// A statement of the transaction failed: only a rollback is possible.
    poisoned: bool,
    locked: Option<ExecutionMode>,
    lost: bool,
}

impl SimConnection {
    pub(super) fn new(
        database: Arc<SimDatabase>,
        crashed: Arc<AtomicBool>,
        style: SimStyle,
        access: Access,
        lock_timeout: Duration,
    ) -> Self {
        Self {
            database,
            crashed,
            style,
            access,
            lock_timeout,
            transaction: None,
            savepoints: Vec::new(),
            poisoned: false,
            locked: None,
            lost: false,
        }
    }

    /// Counts the call, and lets the fault that is ordered for it happen.
    pub(super) fn call<T>(
        &mut self,
        effect: impl FnOnce(&mut Self) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        if self.crashed.load(Ordering::SeqCst) {
            self.lose();
        }
        if self.lost {
            return Err(lost());
        }
        let (fault, interlude) = {
            let mut inner = self.database.lock();
            let call = inner.calls;
            inner.calls += 1;
            (inner.faults.remove(&call), inner.interludes.remove(&call))
        };
        if let Some(interlude) = interlude {
            (interlude.0)();
        }
        match fault {
            None => effect(self),
            Some(Fault::Fails(kind)) => {
                self.poisoned = self.transaction.is_some();
                Err(DbError::new(kind, "ordered fault"))
            }
            Some(Fault::LostBefore) => self.break_off(false),
            Some(Fault::LostAfter) => {
                let _ = effect(self);
                self.break_off(false)
            }
            Some(Fault::CrashBefore) => self.break_off(true),
            Some(Fault::CrashAfter) => {
                let _ = effect(self);
                self.break_off(true)
            }
            // A second panic while the first one unwinds would end the whole test.
            Some(Fault::Panic) if std::thread::panicking() => self.break_off(false),
            // Without the hook, which would print a backtrace for each.
            Some(Fault::Panic) => std::panic::resume_unwind(Box::new("ordered panic")),
        }
    }

    fn break_off<T>(&mut self, crash: bool) -> Result<T, DbError> {
        self.crashed.fetch_or(crash, Ordering::SeqCst);
        self.lose();
        Err(lost())
    }

    /// What the server does when a connection is gone.
    fn lose(&mut self) {
        self.lost = true;
        self.transaction = None;
        self.savepoints.clear();
        self.release();
    }

    fn release(&mut self) {
        if self.locked.take().is_some() {
            self.database.lock().locked = false;
            self.database.unlocked.notify_all();
        }
    }

    fn lock_is_transaction(&self) -> bool {
        self.style == SimStyle::LockIsTransaction
            && self.locked.is_some_and(|mode| mode != ExecutionMode::Journalled)
    }

    fn read<T>(&mut self, view: impl FnOnce(&SimState) -> T) -> Result<T, DbError> {
        self.call(|own| match &own.transaction {
            Some(state) => Ok(view(state)),
            None => Ok(view(&own.database.lock().committed)),
        })
    }

    fn write<T>(
        &mut self,
        change: impl FnOnce(&mut SimState) -> Result<T, String>,
    ) -> Result<T, DbError> {
        self.call(|own| own.write_now(change))
    }

    fn write_now<T>(
        &mut self,
        change: impl FnOnce(&mut SimState) -> Result<T, String>,
    ) -> Result<T, DbError> {
        if self.access == Access::ReadOnly {
            return Err(DbError::new(DbErrorKind::ReadOnly, "opened for reading"));
        }
        if self.locked.is_none() {
            return Err(refused("a write without the migration lock"));
        }
        if self.poisoned {
            return Err(refused("current transaction is aborted"));
        }
        let changed = match &mut self.transaction {
            Some(state) => change(state),
            None => change(&mut self.database.lock().committed),
        };
        changed.map_err(|message| {
            self.poisoned = self.transaction.is_some();
            refused(&message)
        })
    }

    fn begin_now(&mut self) -> Result<(), DbError> {
        if self.transaction.is_some() {
            return Err(refused("a transaction within a transaction"));
        }
        self.transaction = Some(self.database.lock().committed.clone());
        Ok(())
    }

    fn commit_now(&mut self) -> Result<(), DbError> {
        if self.poisoned {
            return Err(refused("current transaction is aborted"));
        }
        if let Some(state) = self.transaction.take() {
            self.database.lock().committed = state;
        }
        self.savepoints.clear();
        Ok(())
    }
}

impl Drop for SimConnection {
    fn drop(&mut self) {
        self.lose();
    }
}

impl TenantConnection for SimConnection {
    fn capabilities(&self) -> Capabilities {
        self.style.capabilities()
    }

    fn execution_mode(&self, statements: &[Statement], run_in_transaction: bool) -> ExecutionMode {
        let has_ddl = statements.iter().any(|statement| !statement.kind.only_touches_rows());
        if !run_in_transaction || (self.style == SimStyle::ImplicitCommit && has_ddl) {
            ExecutionMode::Journalled
        } else if statements.iter().any(|statement| sql::is_rebuild(&statement.sql)) {
            ExecutionMode::TransactionalRebuild
        } else {
            ExecutionMode::Transactional
        }
    }

    fn history(&mut self) -> Result<History, DbError> {
        self.read(|state| History {
            applied: state.history.as_ref().map(|rows| rows.iter().cloned().collect()),
            journal: state.journal.iter().flat_map(|rows| rows.values().cloned()).collect(),
            mark: state.owner.iter().flatten().next().cloned(),
            has_tables: !state.tables.is_empty(),
            ..History::default()
        })
    }

    fn lock(&mut self, mode: ExecutionMode) -> Result<(), DbError> {
        self.call(|own| {
            let inner = own.database.lock();
            let (mut inner, waited) = own
                .database
                .unlocked
                .wait_timeout_while(inner, own.lock_timeout, |inner| inner.locked)
                .unwrap_or_else(PoisonError::into_inner);
            if waited.timed_out() {
                return Err(DbError::new(DbErrorKind::LockTimeout, "database is locked"));
            }
            inner.locked = true;
            own.locked = Some(mode);
            if own.style == SimStyle::LockIsTransaction && mode != ExecutionMode::Journalled {
                own.transaction = Some(inner.committed.clone());
            }
            Ok(())
        })
    }

    fn unlock(&mut self) -> Result<(), DbError> {
        self.call(|own| {
            if own.lock_is_transaction() {
                own.commit_now()?;
            }
            own.release();
            Ok(())
        })
    }

    fn begin(&mut self) -> Result<(), DbError> {
        self.call(|own| {
            if own.lock_is_transaction() {
                return Ok(());
            }
            own.begin_now()
        })
    }

    fn commit(&mut self) -> Result<(), DbError> {
        self.call(|own| if own.lock_is_transaction() { Ok(()) } else { own.commit_now() })
    }

    fn rollback(&mut self) -> Result<(), DbError> {
        self.call(|own| {
            own.transaction = None;
            own.savepoints.clear();
            own.poisoned = false;
            if own.lock_is_transaction() {
                own.release();
            }
            Ok(())
        })
    }

    fn savepoint(&mut self) -> Result<(), DbError> {
        self.call(|own| {
            let state = own.transaction.clone();
            own.savepoints.push(state.ok_or_else(|| refused("a savepoint without a transaction"))?);
            Ok(())
        })
    }

    fn release_savepoint(&mut self) -> Result<(), DbError> {
        self.call(|own| match own.savepoints.pop() {
            Some(_) => Ok(()),
            None => Err(refused("no such savepoint")),
        })
    }

    fn rollback_to_savepoint(&mut self) -> Result<(), DbError> {
        self.call(|own| {
            let state = own.savepoints.pop().ok_or_else(|| refused("no such savepoint"))?;
            own.transaction = Some(state);
            own.poisoned = false;
            Ok(())
        })
    }

    fn ensure_tables(&mut self) -> Result<(), DbError> {
        self.call(|own| {
            if own.style == SimStyle::ImplicitCommit {
                own.commit_now()?;
            }
            own.write_now(|state| {
                state.history.get_or_insert_default();
                state.journal.get_or_insert_default();
                state.owner.get_or_insert_default();
                Ok(())
            })
        })
    }

    fn write_mark(&mut self, mark: &Mark) -> Result<(), DbError> {
        self.write(|state| {
            *state.owner.as_mut().ok_or("no owner table")? = vec![mark.clone()];
            Ok(())
        })
    }

    fn execute(&mut self, statement: &Statement) -> Result<(), DbError> {
        self.call(|own| match statement.kind {
            StatementKind::ControlsTransaction(TransactionStep::Begin) => own.begin_now(),
            _ => {
                let is_ddl = !statement.kind.only_touches_rows();
                if own.style == SimStyle::ImplicitCommit && is_ddl {
                    own.commit_now()?;
                }
                own.write_now(|state| sql::apply(state, &statement.sql))
            }
        })
    }

    fn statement_length_max(&mut self) -> Result<Option<u64>, DbError> {
        Ok(None)
    }

    fn note(&mut self) -> Option<String> {
        None
    }

    fn session_may_differ(&self) -> bool {
        false
    }

    fn shield(&mut self) -> Result<(), DbError> {
        Ok(())
    }

    fn leftovers(&mut self, _statement: &Statement) -> Result<Vec<String>, DbError> {
        Ok(Vec::new())
    }

    fn remove_leftovers(&mut self, _statement: &Statement) -> Result<(), DbError> {
        Ok(())
    }

    fn add_to_history(&mut self, version: &Version) -> Result<(), DbError> {
        self.write(|state| {
            let history = state.history.as_mut().ok_or("no history table")?;
            if history.insert(version.clone()) { Ok(()) } else { Err("already there".to_owned()) }
        })
    }

    fn remove_from_history(&mut self, version: &Version) -> Result<(), DbError> {
        self.write(|state| {
            state.history.as_mut().ok_or("no history table")?.remove(version);
            Ok(())
        })
    }

    fn write_journal(&mut self, entry: &JournalEntry) -> Result<(), DbError> {
        self.write(|state| {
            let journal = state.journal.as_mut().ok_or("no journal table")?;
            journal.insert(entry.version.clone(), entry.clone());
            Ok(())
        })
    }

    fn remove_from_journal(&mut self, version: &Version) -> Result<(), DbError> {
        self.write(|state| {
            state.journal.as_mut().ok_or("no journal table")?.remove(version);
            Ok(())
        })
    }

    fn catalog(&mut self) -> Result<Catalog, DbError> {
        self.read(SimState::catalog)
    }

    fn fingerprint(&mut self) -> Result<String, DbError> {
        self.read(SimState::fingerprint)
    }

    fn fingerprint_for(&mut self, _statement: &Statement) -> Result<String, DbError> {
        self.fingerprint()
    }
}

fn lost() -> DbError {
    DbError::new(DbErrorKind::ConnectionLost, "the connection is gone")
}

fn refused(message: &str) -> DbError {
    DbError::new(DbErrorKind::Statement, message)
}
