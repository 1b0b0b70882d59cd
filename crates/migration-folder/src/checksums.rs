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

/// If `new`, adds a line for each file that has no line yet. Writes new lines for the versions in
/// `changed`, whose files have changed since they were sealed. Every other line stays. Returns the
/// paths that were sealed.
///
/// The caller must have checked the folder: no finding may be [in the way](is_in_the_way). New
/// lines for a version are correct only as long as nobody has run it.
///
/// # Errors
/// What can't be read or written.
pub fn seal(folder: &Folder, new: bool, changed: &[Version]) -> Result<Vec<String>, FolderError> {
    let (mut sealed, present) = (sealed(folder)?, present(folder)?);
    let is_changed = |path: &str| changed.iter().any(|version| belongs_to(path, version));
    sealed.retain(|path, _| !is_changed(path));
    let mut added = Vec::new();
    for (path, sum) in present {
        if is_changed(&path) || (new && !sealed.contains_key(&path)) {
            added.push(path.clone());
            sealed.insert(path, sum);
        }
    }
    if !added.is_empty() {
        write(folder, &sealed)?;
    }
    Ok(added)
}

/// Whether the finding keeps the folder from being sealed. Files that are not sealed yet and files
/// of a `changed` version do not; nor does code that is ahead of the newest migration, since the
/// next migration is for that.
pub fn is_in_the_way(finding: &Finding, changed: &[Version]) -> bool {
    match &finding.remedy {
        Remedy::Seal => false,
        Remedy::RestoreOrReseal(version) => !changed.contains(version),
        Remedy::Generate | Remedy::GenerateOrSnapshot(_) | Remedy::GenerateOrFix => false,
        Remedy::Words(_)
        | Remedy::RestoreSnapshot
        | Remedy::Rebase { .. }
        | Remedy::FixUpOrSnapshot
        | Remedy::FixOrAllow(_)
        | Remedy::Rewrite(_)
        | Remedy::Fix(_) => true,
    }
}

/// Checks that the version has files.
///
/// # Errors
/// A version without files, and a folder that can't be read.
pub fn check_version(folder: &Folder, version: &Version) -> Result<(), FolderError> {
    if present(folder)?.keys().any(|path| belongs_to(path, version)) {
        return Ok(());
    }
    Err(FolderError::Version(format!("there is no migration of version {version}")))
}

/// Whether a file in the folder is one of that version's.
fn belongs_to(path: &str, version: &Version) -> bool {
    version_in(path) == version.0
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
        let file = folder.root.join(&path);
        let bytes = std::fs::read(&file).map_err(FolderError::file(&file, "read"))?;
        // A file in another encoding has its own finding.
        sums.insert(path, tenant_migrate::checksum(&String::from_utf8_lossy(&bytes)));
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
