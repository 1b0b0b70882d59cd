//! The manager: the registry and the engine, put together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use db_backend::{
    Access, AnyConnection, BackendKind, Connector, DatabaseUrl, DbError, DieselConnector, Mark,
    Timeouts, connect_watched, create_private_folder, watched,
};
use system_db::{Registry, Server, Tenant, TenantState};
use tenant_migrate::{
    Blocker, DEFAULT_SCHEMA, EmbeddedFolder, Goal, LoadError, MigrationSet, MigrationSets,
    Observation, Policy, SetKey, Target, UnknownGoal, embedded_sets, own_folders, plan_tenant,
    squashed_folder,
};

use crate::census::{CensusRow, census};
use crate::error::ManagerError;
use crate::select::Selection;
use crate::status::{FleetStatus, MigrationStatus};

/// The file of the embedded system database, in the data folder.
pub const SYSTEM_FILE: &str = "system.db";

/// Where a manager finds its registry and its migrations.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of everything embedded: the system database and the SQLite tenants.
    pub data_dir: PathBuf,
    /// The system database, if it is not in the data folder.
    pub system: Option<DatabaseUrl>,
    /// The schemas of this program, each with its own migrations. A tenant has one of them.
    pub schemas: Vec<ProgramSchema>,
    /// A folder of Diesel migrations instead of those of the only schema: either one for all back
    /// ends, or one with a folder for each (`sqlite`, `postgres` or `postgresql`, `mysql`).
    pub migrations: Option<PathBuf>,
    /// How long the system database is waited for.
    pub timeouts: Timeouts,
}

/// A schema of a program.
#[derive(Debug, Clone, Copy)]
pub struct ProgramSchema {
    /// Its name, of 1 to 48 characters; [`DEFAULT_SCHEMA`] if it is the only one.
    pub name: &'static str,
    /// The migrations that are in this program.
    pub migrations: &'static [EmbeddedFolder],
}

impl Config {
    /// Everything embedded in that folder, with the migrations of this build.
    pub fn embedded(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            system: None,
            schemas: vec![ProgramSchema { name: DEFAULT_SCHEMA, migrations: crate::MIGRATIONS }],
            migrations: None,
            timeouts: system_db::default_timeouts(),
        }
    }

    /// Where the system database is.
    fn system_url(&self) -> DatabaseUrl {
        match &self.system {
            Some(url) => url.clone(),
            None => DatabaseUrl::file(self.data_dir.join(SYSTEM_FILE)),
        }
    }
}

/// What a service, or the command line, holds: cheap to share between threads.
pub struct TenantManager {
    pub(crate) registry: Registry,
    /// The names of the schemas.
    pub(crate) schemas: Vec<&'static str>,
    pub(crate) sets: Arc<MigrationSets>,
    pub(crate) data_dir: PathBuf,
}

impl TenantManager {
    /// Opens a registry that exists, and migrates its own schema.
    ///
    /// # Errors
    /// [`ManagerError::Registry`] or [`ManagerError::Migrations`].
    pub fn open(config: &Config) -> Result<Self, ManagerError> {
        Self::with_registry(config, Registry::open(&config.system_url(), &config.timeouts)?)
    }

    /// Opens the registry, creates a missing one, and migrates its own schema. A system database on
    /// a server must exist, and may be empty.
    ///
    /// # Errors
    /// [`ManagerError::DataDir`], [`ManagerError::Registry`] or [`ManagerError::Migrations`].
    pub fn open_or_create(config: &Config) -> Result<Self, ManagerError> {
        if config.system.is_none() {
            create_private_folder(&config.data_dir).map_err(|cause| ManagerError::DataDir {
                folder: config.data_dir.display().to_string(),
                cause,
            })?;
        }
        let registry = Registry::open_or_create(&config.system_url(), &config.timeouts)?;
        Self::with_registry(config, registry)
    }

    fn with_registry(config: &Config, registry: Registry) -> Result<Self, ManagerError> {
        let schemas: Vec<&'static str> = config.schemas.iter().map(|schema| schema.name).collect();
        let mut sets = MigrationSets::new();
        match &config.migrations {
            None => {
                for ProgramSchema { name, migrations } in &config.schemas {
                    sets.extend(embedded_sets(name, migrations)?);
                }
            }
            Some(folder) => {
                let schema = schema_for(&schemas, None)?;
                for (kind, set) in sets_in(folder, &registry.servers()?)? {
                    sets.insert(SetKey::new(schema, kind), set);
                }
            }
        }
        Ok(Self { registry, schemas, sets: Arc::new(sets), data_dir: config.data_dir.clone() })
    }

    /// The registry of servers and tenants.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Gives a registry that is a copy an id of its own, and returns the one that it had. The
    /// databases of its tenants still bear the mark of the registry that it was copied from.
    ///
    /// # Errors
    /// What the registry says.
    pub fn fork_registry(&mut self) -> Result<String, ManagerError> {
        Ok(self.registry.fork()?)
    }

    /// The migrations, for each back end.
    pub fn migrations(&self) -> &MigrationSets {
        &self.sets
    }

    /// The goal that a version of the only schema means for every back end.
    ///
    /// # Errors
    /// [`ManagerError::Goal`], or [`ManagerError::AmbiguousSchema`].
    pub fn goal(&self, version: Option<&str>) -> Result<Goal, ManagerError> {
        let Some(version) = version else { return Ok(Goal::Head) };
        schema_for(&self.schemas, None)?;
        let unknown = UnknownGoal { version: version.to_owned(), head: None, nearest: None };
        let mut goal = Err(unknown);
        for set in self.sets.values() {
            goal = Ok(set.goal(version)?);
        }
        Ok(goal?)
    }

