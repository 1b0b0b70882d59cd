//! The least that a fleet can cost: one connection and one batch for each tenant. There is no
//! registry, no ledger, no lock and no journal, and the history is not read again.

mod backend;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Result, ensure};
use db_backend::{BackendKind, HISTORY_TABLE, ServerUrl, Timeouts, admin};
use tenant_migrate::Migration;

use self::backend::Floor;
use super::contender::{Contender, Fleet, Subject};

/// Describes the floor of a back end.
pub(super) const fn description(kind: BackendKind) -> &'static str {
    match kind {
        BackendKind::Sqlite => {
            "SQLite's C interface, with the same statements in one transaction; no-op: one SELECT"
        }
        BackendKind::Postgres => {
            "one connection and one batch; provision: a second connection, which is kept; \
             no-op: one SELECT"
        }
        BackendKind::Mysql => "one connection and one batch; no-op: one SELECT",
    }
}

fn floor(server: &ServerUrl) -> Result<Box<dyn Floor>> {
    match server.kind() {
        #[cfg(feature = "sqlite")]
        BackendKind::Sqlite => Ok(Box::new(sqlite::Sqlite::new(server)?)),
        #[cfg(feature = "postgres")]
        BackendKind::Postgres => Ok(Box::new(postgres::Postgres::new(server))),
        #[cfg(feature = "mysql")]
        BackendKind::Mysql => Ok(Box::new(mysql::Mysql::new(server))),
        #[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
        missing => anyhow::bail!("this build does not support {missing}"),
    }
}

/// The fleets of the floor. As many threads work on them as on the manager's fleets.
pub(super) struct FloorFleets<'a> {
    subject: &'a Subject<'a>,
    server: ServerUrl,
    floor: Box<dyn Floor>,
    round: u16,
}

impl<'a> FloorFleets<'a> {
    pub(super) fn new(subject: &'a Subject<'a>, round: u16) -> Result<Self> {
        let server = match subject.server.path() {
            Some(folder) => ServerUrl::folder(folder.join(format!("floor-{round}"))),
            None => subject.server.clone(),
        };
        let floor = floor(&server)?;
        Ok(Self { subject, server, floor, round })
    }

    fn names(&self, fleet: Fleet) -> Vec<String> {
        let process = std::process::id();
        let name = |number| format!("floor-{process}-{}-{}-{number}", self.round, fleet.name());
        (0..self.subject.tenants).map(name).collect()
    }

    fn in_each(&self, fleet: Fleet, work: impl Fn(&str) -> Result<()> + Sync) -> Result<()> {
        in_parallel(self.subject.concurrency(), &self.names(fleet), |name| {
            ensure!(!self.subject.cancel.is_cancelled(), "cancelled");
            work(name)
        })
    }
}

impl Contender for FloorFleets<'_> {
    fn provision(&self, fleet: Fleet) -> Result<()> {
        let migrations = match fleet {
            Fleet::Fresh => self.subject.migrations,
            Fleet::Behind => self.subject.older(),
        };
        let batch = [CREATE_HISTORY, &batch(migrations)].concat();
        self.in_each(fleet, |name| self.floor.provision(name, &batch))
    }

    fn migrate(&self) -> Result<()> {
        let batch = batch(self.subject.newest());
        self.in_each(Fleet::Behind, |name| self.floor.execute(name, &batch))
    }

    fn no_op(&self) -> Result<()> {
        let read = format!("SELECT version FROM {HISTORY_TABLE}");
        self.in_each(Fleet::Fresh, |name| self.floor.execute(name, &read))
    }

    fn drop_databases(&self) -> Result<()> {
        let names = Fleet::ALL.map(|fleet| self.names(fleet)).concat();
        drop_all(&self.server, &names)
    }
}

/// Creates the history table as Diesel does.
const CREATE_HISTORY: &str = "CREATE TABLE __diesel_schema_migrations (\
    version VARCHAR(50) PRIMARY KEY NOT NULL, \
    run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);\n";

/// The statements of the migrations. The history row of each migration follows its statements.
fn batch(migrations: &[Migration]) -> String {
    let mut batch = String::new();
    for migration in migrations {
        let row = format!("INSERT INTO {HISTORY_TABLE} (version) VALUES ('{}')", migration.version);
        let statements = migration.up_statements.iter().map(|statement| statement.sql.as_str());
        for statement in statements.chain([row.as_str()]) {
            batch.push_str(statement);
            batch.push_str(";\n");
        }
    }
    batch
}

/// Drops those of the databases that exist, several at the same time. Tries all of them before it
/// reports a failure.
pub(super) fn drop_all(server: &ServerUrl, names: &[String]) -> Result<()> {
    let failures = Mutex::new(Vec::new());
    in_parallel(CONCURRENT_DROPS, names, |name| {
        if let Err(error) = admin::drop_database(server, name, &Timeouts::default()) {
            failures.lock().unwrap_or_else(PoisonError::into_inner).push(error);
        }
        Ok(())
    })?;
    let failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
    failures.into_iter().next().map_or(Ok(()), |error| Err(error.into()))
}

/// Enough to finish soon, and few enough to leave connections to others. Dropping is not measured.
const CONCURRENT_DROPS: usize = 4;

/// Calls `work` once for each name. A thread ends at its first failure.
fn in_parallel(
    threads: usize,
    names: &[String],
    work: impl Fn(&str) -> Result<()> + Sync,
) -> Result<()> {
    let next = AtomicUsize::new(0);
    let worker = || {
        while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
            work(name)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let ended = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        ended.fold(Ok(()), Result::and)
    })
}
