//! One run: what holds for all its tenants.

use db_backend::{Cancel, Connector};

use crate::migration::MigrationSets;
use crate::plan::{FleetPlan, Observation, plan_fleet};
use crate::report::Sink;
use crate::target::{RunOptions, Target};

/// One run: what holds for all its tenants. Its steps are its methods: [`observe`](Self::observe)
/// and [`plan`](Self::plan) for a dry run, [`migrate`](Self::migrate) for a fleet, and
/// [`migrate_tenant`](Self::migrate_tenant) for one. [`claim`](Self::claim) only marks a database.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// Opens the tenants' databases.
    pub connector: &'a dyn Connector,
    /// The migrations of each back end.
    pub sets: &'a MigrationSets,
    /// How far, how many at once, and for how long.
    pub options: &'a RunOptions,
    /// Once cancelled, no further tenant is started, and waits before a retry end immediately.
    pub cancel: &'a Cancel,
    /// Gets the events, from several threads at the same time.
    pub sink: Sink<'a>,
}

/// Asked right before a tenant's turn, on several threads at the same time: why it has been
/// withdrawn from the run, if it has.
pub type Withdrawn<'a> = &'a (dyn Fn(&Target) -> Option<String> + Sync);

impl<'a> Run<'a> {
    /// Plans all tenants from what was observed. Pure, and not binding: another runner may be
    /// faster, so each tenant is planned again under its lock.
    pub fn plan(&self, observed: &[Observation]) -> FleetPlan<'a> {
        plan_fleet(self.sets, &self.options.goal, self.options.policy, observed)
    }
}
