//! What can be checked of a folder with a scratch database: each migration leads from the schema
//! before it to the schema after it, and back.

use std::collections::BTreeSet;
use std::path::PathBuf;

use db_backend::{Refused, Scratch, Statement, Version};
use schema_model::Schema;
use sql_dialect::catalog::Catalog;
use tenant_migrate::{Migration, MigrationSet};

use crate::broken::{Broken, FailedUse, Usage};
use crate::by_hand::{self, Uses};
use crate::consent;
use crate::error::FolderError;
use crate::finding::{Finding, Remedy};
use crate::folder::Folder;
use crate::host::{ScratchHost, create};
use crate::layout::{is_same, refused};
use crate::lineage::check_lineage;
use crate::lines::Lines;
use crate::replayed::{Replayed, TriedRows};
use crate::rows::{self, EmptyTable};

/// Replays a folder's migrations on an empty database, each one up, down, and up again. After each
/// step, the catalogue is compared with the schema of that version; at the end, with a database in
/// which the code's schema was created from nothing.
///
/// Rows are inserted before each migration. One that fails on them is tried without rows, if its
/// file says that it may fail; the others keep their rows.
///
/// # Errors
/// If a scratch database can't be created or read. What is wrong with migrations is a finding.
pub fn replay(folder: &Folder, host: &ScratchHost) -> Result<Replayed, FolderError> {
    let Ok(set) = MigrationSet::from_dir(host.kind(), &folder.of(host.kind())) else {
        return Ok(Replayed::Skipped);
    };
    // Of two branches, neither leads to its snapshot after the other one.
    if !refused(folder, &set).is_empty() || !check_lineage(folder)?.is_empty() {
        return Ok(Replayed::Skipped);
    }
    let is_one_way = |migration: &&Migration| migration.down_statements.is_empty();
    let one_way = set.iter().filter(is_one_way).map(|one| one.name.clone()).collect();
    let mut tried = TriedRows::default();
    let mut without_rows = BTreeSet::new();
    loop {
        let replay = Replay { folder, host, set: &set, without_rows: &without_rows };
        match replay.run() {
            Ok((empty, not_back)) if not_back.is_empty() => {
                return Ok(Replayed::Passed(TriedRows { empty, one_way, ..tried }));
            }
            Ok((_, not_back)) => return Ok(Replayed::NotBack(not_back)),
            Err(Stop::Error(error)) => return Err(error),
            Err(Stop::OnRows(version, finding)) if without_rows.insert(version.clone()) => {
                tried.without.push(format!("{}: {}", finding.path, finding.problem));
            }
            Err(Stop::OnRows(_, finding) | Stop::Finding(finding)) => {
                return Ok(Replayed::Stopped(finding));
            }
        }
    }
}

/// Why a replay stopped.
enum Stop {
    Finding(Finding),
    /// A finding of a migration whose file says that it may fail on rows.
    OnRows(Version, Finding),
    Error(FolderError),
}

impl From<FolderError> for Stop {
    fn from(error: FolderError) -> Self {
        Self::Error(error)
    }
}

/// A database before or after a migration.
struct State<'a> {
    schema: &'a Schema,
    catalog: &'a Catalog,
    uses: &'a Uses,
}

struct Replay<'a> {
    folder: &'a Folder,
    host: &'a ScratchHost,
    set: &'a MigrationSet,
    /// The migrations that are tried without rows.
    without_rows: &'a BTreeSet<Version>,
}

