//! From everything that was embedded to the sets of a schema: all faults at once.

use std::path::Path;

use db_backend::{BackendKind, UnknownBackend};

use crate::fault::{Fault, LoadError};
use crate::load::{SQUASHED, Source};
use crate::migration::{EmbeddedFolder, MigrationSet, MigrationSets, SetKey};
use crate::squashed::added;

/// The migrations of a schema for all back ends, as they were embedded at build time
/// (`migration_embed::folders`).
///
/// # Errors
/// Everything that is wrong with any of them.
pub fn embedded_sets(schema: &str, folders: &[EmbeddedFolder]) -> Result<MigrationSets, LoadError> {
    let mut sets = MigrationSets::new();
    let mut faults = Vec::new();
    for folder in folders {
        match folder.backend.parse() {
            Ok(kind) => match from_folder(kind, folder) {
                Ok(set) => drop(sets.insert(SetKey::new(schema, kind), set)),
                Err(error) => faults.extend(error.faults),
            },
            Err(UnknownBackend(name)) => {
                let problem = "the name is no back end's";
                let remedy = "name the folder sqlite, postgres or mysql";
                faults.push(Fault::new(Path::new(&name), problem, remedy));
            }
        }
    }
    if faults.is_empty() { Ok(sets) } else { Err(LoadError { faults }) }
}

fn from_folder(kind: BackendKind, folder: &EmbeddedFolder) -> Result<MigrationSet, LoadError> {
    let set = MigrationSet::from_embedded(kind, folder.migrations)?;
    match &folder.squashed {
        Some(migration) => {
            let place = Path::new(SQUASHED).join(kind.name());
            added(set, Source::embedded(&place, migration))
        }
        None => Ok(set),
    }
}
