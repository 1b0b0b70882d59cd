//! The manager: the registry and the engine, put together.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chrono::Utc;
use db_backend::{
    Access, AnyConnection, BackendKind, Connector, DatabaseUrl, DieselConnector, ServerUrl,
};
use system_db::{Registry, Server, Slug, Tenant, TenantState};
use tenant_migrate::{
    Cancel, Event, Goal, MigrationSet, MigrationSets, Observation, Outcome, Report, RunOptions,
    Sink, Target, TenantReport, embedded_sets, plan_tenant,
};

use crate::error::ManagerError;
use crate::ledger::{LedgerWriter, ledger};
use crate::select::Selection;
use crate::status::{FleetStatus, MigrationStatus};

/// The file of the embedded system database, in the data folder.
pub const SYSTEM_FILE: &str = "system.db";
/// The server that is registered by itself where a tenant is provisioned and there is none.
pub const EMBEDDED_SERVER: &str = "embedded";
/// Its folder, in the data folder.
const EMBEDDED_FOLDER: &str = "tenants";

include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// Where a manager finds its registry and its migrations.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of everything embedded: the system database and the SQLite tenants.
    pub data_dir: PathBuf,
    /// The system database, if it is not in the data folder.
    pub system: Option<DatabaseUrl>,
    /// A folder of Diesel migrations instead of the embedded ones: either one for all back ends, or
    /// one with a folder for each (`sqlite`, `postgres`, `mysql`).
    pub migrations: Option<PathBuf>,
}

impl Config {
    /// Everything embedded in that folder, with the migrations of this build.
    pub fn embedded(data_dir: impl Into<PathBuf>) -> Self {
        Self { data_dir: data_dir.into(), system: None, migrations: None }
    }
}

/// What a service, or the command line, holds: cheap to share between threads.
pub struct TenantManager {
    pub(crate) registry: Registry,
    pub(crate) sets: MigrationSets,
    data_dir: PathBuf,
}

/// A run that went through all its tenants.
#[derive(Debug)]
pub struct Run {
    /// Its id in ledger and journals.
    pub id: String,
    /// What became of the tenants.
    pub report: Report,
    /// Whether the outcomes are in the ledger; where they are not, the tenants are none the worse.
    pub ledger: Result<(), ManagerError>,
}

impl TenantManager {
    /// Opens the registry, creating an embedded one where it is missing, and brings the registry's
    /// own schema up.
    ///
    /// # Errors
    /// [`ManagerError::DataDir`], [`ManagerError::Registry`] or [`ManagerError::Migrations`].
    pub fn open(config: &Config) -> Result<Self, ManagerError> {
        let registry = match &config.system {
            Some(url) => Registry::open(url)?,
            None => {
                std::fs::create_dir_all(&config.data_dir).map_err(|reason| {
                    ManagerError::DataDir { folder: config.data_dir.display().to_string(), reason }
                })?;
                Registry::open(&DatabaseUrl::file(config.data_dir.join(SYSTEM_FILE)))?
            }
        };
        let sets = match &config.migrations {
            None => embedded_sets(EMBEDDED)?,
            Some(folder) => sets_in(folder, &registry.servers()?)?,
        };
        Ok(Self { registry, sets, data_dir: config.data_dir.clone() })
    }

    /// The registry of servers and tenants.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The migrations at hand, for each back end.
    pub fn migrations(&self) -> &MigrationSets {
        &self.sets
    }

    /// The goal that a version means for every back end.
    ///
    /// # Errors
    /// [`ManagerError::Goal`].
    pub fn goal(&self, version: Option<&str>) -> Result<Goal, ManagerError> {
        let Some(version) = version else { return Ok(Goal::Head) };
        let mut goal = Goal::Head;
        for set in self.sets.values() {
            goal = set.goal(version)?;
        }
        Ok(goal)
    }

    /// Applies what is pending to one active tenant.
    ///
    /// # Errors
    /// [`ManagerError::State`] where the tenant is not active, [`ManagerError::Tenant`] where its
    /// migration was blocked or failed, or what the registry says.
    pub fn run_tenant_migrations(&self, slug: &str) -> Result<TenantReport, ManagerError> {
        let tenants = [self.active_tenant(slug)?];
        let options = RunOptions::new(new_run_id());
        one_outcome(|sink| {
            self.run(
                &DieselConnector,
                "migrate-one",
                &tenants,
                &options,
                None,
                &Cancel::new(),
                sink,
            )
        })
    }

