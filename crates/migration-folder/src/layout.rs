//! Checks of a folder that need no database.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use db_backend::{BackendKind, Version};
use schema_model::Schema;
use schema_model::diff::{Change, compare, diff, in_words};
use tenant_migrate::{Migration, MigrationSet, own_folders, version_of};

use crate::checksums::check_checksums;
use crate::error::FolderError;
use crate::finding::{Finding, Remedy};
use crate::folder::{Folder, entries};
use crate::lineage::check_lineage;
use crate::lines::Lines;

/// Checks the layout, the parity of the back ends, metadata, lineage and checksums, and whether the
/// newest snapshot is what the code declares; and whether squashed migrations are up to date.
///
/// # Errors
/// A folder or file that can't be read. What is wrong with its content is a finding.
pub fn check_files(folder: &Folder) -> Result<Vec<Finding>, FolderError> {
    let mut findings = check_written(folder)?;
    // Of two branches, neither has a snapshot of what the merged code declares.
    if !findings.iter().any(|finding| matches!(finding.remedy, Remedy::Rebase { .. })) {
        findings.extend(check_code(folder)?);
    }
    for kind in folder.kinds() {
        findings.extend(check_squashed_files(folder, kind));
    }
    findings.sort();
    Ok(findings)
}

/// Whether the squashed migration was made from the migrations as they are.
fn check_squashed_files(folder: &Folder, kind: BackendKind) -> Vec<Finding> {
    let squashed = folder.squashed(kind);
    if !squashed.is_dir() {
        return Vec::new();
    }
    // What is wrong with the migrations themselves has its own findings.
    let Ok(set) = MigrationSet::from_dir(kind, &folder.of(kind)) else { return Vec::new() };
    let faults = set.with_squashed(&squashed).err().map(|error| error.faults);
    let faults = faults.into_iter().flatten();
    faults.map(|one| folder.finding(one.path.as_ref(), one.problem, Remedy::Squash)).collect()
}

/// The same without comparing with the code: these checks must pass before a migration is added.
pub(crate) fn check_written(folder: &Folder) -> Result<Vec<Finding>, FolderError> {
    if folder.is_new() {
        let mut findings = check_checksums(folder)?;
        if !folder.is_coded() {
            let remedy = "name another folder, or write a migration";
            findings.push(folder.finding(&folder.root, "there are no migrations in it", remedy));
        }
        return Ok(findings);
    }
    let mut findings = Vec::new();
    let mut migrations: BTreeMap<BackendKind, BTreeSet<String>> = BTreeMap::new();
    let snapshots = folder.snapshot_versions()?;
    for kind in folder.kinds() {
        migrations.insert(kind, check_backend(folder, kind, &snapshots, &mut findings)?);
    }
    check_parity(folder, &migrations, &mut findings)?;
    check_snapshots(folder, &migrations, &mut findings)?;
    findings.extend(check_lineage(folder)?);
    findings.extend(check_checksums(folder)?);
    findings.sort();
    Ok(findings)
}

/// Whether two schemas are the same, except for the order of their declarations.
pub(crate) fn is_same(one: &Schema, other: &Schema) -> bool {
    diff(one, other).is_ok_and(|changes| changes.is_empty())
}

