//! A migration between two schemas: its text for each back end, and its proof.

use db_backend::{BackendKind, Refused, Scratch, Version, ViewSql};
use schema_model::Schema;
use schema_model::diff::{Change, Hazard, diff, hazards, undone};
use tenant_migrate::MigrationSet;

use crate::error::{FolderError, Unproven};
use crate::folder::Folder;
use crate::host::{ScratchHost, migrate};
use crate::proof::{Proof, Proven, Rows, prove};
use crate::rows::EmptyTable;
use crate::staging::Staging;
use crate::{layout, sql};

/// The back ends on which a migration was executed, with the results.
pub type Proofs = Vec<(BackendKind, Proved)>;

/// The result of a proof.
#[derive(Debug)]
pub enum Proved {
    /// It passed.
    Passed {
        /// In which steps the tables had rows.
        rows: Rows,
        /// How many rows there were in total.
        rows_count: usize,
        /// The tables that accepted no row.
        empty: Vec<EmptyTable>,
        /// The hazards that fail on the rows tried; everything else was tried with rows.
        failed: Vec<Hazard>,
        /// The same of the way down.
        failed_down: Vec<Hazard>,
    },
    /// It failed, which only a draft may.
    Failed(Box<Unproven>),
}

/// A migration between two schemas, before it is executed.
pub(crate) struct Draft<'a> {
    from: &'a Schema,
    to: &'a Schema,
    up: Vec<Change>,
    down: Vec<Change>,
    /// What it loses, or may fail on.
    pub(crate) hazards: Vec<Hazard>,
}

/// What is executed before a migration is.
pub(crate) struct Before<'a> {
    /// Which of the folder's migrations, in their order.
    known: &'a dyn Fn(&Version) -> bool,
    /// What comes after them.
    then: &'a [Earlier],
}

/// A migration that comes before another one, and is not in its place yet.
pub(crate) enum Earlier {
    /// The one of that version in the folder.
    InFolder(Version),
    /// One that was generated.
    Generated(Texts),
}

/// The text of each back end's `up.sql` and `down.sql`.
pub(crate) struct Texts(Vec<(BackendKind, String, String)>);

impl<'a> Draft<'a> {
    /// The migration from one schema to the other; nothing if they are the same.
    ///
    /// # Errors
    /// The differences that no migration can be generated for.
    pub(crate) fn new(from: &'a Schema, to: &'a Schema) -> Result<Option<Self>, FolderError> {
        let up = diff(from, to).map_err(FolderError::Unsupported)?;
        if up.is_empty() {
            return Ok(None);
        }
        let down = diff(to, &undone(from, to)).map_err(FolderError::Unsupported)?;
        let hazards = hazards(&up);
        Ok(Some(Self { from, to, up, down, hazards }))
    }

    /// What can be rendered without executing it.
    pub(crate) fn texts(&self, folder: &Folder) -> Texts {
        Texts(folder.kinds().into_iter().map(|kind| self.text(kind)).collect())
    }

    /// Executes it on the hosts of the folder's back ends, after those before it.
    pub(crate) fn proven(
        &self,
        folder: &Folder,
        before: &Before<'_>,
        hosts: &[ScratchHost],
    ) -> Result<(Texts, Proofs), FolderError> {
        let (mut texts, mut proofs) = (self.texts(folder), Vec::new());
        for host in texts.hosts(hosts) {
            let kind = host.kind();
            let proven = self
                .prove(folder, before, host)?
                .map_err(|cause| FolderError::Unproven { kind, cause: Box::new(cause) })?;
            proofs.push((kind, self.passed(kind, &proven, &mut texts)));
        }
        Ok((texts, proofs))
    }

    /// Executes it on the hosts of the folder's back ends, after the folder's migrations. Where it
    /// fails or is not executed, the texts have places for what is missing: first of all, for the
    /// views over the tables that it changes.
    pub(crate) fn tried(
        &self,
        folder: &Folder,
        hosts: &[ScratchHost],
    ) -> Result<(Texts, Proofs), FolderError> {
        let (mut texts, mut proofs) = (self.texts(folder), Vec::new());
        for host in texts.hosts(hosts) {
            let kind = host.kind();
            let proved = match self.prove(folder, &Before::known(&|_| true), host)? {
                Ok(proven) => self.passed(kind, &proven, &mut texts),
                Err(cause) => {
                    texts.add_places(kind, &self.views(folder, host)?);
                    Proved::Failed(Box::new(cause))
                }
            };
            proofs.push((kind, proved));
        }
        for kind in folder.kinds() {
            if !hosts.iter().any(|host| host.kind() == kind) {
                texts.add_places(kind, &ViewSql::default());
            }
        }
        Ok((texts, proofs))
    }

    /// Puts the statements that were executed into the texts.
    fn passed(&self, kind: BackendKind, proven: &Proven, texts: &mut Texts) -> Proved {
        for (_, up, down) in texts.0.iter_mut().filter(|(other, _, _)| *other == kind) {
            *up = self.up_text(&proven.up);
            *down = self.down_text(&proven.down);
        }
        let Proven { rows, rows_count, .. } = *proven;
        let Proven { empty, failed, failed_down, .. } = proven.clone();
        Proved::Passed { rows, rows_count, empty, failed, failed_down }
    }