    /// Where one tenant stands: read from its own database, which is not changed.
    ///
    /// # Errors
    /// [`ManagerError::Database`] where its database can't be read, or what the registry says.
    pub fn migration_status(&self, slug: &str) -> Result<MigrationStatus<'_>, ManagerError> {
        let tenant = self.registry.tenant(&slug.parse()?)?;
        let target = self.target(&tenant)?;
        let timeouts = db_backend::Timeouts::default();
        let history = DieselConnector
            .connect(&target.database, Access::ReadOnly, &timeouts)
            .and_then(|mut connection| connection.history())
            .map_err(|error| of_tenant(&tenant.slug, error))?;
        let Some(set) = self.sets.get(&target.kind) else {
            return Err(ManagerError::NoMigrations(target.kind));
        };
        let policy = tenant_migrate::Policy::default();
        let plan = plan_tenant(set, &Goal::Head, policy, target.recorded.as_ref(), &history);
        Ok(MigrationStatus {
            slug: tenant.slug,
            state: tenant.state,
            version: history.applied.and_then(|applied| applied.last().cloned()),
            head: set.head().cloned(),
            plan,
        })
    }

    /// A connection to the database of an active tenant, for the queries of a service.
    ///
    /// # Errors
    /// [`ManagerError::State`] where the tenant is not active, [`ManagerError::Database`] where its
    /// database can't be opened, or what the registry says.
    pub fn connect(&self, slug: &str) -> Result<AnyConnection, ManagerError> {
        let tenant = self.active_tenant(slug)?;
        let database = self.target(&tenant)?.database;
        AnyConnection::establish(&database, Access::ReadWrite, &db_backend::Timeouts::default())
            .map_err(|error| of_tenant(&tenant.slug, error))
    }

    /// The active tenants of a selection.
    ///
    /// # Errors
    /// [`ManagerError::NoMatch`], or what the registry says.
    pub fn active(&self, selection: &Selection) -> Result<Vec<Tenant>, ManagerError> {
        let mut tenants = selection.apply(self.registry.tenants()?)?;
        tenants.retain(|tenant| tenant.state == TenantState::Active);
        Ok(tenants)
    }

    /// Applies what is pending to all those tenants and writes the ledger.
    ///
    /// # Errors
    /// Only what keeps the run from beginning; what befalls a tenant is in the report.
    pub fn migrate_all(
        &self,
        tenants: &[Tenant],
        options: &RunOptions,
        cancel: &Cancel,
        sink: Sink<'_>,
    ) -> Result<Run, ManagerError> {
        self.run(&DieselConnector, "migrate-all", tenants, options, None, cancel, sink)
    }

    /// Reads all those tenants, and changes none.
    ///
    /// # Errors
    /// Where an address in the registry can't be used.
    pub fn observe(
        &self,
        tenants: &[Tenant],
        options: &RunOptions,
        cancel: &Cancel,
    ) -> Result<Vec<Observation>, ManagerError> {
        let targets = self.targets(tenants)?;
        let run = tenant_migrate::Run {
            connector: &DieselConnector,
            sets: &self.sets,
            options,
            cancel,
            sink: &|_event| {},
        };
        Ok(run.observe(&targets))
    }

    /// Where the fleet stands: as the registry has it, or as `observed`.
    pub fn fleet_status(
        &self,
        tenants: &[Tenant],
        observed: Option<&[Observation]>,
    ) -> FleetStatus {
        FleetStatus::new(&self.sets, tenants, observed)
    }

    #[expect(clippy::too_many_arguments, reason = "the one place where all parts of a run meet")]
    pub(crate) fn run(
        &self,
        connector: &dyn Connector,
        command: &str,
        tenants: &[Tenant],
        options: &RunOptions,
        state_at_goal: Option<TenantState>,
        cancel: &Cancel,
        sink: Sink<'_>,
    ) -> Result<Run, ManagerError> {
        let targets = self.targets(tenants)?;
        let goal = match &options.goal {
            Goal::Head => None,
            Goal::Version(version) => Some(version),
        };
        let count = i64::try_from(targets.len()).unwrap_or(i64::MAX);
        self.registry.begin_run(&options.run_id, command, goal, count)?;

        let tenant_ids: HashMap<String, i64> =
            tenants.iter().map(|tenant| (tenant.slug.to_string(), tenant.id)).collect();
        let writer = LedgerWriter {
            registry: &self.registry,
            run_id: &options.run_id,
            tenant_ids: &tenant_ids,
            state_at_goal,
        };
        let (report, recorded) = std::thread::scope(|scope| {
            let (ledger_sink, reports) = ledger();
            let writing = scope.spawn(move || writer.write_all(&reports));
            let both = |event: Event| {
                ledger_sink.observe(&event);
                sink(event);
            };
            let report =
                tenant_migrate::Run { connector, sets: &self.sets, options, cancel, sink: &both }
                    .migrate(&targets);
            drop(ledger_sink);
            (report, writing.join())
        });
        let recorded = match recorded {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        let finished = self.registry.finish_run(&options.run_id, report.exit().code().into());
        Ok(Run {
            id: options.run_id.clone(),
            report,
            ledger: recorded.and(finished).map_err(ManagerError::from),
        })
    }

    fn active_tenant(&self, slug: &str) -> Result<Tenant, ManagerError> {
        let tenant = self.registry.tenant(&slug.parse()?)?;
        match tenant.state {
            TenantState::Active => Ok(tenant),
            state => Err(ManagerError::State { slug: tenant.slug, state }),
        }
    }

    fn targets(&self, tenants: &[Tenant]) -> Result<Vec<Target>, ManagerError> {
        tenants.iter().map(|tenant| self.target(tenant)).collect()
    }

    fn target(&self, tenant: &Tenant) -> Result<Target, ManagerError> {
        let server = self.server_url(&tenant.server);
        Ok(Target {
            slug: tenant.slug.to_string(),
            server: tenant.server.name.clone(),
            kind: server.kind(),
            database: server
                .database(&tenant.database)
                .map_err(|error| of_tenant(&tenant.slug, error))?,
            recorded: tenant.recorded_version.clone(),
        })
    }

    /// A server's address; a relative folder is one inside the data folder, so that the data folder
    /// can be moved as a whole.
    pub(crate) fn server_url(&self, server: &Server) -> ServerUrl {
        match server.url.path() {
            Some(folder) if folder.is_relative() => ServerUrl::folder(self.data_dir.join(folder)),
            _ => server.url.clone(),
        }
    }

    /// The server of that name; without a name the only one there is, or the embedded one, which
    /// is registered where there is none.
    pub(crate) fn server_for(&self, name: Option<&str>) -> Result<Server, ManagerError> {
        if let Some(name) = name {
            return Ok(self.registry.server(name)?);
        }
        let mut servers = self.registry.servers()?;
        match servers.len() {
            0 => self.embedded_server(),
            1 => Ok(servers.remove(0)),
            _ => Err(ManagerError::WhichServer(servers.into_iter().map(|s| s.name).collect())),
        }
    }

    fn embedded_server(&self) -> Result<Server, ManagerError> {
        let url = ServerUrl::folder(Path::new(EMBEDDED_FOLDER));
        match self.registry.add_server(EMBEDDED_SERVER, &url) {
            // Another process registered it at the same moment.
            Err(system_db::RegistryError::ServerExists(name)) => Ok(self.registry.server(&name)?),
            other => Ok(other?),
        }
    }
}

