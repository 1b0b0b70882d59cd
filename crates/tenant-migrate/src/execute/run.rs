//! One run: what holds for all its tenants.

use std::fmt;
use std::sync::Arc;

use db_backend::{
    Access, Cancel, Connector, DbError, TenantConnection, Timeouts, Watch, connect_watched,
};

use crate::hooks::TenantHooks;
use crate::migration::MigrationSets;
use crate::plan::{FleetPlan, Observation, plan_fleet};
use crate::report::{Event, Sink};
use crate::target::{RunOptions, Target};

/// One run: what holds for all its tenants. Its steps are its methods: [`observe`](Self::observe)
/// and [`plan`](Self::plan) for a dry run, [`migrate`](Self::migrate) for a fleet, and
/// [`migrate_tenant`](Self::migrate_tenant) for one. [`claim`](Self::claim) only marks a database.
///
/// Each database is worked on by a thread that is given up if the database does not answer. Such a
/// thread may outlive the run, so a run owns what it needs. Cloning one is cheap.
#[derive(Clone)]
pub struct Run {
    /// Opens the tenants' databases.
    pub connector: Arc<dyn Connector>,
    /// The migrations of each back end.
    pub sets: Arc<MigrationSets>,
    /// How far, how many at once, and for how long.
    pub options: Arc<RunOptions>,
    /// Once cancelled, no further tenant is started, and waits before a retry end immediately.
    pub cancel: Arc<Cancel>,
    /// What is done around each tenant, if anything is.
    pub hooks: Option<Arc<dyn TenantHooks>>,
    /// Gets the events, from several threads at the same time.
    pub sink: Sink,
}

/// Asked right before a tenant's turn, on several threads at the same time: why it has been
/// withdrawn from the run, if it has.
pub type Withdrawn = Arc<dyn Fn(&Target) -> Option<String> + Send + Sync>;

impl Run {
    /// A run that nobody cancels or listens to.
    pub fn new(
        connector: Arc<dyn Connector>,
        sets: impl Into<Arc<MigrationSets>>,
        options: impl Into<Arc<RunOptions>>,
    ) -> Self {
        Self {
            connector,
            sets: sets.into(),
            options: options.into(),
            cancel: Arc::default(),
            hooks: None,
            sink: Arc::new(|_event| {}),
        }
    }

    /// The same, drained by `cancel`.
    #[must_use]
    pub fn cancelled_by(self, cancel: Arc<Cancel>) -> Self {
        Self { cancel, ..self }
    }

    /// The same, with those hooks.
    #[must_use]
    pub fn hooked_by(self, hooks: Option<Arc<dyn TenantHooks>>) -> Self {
        Self { hooks, ..self }
    }

    /// The same, with events for that sink.
    #[must_use]
    pub fn telling(self, sink: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self { sink: Arc::new(sink), ..self }
    }

    /// Plans all tenants from what was observed. Pure, and not binding: another runner may be
    /// faster, so each tenant is planned again under its lock.
    pub fn plan(&self, observed: &[Observation]) -> FleetPlan<'_> {
        plan_fleet(&self.sets, &self.options.goal, self.options.policy, observed)
    }

    pub(super) fn connect(
        &self,
        target: &Target,
        access: Access,
        watch: &Watch,
    ) -> Result<Box<dyn TenantConnection>, DbError> {
        self.connect_within(self.options.timeouts, target, access, watch)
    }

    pub(super) fn connect_within(
        &self,
        timeouts: Timeouts,
        target: &Target,
        access: Access,
        watch: &Watch,
    ) -> Result<Box<dyn TenantConnection>, DbError> {
        connect_watched(&*self.connector, &target.database, access, &timeouts, watch)
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("options", &self.options).finish_non_exhaustive()
    }
}
