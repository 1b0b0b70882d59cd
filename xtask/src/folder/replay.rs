//! What can be checked of a folder with a scratch database: that replaying it gives the schema
//! that the code declares, and that `down.sql` takes back what `up.sql` did.

use anyhow::{Context, Result};
use db_backend::catalog::Catalog;
use db_backend::{Access, AnyConnection, DatabaseUrl, DieselConnector, ServerUrl, Timeouts, admin};
use tenant_migrate::{
    Cancel, Failure, Migration, MigrationSet, Outcome, RunOptions, Target, migrate_tenant,
    revert_tenant,
};

use super::{Finding, Project};

/// What became of a replay.
pub(crate) enum Replayed {
    /// Up, down, and up again are as they should be.
    Good,
    /// It stopped at its first finding, since what comes after that would only follow from it.
    Stopped(Finding),
    /// The folder can't be read; the layout's findings say why.
    NotBegun,
}

/// Replays a project's migrations on an empty database of that server: up, down, and up again.
///
/// # Errors
/// Where the scratch database can't be made or read; what is wrong with migrations is a finding.
pub(crate) fn check_replay(project: &Project, server: &ServerUrl) -> Result<Replayed> {
    let folder = project.root.join(server.kind().name());
    let Ok(set) = MigrationSet::from_dir(server.kind(), &folder) else {
        return Ok(Replayed::NotBegun);
    };
    let scratch = Scratch::create(server)?;
    match (Replay { project, set: &set, scratch: &scratch }).run() {
        Ok(()) => Ok(Replayed::Good),
        Err(Stop::Finding(finding)) => Ok(Replayed::Stopped(finding)),
        Err(Stop::Error(error)) => Err(error),
    }
}

/// Why a replay went no further.
enum Stop {
    Finding(Finding),
    Error(anyhow::Error),
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Error(error)
    }
}

struct Replay<'a> {
    project: &'a Project,
    set: &'a MigrationSet,
    scratch: &'a Scratch,
}

impl Replay<'_> {
    fn run(&self) -> Result<(), Stop> {
        let empty = self.scratch.catalog()?;
        self.up()?;
        let first = self.scratch.catalog()?;
        self.compare_with_code(&first)?;

        self.down()?;
        self.compare(&empty, "after all down.sql the database is not empty")?;
        self.up()?;
        self.compare(&first, "up, down and up again differs from up")
    }

    fn up(&self) -> Result<(), Stop> {
        let report = migrate_tenant(
            &DieselConnector,
            self.set,
            &self.scratch.target(),
            &RunOptions::new(RUN_ID),
            &Cancel::new(),
            &|_event| {},
        );
        match report.outcome {
            Outcome::UpToDate | Outcome::Migrated { .. } => Ok(()),
            Outcome::Failed(failure) => Err(self.failed(&failure, "up.sql")),
            Outcome::Blocked { blocker, .. } => Err(self.stop(None, "up.sql", blocker.to_string())),
            Outcome::NotStarted => Err(self.stop(None, "up.sql", "it was not started".to_owned())),
        }
    }

    fn down(&self) -> Result<(), Stop> {
        let (target, options) = (self.scratch.target(), RunOptions::new(RUN_ID));
        revert_tenant(&DieselConnector, self.set, &target, &options, self.set.len())
            .map(drop)
            .map_err(|failure| self.failed(&failure, "down.sql"))
    }

    fn compare(&self, expected: &Catalog, what: &str) -> Result<(), Stop> {
        let differences = self.scratch.catalog()?.differences(expected);
        if differences.is_empty() {
            return Ok(());
        }
        Err(self.stop(None, "down.sql", format!("{what}: {}", differences.join("; "))))
    }

    fn compare_with_code(&self, replayed: &Catalog) -> Result<(), Stop> {
        let version = self.scratch.server_version()?;
        let dialect = self.set.kind().dialect();
        let differences =
            replayed.differences(&dialect.expected_catalog(self.project.schema, &version));
        if differences.is_empty() {
            return Ok(());
        }
        let differences = differences.join("; ");
        Err(Stop::Finding(Finding {
            path: self.project.shown(&self.project.root.join(self.set.kind().name())),
            problem: format!("replaying it is not what the code declares: {differences}"),
            remedy: "run `new-migration NAME`, or mend the migration that was written by hand"
                .to_owned(),
        }))
    }

    fn failed(&self, failure: &Failure, file: &str) -> Stop {
        let version = failure.migration.as_ref().map(|failed| &failed.version);
        let migration = version.and_then(|version| self.set.get(version));
        self.stop(migration, file, failure.to_string())
    }

    fn stop(&self, migration: Option<&Migration>, file: &str, problem: String) -> Stop {
        let folder = self.project.root.join(self.set.kind().name());
        let path = migration.map_or(folder.clone(), |m| folder.join(&m.name).join(file));
        Stop::Finding(Finding {
            path: self.project.shown(&path),
            problem,
            remedy: format!("mend {file}, and try it again with `check`"),
        })
    }
}

/// Written to the journal of scratch databases.
const RUN_ID: &str = "check";

/// A database that lives as long as a replay.
struct Scratch {
    server: ServerUrl,
    name: String,
    database: DatabaseUrl,
}

impl Scratch {
    fn create(server: &ServerUrl) -> Result<Self> {
        let name = format!("tenantctl_check_{}", std::process::id());
        let database = server.database(&name)?;
        admin::create_database(server, &name, &Timeouts::default())
            .with_context(|| format!("a scratch database can't be created on {server}"))?;
        Ok(Self { server: server.clone(), name, database })
    }

    fn target(&self) -> Target {
        Target {
            slug: "scratch database".to_owned(),
            server: "scratch".to_owned(),
            kind: self.server.kind(),
            database: self.database.clone(),
            recorded: None,
        }
    }

    fn catalog(&self) -> Result<Catalog> {
        Ok(self.server.kind().dialect().read_catalog(&mut self.connect()?)?)
    }

    fn server_version(&self) -> Result<String> {
        Ok(admin::server_version(&mut self.connect()?)?)
    }

    fn connect(&self) -> Result<AnyConnection> {
        Ok(AnyConnection::establish(&self.database, Access::ReadWrite, &Timeouts::default())?)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = admin::drop_database(&self.server, &self.name, &Timeouts::default()) {
            eprintln!("scratch database {} can't be dropped: {error}", self.name);
        }
    }
}
