//! Moves a migration of a branch that was merged late to a new version, after all others.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use db_backend::Version;
use schema_model::snapshot::Snapshot;

use crate::checksums::{is_sealed, seal_staged};
use crate::consent;
use crate::draft::Draft;
use crate::error::FolderError;
use crate::folder::{Folder, entries, read};
use crate::generated::hazards_as_generated;
use crate::host::ScratchHost;
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
    let old_name = folder.name_of(version)?;
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
    let generated = match hazards_as_generated(folder, version, &old_name, hosts)? {
        Some(allowed_before) => {
            let Some(draft) = Draft::new(&before, &folder.schema)? else {
                let message = format!(
                    "the code already matches {newest}: it does not declare what {version} adds"
                );
                return Err(FolderError::Version(message));
            };
            consent::check(&draft.hazards, &allowed_before, allow)?;
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

    let old_files = folder.paths_of(version)?;
    old_files.iter().for_each(|path| staging.remove(path));
    let is_old = |path: &str| old_files.iter().any(|one| one == path);
    if is_sealed(folder, is_old)? {
        seal_staged(folder, &mut staging, is_old)?;
    }
    staging.write(&folder.root)?;
    Ok(Rebased { version: next, old_name, name, generated, files })
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