    fn prove(
        &self,
        folder: &Folder,
        before: &Before<'_>,
        host: &ScratchHost,
    ) -> Result<Result<Proven, Unproven>, FolderError> {
        let migrations = read_migrations(folder, host.kind())?;
        let prepare = |scratch: &mut Scratch| before.execute(scratch, migrations.as_ref());
        let by_hand = folder.coded_snapshot(None)?.by_hand;
        let proof =
            Proof { host, prepare: &prepare, from: self.from, to: self.to, by_hand: &by_hand };
        match prove(&proof) {
            Err(Unproven::Database(cause)) => Err(host.failed(cause)),
            proved => Ok(proved),
        }
    }

    /// The views over the tables that it changes; none if the migrations before it fail.
    fn views(&self, folder: &Folder, host: &ScratchHost) -> Result<ViewSql, FolderError> {
        let migrations = read_migrations(folder, host.kind())?;
        let mut scratch = host.folder_scratch()?;
        if migrated(&mut scratch, migrations.as_ref(), &|_| true).is_err() {
            return Ok(ViewSql::default());
        }
        let changed = self.up.iter().filter_map(|change| match change {
            Change::AlterTable(alter) => Some(&*alter.from.name),
            Change::DropTable(drop) => Some(&*drop.table.name),
            Change::CreateTable(_) => None,
        });
        let changed: Vec<&str> = changed.collect();
        scratch.views_over(&changed).map_err(|cause| host.failed(cause))
    }

    fn text(&self, kind: BackendKind) -> (BackendKind, String, String) {
        let statements = |changes| sql::statements(&kind.dialect().render(changes));
        let (up, down) = (statements(&self.up), statements(&self.down));
        (kind, self.up_text(&up), self.down_text(&down))
    }

    fn up_text(&self, statements: &[String]) -> String {
        format!("{}{}", sql::up_header(&self.hazards), sql::text(statements))
    }

    fn down_text(&self, statements: &[String]) -> String {
        format!("{}{}", sql::down_header(&self.up, &self.down), sql::text(statements))
    }
}

impl<'a> Before<'a> {
    /// Those of the folder's migrations.
    pub(crate) const fn known(known: &'a dyn Fn(&Version) -> bool) -> Self {
        Self { known, then: &[] }
    }

    /// The same, and then these.
    pub(crate) const fn then(self, then: &'a [Earlier]) -> Self {
        Self { then, ..self }
    }

    fn execute(
        &self,
        scratch: &mut Scratch,
        migrations: Option<&MigrationSet>,
    ) -> Result<(), Refused> {
        migrated(scratch, migrations, self.known)?;
        for earlier in self.then {
            match earlier {
                Earlier::InFolder(version) => {
                    migrated(scratch, migrations, &|other| other == version)?;
                }
                Earlier::Generated(texts) => texts.execute(scratch)?,
            }
        }
        Ok(())
    }
}

impl Texts {
    fn execute(&self, scratch: &mut Scratch) -> Result<(), Refused> {
        let kind = scratch.dialect().kind();
        for (_, up, _) in self.0.iter().filter(|(other, _, _)| *other == kind) {
            let statements = sql_text::split(up, kind.syntax())
                .map_err(|error| Refused { statement: None, error: error.into() })?;
            scratch.migrate(&statements, true)?;
        }
        Ok(())
    }

    /// The hosts of the back ends that it has texts for.
    fn hosts<'h>(&self, hosts: &'h [ScratchHost]) -> Vec<&'h ScratchHost> {
        let has = |host: &&ScratchHost| self.0.iter().any(|(kind, ..)| *kind == host.kind());
        hosts.iter().filter(has).collect()
    }

    /// Adds places for what the author of a draft adds.
    fn add_places(&mut self, kind: BackendKind, views: &ViewSql) {
        for (_, up, down) in self.0.iter_mut().filter(|(other, _, _)| *other == kind) {
            *up = sql::with_places(up, views);
            *down = sql::with_places(down, views);
        }
    }

    /// Adds the files of a migration of that name.
    pub(crate) fn stage(&self, folder: &Folder, name: &str, staging: &mut Staging) {
        for (kind, up, down) in &self.0 {
            staging.add(folder.file(*kind, name, "up.sql"), up.clone());
            staging.add(folder.file(*kind, name, "down.sql"), down.clone());
        }
    }

    /// Each back end's `up.sql` and `down.sql`.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &(BackendKind, String, String)> {
        self.0.iter()
    }
}

/// Executes those migrations that are known.
fn migrated(
    scratch: &mut Scratch,
    migrations: Option<&MigrationSet>,
    known: &dyn Fn(&Version) -> bool,
) -> Result<(), Refused> {
    migrate(scratch, migrations.into_iter().flatten().filter(|one| known(&one.version)))
}

/// The migrations of a back end; none if it has no folder yet.
pub(crate) fn read_migrations(
    folder: &Folder,
    kind: BackendKind,
) -> Result<Option<MigrationSet>, FolderError> {
    let path = folder.of(kind);
    if !path.exists() {
        return Ok(None);
    }
    let set = MigrationSet::from_dir(kind, &path).map_err(|error| {
        let found = error.faults.into_iter();
        let findings = found.map(|one| folder.finding(one.path.as_ref(), one.problem, one.remedy));
        FolderError::Findings { name: folder.name, findings: findings.collect() }
    })?;
    match layout::refused(folder, &set) {
        findings if findings.is_empty() => Ok(Some(set)),
        findings => Err(FolderError::Findings { name: folder.name, findings }),
    }
}
