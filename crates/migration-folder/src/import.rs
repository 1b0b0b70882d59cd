//! The declared schema of a folder whose migrations were written by hand, as its first snapshot.

use std::path::PathBuf;

use db_backend::Imported;
use schema_model::BackEnds;
use schema_model::snapshot::Snapshot;
use tenant_migrate::MigrationSet;

use crate::checksums::{is_sealed, seal_staged};
use crate::error::FolderError;
use crate::folder::Folder;
use crate::host::ScratchHost;
use crate::staging::Staging;

/// Replays the folder's migrations, and returns what a declaration can say of the tables.
///
/// # Errors
/// A folder that can't be read or already has snapshots, and a migration that is refused.
pub fn import(folder: &Folder, host: &ScratchHost) -> Result<Imported, FolderError> {
    if let Some(newest) = folder.snapshot_versions()?.pop() {
        let path = folder.shown(&folder.snapshot_path(&newest));
        let message = format!("{path} already says what the tables are: nothing is imported");
        return Err(FolderError::Version(message));
    }
    let path = folder.of(host.kind());
    let set = MigrationSet::from_dir(host.kind(), &path).map_err(|error| {
        FolderError::Version(format!("{} can't be read: {error}", folder.shown(&path)))
    })?;
    let mut scratch = host.folder_scratch()?;
    for migration in &set {
        scratch.migrate(&migration.up_statements, migration.run_in_transaction).map_err(
            |refused| FolderError::Replay { migration: migration.name.clone(), refused },
        )?;
    }
    let kinds = folder.kinds();
    let back_ends = BackEnds::of(kinds.iter().map(|kind| kind.name()));
    scratch.connection().imported(back_ends).map_err(|cause| host.failed(cause))
}

/// Writes what was imported as the snapshot of the newest version, from which the next migration is
/// generated. Tables that no declaration can say stay by hand. Returns its path.
///
/// # Errors
/// A folder without migrations, or a file that can't be written.
pub fn write_baseline(folder: &Folder, imported: &Imported) -> Result<PathBuf, FolderError> {
    let Some(newest) = folder.newest_version()? else {
        return Err(FolderError::Version("there is no migration yet".to_owned()));
    };
    let by_hand = imported.by_hand.keys().map(|name| name.clone().into()).collect();
    let snapshot = Snapshot { follows: None, schema: imported.schema.clone(), by_hand };
    let mut staging = Staging::default();
    staging.add(folder.snapshot_file(&newest), snapshot.to_json());
    if is_sealed(folder, |_| true)? {
        seal_staged(folder, &mut staging, |_| false)?;
    }
    staging.write(&folder.root)?;
    Ok(folder.snapshot_path(&newest))
}
