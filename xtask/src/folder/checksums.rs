//! `CHECKSUMS`: one line for each file, as `sha256sum` writes and checks them.

use std::collections::BTreeMap;

use anyhow::Result;
use db_backend::BackendKind;

use super::{Finding, Project, entries, read, write};

const FILE: &str = "CHECKSUMS";

/// Relative path → SHA-256 in lower-case hex.
pub(super) type Checksums = BTreeMap<String, String>;

/// Adds a line for each file that has none yet; a line that is there is never changed. Returns the
/// paths that were added.
pub(crate) fn seal(project: &Project) -> Result<Vec<String>> {
    let mut sealed = sealed(project)?;
    let missing: Checksums =
        present(project)?.into_iter().filter(|(path, _)| !sealed.contains_key(path)).collect();
    let added = missing.keys().cloned().collect();
    sealed.extend(missing);
    let lines: String = sealed.iter().map(|(path, sum)| format!("{sum}  {path}\n")).collect();
    write(&project.root.join(FILE), &lines)?;
    Ok(added)
}

/// A published migration never changes: each file is as its line says.
pub(super) fn check_checksums(project: &Project) -> Result<Vec<Finding>> {
    let (sealed, present) = (sealed(project)?, present(project)?);
    let path_of = |path: &str| project.shown(&project.root.join(path));
    let mut findings = Vec::new();
    for (path, sum) in &present {
        match sealed.get(path) {
            Some(line) if line == sum => {}
            Some(_) => findings.push(Finding {
                path: path_of(path),
                problem: "it was changed after it was sealed in CHECKSUMS".to_owned(),
                remedy: "restore it, and put the change into a new migration; if it was never \
                         published, delete its line in CHECKSUMS and run `check --seal`"
                    .to_owned(),
            }),
            None => findings.push(Finding {
                path: path_of(path),
                problem: "it is not in CHECKSUMS".to_owned(),
                remedy: "when the migration is ready, run `check --seal`".to_owned(),
            }),
        }
    }
    for path in sealed.keys().filter(|path| !present.contains_key(*path)) {
        findings.push(Finding {
            path: path_of(path),
            problem: "it is in CHECKSUMS, but there is no such file".to_owned(),
            remedy: "restore it; a published migration is never removed".to_owned(),
        });
    }
    Ok(findings)
}

fn sealed(project: &Project) -> Result<Checksums> {
    let path = project.root.join(FILE);
    if !path.exists() {
        return Ok(Checksums::new());
    }
    let mut sums = Checksums::new();
    for (number, line) in read(&path)?.lines().enumerate() {
        match line.split_once("  ") {
            Some((sum, path)) => sums.insert(path.to_owned(), sum.to_owned()),
            None => anyhow::bail!(
                "{} line {}: expected a checksum, two spaces and a path",
                project.shown(&path),
                number + 1
            ),
        };
    }
    Ok(sums)
}

/// The sums of the files that are there now.
fn present(project: &Project) -> Result<Checksums> {
    let mut sums = Checksums::new();
    let mut add = |path: String| -> Result<()> {
        let text = read(&project.root.join(&path))?;
        sums.insert(path, tenant_migrate::checksum(&text));
        Ok(())
    };
    for kind in BackendKind::ALL {
        let folder = project.root.join(kind.name());
        if !folder.is_dir() {
            continue;
        }
        for migration in entries(&folder)? {
            if !folder.join(&migration).is_dir() {
                continue;
            }
            for file in entries(&folder.join(&migration))? {
                add(format!("{kind}/{migration}/{file}"))?;
            }
        }
    }
    for version in project.snapshot_versions()? {
        add(format!("schema/{version}.json"))?;
    }
    Ok(sums)
}
