//! Adopts databases that never had a history, at a version whose tables they have.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use db_backend::{
    Access, BackendKind, Capabilities, Catalog, DbError, DieselConnector, ScratchDatabase,
    ServerUrl, Version, connect_watched, watched,
};
use system_db::Tenant;
use tenant_migrate::{
    Baseline, Failure, FleetPlan, Goal, MigrationSets, Outcome, Record, Run, RunOptions, SetKey,
    Target,
};

use crate::error::ManagerError;
use crate::fleet_run::{FinishedRun, FleetRun, Purpose};

impl FleetRun<'_> {
    /// Adopts those of the tenants whose databases have tables and no history, if they have what
    /// the migrations up to `version` make, and writes the ledger. The migrations are replayed in a
    /// scratch database on each tenant's own server, or on that of `scratch` for its back end; for
    /// SQLite in a temporary file. Whatever differs is left alone.
    ///
    /// # Errors
    /// As [`migrate`](FleetRun::migrate).
    pub fn adopt(
        &self,
        tenants: &[Tenant],
        version: &Version,
        scratch: BTreeMap<BackendKind, ServerUrl>,
    ) -> Result<FinishedRun, ManagerError> {
        let baseline = self.baseline(tenants, version, scratch);
        let mut options = (*self.engine.options).clone();
        // For the ledger.
        options.goal = Goal::Version(version.clone());
        let run =
            FleetRun { engine: Run { options: Arc::new(options), ..self.engine.clone() }, ..*self };
        run.with_ledger(Purpose::Baseline, tenants, |run, targets, withdrawn| {
            run.adopt(targets, withdrawn, baseline)
        })
    }

    /// What [`adopt`](Self::adopt) would do. Writes nothing to the tenants and the ledger.
    ///
    /// # Errors
    /// If an address in the registry can't be used.
    pub fn compare(
        &self,
        tenants: &[Tenant],
        version: &Version,
        scratch: BTreeMap<BackendKind, ServerUrl>,
    ) -> Result<FleetPlan<'_>, ManagerError> {
        let baseline = self.baseline(tenants, version, scratch);
        Ok(self.engine.compare(self.manager.targets(tenants)?, &baseline))
    }

    fn baseline(
        &self,
        tenants: &[Tenant],
        version: &Version,
        scratch: BTreeMap<BackendKind, ServerUrl>,
    ) -> Baseline {
        let servers = tenants.iter().map(|tenant| &tenant.server);
        let servers = servers.map(|server| (server.name.clone(), self.manager.server_url(server)));
        let replays = Replays {
            sets: Arc::clone(&self.manager.sets),
            options: RunOptions {
                goal: Goal::Version(version.clone()),
                timeouts: self.engine.options.timeouts,
                // As for the tenants.
                session: self.engine.options.session.clone(),
                ..RunOptions::new(self.engine.options.run_id.clone())
            },
            servers: servers.collect(),
            scratch,
            known: Mutex::default(),
        };
        let expected =
            move |target: &Target, defaults: Option<&str>| replays.expected(target, defaults);
        Baseline { version: version.clone(), expected: Arc::new(expected) }
    }
}

/// The migrations, a server, and what new tables get from a database there.
type Place = (SetKey, String, String);
type Replay = Result<Arc<Catalog>, Failure>;

/// What the migrations up to a version make, on each server: each is replayed once.
struct Replays {
    sets: Arc<MigrationSets>,
    options: RunOptions,
    /// The tenants' servers by name.
    servers: HashMap<String, ServerUrl>,
    /// Those that have the scratch databases instead.
    scratch: BTreeMap<BackendKind, ServerUrl>,
    known: Mutex<BTreeMap<Place, Arc<OnceLock<Replay>>>>,
}

impl Replays {
    fn expected(&self, target: &Target, defaults: Option<&str>) -> Replay {
        let elsewhere = self.scratch.get(&target.set.kind);
        let place = elsewhere.map_or_else(|| target.server.clone(), ToString::to_string);
        let key = (target.set.clone(), place, defaults.unwrap_or_default().to_owned());
        let replay = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(key).or_default())
        };
        // Whoever comes second waits for the first.
        replay.get_or_init(|| self.replay(target, elsewhere, defaults)).clone()
    }

    fn replay(
        &self,
        target: &Target,
        elsewhere: Option<&ServerUrl>,
        defaults: Option<&str>,
    ) -> Replay {
        if Capabilities::of(target.set.kind).embedded {
            let folder = tempfile::tempdir().map_err(|error| {
                Failure::of_scratch(format!("no temporary folder can be made: {error}"))
            })?;
            return self.replay_on(&ServerUrl::folder(folder.path()), &target.set, None);
        }
        let server = elsewhere.or_else(|| self.servers.get(&target.server));
        let server = server.ok_or_else(|| {
            Failure::of_scratch(format!("no server `{}` is known", target.server))
        })?;
        self.replay_on(server, &target.set, defaults)
    }

    /// Migrates a new database there exactly as a tenant's.
    fn replay_on(&self, server: &ServerUrl, set: &SetKey, defaults: Option<&str>) -> Replay {
        let place = if Capabilities::of(set.kind).embedded {
            "a temporary SQLite file".to_owned()
        } else {
            server.to_string()
        };
        let failed = |error: &dyn std::fmt::Display| {
            Failure::of_scratch(format!("the migrations can't be replayed on {place}: {error}"))
        };
        let database =
            ScratchDatabase::create_with(server, defaults).map_err(|error| failed(&error))?;
        let target = Target {
            slug: "scratch".to_owned(),
            server: place.clone(),
            set: set.clone(),
            database: database.url().clone(),
            record: Record::default(),
        };
        let run = Run::new(Arc::new(DieselConnector), Arc::clone(&self.sets), self.options.clone());
        let report = run.migrate_tenant(&target);
        if !matches!(report.outcome, Outcome::Migrated { .. }) {
            return Err(failed(&report.outcome.reason().unwrap_or_default()));
        }
        let (url, timeouts) = (database.url().clone(), self.options.timeouts);
        let catalog: Result<Catalog, DbError> = watched(move |watch| {
            connect_watched(&DieselConnector, &url, Access::ReadOnly, &timeouts, watch)?.catalog()
        });
        let catalog = catalog.map_err(|error| failed(&error))?;
        database.close().map_err(|error| failed(&error))?;
        Ok(Arc::new(catalog))
    }
}
