//! `CHECKSUMS`: one line for each file, as `sha256sum` writes and checks them.

use std::collections::BTreeMap;
use std::path::Path;

use db_backend::{BackendKind, Version};

use crate::error::FolderError;
use crate::finding::{Finding, Remedy};
use crate::folder::{Folder, entries, read, snapshot_file};
use crate::staging::Staging;

const FILE: &str = "CHECKSUMS";

/// Relative path → SHA-256 in lower-case hex.
type Checksums = BTreeMap<String, String>;

/// Adds a line for each file that has no line yet; an existing line is never changed. Returns the
/// paths that were added.
///
/// # Errors
/// What can't be read or written.
pub fn seal(folder: &Folder) -> Result<Vec<String>, FolderError> {
    let mut sealed = sealed(folder)?;
    let missing: Checksums =
        present(folder)?.into_iter().filter(|(path, _)| !sealed.contains_key(path)).collect();
    let added: Vec<String> = missing.keys().cloned().collect();
    if !added.is_empty() {
        sealed.extend(missing);
        write(folder, &sealed)?;
    }
    Ok(added)
}

/// Writes new lines for one version whose files have changed since they were sealed. This is
/// correct only as long as nobody has run it.
///
/// # Errors
/// What can't be read or written, or a version without files.
pub fn reseal(folder: &Folder, version: &Version) -> Result<Vec<String>, FolderError> {
    let is_its = |path: &str| {
        path == snapshot_file(version)
            || path.split('/').nth(1).is_some_and(|name| {
                name.split_once('_').is_some_and(|(leading, _)| *leading == *version.0)
            })
    };
    let mut sealed = sealed(folder)?;
    let mut present = present(folder)?;
    present.retain(|path, _| is_its(path));
    if present.is_empty() {
        let message = format!("there is no migration of version {version}");
        return Err(FolderError::Version(message));
    }
    sealed.retain(|path, _| !is_its(path));
    let added = present.keys().cloned().collect();
    sealed.extend(present);
    write(folder, &sealed)?;
    Ok(added)
}

/// Adds lines for all files that will be written, and removes those of files that will be deleted.
pub(crate) fn seal_staged(
    folder: &Folder,
    staging: &mut Staging,
    goes: impl Fn(&str) -> bool,
) -> Result<(), FolderError> {
    let mut sealed = sealed(folder)?;
    sealed.retain(|path, _| !goes(path));
    for (path, text) in staging.files() {
        sealed.insert(relative(path), tenant_migrate::checksum(text));
    }
    staging.add(FILE, text(&sealed));
    Ok(())
}

/// Whether any of these files has a line.
pub(crate) fn is_sealed(
    folder: &Folder,
    is_meant: impl Fn(&str) -> bool,
) -> Result<bool, FolderError> {
    Ok(sealed(folder)?.keys().any(|path| is_meant(path)))
}

/// Reports each file that does not match its line: a published migration never changes.
pub(crate) fn check_checksums(folder: &Folder) -> Result<Vec<Finding>, FolderError> {
    let (sealed, present) = (sealed(folder)?, present(folder)?);
    let mut findings = Vec::new();
    for (path, sum) in &present {
        let finding = |problem: &str, remedy: Remedy| {
            folder.finding(&folder.root.join(path), problem, remedy)
        };
        match sealed.get(path) {
            Some(line) if line == sum => {}
            Some(_) => findings.push(finding(
                "it was changed after it was sealed in CHECKSUMS",
                Remedy::RestoreOrReseal(Version(version_in(path).to_owned())),
            )),
            None => findings.push(finding("it is not in CHECKSUMS", Remedy::Seal)),
        }
    }
    for path in sealed.keys().filter(|path| !present.contains_key(*path)) {
        findings.push(folder.finding(
            &folder.root.join(path),
            "it is in CHECKSUMS, but there is no such file",
            "restore it; a published migration is never removed",
        ));
    }
    Ok(findings)
}

fn sealed(folder: &Folder) -> Result<Checksums, FolderError> {
    let path = folder.root.join(FILE);
    if !path.exists() {
        return Ok(Checksums::new());
    }
    let mut sums = Checksums::new();
    for (number, line) in read(&path)?.lines().enumerate() {
        let Some((sum, path)) = line.split_once("  ") else {
            return Err(FolderError::Checksums { path: folder.shown(&path), line: number + 1 });
        };
        sums.insert(path.to_owned(), sum.to_owned());
    }
    Ok(sums)
}

/// The checksums of the files that exist now.
fn present(folder: &Folder) -> Result<Checksums, FolderError> {
    let mut sums = Checksums::new();
    let mut add = |path: String| -> Result<(), FolderError> {
        let text = read(&folder.root.join(&path))?;
        sums.insert(path, tenant_migrate::checksum(&text));
        Ok(())
    };
    for kind in BackendKind::ALL {
        let migrations = folder.of(kind);
        if !migrations.is_dir() {
            continue;
        }
        for migration in entries(&migrations)? {
            if !migrations.join(&migration).is_dir() {
                continue;
            }
            for file in entries(&migrations.join(&migration))? {
                add(format!("{kind}/{migration}/{file}"))?;
            }
        }
    }
    for version in folder.snapshot_versions()? {
        add(snapshot_file(&version))?;
    }
    Ok(sums)
}

fn write(folder: &Folder, sums: &Checksums) -> Result<(), FolderError> {
    let mut staging = Staging::default();
    staging.add(FILE, text(sums));
    staging.write(&folder.root)
}

fn text(sums: &Checksums) -> String {
    sums.iter().map(|(path, sum)| format!("{sum}  {path}\n")).collect()
}

/// The version that a file belongs to.
fn version_in(path: &str) -> &str {
    let name = path.split('/').nth(1).unwrap_or(path);
    name.find(|c: char| !c.is_ascii_digit()).map_or(name, |end| &name[..end])
}

/// A path with `/` between its parts on every system.
fn relative(path: &Path) -> String {
    let parts = path.components().map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}
