//! `CHECKSUMS`: one line for each file, as `sha256sum` writes and checks them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use db_backend::Version;

use crate::error::FolderError;
use crate::finding::{Finding, Remedy};
use crate::folder::{Folder, entries};
use crate::lines::{FILE, Lines, version_in};
use crate::staging::Staging;

/// The text of the `.gitattributes` beside `CHECKSUMS`. Two branches that each add a migration both
/// add lines at the end, and Git then keeps all of them.
pub const GIT_ATTRIBUTES: &str = "CHECKSUMS merge=union\n";
const GIT_ATTRIBUTES_FILE: &str = ".gitattributes";

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
    let (mut sealed, mut present) = (sealed(folder)?, present(folder)?);
    let is_changed = |path: &str| changed.iter().any(|version| belongs_to(path, version));
    sealed.retain(|path| !is_changed(path) || present.contains_key(path));
    let known = sealed.by_path();
    present.retain(|path, _| is_changed(path) || (new && !known.contains_key(path.as_str())));
    let added: Vec<String> = present.keys().cloned().collect();
    if !added.is_empty() {
        sealed.set(present);
        let mut staging = Staging::default();
        stage(folder, &sealed, &mut staging);
        staging.write(&folder.root)?;
    }
    Ok(added)
}

/// Whether the finding keeps the folder from being sealed. Files that are not sealed yet and files
/// of a `changed` version do not; nor does code that is ahead of the newest migration, since the
/// next migration is for that.
pub fn is_in_the_way(finding: &Finding, changed: &[Version]) -> bool {
    match &finding.remedy {
        Remedy::Seal | Remedy::FixOrSeal => false,
        Remedy::RestoreOrReseal(version) | Remedy::KeepOneLineOrReseal(version) => {
            !changed.contains(version)
        }
        Remedy::Generate | Remedy::GenerateOrSnapshot(_) | Remedy::Squash => false,
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
    Err(FolderError::no_migration(version))
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
    seal_some(folder, staging, goes, |_| true)
}

/// The same, but adds lines only for those files that are `meant`.
pub(crate) fn seal_some(
    folder: &Folder,
    staging: &mut Staging,
    goes: impl Fn(&str) -> bool,
    meant: impl Fn(&str) -> bool,
) -> Result<(), FolderError> {
    let mut sealed = sealed(folder)?;
    sealed.retain(|path| !goes(path));
    let sums = staging.files().map(|(path, text)| (relative(path), tenant_migrate::checksum(text)));
    sealed.set(sums.filter(|(path, _)| meant(path)).collect());
    stage(folder, &sealed, staging);
    Ok(())
}

/// Gives the lines of files that are renamed their new paths.
pub(crate) fn rename_lines(
    folder: &Folder,
    staging: &mut Staging,
    renamed: impl Fn(&str) -> Option<String>,
) -> Result<(), FolderError> {
    let mut sealed = sealed(folder)?;
    if sealed.rename(renamed) {
        stage(folder, &sealed, staging);
    }
    Ok(())
}

/// Whether any of these files has a line.
pub(crate) fn is_sealed(
    folder: &Folder,
    is_meant: impl Fn(&str) -> bool,
) -> Result<bool, FolderError> {
    Ok(sealed(folder)?.paths().any(is_meant))
}

/// Reports each file that does not match its line: a published migration never changes.
pub(crate) fn check_checksums(folder: &Folder) -> Result<Vec<Finding>, FolderError> {
    // Without code, a folder is sealed only if its team wants that.
    if !folder.is_coded() && !folder.root.join(FILE).exists() {
        return Ok(Vec::new());
    }
    let (sealed, present) = (sealed(folder)?, present(folder)?);
    let mut sealed = sealed.by_path();
    let mut findings = Vec::new();
    for (path, sum) in &present {
        let mut finding = |problem: &str, remedy: Remedy| {
            findings.push(folder.finding(&folder.root.join(path), problem, remedy));
        };
        let version = || Version(version_in(path));
        match sealed.remove(path.as_str()).as_deref() {
            None => finding("it is not in CHECKSUMS", Remedy::Seal),
            Some([line]) if line == sum => {}
            Some([_]) => finding(
                "it was changed after it was sealed in CHECKSUMS",
                Remedy::RestoreOrReseal(version()),
            ),
            Some(_) => finding(
                "it has different lines in CHECKSUMS: two branches have each sealed it",
                Remedy::KeepOneLineOrReseal(version()),
            ),
        }
    }
    for path in sealed.into_keys() {
        findings.push(folder.finding(
            &folder.root.join(path),
            "it is in CHECKSUMS, but there is no such file",
            "restore it; a published migration is never removed",
        ));
    }
    Ok(findings)
}

fn sealed(folder: &Folder) -> Result<Lines, FolderError> {
    Lines::read(&folder.root)
}

/// The checksums of the files that exist now.
fn present(folder: &Folder) -> Result<BTreeMap<String, String>, FolderError> {
    let mut sums = BTreeMap::new();
    let mut add = |path: String| -> Result<(), FolderError> {
        let file = folder.root.join(&path);
        let bytes = std::fs::read(&file).map_err(FolderError::file(&file, "read"))?;
        // A file in another encoding has its own finding.
        sums.insert(path, tenant_migrate::checksum(&String::from_utf8_lossy(&bytes)));
        Ok(())
    };
    for kind in folder.all_kinds() {
        for migrations in [folder.of(kind), folder.squashed(kind)] {
            for file in files_in(&migrations)? {
                add(folder.path_in(&file))?;
            }
        }
    }
    for version in folder.snapshot_versions()? {
        add(folder.snapshot_file(&version))?;
    }
    Ok(sums)
}

/// The files of all migrations in a folder.
pub(crate) fn files_in(migrations: &Path) -> Result<Vec<PathBuf>, FolderError> {
    let mut files = Vec::new();
    let names = if migrations.is_dir() { entries(migrations)? } else { Vec::new() };
    for migration in names.into_iter().map(|name| migrations.join(name)) {
        if migration.is_dir() {
            files.extend(entries(&migration)?.into_iter().map(|file| migration.join(file)));
        }
    }
    Ok(files)
}

/// Adds the file, and what tells Git how to merge it if the file is new.
fn stage(folder: &Folder, lines: &Lines, staging: &mut Staging) {
    let is_new = !folder.root.join(FILE).exists();
    if is_new && !folder.root.join(GIT_ATTRIBUTES_FILE).exists() {
        staging.add(GIT_ATTRIBUTES_FILE, GIT_ATTRIBUTES.to_owned());
    }
    staging.add(FILE, lines.text());
}

/// A path with `/` between its parts on every system.
fn relative(path: &Path) -> String {
    let parts = path.components().map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}
