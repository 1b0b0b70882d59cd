//! Who is measured, and on what.

use std::path::Path;

use anyhow::Result;
use db_backend::ServerUrl;
use tenant_migrate::{Cancel, Limits, Migration};

/// What is measured: fleets of that size on that server.
pub(super) struct Subject<'a> {
    pub(super) server: ServerUrl,
    /// At least two, ascending.
    pub(super) migrations: &'a [Migration],
    /// For registries and SQLite files.
    pub(super) folder: &'a Path,
    /// How many each fleet has.
    pub(super) tenants: u16,
    pub(super) limits: Limits,
    pub(super) cancel: &'a Cancel,
}

impl Subject<'_> {
    /// How many tenants are worked on at once, as all are on one server.
    pub(super) fn at_once(&self) -> usize {
        self.limits.jobs.min(self.limits.per_server).min(self.tenants.into())
    }

    /// The newest migration.
    pub(super) fn newest(&self) -> &[Migration] {
        &self.migrations[self.migrations.len() - 1..]
    }

    /// All migrations but the newest.
    pub(super) fn older(&self) -> &[Migration] {
        &self.migrations[..self.migrations.len() - 1]
    }
}

/// The two fleets of a contender.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fleet {
    /// Is provisioned to head, and then found there.
    Fresh,
    /// Lacks the newest migration until it is migrated.
    Behind,
}

impl Fleet {
    pub(super) const ALL: [Self; 2] = [Self::Fresh, Self::Behind];

    /// A part of the names of its folder and tenants.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Behind => "behind",
        }
    }
}

/// Who brings fleets up: the manager, or the floor.
pub(super) trait Contender {
    /// Creates the databases of a fleet and migrates them as far as the fleet is to be.
    fn provision(&self, fleet: Fleet) -> Result<()>;
    /// Applies the newest migration to the fleet that lacks it.
    fn migrate(&self) -> Result<()>;
    /// Looks at the fresh fleet, and finds it at head.
    fn no_op(&self) -> Result<()>;
    /// Drops all databases that there are of it.
    fn drop_databases(&self) -> Result<()>;
}
