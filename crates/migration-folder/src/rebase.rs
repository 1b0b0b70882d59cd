//! Moves a migration of a branch that was merged late to a new version, after all others.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use db_backend::Version;
use schema_model::Schema;
use schema_model::diff::Hazard;
use schema_model::snapshot::Snapshot;
use tenant_migrate::version_of;

use crate::checksums::{is_sealed, seal_staged};
use crate::consent;
use crate::draft::Draft;
use crate::error::FolderError;
use crate::folder::{Folder, entries, read};
use crate::host::ScratchHost;
use crate::layout::is_same;
use crate::staging::Staging;
use crate::writing::next_version;

/// What [`rebase`] did.
#[derive(Debug)]
pub struct Rebased {
    /// The new version.
    pub version: Version,
    /// The name that the migration's folders had.
    pub old_name: String,
    /// The name that they have now.
    pub name: String,
    /// Whether its SQL was generated again; otherwise it was written by hand and is unchanged.
    pub generated: bool,
    /// Its files.
    pub files: Vec<PathBuf>,
}

/// Moves a migration to a new version after all others, so that it follows the newest of them.
///
/// Generated SQL is generated again, from the newest of the others to the code, and executed on all
/// `hosts`. If it now loses or may fail on something that it did not before, that must be
/// allowed, as for a new migration. Edited SQL stays as it is: [`replay`](crate::replay) says
/// whether it still leads to its snapshot.
///
/// # Errors
/// A version without a migration, code that declares nothing beyond the other migrations, and the
/// errors of [`new_migration`](crate::new_migration).
pub fn rebase(
    folder: &Folder,
    version: &Version,
    allow: &[String],
    now: DateTime<Utc>,
    hosts: &[ScratchHost],
) -> Result<Rebased, FolderError> {
    let old_name = name_of(folder, version)?;
    let mut others = folder.snapshot_versions()?;
    let newest_of_all = others.last().cloned();
    others.retain(|other| other != version);
    let Some(newest) = others.pop() else {
        let message = format!("{version} is the only migration: there is nothing to rebase");
        return Err(FolderError::Version(message));
    };
    let follows = folder.snapshot(version)?.follows;
    if newest_of_all.as_ref() == Some(version)
        && follows.is_none_or(|follows| *follows == *newest.0)
    {
        let message =
            format!("{version} follows {newest}, as it should: there is nothing to rebase");
        return Err(FolderError::Version(message));
    }
    let next = next_version(newest_of_all.as_ref(), now)?;
    let name = format!("{next}{}", old_name.trim_start_matches(|c: char| c.is_ascii_digit()));

    let before = folder.snapshot(&newest)?.schema;
    let mut staging = Staging::default();
    let generated = match hazards_as_generated(folder, version, &old_name)? {
        Some(allowed_before) => {
            let Some(draft) = Draft::new(&before, &folder.schema)? else {
                let message = format!(
                    "the code already matches {newest}: it does not declare what {version} adds"
                );
                return Err(FolderError::Version(message));
            };
            let is_new = |hazard: &Hazard| !allowed_before.contains(hazard);
            let new: Vec<Hazard> = draft.hazards.iter().filter(|h| is_new(h)).cloned().collect();
            consent::check(&new, allow)?;
            let known = |other: &Version| other != version;
            draft.proven(folder, &known, hosts)?.0.stage(folder, &name, &mut staging);
            true
        }
        None => {
            copy(folder, &old_name, &name, &mut staging)?;
            false
        }
    };
    let snapshot =
        Snapshot { follows: Some(newest.0.into()), schema: folder.schema.clone().into_owned() };
    staging.add(folder.snapshot_file(&next), snapshot.to_json());
    let files = staging.files().map(|(path, _)| folder.root.join(path)).collect();

    let old_files = |path: &str| {
        path == folder.snapshot_file(version) || path.split('/').any(|part| part == old_name)
    };
    if is_sealed(folder, old_files)? {
        seal_staged(folder, &mut staging, old_files)?;
    }
    staging.write(&folder.root)?;
    remove(folder, version, &old_name)?;
    Ok(Rebased { version: next, old_name, name, generated, files })
}

/// The name of the folders of that version.
fn name_of(folder: &Folder, version: &Version) -> Result<String, FolderError> {
    for kind in folder.kinds() {
        let path = folder.of(kind);
        if !path.is_dir() {
            continue;
        }
        let mut names = entries(&path)?.into_iter();
        let is_it = |name: &String| version_of(name).as_ref() == Some(version);
        if let Some(name) = names.find(is_it) {
            return Ok(name);
        }
    }
    Err(FolderError::Version(format!("there is no migration of version {version}")))
}

/// The hazards of a migration, if its files are exactly what is generated between the snapshots
/// before and after it; `None` if they were edited. No snapshot contains renames or backfills, so a
/// migration with one of them counts as edited.
fn hazards_as_generated(
    folder: &Folder,
    version: &Version,
    name: &str,
) -> Result<Option<Vec<Hazard>>, FolderError> {
    let snapshot = folder.snapshot(version)?;
    let before = match snapshot.follows {
        Some(follows) => match folder.snapshot(&Version(follows.into_owned())) {
            Ok(before) => before.schema,
            Err(_) => return Ok(None),
        },
        None => Schema::EMPTY,
    };
    if is_same(&before, &snapshot.schema) {
        return Ok(None);
    }
    let Ok(Some(draft)) = Draft::new(&before, &snapshot.schema) else { return Ok(None) };
    let texts = draft.texts(folder);
    let is_as_written = |path: &Path, text: &str| {
        Ok(path.is_file() && read(path)? == text) as Result<bool, FolderError>
    };
    for (kind, up, down) in texts.iter() {
        let path = folder.of(*kind).join(name);
        if !is_as_written(&path.join("up.sql"), up)?
            || !is_as_written(&path.join("down.sql"), down)?
            || path.join("metadata.toml").exists()
        {
            return Ok(None);
        }
    }
    Ok(Some(draft.hazards))
}

fn copy(
    folder: &Folder,
    old_name: &str,
    name: &str,
    staging: &mut Staging,
) -> Result<(), FolderError> {
    for kind in folder.kinds() {
        let path = folder.of(kind).join(old_name);
        if path.is_dir() {
            for file in entries(&path)? {
                staging.add(folder.file(kind, name, &file), read(&path.join(&file))?);
            }
        }
    }
    Ok(())
}

fn remove(folder: &Folder, version: &Version, name: &str) -> Result<(), FolderError> {
    for kind in folder.kinds() {
        let path = folder.of(kind).join(name);
        if path.is_dir() {
            fs::remove_dir_all(&path).map_err(FolderError::file(&path, "removed"))?;
        }
    }
    let path = folder.snapshot_path(version);
    fs::remove_file(&path).map_err(FolderError::file(&path, "removed"))
}