/// The outcome of a run for one tenant.
pub(crate) fn one_outcome(
    run: impl FnOnce(Sink<'_>) -> Result<Run, ManagerError>,
) -> Result<TenantReport, ManagerError> {
    let outcome: Mutex<Option<TenantReport>> = Mutex::new(None);
    let done = run(&|event| {
        if let Event::TenantFinished(report) = event {
            *outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(report);
        }
    })?;
    done.ledger?;
    let report = outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
    let report = report.expect("a run has one outcome for each of its tenants");
    match report.outcome {
        Outcome::UpToDate | Outcome::Migrated { .. } => Ok(report),
        Outcome::Blocked { .. } | Outcome::Failed(_) | Outcome::NotStarted => {
            Err(ManagerError::Tenant(Box::new(report)))
        }
    }
}

pub(crate) fn of_tenant(slug: &Slug, error: db_backend::DbError) -> ManagerError {
    ManagerError::Database { place: format!("tenant `{slug}`"), error }
}

/// An id that sorts by time and that no other run has: the time, and 32 random bits.
pub fn new_run_id() -> String {
    use std::hash::{BuildHasher, RandomState};
    let random = RandomState::new().hash_one(std::process::id());
    format!("{}-{:08x}", Utc::now().format("%Y%m%dT%H%M%S%6f"), random & 0xffff_ffff)
}

/// The migrations in a folder, for each kind of server there is, and for the embedded one, which
/// may be about to be registered.
fn sets_in(folder: &Path, servers: &[Server]) -> Result<MigrationSets, ManagerError> {
    let kinds: BTreeSet<BackendKind> = match servers {
        [] => [BackendKind::Sqlite].into(),
        servers => servers.iter().map(|server| server.url.kind()).collect(),
    };
    let mut sets = MigrationSets::new();
    for kind in kinds {
        let own = folder.join(kind.name());
        let folder = if own.is_dir() { &own } else { folder };
        sets.insert(kind, MigrationSet::from_dir(kind, folder)?);
    }
    Ok(sets)
}