/// Checks one back end's folder. Returns the names of its migrations.
///
/// Migrations that are older than the first snapshot are from before there was code, and those of a
/// folder without code have none: for them, what stock Diesel accepts is enough.
fn check_backend(
    folder: &Folder,
    kind: BackendKind,
    snapshots: &[Version],
    findings: &mut Vec<Finding>,
) -> Result<BTreeSet<String>, FolderError> {
    let has_rules = |name: &str| {
        let version = version_of(name);
        folder.is_coded() && snapshots.first().is_none_or(|first| version.as_ref() >= Some(first))
    };
    let migrations = folder.of(kind);
    if let Some(second) = own_folders(&folder.root, kind).get(1) {
        let problem = format!("{} is for the same back end", folder.shown(&migrations));
        findings.push(folder.finding(second, problem, "put all its migrations into one folder"));
    }
    if !migrations.is_dir() {
        findings.push(folder.finding(
            &migrations,
            "there is no such folder",
            "restore it; every back end has all migrations",
        ));
        return Ok(BTreeSet::new());
    }
    let mut names = BTreeSet::new();
    for name in entries(&migrations)? {
        let path = migrations.join(&name);
        // A stock folder has its checksums among its migrations.
        let is_beside = migrations == folder.root && !path.is_dir();
        if is_beside || !has_rules(&name) {
            if path.is_dir() {
                names.insert(name);
            }
            continue;
        }
        if !path.is_dir() || !follows_scheme(&name) {
            findings.push(folder.finding(
                &path,
                "it is not named like a migration",
                "a migration is a folder `YYYYMMDDHHMMSS_what_it_does`; remove or rename it",
            ));
            continue;
        }
        if !path.join("down.sql").is_file() {
            findings.push(folder.finding(
                &path.join("down.sql"),
                "there is no such file",
                "write the SQL that reverts the migration",
            ));
        }
        for file in entries(&path)? {
            if !["up.sql", "down.sql", "metadata.toml"].contains(&file.as_str()) {
                findings.push(folder.finding(
                    &path.join(&file),
                    "no migration reads this file",
                    "remove it, or name it up.sql, down.sql or metadata.toml",
                ));
            }
        }
        names.insert(name);
    }
    // The loader checks metadata.toml and duplicate versions.
    match MigrationSet::from_dir(kind, &migrations) {
        Err(error) => {
            let found = error.faults.into_iter();
            findings.extend(
                found.map(|one| folder.finding(one.path.as_ref(), one.problem, one.remedy)),
            );
        }
        Ok(set) => {
            let has_rules = |migration: &&Migration| has_rules(&migration.name);
            let files = set.iter().filter(has_rules);
            findings.extend(without_statements(folder, files, &migrations));
            findings.extend(refused(folder, &set));
            findings.extend(without_effect(folder, &set));
        }
    }
    Ok(names)
}

/// The loader accepts files with only comments. In this folder, such a file is forgotten work.
fn without_statements<'m>(
    folder: &Folder,
    set: impl Iterator<Item = &'m Migration>,
    migrations: &Path,
) -> Vec<Finding> {
    let files = set.flat_map(|migration| {
        let down = migration.down.is_some() && migration.down_statements.is_empty();
        let up = migration.up_statements.is_empty() && migration.up_refusals.is_empty();
        let down = down && migration.down_refusals.is_empty();
        [(up, "up.sql", &migration.name), (down, "down.sql", &migration.name)]
    });
    files
        .filter(|(empty, _, _)| *empty)
        .map(|(_, file, name)| {
            let path = migrations.join(name).join(file);
            folder.finding(&path, "it has no statement", "write the SQL for this back end")
        })
        .collect()
}

/// What is never applied as it stands.
pub(crate) fn refused(folder: &Folder, set: &MigrationSet) -> Vec<Finding> {
    let files = set.iter().flat_map(|migration| {
        [("up.sql", &migration.up_refusals), ("down.sql", &migration.down_refusals)]
            .map(|(file, refusals)| (migration, file, refusals))
    });
    let found = files.flat_map(|(migration, file, refusals)| {
        let path = folder.of(set.kind()).join(&migration.name).join(file);
        refusals.iter().map(move |refusal| {
            folder.finding(&path, refusal.to_string(), Remedy::Rewrite(refusal.reason.clone()))
        })
    });
    found.collect()
}

/// What does nothing where it stands, so that its author must have meant something else.
fn without_effect(folder: &Folder, set: &MigrationSet) -> Vec<Finding> {
    let found = set.iter().flat_map(|migration| {
        let path = folder.of(set.kind()).join(&migration.name).join("up.sql");
        migration.without_effect.iter().map(move |statement| {
            let remedy = match statement.in_transaction {
                true => "take it out, or put `run_in_transaction = false` into metadata.toml",
                false => "take it out, or put it between BEGIN and COMMIT",
            };
            folder.finding(&path, statement.to_string(), remedy)
        })
    });
    found.collect()
}

fn follows_scheme(name: &str) -> bool {
    let has_rest = name.split_once('_').is_some_and(|(_, rest)| !rest.is_empty());
    has_rest
        && version_of(name).is_some_and(|Version(version)| {
            version.len() == 14 && version.bytes().all(|b| b.is_ascii_digit())
        })
}

fn check_parity(
    folder: &Folder,
    migrations: &BTreeMap<BackendKind, BTreeSet<String>>,
    findings: &mut Vec<Finding>,
) -> Result<(), FolderError> {
    let all: BTreeSet<&String> = migrations.values().flatten().collect();
    if !folder.is_coded() {
        findings.extend(missing_in_stock(folder, migrations, &all)?);
        return Ok(());
    }
    for (kind, names) in migrations {
        for name in all.iter().filter(|name| !names.contains(**name)) {
            findings.push(folder.finding(
                &folder.of(*kind).join(name),
                "another back end has this migration, this one does not",
                "write it for this back end too, under the same name",
            ));
        }
    }
    Ok(())
}

