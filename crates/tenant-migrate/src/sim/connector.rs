//! A server of simulated databases.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use db_backend::{
    Access, Connector, DatabaseUrl, DbError, DbErrorKind, TenantConnection, Timeouts,
};

use super::connection::SimConnection;
use super::database::{Fault, Interlude, SimDatabase, lock};
use super::state::SimState;
use super::style::SimStyle;

/// A server of simulated databases, each under the name that its URL ends in. Clones share them.
#[derive(Debug, Clone)]
pub struct SimConnector {
    style: SimStyle,
    databases: Arc<Mutex<BTreeMap<String, Arc<SimDatabase>>>>,
    crashed: Arc<AtomicBool>,
}

impl SimConnector {
    /// A server without databases.
    pub fn new(style: SimStyle) -> Self {
        Self { style, databases: Arc::default(), crashed: Arc::default() }
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

    /// What is committed in that database; empty if there is no such database.
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
