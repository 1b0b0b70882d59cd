//! Whether a team's `schema.rs` is that of the database to which its migrations lead.

use std::path::Path;

use ::schema_rs::{PrintSchema, differences, patched, print};
use tenant_migrate::MigrationSet;

use crate::error::FolderError;
use crate::finding::Finding;
use crate::folder::{Folder, read};
use crate::host::ScratchHost;

const REMEDY: &str = "write the file again with Diesel's print-schema; or, if the file is right, \
                      change the database in a new migration";

/// Migrates an empty database to the newest version, and compares what Diesel would print for it,
/// with the team's patch, to the team's file. Tables, columns, types and keys count; the order of
/// tables, comments and formatting do not.
///
/// # Errors
/// If a scratch database can't be created or read. What differs is a finding, and so is a file that
/// can't be read as a `schema.rs`. `None` if the migrations can't be executed, so that nothing is
/// known: then [`replay`](crate::replay) says why.
pub fn check_schema_rs(
    folder: &Folder,
    host: &ScratchHost,
    options: &PrintSchema,
    file: &Path,
) -> Result<Option<Vec<Finding>>, FolderError> {
    let finding = |path: &Path, problem: String| Some(vec![folder.finding(path, problem, REMEDY)]);
    if !file.is_file() {
        return Ok(finding(file, "there is no such file".to_owned()));
    }
    let Ok(set) = MigrationSet::from_dir(host.kind(), &folder.of(host.kind())) else {
        return Ok(None);
    };
    let mut scratch = host.folder_scratch()?;
    for migration in &set {
        if scratch.migrate(&migration.up_statements, migration.run_in_transaction).is_err() {
            return Ok(None);
        }
    }
    let relations = scratch.connection().relations(options.schema.as_deref());
    let relations = relations.map_err(|cause| host.failed(cause))?;
    let printed = match print(&relations, host.kind(), options) {
        Ok(printed) => printed,
        Err(error) => return Ok(finding(file, format!("Diesel can't describe it: {error}"))),
    };
    let printed = match &options.patch_file {
        None => printed,
        Some(patch) => match patched(&printed, &read(patch)?) {
            Ok(printed) => printed,
            Err(error) => return Ok(finding(patch, error.to_string())),
        },
    };
    Ok(match differences(&printed, &read(file)?) {
        Ok(differences) => {
            let problems = differences.into_iter().map(|difference| difference.to_string());
            Some(problems.map(|problem| folder.finding(file, problem, REMEDY)).collect())
        }
        Err(unreadable) => finding(file, unreadable.to_string()),
    })
}
