//! Runs over tenants of the registry, with their outcomes in the ledger.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::mpsc::channel;

use chrono::Utc;
use db_backend::DieselConnector;
use system_db::{RegistryError, Tenant, TenantState};
use tenant_migrate::{
    Cancel, Event, FleetPlan, Goal, Observation, Report, Run, RunOptions, Target, TenantHooks,
    TenantReport, Withdrawn,
};

use crate::error::ManagerError;
use crate::ledger::{LedgerWriter, number};
use crate::manager::TenantManager;
use crate::withdrawn::WithdrawnTenants;

/// A run over tenants of the registry: the engine's [`Run`], whose outcomes go into the ledger. Its
/// steps are its methods; see [`TenantManager::fleet_run`].
#[derive(Clone)]
pub struct FleetRun<'a> {
    pub(crate) manager: &'a TenantManager,
    pub(crate) engine: Run,
}

/// A run that went through all its tenants.
#[derive(Debug)]
pub struct FinishedRun {
    /// Its id in ledger and journals.
    pub id: String,
    /// What became of the tenants.
    pub report: Report,
    /// Whether the outcomes are in the ledger. If they are not, the tenants are unaffected.
    pub ledger: Result<(), ManagerError>,
}

/// What a run is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    MigrateOne,
    MigrateAll,
    Provision,
    Baseline,
}

impl TenantManager {
    /// A run with those options. Nothing happens before one of its methods is called.
    pub fn fleet_run(&self, options: RunOptions) -> FleetRun<'_> {
        let engine = Run::new(Arc::new(DieselConnector), Arc::clone(&self.sets), options);
        FleetRun { manager: self, engine }
    }

    /// Applies what is pending to one active tenant.
    ///
    /// # Errors
    /// [`ManagerError::State`] if the tenant is not active, [`ManagerError::Tenant`] if its
    /// migration was blocked or failed, or what the registry says.
    pub fn run_tenant_migrations(&self, slug: &str) -> Result<TenantReport, ManagerError> {
        let tenant = self.active_tenant(slug)?;
        self.one_outcome(|run| run.migrate_with_ledger(Purpose::MigrateOne, &[tenant]))
    }

    /// The outcome of a run for one tenant.
    pub(crate) fn one_outcome(
        &self,
        work: impl FnOnce(&FleetRun<'_>) -> Result<FinishedRun, ManagerError>,
    ) -> Result<TenantReport, ManagerError> {
        let (sender, reports) = channel();
        let run = self.fleet_run(RunOptions::new(new_run_id())).telling(move |event| {
            if let Event::TenantFinished(report) = event {
                // Nobody listens if the run was not begun.
                let _ = sender.send(report);
            }
        });
        work(&run)?.ledger?;
        let report = reports.try_recv().expect("a run has one outcome for each of its tenants");
        if report.outcome.is_at_goal() {
            Ok(report)
        } else {
            Err(ManagerError::Tenant(Box::new(report)))
        }
    }
}

