//! A back end in memory, with faults to order: what the engine must survive, without a server.
//!
//! It knows tables, columns, indexes and rows as far as the tests' SQL goes, transactions with
//! savepoints, the migration lock, and for each style what a real back end of that style commits
//! when. Every call that the engine makes is counted, and a fault can be ordered for each.

mod connection;
mod sql;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use db_backend::{
    Access, Capabilities, Connector, DatabaseUrl, DbError, DbErrorKind, JournalEntry,
    TenantConnection, Timeouts, Version,
};

use connection::SimConnection;

/// Which kind of back end is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SimStyle {
    /// As SQLite: the lock is the write transaction.
    LockIsTransaction,
    /// As PostgreSQL: a lock beside transactions that hold DDL.
    TransactionalDdl,
    /// As MySQL: each DDL statement commits by itself.
    ImplicitCommit,
}

impl SimStyle {
    /// All of them.
    pub const ALL: [Self; 3] =
        [Self::LockIsTransaction, Self::TransactionalDdl, Self::ImplicitCommit];

    pub(crate) const fn capabilities(self) -> Capabilities {
        Capabilities {
            transactional_ddl: !matches!(self, Self::ImplicitCommit),
            lock_is_transaction: matches!(self, Self::LockIsTransaction),
            embedded: matches!(self, Self::LockIsTransaction),
        }
    }
}

/// What goes wrong at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The call fails with that kind, and has no effect.
    Fails(DbErrorKind),
    /// The connection breaks before the call has an effect.
    LostBefore,
    /// The call has its effect, and the connection breaks before the answer.
    LostAfter,
    /// The process dies before the call: all connections break, and none can be opened until
    /// [`SimConnector::restart`].
    CrashBefore,
    /// The process dies after the call.
    CrashAfter,
    /// The call panics.
    Panic,
}

/// What a database holds, as far as it is committed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SimState {
    /// The tables by name.
    pub tables: BTreeMap<String, SimTable>,
    /// The table of each index, by the index's name.
    pub indexes: BTreeMap<String, String>,
    /// The history table, where there is one.
    pub history: Option<BTreeSet<Version>>,
    /// The journal table, where there is one.
    pub journal: Option<BTreeMap<Version, JournalEntry>>,
    /// Every statement that took effect, in order. It is part of the state, so a rollback takes it back.
    pub log: Vec<String>,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SimTable {
    /// The columns.
    pub columns: BTreeSet<String>,
    /// The rows, each as the text of its values; no two are equal.
    pub rows: BTreeSet<String>,
}

/// A server of simulated databases, each under the name that its URL ends in.
#[derive(Debug)]
pub struct SimConnector {
    style: SimStyle,
    databases: Mutex<BTreeMap<String, Arc<SimDatabase>>>,
    crashed: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct SimDatabase {
    inner: Mutex<Inner>,
    unlocked: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    committed: SimState,
    locked: bool,
    calls: u64,
    faults: BTreeMap<u64, Fault>,
    interludes: BTreeMap<u64, Interlude>,
}

/// What happens right before a call.
struct Interlude(Box<dyn FnOnce() + Send>);

impl fmt::Debug for Interlude {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Interlude")
    }
}

impl SimConnector {
    /// A server without databases.
    pub fn new(style: SimStyle) -> Self {
        Self { style, databases: Mutex::default(), crashed: Arc::default() }
    }

    /// Creates an empty database, and returns its address.
    pub fn create(&self, name: &str) -> DatabaseUrl {
        self.create_with(name, SimState::default())
    }

    /// Creates a database that holds that already, and returns its address.
    pub fn create_with(&self, name: &str, committed: SimState) -> DatabaseUrl {
        let database = SimDatabase::default();
        database.lock().committed = committed;
        lock(&self.databases).insert(name.to_owned(), Arc::new(database));
        DatabaseUrl::file(name)
    }

    /// What is committed in that database; empty where there is none.
    pub fn state(&self, name: &str) -> SimState {
        self.find(name).map_or_else(SimState::default, |found| found.lock().committed.clone())
    }

    /// How many calls that database has had so far, connecting included.
    pub fn calls(&self, name: &str) -> u64 {
        self.find(name).map_or(0, |found| found.lock().calls)
    }

    /// Orders a fault for that call of that database, counted from 0 since its creation.
    pub fn order(&self, name: &str, call: u64, fault: Fault) {
        if let Some(found) = self.find(name) {
            found.lock().faults.insert(call, fault);
        }
    }

    /// Lets something else happen right before that call of that database, such as another
    /// runner's whole work.
    pub fn before(&self, name: &str, call: u64, interlude: impl FnOnce() + Send + 'static) {
        if let Some(found) = self.find(name) {
            found.lock().interludes.insert(call, Interlude(Box::new(interlude)));
        }
    }

    /// How many of the faults ordered for that database are still to come.
    pub fn faults_left(&self, name: &str) -> usize {
        self.find(name).map_or(0, |found| found.lock().faults.len())
    }

    /// Forgets all faults, and lets connections be opened again after a crash.
    pub fn restart(&self) {
        self.crashed.store(false, Ordering::SeqCst);
        for database in lock(&self.databases).values() {
            database.lock().faults.clear();
        }
    }

    fn find(&self, name: &str) -> Option<Arc<SimDatabase>> {
        lock(&self.databases).get(name).cloned()
    }
}

impl Connector for SimConnector {
    fn connect(
        &self,
        url: &DatabaseUrl,
        access: Access,
        timeouts: &Timeouts,
    ) -> Result<Box<dyn TenantConnection>, DbError> {
        let name = url.name();
        let database = self.find(&name).ok_or_else(|| {
            DbError::new(DbErrorKind::Missing, format_args!("there is no database {name}"))
        })?;
        let crashed = Arc::clone(&self.crashed);
        let mut connection =
            SimConnection::new(database, crashed, self.style, access, timeouts.lock);
        connection.call(|_| Ok(()))?;
        Ok(Box::new(connection))
    }
}

impl SimDatabase {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        lock(&self.inner)
    }
}

// A fault that panics does so outside of any lock, but its thread may hold one elsewhere.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