    /// The status of one tenant, read from its own database, which is not changed.
    ///
    /// # Errors
    /// [`ManagerError::Database`] if its database can't be read, or what the registry says.
    pub fn migration_status(&self, slug: &str) -> Result<MigrationStatus<'_>, ManagerError> {
        let tenant = self.registry.tenant(&slug.parse()?)?;
        let Target { database, set, record, .. } = self.target(&tenant)?;
        let read = watched(move |watch| {
            let timeouts = Timeouts::default();
            connect_watched(&DieselConnector, &database, Access::ReadOnly, &timeouts, watch)?
                .history()
        });
        let history = read.map_err(|error| ManagerError::of_tenant(&tenant.slug, error))?;
        let Some(set) = self.sets.get(&set) else {
            return Err(ManagerError::NoMigrations(set));
        };
        let plan = plan_tenant(set, &Goal::Head, Policy::default(), &record, &history);
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
    /// [`ManagerError::State`] if the tenant is not active, [`ManagerError::NotOurs`] if the
    /// database is another tenant's, [`ManagerError::Database`] if it can't be opened, or what the
    /// registry says.
    pub fn connect(&self, slug: &str) -> Result<AnyConnection, ManagerError> {
        let tenant = self.active_tenant(slug)?;
        let database = self.target(&tenant)?.database;
        let (connection, mark) = open_marked(database, Access::ReadWrite)
            .map_err(|error| ManagerError::of_tenant(&tenant.slug, error))?;
        match self.other_owner(Some(&tenant), mark) {
            None => Ok(connection),
            Some(blocker) => Err(ManagerError::NotOurs { slug: tenant.slug, blocker }),
        }
    }

    /// The owner of a database with that mark, if that is not the tenant. One that is not
    /// registered yet owns nothing.
    pub(crate) fn other_owner(
        &self,
        tenant: Option<&Tenant>,
        mark: Option<Mark>,
    ) -> Option<Blocker> {
        let owner = mark?;
        let is_ours = tenant.is_some_and(|tenant| self.registry.mark(tenant.id) == owner);
        let registry = self.registry.id().to_owned();
        (!is_ours).then_some(Blocker::OtherOwner { owner, registry })
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

    /// Where the tenants that were observed stand, in groups.
    pub fn census(&self, observed: &[Observation]) -> Vec<CensusRow> {
        census(&self.sets, observed)
    }

    /// The status of the fleet: as the registry has it, or as `observed`.
    pub fn fleet_status(
        &self,
        tenants: &[Tenant],
        observed: Option<&[Observation]>,
    ) -> FleetStatus {
        FleetStatus::new(&self.sets, tenants, observed)
    }
}

/// The schema of that name. Without a name, the only one.
pub(crate) fn schema_for(
    schemas: &[&'static str],
    name: Option<&str>,
) -> Result<&'static str, ManagerError> {
    let names = || schemas.iter().copied().map(str::to_owned).collect();
    match (name, schemas) {
        (Some(name), _) => {
            let found = schemas.iter().copied().find(|known| *known == name);
            found.ok_or_else(|| ManagerError::UnknownSchema {
                name: name.to_owned(),
                known: names(),
            })
        }
        (None, [only]) => Ok(only),
        (None, _) => Err(ManagerError::AmbiguousSchema(names())),
    }
}

/// Opens a database, and reads whose it is. A server that does not answer is not waited for longer
/// than for a connection.
pub(crate) fn open_marked(
    database: DatabaseUrl,
    access: Access,
) -> Result<(AnyConnection, Option<Mark>), DbError> {
    let timeouts = Timeouts::default();
    let limit = DieselConnector.connect_limit(&timeouts) + timeouts.grace;
    watched(move |watch| {
        watch.call(Some(limit), || {
            let mut connection = AnyConnection::establish(&database, access, &timeouts)?;
            let mark = connection.mark()?;
            Ok((connection, mark))
        })
    })
}

/// The migrations in a folder, for each kind of server there is, and for the embedded one, which
/// may be about to be registered. If back ends have folders of their own in it, the others have no
/// migrations.
fn sets_in(
    folder: &Path,
    servers: &[Server],
) -> Result<BTreeMap<BackendKind, MigrationSet>, ManagerError> {
    let kinds: BTreeSet<BackendKind> = match servers {
        [] => [BackendKind::Sqlite].into(),
        servers => servers.iter().map(|server| server.url.kind()).collect(),
    };
    let own = |kind| own_folders(folder, kind);
    let is_shared = BackendKind::ALL.into_iter().all(|kind| own(kind).is_empty());
    let mut sets = BTreeMap::new();
    for kind in kinds {
        let mut folders = own(kind).into_iter();
        match (folders.next(), folders.next()) {
            (Some(first), Some(second)) => {
                return Err(ManagerError::TwoFolders { kind, first, second });
            }
            (Some(own), None) => drop(sets.insert(kind, set_in(folder, &own, kind)?)),
            (None, _) if is_shared => drop(sets.insert(kind, set_in(folder, folder, kind)?)),
            (None, _) => {}
        }
    }
    Ok(sets)
}

/// The migrations of a back end, with what new databases get in place of the oldest ones.
fn set_in(root: &Path, own: &Path, kind: BackendKind) -> Result<MigrationSet, LoadError> {
    MigrationSet::from_dir(kind, own)?.with_squashed(&squashed_folder(root, own))
}
