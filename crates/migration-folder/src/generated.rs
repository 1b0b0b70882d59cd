//! Whether a migration is as it was generated. Nobody's SQL is thrown away.

use db_backend::Version;
use schema_model::Schema;
use schema_model::diff::Hazard;

use crate::draft::{Before, Draft, Texts};
use crate::error::FolderError;
use crate::folder::{Folder, read};
use crate::host::ScratchHost;
use crate::layout::is_same;

/// The hazards of a migration, if its files are exactly what is generated between the snapshots
/// before and after it; `None` if they were edited. No snapshot contains renames or backfills, so a
/// migration with one that the code no longer declares counts as edited.
///
/// # Errors
/// What can't be read, or a scratch database that can't be created.
pub(crate) fn hazards_as_generated(
    folder: &Folder,
    version: &Version,
    name: &str,
    hosts: &[ScratchHost],
) -> Result<Option<Vec<Hazard>>, FolderError> {
    let snapshot = folder.snapshot(version)?;
    let follows = snapshot.follows.map(|follows| Version(follows.into_owned()));
    let before = match &follows {
        Some(follows) => match folder.snapshot(follows) {
            Ok(before) => before.schema,
            Err(_) => return Ok(None),
        },
        None => Schema::EMPTY,
    };
    if is_same(&before, &snapshot.schema) {
        return Ok(None);
    }
    let after = with_declared_changes(snapshot.schema, &folder.schema);
    let Ok(Some(draft)) = Draft::new(&before, &after) else { return Ok(None) };
    let mut is_generated = is_as_written(folder, name, &draft.texts(folder))?;
    if !is_generated {
        // What is executed may have more statements than what is rendered without a database.
        let known = |other: &Version| follows.as_ref().is_some_and(|follows| other <= follows);
        is_generated = match draft.proven(folder, &Before::known(&known), hosts) {
            Ok((texts, _)) => is_as_written(folder, name, &texts)?,
            Err(FolderError::Unproven { .. }) => false,
            Err(error) => return Err(error),
        };
    }
    Ok(is_generated.then_some(draft.hazards))
}

/// The schema with the renames and backfills that the code declares.
pub(crate) fn with_declared_changes(mut schema: Schema, code: &Schema) -> Schema {
    for table in schema.tables.to_mut() {
        let Some(declared) = code.table(&table.name) else { continue };
        table.renamed_from.clone_from(&declared.renamed_from);
        for column in table.columns.to_mut() {
            if let Some(declared) = declared.column(&column.name) {
                column.renamed_from.clone_from(&declared.renamed_from);
                column.backfill.clone_from(&declared.backfill);
            }
        }
    }
    schema
}

fn is_as_written(folder: &Folder, name: &str, texts: &Texts) -> Result<bool, FolderError> {
    for (kind, up, down) in texts.iter() {
        let path = folder.of(*kind).join(name);
        for (file, text) in [("up.sql", up), ("down.sql", down)] {
            let file = path.join(file);
            if !file.is_file() || read(&file)? != *text {
                return Ok(false);
            }
        }
        if path.join("metadata.toml").exists() {
            return Ok(false);
        }
    }
    Ok(true)
}
