//! Takes back a migration that is not published: generates it again, removes it, or gives it
//! another name. Whether it is published, a folder can't tell: the caller must know.

use db_backend::Version;
use schema_model::Schema;

use crate::checksums::{is_sealed, rename_lines, seal_staged};
use crate::consent;
use crate::draft::{Before, Draft};
use crate::error::FolderError;
use crate::folder::{Folder, read};
use crate::generated::hazards_as_generated;
use crate::host::ScratchHost;
use crate::staging::Staging;
use crate::writing::{
    Content, Generated, Written, check_folder, check_name, paths, stage_snapshot,
};

/// Generates the newest migration again: from the snapshot before it to the code, with the same
/// version and name. It is executed on all `hosts`, as a new migration is. What it loses or may
/// fail on must be allowed, except for what was allowed when it was generated before.
///
/// # Errors
/// A folder without migrations, a migration that was written or edited by hand, code that declares
/// nothing beyond the version before it, and the errors of [`new_migration`](crate::new_migration).
pub fn amend(
    folder: &Folder,
    allow: &[String],
    hosts: &[ScratchHost],
) -> Result<Generated, FolderError> {
    if !folder.is_coded() {
        return Err(FolderError::NoCode(folder.root.clone()));
    }
    let version = folder.newest_snapshot()?;
    check_folder(folder)?;
    let name = folder.name_of(&version)?;
    let Some(replaced) = hazards_as_generated(folder, &version, &name, hosts)? else {
        return Err(FolderError::ByHand { version });
    };
    let mut others = folder.snapshot_versions()?;
    others.retain(|other| *other != version);
    let newest = others.pop();
    let before = match &newest {
        Some(newest) => folder.snapshot(newest)?.schema,
        None => Schema::EMPTY,
    };
    let Some(draft) = Draft::new(&before, &folder.schema)? else {
        return Err(FolderError::NothingLeft { version });
    };
    consent::check(&draft.hazards, &replaced, allow)?;
    let known = |other: &Version| *other != version;
    let (texts, proofs) = draft.proven(folder, &Before::known(&known), hosts)?;

    let mut staging = Staging::default();
    texts.stage(folder, &name, &mut staging);
    stage_snapshot(folder, &version, newest, &mut staging)?;
    let files = paths(folder, &staging);
    if staging
        .files()
        .all(|(path, text)| read(&folder.root.join(path)).is_ok_and(|old| old == text))
    {
        return Ok(Generated::NothingToDo);
    }
    seal_staged(folder, &mut staging, |_| false)?;
    staging.write(&folder.root)?;
    let (hazards, content) = (draft.hazards, Content::Proven);
    Ok(Generated::Written(Written {
        is_again: true,
        version,
        name,
        content,
        files,
        hazards,
        proofs,
    }))
}

/// A migration whose files were removed or renamed.
#[derive(Debug)]
pub struct Moved {
    /// The name that its folders had.
    pub old_name: String,
    /// The files that are gone, as paths in the folder.
    pub gone: Vec<String>,
    /// The files that are there instead.
    pub new: Vec<String>,
}

/// Removes the newest migration, whoever wrote it: its files, its snapshot, and its lines in
/// `CHECKSUMS`.
///
/// # Errors
/// A version without a migration, one that is not the newest, since those after it were written for
/// what it does, or what can't be removed. The folder is then unchanged.
pub fn remove(folder: &Folder, version: &Version) -> Result<Moved, FolderError> {
    let old_name = folder.name_of(version)?;
    match folder.newest_version()? {
        Some(newest) if newest != *version => {
            return Err(FolderError::NotNewest { version: version.clone(), newest });
        }
        Some(_) | None => {}
    }
    let gone = folder.paths_of(version)?;
    let mut staging = Staging::default();
    gone.iter().for_each(|path| staging.remove(path));
    let goes = |path: &str| gone.iter().any(|one| one == path);
    if is_sealed(folder, goes)? {
        seal_staged(folder, &mut staging, goes)?;
    }
    staging.write(&folder.root)?;
    Ok(Moved { old_name, gone, new: Vec::new() })
}

/// Gives a migration another name. Its version, its SQL and its snapshot stay as they are.
///
/// # Errors
/// A name that a folder can't have, a version without a migration, or what can't be written. The
/// folder is then unchanged.
pub fn rename(folder: &Folder, version: &Version, name: &str) -> Result<Moved, FolderError> {
    check_name(name)?;
    let old_name = folder.name_of(version)?;
    let mut staging = Staging::default();
    let mut moved: Vec<(String, String)> = Vec::new();
    for (kind, old_name, file) in folder.files_of(version)? {
        let spelled = old_name.split('_').next().unwrap_or(&version.0);
        let old = folder.file(kind, &old_name, &file);
        let new = folder.file(kind, &format!("{spelled}_{name}"), &file);
        if old != new {
            staging.add(&new, read(&folder.root.join(&old))?);
            staging.remove(&old);
            moved.push((old, new));
        }
    }
    let renamed = |path: &str| {
        let its = moved.iter().find(|(old, _)| old == path);
        its.map(|(_, new)| new.clone())
    };
    rename_lines(folder, &mut staging, renamed)?;
    if !moved.is_empty() {
        staging.write(&folder.root)?;
    }
    let (gone, new) = moved.into_iter().unzip();
    Ok(Moved { old_name, gone, new })
}
