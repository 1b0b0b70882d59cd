//! What is measured: contenders, and the fleets that they work on.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use db_backend::ServerUrl;
use tenant_migrate::{Cancel, Limits, Migration};

/// The fleets to measure: how many tenants, on which server.
pub(super) struct Subject<'a> {
    pub(super) server: ServerUrl,
    /// At least two, in ascending order.
    pub(super) migrations: &'a [Migration],
    /// For registries and SQLite files.
    pub(super) folder: &'a Path,
    /// How many tenants each fleet has.
    pub(super) tenants: u16,
    pub(super) limits: Limits,
    pub(super) cancel: &'a Arc<Cancel>,
}

impl Subject<'_> {
    /// How many tenants are worked on at the same time, given that all of them are on one server.
    pub(super) fn concurrency(&self) -> usize {
        self.limits.jobs.min(self.limits.per_server).min(self.tenants.into())
    }

    /// The newest migration.
    pub(super) fn newest(&self) -> &[Migration] {
        &self.migrations[self.migrations.len() - 1..]
    }

    /// All migrations except the newest.
    pub(super) fn older(&self) -> &[Migration] {
        &self.migrations[..self.migrations.len() - 1]
    }
}

/// The two fleets of a contender.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fleet {
    /// Is provisioned to head, and later found to be there.
    Fresh,
    /// Lacks the newest migration until it is migrated.
    Behind,
}

impl Fleet {
    pub(super) const ALL: [Self; 2] = [Self::Fresh, Self::Behind];

    /// A part of the names of the fleet's folder and tenants.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Behind => "behind",
        }
    }
}

/// One side of the comparison: the manager, or the floor.
pub(super) trait Contender {
    /// Creates the databases of a fleet, and migrates them as far as this fleet has to be.
    fn provision(&self, fleet: Fleet) -> Result<()>;
    /// Applies the newest migration to the fleet that lacks it.
    fn migrate(&self) -> Result<()>;
    /// Reads the fresh fleet, and finds it at head.
    fn no_op(&self) -> Result<()>;
    /// Drops all databases of this contender.
    fn drop_databases(&self) -> Result<()>;
}
