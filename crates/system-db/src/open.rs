//! Opens the system database and migrates its schema.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use db_backend::{
    Access, AnyConnection, ConnectionManager, Connector, DatabaseUrl, DbError, DbErrorKind,
    DieselConnector, TenantConnection, Timeouts, watched,
};
use tempfile::NamedTempFile;
use tenant_migrate::{
    DEFAULT_SCHEMA, EmbeddedFolder, Failure, FailureKind, Record, Run, RunOptions, SetKey, Target,
    embedded_sets,
};

use crate::error::RegistryError;
use crate::identity;
use crate::registry::Registry;

/// Enough for a service's threads to look up tenants, and a small share of a server's connections.
pub const POOL_SIZE: u32 = 4;

/// Longer than another process takes to migrate the schema of a system database.
const POOL_TIMEOUT: Duration = Duration::from_secs(30);

/// The migrations of its own schema.
static MIGRATIONS: &[EmbeddedFolder] = migration_embed::folders!(::tenant_migrate, "migrations");

impl Registry {
    /// Opens a system database that exists, and migrates its schema. Creates nothing where there is
    /// none.
    ///
    /// # Errors
    /// [`RegistryError::Missing`], [`RegistryError::Open`] or [`RegistryError::Schema`].
    pub fn open(url: &DatabaseUrl, timeouts: &Timeouts) -> Result<Self, RegistryError> {
        match bring_up(url, timeouts, Arc::new(ExistingOnly)) {
            Err(RegistryError::Open(cause)) if cause.kind == DbErrorKind::Missing => {
                let place = url.path().map_or(url.to_string(), |path| path.display().to_string());
                Err(RegistryError::Missing { place, cause })
            }
            Err(error) => Err(error),
            Ok(()) => Self::connected_to(url, timeouts),
        }
    }

    /// Opens the system database and migrates its schema. A missing SQLite file is created; a
    /// database on a server must exist, and may be empty.
    ///
    /// Two processes may open a new one at the same time: one waits for the other's lock, and finds
    /// the work done.
    ///
    /// # Errors
    /// [`RegistryError::Open`] or [`RegistryError::Schema`].
    pub fn open_or_create(url: &DatabaseUrl, timeouts: &Timeouts) -> Result<Self, RegistryError> {
        if let Some(path) = url.path() {
            let (path, limit) = (path.to_owned(), timeouts.own_statement() + timeouts.grace);
            watched(move |watch| watch.call(Some(limit), || create_file(&path)))
                .map_err(RegistryError::Open)?;
        }
        bring_up(url, timeouts, Arc::new(DieselConnector))?;
        Self::connected_to(url, timeouts)
    }

    fn connected_to(url: &DatabaseUrl, timeouts: &Timeouts) -> Result<Self, RegistryError> {
        try_threads().map_err(RegistryError::Threads)?;
        let manager = ConnectionManager::new(url.clone(), *timeouts);
        let pool = r2d2::Pool::builder()
            .max_size(POOL_SIZE)
            .min_idle(Some(0))
            .connection_timeout(timeouts.own_statement().min(POOL_TIMEOUT))
            .build(manager)
            .map_err(RegistryError::Pool)?;
        let answer_max = timeouts.own_statement() + timeouts.grace;
        let registry = Self { pool, id: String::new(), answer_max };
        let id = registry.work(identity::ensure_id)?;
        Ok(Self { id, ..registry })
    }
}

/// How many threads a pool starts.
const POOL_THREADS: usize = 3;

/// Starts as many threads as a pool does, because a pool panics if it can't start them.
fn try_threads() -> io::Result<()> {
    let gate = Mutex::new(());
    thread::scope(|scope| {
        // None of them ends before all are started.
        let _closed = gate.lock();
        for _ in 0..POOL_THREADS {
            thread::Builder::new().spawn_scoped(scope, || drop(gate.lock()))?;
        }
        Ok(())
    })
}

/// Creates the file under another name and moves it into place when it is complete, so that a
/// process that starts at the same moment never sees one that is still being set up. Only its owner
/// may read it, since it holds the servers' passwords.
fn create_file(path: &Path) -> Result<(), DbError> {
    if path.exists() {
        return Ok(());
    }
    let failed = |error: io::Error| {
        // Only the kind, since the text names the temporary file.
        let message = format_args!("{} can't be created: {}", path.display(), error.kind());
        DbError::new(DbErrorKind::Missing, message)
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let file = NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    let database = DatabaseUrl::file(file.path());
    // A service can look up tenants while a run writes its ledger. The mode stays with the file.
    AnyConnection::establish(&database, Access::ReadWrite, &Timeouts::default())?
        .execute("PRAGMA journal_mode = WAL")?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        // Another process was faster.
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(failed(error.error)),
    }
}

/// Opens databases in which a registry has been created, and reports all others as missing.
struct ExistingOnly;

impl Connector for ExistingOnly {
    fn connect(
        &self,
        database: &DatabaseUrl,
        access: Access,
        timeouts: &Timeouts,
    ) -> Result<Box<dyn TenantConnection>, DbError> {
        let mut connection = DieselConnector.connect(database, access, timeouts)?;
        let history = connection.history()?;
        if history.journal.is_empty() && history.applied.is_none_or(|applied| applied.is_empty()) {
            let message = "the database is there, but has no registry in it";
            return Err(DbError::new(DbErrorKind::Missing, message));
        }
        Ok(connection)
    }
}

fn bring_up(
    url: &DatabaseUrl,
    timeouts: &Timeouts,
    connector: Arc<dyn Connector>,
) -> Result<(), RegistryError> {
    let target = Target {
        slug: "system database".to_owned(),
        server: "system database".to_owned(),
        set: SetKey::of(url.kind()),
        database: url.clone(),
        // It is no tenant, and bears no mark.
        record: Record::default(),
    };
    let sets = embedded_sets(DEFAULT_SCHEMA, MIGRATIONS)
        .map_err(|error| RegistryError::Schema(error.into()))?;
    let options = RunOptions { timeouts: *timeouts, ..RunOptions::new("system-database") };
    let run = Run::new(connector, sets, options);
    let outcome = run.migrate_tenant(&target).outcome;
    if outcome.is_at_goal() {
        return Ok(());
    }
    if let Some(Failure { kind: FailureKind::Database(kind), migration: None, message, .. }) =
        outcome.failure()
    {
        return Err(RegistryError::Open(DbError::new(*kind, message)));
    }
    let reason = outcome.reason().unwrap_or_else(|| "it was not started".to_owned());
    Err(RegistryError::Schema(reason.into()))
}
