//! The next migration: the difference between the code and the newest snapshot, as files.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use db_backend::Version;
use schema_model::diff::Hazard;

use crate::checksums::{is_sealed, seal_staged};
use crate::draft::{Before, Draft, Proofs};
use crate::error::FolderError;
use crate::folder::Folder;
use crate::host::ScratchHost;
use crate::staging::Staging;
use crate::{consent, layout};

/// What to write.
#[derive(Debug, Clone)]
pub struct Request {
    /// What the migration does, such as `add_invoices`.
    pub name: String,
    /// What its files will contain.
    pub content: Content,
    /// What may be lost, or fail on rows, such as `drop-column=settings.legacy`.
    pub allow: Vec<String>,
    /// The time, which becomes the version.
    pub now: DateTime<Utc>,
}

/// What the files of a new migration contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Generated SQL that passed its proof on every scratch host. Its files are sealed.
    Proven,
    /// Generated SQL, with places for what must come before and after it where it did not pass its
    /// proof. The author completes and seals it.
    Draft,
    /// Nothing: the author writes the SQL, and seals it.
    Blank,
}

/// What [`new_migration`] did.
#[derive(Debug)]
pub enum Generated {
    /// The code and the newest snapshot are the same.
    NothingToDo,
    /// A migration was written.
    Written(Written),
}

/// A migration that was written.
#[derive(Debug)]
pub struct Written {
    /// Whether it was there before, and was generated again.
    pub is_again: bool,
    /// Its version.
    pub version: Version,
    /// The name of its folders, the version included.
    pub name: String,
    /// What its files contain.
    pub content: Content,
    /// Its files.
    pub files: Vec<PathBuf>,
    /// What it loses, or may fail on.
    pub hazards: Vec<Hazard>,
    /// Where it was executed, and with what result.
    pub proofs: Proofs,
}

/// The content of the files of a blank migration. A blank `up.sql` is refused wherever migrations
/// are read, so that it can't be forgotten.
const BLANK: &str = "\n";

/// Writes a migration for every back end, after it has been executed on all `hosts`.
///
/// # Errors
/// A name that a folder can't have, a folder with findings, a difference that no SQL is generated
/// for, a loss that was not allowed, a proof that failed, or a file that can't be written. The
/// folder is then unchanged.
pub fn new_migration(
    folder: &Folder,
    request: &Request,
    hosts: &[ScratchHost],
) -> Result<Generated, FolderError> {
    check_name(&request.name)?;
    check_folder(folder)?;
    let (newest, before) = folder.newest()?;
    let version = next_version(folder.newest_version()?.as_ref(), request.now)?;
    if request.content == Content::Blank {
        return write_blank(folder, request, &version, newest);
    }
    if !folder.is_coded() {
        return Err(FolderError::NoCode(folder.root.clone()));
    }
    let Some(draft) = Draft::new(&before, &folder.schema)? else {
        return Ok(Generated::NothingToDo);
    };
    consent::check(&draft.hazards, &[], &request.allow)?;
    let (texts, proofs) = match request.content {
        Content::Draft => draft.tried(folder, hosts)?,
        Content::Proven | Content::Blank => {
            draft.proven(folder, &Before::known(&|_| true), hosts)?
        }
    };

    let mut staging = Staging::default();
    let name = format!("{version}_{}", request.name);
    texts.stage(folder, &name, &mut staging);
    stage_snapshot(folder, &version, newest, &mut staging)?;
    let files = paths(folder, &staging);
    if request.content == Content::Proven {
        seal_staged(folder, &mut staging, |_| false)?;
    }
    staging.write(&folder.root)?;
    let (hazards, content) = (draft.hazards, request.content);
    Ok(Generated::Written(Written {
        is_again: false,
        version,
        name,
        content,
        files,
        hazards,
        proofs,
    }))
}

/// Writes the newest snapshot again from the code, with its line in `CHECKSUMS`: for an unpublished
/// migration by hand, whose SQL already does what the code says. Returns its path.
///
/// # Errors
/// What can't be read or written, or a folder without snapshots.
pub fn write_snapshot(folder: &Folder) -> Result<PathBuf, FolderError> {
    let newest = folder.newest_snapshot()?;
    let follows = folder.snapshot(&newest).ok().and_then(|snapshot| snapshot.follows);
    let file = folder.snapshot_file(&newest);
    let mut staging = Staging::default();
    staging.add(&file, folder.coded_snapshot(follows)?.to_json());
    if is_sealed(folder, |path| path == file)? {
        seal_staged(folder, &mut staging, |_| false)?;
    }
    staging.write(&folder.root)?;
    Ok(folder.snapshot_path(&newest))
}

fn write_blank(
    folder: &Folder,
    request: &Request,
    version: &Version,
    newest: Option<Version>,
) -> Result<Generated, FolderError> {
    let name = format!("{version}_{}", request.name);
    let mut staging = Staging::default();
    for kind in folder.kinds() {
        for file in ["up.sql", "down.sql"] {
            staging.add(folder.file(kind, &name, file), BLANK.to_owned());
        }
    }
    if folder.is_coded() {
        stage_snapshot(folder, version, newest, &mut staging)?;
    }
    staging.write(&folder.root)?;
    let (files, version) = (paths(folder, &staging), version.clone());
    let (hazards, proofs, content) = (Vec::new(), Vec::new(), request.content);
    Ok(Generated::Written(Written {
        is_again: false,
        version,
        name,
        content,
        files,
        hazards,
        proofs,
    }))
}

pub(crate) fn stage_snapshot(
    folder: &Folder,
    version: &Version,
    newest: Option<Version>,
    staging: &mut Staging,
) -> Result<(), FolderError> {
    let follows = newest.map(|newest| newest.0.into());
    let snapshot = folder.coded_snapshot(follows)?;
    staging.add(folder.snapshot_file(version), snapshot.to_json());
    Ok(())
}

pub(crate) fn paths(folder: &Folder, staging: &Staging) -> Vec<PathBuf> {
    staging.files().map(|(path, _)| folder.root.join(path)).collect()
}

pub(crate) fn check_name(name: &str) -> Result<(), FolderError> {
    let fits = !name.is_empty()
        && name.len() <= 80
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && name.as_bytes()[0] != b'_';
    if fits { Ok(()) } else { Err(FolderError::Name(name.to_owned())) }
}

/// Refuses a folder with findings. One without migrations is fine.
pub(crate) fn check_folder(folder: &Folder) -> Result<(), FolderError> {
    let findings = layout::check_written(folder)?;
    if findings.is_empty() {
        Ok(())
    } else {
        Err(FolderError::Findings { name: folder.name, findings })
    }
}

/// The time in seconds, but always after the newest version.
pub(crate) fn next_version(
    newest: Option<&Version>,
    now: DateTime<Utc>,
) -> Result<Version, FolderError> {
    let by_clock = now.format("%Y%m%d%H%M%S").to_string();
    match newest {
        Some(newest) if newest.0 >= by_clock => match newest.0.parse::<u64>() {
            Ok(number) => Ok(Version((number + 1).to_string())),
            Err(_) => {
                let message = format!("the newest version, {newest}, is not a number");
                Err(FolderError::Version(message))
            }
        },
        Some(_) | None => Ok(Version(by_clock)),
    }
}