impl FleetRun<'_> {
    /// The same run, drained by `cancel`.
    #[must_use]
    pub fn cancelled_by(self, cancel: &Arc<Cancel>) -> Self {
        Self { engine: self.engine.cancelled_by(Arc::clone(cancel)), ..self }
    }

    /// The same run, with those hooks around each tenant.
    #[must_use]
    pub fn hooked_by(self, hooks: Option<Arc<dyn TenantHooks>>) -> Self {
        Self { engine: self.engine.hooked_by(hooks), ..self }
    }

    /// The same run, with its events for that sink: from several threads at the same time.
    #[must_use]
    pub fn telling(self, sink: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self { engine: self.engine.telling(sink), ..self }
    }

    /// Reads all those tenants, and changes none.
    ///
    /// # Errors
    /// If an address in the registry can't be used.
    pub fn observe(&self, tenants: &[Tenant]) -> Result<Vec<Observation>, ManagerError> {
        Ok(self.engine.observe(self.manager.targets(tenants)?))
    }

    /// What a migration would do to the tenants that were observed.
    pub fn plan(&self, observed: &[Observation]) -> FleetPlan<'_> {
        self.engine.plan(observed)
    }

    /// Applies what is pending to all those tenants and writes the ledger. A tenant that is
    /// suspended or archived before its turn is skipped.
    ///
    /// # Errors
    /// Only what keeps the run from starting. What happens to a tenant is in the report.
    pub fn migrate(&self, tenants: &[Tenant]) -> Result<FinishedRun, ManagerError> {
        self.migrate_with_ledger(Purpose::MigrateAll, tenants)
    }

    pub(crate) fn migrate_with_ledger(
        &self,
        purpose: Purpose,
        tenants: &[Tenant],
    ) -> Result<FinishedRun, ManagerError> {
        self.with_ledger(purpose, tenants, |run, targets, withdrawn| {
            run.migrate(targets, withdrawn)
        })
    }

    /// Does that with the tenants, and writes the ledger.
    pub(crate) fn with_ledger(
        &self,
        purpose: Purpose,
        tenants: &[Tenant],
        work: impl FnOnce(&Run, Vec<Target>, Withdrawn) -> Report,
    ) -> Result<FinishedRun, ManagerError> {
        let Self { manager: TenantManager { registry, .. }, engine } = self;
        let targets = self.manager.targets(tenants)?;
        let run_id = &engine.options.run_id;
        let goal = match &engine.options.goal {
            Goal::Head => None,
            Goal::Version(version) => Some(version),
        };
        let count = i64::try_from(targets.len()).unwrap_or(i64::MAX);
        registry
            .begin_run(run_id, purpose.command(), goal, count)
            .map_err(ManagerError::NotBegun)?;

        let tenant_ids: Arc<HashMap<String, i64>> =
            Arc::new(tenants.iter().map(|tenant| (tenant.slug.to_string(), tenant.id)).collect());
        let ledger = LedgerWriter {
            registry: registry.clone(),
            run_id: run_id.clone(),
            tenant_ids: Arc::clone(&tenant_ids),
            state_at_goal: purpose.state_at_goal(),
        };
        let ledger = ledger
            .start()
            .map_err(|cause| ManagerError::NotBegun(RegistryError::Threads(cause)))?;
        let run = engine.clone().telling({
            let (reports, sink) = (ledger.sink(), Arc::clone(&engine.sink));
            move |event| {
                reports.observe(&event);
                sink(event);
            }
        });
        let withdrawn = WithdrawnTenants::new(registry.clone());
        let withdrawn = move |target: &Target| {
            let state = withdrawn.state(*tenant_ids.get(&target.slug)?)?;
            Some(format!("{state} since the run began"))
        };
        let report = work(&run, targets, Arc::new(withdrawn));
        let recorded = ledger.finish();
        let finished = registry.finish_run(run_id, number(report.ending()));
        let unfinished = |cause| {
            let tenants = tenants.len();
            ManagerError::Ledger { tenants, missing: Vec::new(), cause }
        };
        let ledger = recorded.and(finished.map_err(unfinished));
        Ok(FinishedRun { id: run_id.clone(), report, ledger })
    }
}

impl Purpose {
    /// Its name in the ledger.
    const fn command(self) -> &'static str {
        match self {
            Self::MigrateOne => "migrate-one",
            Self::MigrateAll => "migrate-all",
            Self::Provision => "provision",
            Self::Baseline => "baseline",
        }
    }

    /// The state that a tenant enters when it has reached the goal; `None` leaves it.
    const fn state_at_goal(self) -> Option<TenantState> {
        match self {
            Self::MigrateOne | Self::MigrateAll | Self::Baseline => None,
            Self::Provision => Some(TenantState::Active),
        }
    }
}

/// An id that sorts by time and that no other run has: the time, and 32 random bits.
pub fn new_run_id() -> String {
    let random = RandomState::new().hash_one(std::process::id());
    format!("{}-{:08x}", Utc::now().format("%Y%m%dT%H%M%S%6f"), random & 0xffff_ffff)
}