impl Replay<'_> {
    /// Returns the tables that accepted no row, and what is wrong with ways down in a folder
    /// without code: they are often published, and say nothing of the next migration.
    fn run(&self) -> Result<(Vec<EmptyTable>, Vec<Finding>), Stop> {
        let settled = self.settled()?;
        let mut not_back = Vec::new();
        let mut scratch = self.host.folder_scratch()?;
        let mut empty: Vec<EmptyTable> = Vec::new();
        let mut schema = Schema::EMPTY;
        let mut uses = Uses::default();
        let mut broken: Vec<(&Migration, Broken)> = Vec::new();
        for migration in self.set {
            if self.without_rows.contains(&migration.version) {
                scratch = self.migrated_before(&migration.version)?;
            } else {
                let new = rows::fill(&mut scratch, &schema).empty;
                let is_known = |one: &EmptyTable| empty.iter().any(|old| old.table == one.table);
                let new: Vec<EmptyTable> = new.into_iter().filter(|one| !is_known(one)).collect();
                empty.extend(new);
            }
            let before = self.catalog(&mut scratch)?;
            self.up(&mut scratch, migration)?;
            let after = self.catalog(&mut scratch)?;
            let old_schema = schema.clone();
            if let Some(expected) = self.snapshot(&migration.version) {
                self.compare_with_snapshot(&scratch, &after, migration, &expected)?;
                schema = expected;
            }
            let new_uses = self.uses(&mut scratch, &schema, &after)?;
            let news = self.broken(&new_uses, &uses, &schema)?;
            // What new triggers reject, they may be meant to reject, unless they can never work.
            let writes = by_hand::writes_routines(&migration.up_statements, &before);
            let counts = |FailedUse { usage, is_broken, .. }: &FailedUse| {
                !writes || *is_broken || *usage == Usage::Select
            };
            for one in news.into_iter().filter(|one| counts(&one.failure)) {
                let triggers = match one.failure.usage {
                    Usage::Select => Vec::new(),
                    _ => by_hand::new_triggers(&before, &after),
                };
                broken.push((migration, Broken { triggers, ..one }));
            }
            if migration.down_statements.is_empty() || settled.contains(&migration.version) {
                uses = new_uses;
                continue;
            }
            let old = State { schema: &old_schema, catalog: &before, uses: &uses };
            let new = State { schema: &schema, catalog: &after, uses: &new_uses };
            match self.back_and_again(&mut scratch, migration, &old, &new) {
                Ok(again) => uses = again,
                Err(Stop::Finding(finding)) if !self.folder.is_coded() => {
                    not_back.push(Finding { remedy: Remedy::FixOrSeal, ..finding });
                    scratch = self.migrated_before(&migration.version)?;
                    self.up(&mut scratch, migration)?;
                    uses = new_uses;
                }
                Err(stop) => return Err(stop),
            }
        }
        // What a later migration repaired is no finding.
        broken.retain(|(_, one)| uses.has(&one.failure));
        if let Some((migration, _)) = broken.first() {
            let first = migration;
            let its = broken.iter().filter(|(migration, _)| migration.version == first.version);
            let its: Vec<Broken> = its.map(|(_, one)| one.clone()).collect();
            self.still_works(first, "up.sql", &its)?;
        }
        if self.folder.is_coded() {
            self.compare_with_code(&mut scratch)?;
        }
        Ok((empty, not_back))
    }

    /// The migrations whose ways down are sealed, in a folder without code: they are as they are.
    fn settled(&self) -> Result<BTreeSet<Version>, FolderError> {
        if self.folder.is_coded() {
            return Ok(BTreeSet::new());
        }
        let lines = Lines::read(&self.folder.root)?;
        let sealed: BTreeSet<&str> = lines.paths().collect();
        let kind = self.set.kind();
        let is_sealed = |migration: &&Migration| {
            sealed.contains(self.folder.file(kind, &migration.name, "down.sql").as_str())
        };
        Ok(self.set.iter().filter(is_sealed).map(|migration| migration.version.clone()).collect())
    }

    /// Executes a migration down and up again. Returns the uses that fail in the end.
    fn back_and_again(
        &self,
        scratch: &mut Scratch,
        migration: &Migration,
        old: &State<'_>,
        new: &State<'_>,
    ) -> Result<Uses, Stop> {
        self.down(scratch, migration)?;
        let reverted = self.catalog(scratch)?;
        self.compare(&reverted, old.catalog, migration, "does not lead back")?;
        let old_uses = self.uses(scratch, old.schema, &reverted)?;
        let broken = self.broken(&old_uses, old.uses, old.schema)?;
        self.still_works(migration, "down.sql", &broken)?;
        self.up(scratch, migration)?;
        let again = self.catalog(scratch)?;
        self.compare(&again, new.catalog, migration, "does not lead back")?;
        let uses = self.uses(scratch, new.schema, &again)?;
        self.still_works(migration, "up.sql", &self.broken(&uses, new.uses, new.schema)?)?;
        Ok(uses)
    }

    /// A database without rows after the migrations before that version.
    fn migrated_before(&self, version: &Version) -> Result<Scratch, Stop> {
        let mut scratch = self.host.folder_scratch()?;
        for migration in self.set.iter().filter(|migration| migration.version < *version) {
            self.up(&mut scratch, migration)?;
        }
        Ok(scratch)
    }

    fn up(&self, scratch: &mut Scratch, migration: &Migration) -> Result<(), Stop> {
        self.execute(scratch, migration, &migration.up_statements, "up.sql")
    }

    fn down(&self, scratch: &mut Scratch, migration: &Migration) -> Result<(), Stop> {
        self.execute(scratch, migration, &migration.down_statements, "down.sql")
    }

    fn execute(
        &self,
        scratch: &mut Scratch,
        migration: &Migration,
        statements: &[Statement],
        file: &'static str,
    ) -> Result<(), Stop> {
        scratch
            .migrate(statements, migration.run_in_transaction)
            .map_err(|refused| self.refused(migration, file, &refused))
    }

    /// Stops at a refused statement. If rows are the reason, the file may allow that, or not.
    fn refused(&self, migration: &Migration, file: &'static str, refused: &Refused) -> Stop {
        let stop = self.stop(migration, file, in_words(refused));
        let Stop::Finding(finding) = stop else { return stop };
        let may_fail = [&*migration.up, migration.down.as_deref().unwrap_or_default()]
            .iter()
            .any(|text| consent::may_fail_on_rows(text, self.set.kind().syntax()));
        if may_fail {
            return Stop::OnRows(migration.version.clone(), finding);
        }
        Stop::Finding(match self.fails_only_on_rows(migration) {
            true => Finding {
                problem: format!("it fails on rows: {}", finding.problem),
                remedy: Remedy::FixOrAllow(file),
                ..finding
            },
            false => finding,
        })
    }

    /// Whether a migration that failed is executed on empty tables.
    fn fails_only_on_rows(&self, migration: &Migration) -> bool {
        let tried = self.migrated_before(&migration.version).map(|mut scratch| {
            let mut migrate = |statements: &[Statement]| {
                scratch.migrate(statements, migration.run_in_transaction).is_ok()
            };
            migrate(&migration.up_statements) && migrate(&migration.down_statements)
        });
        tried.unwrap_or(false)
    }

    fn compare_with_snapshot(
        &self,
        scratch: &Scratch,
        actual: &Catalog,
        migration: &Migration,
        expected: &Schema,
    ) -> Result<(), Stop> {
        let declared = self.declared(actual.clone(), Some(&migration.version));
        let differences =
            declared.differences(&scratch.expected_catalog(expected), self.host.kind());
        if differences.is_empty() {
            return Ok(());
        }
        let version = &migration.version;
        let is_newest = self.set.head() == Some(version);
        let is_ahead = is_newest && self.folder.is_coded();
        let remedy = match is_ahead && !is_same(expected, &self.folder.schema) {
            true => Remedy::FixUpOrSnapshot,
            false => "fix up.sql, so that it leads to that schema".into(),
        };
        let problem =
            format!("it does not lead to schema/{version}.json: {}", differences.join("; "));
        Err(Stop::Finding(self.folder.finding(&self.file(migration, "up.sql"), problem, remedy)))
    }

    fn compare(
        &self,
        actual: &Catalog,
        expected: &Catalog,
        migration: &Migration,
        what: &str,
    ) -> Result<(), Stop> {
        let differences = actual.differences(expected, self.host.kind());
        if differences.is_empty() {
            return Ok(());
        }
        Err(self.stop(migration, "down.sql", format!("it {what}: {}", differences.join("; "))))
    }

    fn uses(
        &self,
        scratch: &mut Scratch,
        schema: &Schema,
        catalog: &Catalog,
    ) -> Result<Uses, Stop> {
        let uses = Uses::of(scratch, schema, catalog);
        uses.map_err(|cause| Stop::Error(self.host.failed(cause)))
    }

    fn broken(&self, now: &Uses, before: &Uses, schema: &Schema) -> Result<Vec<Broken>, Stop> {
        let broken = now.broken_since(before, self.host, schema);
        broken.map_err(|cause| Stop::Error(self.host.failed(cause)))
    }

    /// Stops if anything is broken after that file.
    fn still_works(
        &self,
        migration: &Migration,
        file: &'static str,
        broken: &[Broken],
    ) -> Result<(), Stop> {
        if broken.is_empty() {
            return Ok(());
        }
        let broken: Vec<String> = broken.iter().map(Broken::to_string).collect();
        Err(self.stop(migration, file, format!("after it, {}", broken.join("; "))))
    }

    /// Compares with a database in which the schema was created from nothing, so that expressions
    /// are compared as the back end rewrites them.
    fn compare_with_code(&self, scratch: &mut Scratch) -> Result<(), Stop> {
        let mut fresh = self.host.folder_scratch()?;
        let refused = |refused: Refused| {
            let problem = format!("the code's schema can't be created: {}", in_words(&refused));
            let remedy = "change the declaration so that this back end accepts it";
            Stop::Finding(self.folder.finding(&self.place(), problem, remedy))
        };
        create(&mut fresh, &self.folder.schema).map_err(refused)?;
        // The check of the files reports code that is ahead of the migrations.
        let newest = self.set.head().and_then(|version| self.snapshot(version));
        if newest.is_some_and(|newest| !is_same(&newest, &self.folder.schema)) {
            return Ok(());
        }
        let expected = Catalog { others: None, ..self.catalog(&mut fresh)? };
        let declared = self.declared(self.catalog(scratch)?, self.set.head());
        let differences = declared.differences(&expected, self.host.kind());
        if differences.is_empty() {
            return Ok(());
        }
        let problem = format!(
            "replaying the migrations does not lead to what the code declares: {}",
            differences.join("; ")
        );
        let remedy = "fix the migration that was written by hand";
        Err(Stop::Finding(self.folder.finding(&self.place(), problem, remedy)))
    }

    /// The catalogue without the tables that are by hand after that version.
    fn declared(&self, mut catalog: Catalog, version: Option<&Version>) -> Catalog {
        let snapshot = version.and_then(|version| self.folder.snapshot(version).ok());
        let by_hand = snapshot.map(|snapshot| snapshot.by_hand).unwrap_or_default();
        catalog.tables.retain(|name, _| !by_hand.iter().any(|table| table == name));
        catalog
    }

    fn snapshot(&self, version: &Version) -> Option<Schema> {
        // A snapshot that is missing or can't be read has its own finding.
        self.folder.snapshot(version).ok().map(|snapshot| snapshot.schema)
    }

    fn catalog(&self, scratch: &mut Scratch) -> Result<Catalog, Stop> {
        scratch.catalog().map_err(|cause| Stop::Error(self.host.failed(cause)))
    }

    fn stop(&self, migration: &Migration, file: &'static str, problem: String) -> Stop {
        let remedy = Remedy::Fix(file);
        Stop::Finding(self.folder.finding(&self.file(migration, file), problem, remedy))
    }

    fn file(&self, migration: &Migration, file: &str) -> PathBuf {
        self.place().join(&migration.name).join(file)
    }

    fn place(&self) -> PathBuf {
        self.folder.of(self.set.kind())
    }
}

/// The refused statement and the reason, as the text of a finding.
fn in_words(Refused { statement, error }: &Refused) -> String {
    match statement.as_deref() {
        Some(Statement { sql, line: 0, .. }) => format!("{error}\n{sql}"),
        Some(Statement { sql, line, .. }) => format!("line {line}: {error}\n{sql}"),
        None => error.to_string(),
    }
}