/// A finding for each back end that lacks migrations of the others. Histories that were written
/// apart differ in names and times, so what is sealed stays as it is.
fn missing_in_stock(
    folder: &Folder,
    migrations: &BTreeMap<BackendKind, BTreeSet<String>>,
    all: &BTreeSet<&String>,
) -> Result<Vec<Finding>, FolderError> {
    let lines = Lines::read(&folder.root)?;
    let sealed: BTreeSet<&str> = lines.paths().filter_map(|path| path.rsplit('/').nth(1)).collect();
    let mut findings = Vec::new();
    for (kind, names) in migrations {
        let is_missing = |name: &str| !names.contains(name) && !sealed.contains(name);
        let missing: Vec<&str> =
            all.iter().map(|name| name.as_str()).filter(|name| is_missing(name)).collect();
        if let Some(newest) = missing.last() {
            let count = missing.len();
            let problem =
                format!("other back ends have more migrations: {count}; the newest is {newest}");
            findings.push(folder.finding(&folder.of(*kind), problem, Remedy::FixOrSeal));
        }
    }
    Ok(findings)
}

fn check_snapshots(
    folder: &Folder,
    migrations: &BTreeMap<BackendKind, BTreeSet<String>>,
    findings: &mut Vec<Finding>,
) -> Result<(), FolderError> {
    let migrated: BTreeSet<Version> =
        migrations.values().flatten().filter_map(|name| version_of(name)).collect();
    let snapshots: BTreeSet<Version> = folder.snapshot_versions()?.into_iter().collect();
    let is_older = |version: &&Version| snapshots.first().is_some_and(|first| *version < first);
    let without = migrated.difference(&snapshots).filter(|version| !is_older(version));
    for version in without.filter(|_| folder.is_coded()) {
        findings.push(folder.finding(
            &folder.snapshot_path(version),
            "the migration has no snapshot of the schema after it",
            Remedy::RestoreSnapshot,
        ));
    }
    for version in snapshots.difference(&migrated) {
        findings.push(folder.finding(
            &folder.snapshot_path(version),
            "there is no migration of that version",
            "restore the migration, or remove the snapshot",
        ));
    }
    for version in &snapshots {
        if let Err(error) = folder.snapshot(version) {
            let problem = match std::error::Error::source(&error) {
                Some(cause) => match cause.source() {
                    Some(place) => format!("{cause}: {place}"),
                    None => cause.to_string(),
                },
                None => error.to_string(),
            };
            findings.push(folder.finding(
                &folder.snapshot_path(version),
                problem,
                Remedy::RestoreSnapshot,
            ));
        }
    }
    Ok(())
}

/// Whether the newest snapshot is what the code declares.
fn check_code(folder: &Folder) -> Result<Option<Finding>, FolderError> {
    if !folder.is_coded() {
        return Ok(None);
    }
    if folder.is_new() && !folder.schema.tables.is_empty() {
        let problem = "no migration makes what the code declares";
        return Ok(Some(folder.finding(&folder.root, problem, Remedy::Generate)));
    }
    let Some(newest) = folder.snapshot_versions()?.pop() else { return Ok(None) };
    // A snapshot that can't be read already has a finding.
    let Ok(snapshot) = folder.snapshot(&newest) else { return Ok(None) };
    if is_same(&snapshot.schema, &folder.schema) {
        return Ok(None);
    }
    let changes = compare(&snapshot.schema, &folder.schema);
    let mut problem = "the code declares what no migration makes".to_owned();
    for (index, change) in changes.iter().enumerate() {
        problem.push_str(if index == 0 { ": " } else { "; " });
        problem.push_str(&on_one_line(change));
    }
    let remedy = Remedy::GenerateOrSnapshot(newest.clone());
    Ok(Some(folder.finding(&folder.snapshot_path(&newest), problem, remedy)))
}

/// A change of one table.
fn on_one_line(change: &Change) -> String {
    let lines = in_words(std::slice::from_ref(change));
    match (lines.as_slice(), change) {
        ([table, ..], Change::CreateTable(_)) => table.clone(),
        ([table, details @ ..], Change::AlterTable(_) | Change::DropTable(_))
            if !details.is_empty() =>
        {
            let details: Vec<&str> = details.iter().map(|line| line.trim()).collect();
            format!("{table}: {}", details.join(", "))
        }
        (lines, _) => lines.join(" "),
    }
}
