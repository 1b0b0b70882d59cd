//! What can be checked of a folder without a database.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use db_backend::{BackendKind, Version};
use schema_core::diff::diff;
use tenant_migrate::MigrationSet;

use super::checksums::check_checksums;
use super::{Finding, Project, entries};

/// Layout, parity of the back ends, metadata, checksums, and whether the newest snapshot is what
/// the code declares.
pub(crate) fn check_layout(project: &Project) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut folders: BTreeMap<BackendKind, BTreeSet<String>> = BTreeMap::new();
    for kind in BackendKind::ALL {
        folders.insert(kind, check_backend(project, kind, &mut findings)?);
    }
    check_parity(project, &folders, &mut findings);
    check_snapshots(project, &folders, &mut findings)?;
    findings.extend(check_checksums(project)?);
    findings.sort();
    Ok(findings)
}

/// One back end's folder; returns the names of its migrations.
fn check_backend(
    project: &Project,
    kind: BackendKind,
    findings: &mut Vec<Finding>,
) -> Result<BTreeSet<String>> {
    let folder = project.root.join(kind.name());
    if !folder.is_dir() {
        findings.push(Finding {
            path: project.shown(&folder),
            problem: "there is no such folder".to_owned(),
            remedy: "restore it; every back end has all migrations".to_owned(),
        });
        return Ok(BTreeSet::new());
    }
    let mut names = BTreeSet::new();
    for name in entries(&folder)? {
        let path = folder.join(&name);
        if !path.is_dir() || !follows_scheme(&name) {
            findings.push(Finding {
                path: project.shown(&path),
                problem: "it is not named like a migration".to_owned(),
                remedy:
                    "a migration is a folder `YYYYMMDDHHMMSS_what_it_does`; remove or rename it"
                        .to_owned(),
            });
            continue;
        }
        if !path.join("down.sql").is_file() {
            findings.push(Finding {
                path: project.shown(&path.join("down.sql")),
                problem: "there is no such file".to_owned(),
                remedy: "write what takes the migration back".to_owned(),
            });
        }
        for file in entries(&path)? {
            if !["up.sql", "down.sql", "metadata.toml"].contains(&file.as_str()) {
                findings.push(Finding {
                    path: project.shown(&path.join(&file)),
                    problem: "no migration reads this file".to_owned(),
                    remedy: "remove it, or name it up.sql, down.sql or metadata.toml".to_owned(),
                });
            }
        }
        names.insert(name);
    }
    // Empty files, metadata.toml and duplicate versions are judged by the reader itself.
    match MigrationSet::from_dir(kind, &folder) {
        Err(error) => findings.extend(error.findings.into_iter().map(|finding| Finding {
            path: project.shown(&finding.path),
            problem: finding.problem,
            remedy: finding.remedy,
        })),
        Ok(set) => findings.extend(without_statements(project, &set, &folder)),
    }
    Ok(names)
}

/// A foreign folder may hold files of comments alone; in our own one they are forgotten work.
fn without_statements(project: &Project, set: &MigrationSet, folder: &Path) -> Vec<Finding> {
    let files = set.iter().flat_map(|migration| {
        let down = migration.down.is_some() && migration.down_statements.is_empty();
        [
            (migration.up_statements.is_empty(), "up.sql", &migration.name),
            (down, "down.sql", &migration.name),
        ]
    });
    files
        .filter(|(empty, _, _)| *empty)
        .map(|(_, file, name)| Finding {
            path: project.shown(&folder.join(name).join(file)),
            problem: "it has no statement".to_owned(),
            remedy: "write the SQL for this back end".to_owned(),
        })
        .collect()
}

fn follows_scheme(name: &str) -> bool {
    name.split_once('_').is_some_and(|(version, rest)| {
        version.len() == 14 && version.bytes().all(|b| b.is_ascii_digit()) && !rest.is_empty()
    })
}

fn check_parity(
    project: &Project,
    folders: &BTreeMap<BackendKind, BTreeSet<String>>,
    findings: &mut Vec<Finding>,
) {
    let all: BTreeSet<&String> = folders.values().flatten().collect();
    for (kind, names) in folders {
        for name in all.iter().filter(|name| !names.contains(**name)) {
            findings.push(Finding {
                path: project.shown(&project.root.join(kind.name()).join(name)),
                problem: "another back end has this migration, this one does not".to_owned(),
                remedy: "write it for this back end too, under the same name".to_owned(),
            });
        }
    }
}

fn check_snapshots(
    project: &Project,
    folders: &BTreeMap<BackendKind, BTreeSet<String>>,
    findings: &mut Vec<Finding>,
) -> Result<()> {
    let migrated: BTreeSet<Version> = folders
        .values()
        .flatten()
        .filter_map(|name| name.split_once('_'))
        .map(|(version, _)| Version(version.to_owned()))
        .collect();
    let snapshots: BTreeSet<Version> = project.snapshot_versions()?.into_iter().collect();
    for version in migrated.difference(&snapshots) {
        findings.push(Finding {
            path: project.shown(&project.snapshot_path(version)),
            problem: "the migration has no snapshot of the schema after it".to_owned(),
            remedy: "restore it; `new-migration` writes it".to_owned(),
        });
    }
    for version in snapshots.difference(&migrated) {
        findings.push(Finding {
            path: project.shown(&project.snapshot_path(version)),
            problem: "there is no migration of that version".to_owned(),
            remedy: "restore the migration, or remove the snapshot".to_owned(),
        });
    }
    let Some(newest) = snapshots.last() else { return Ok(()) };
    match project.snapshot(newest) {
        Ok(schema) if diff(&schema, project.schema).is_ok_and(|changes| changes.is_empty()) => {}
        Ok(_) => findings.push(Finding {
            path: project.shown(&project.snapshot_path(newest)),
            problem: "the code declares another schema than the newest snapshot".to_owned(),
            remedy: "run `new-migration NAME`".to_owned(),
        }),
        Err(error) => findings.push(Finding {
            path: project.shown(&project.snapshot_path(newest)),
            problem: format!("{error:#}"),
            remedy: "restore it; `new-migration` writes it".to_owned(),
        }),
    }
    Ok(())
}
