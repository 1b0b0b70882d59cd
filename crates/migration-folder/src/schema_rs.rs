//! Whether a team's `schema.rs` is that of the database to which its migrations lead.

use std::path::Path;
use std::{fs, io};

use ::schema_rs::{PrintSchema, differences, patched, print};
use tenant_migrate::MigrationSet;

use crate::error::FolderError;
use crate::finding::Finding;
use crate::folder::Folder;
use crate::host::{ScratchHost, migrate};

const REMEDY: &str = "write the file again with Diesel's print-schema; or, if the file is right, \
                      change the database in a new migration";

const REMEDY_UNREADABLE: &str =
    "make it a text file that can be read; or correct its path in diesel.toml";

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
    let unreadable = |path: &Path, error: &io::Error| {
        let problem = format!("it can't be read: {error}");
        Some(vec![folder.finding(path, problem, REMEDY_UNREADABLE)])
    };
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(finding(file, "there is no such file".to_owned()));
        }
        Err(error) => return Ok(unreadable(file, &error)),
    };
    let patch = match options.patch_file.as_deref().map(|path| (path, fs::read_to_string(path))) {
        None => None,
        Some((path, Ok(text))) => Some((path, text)),
        Some((path, Err(error))) => return Ok(unreadable(path, &error)),
    };
    let Ok(set) = MigrationSet::from_dir(host.kind(), &folder.of(host.kind())) else {
        return Ok(None);
    };
    let mut scratch = host.folder_scratch()?;
    if migrate(&mut scratch, &set).is_err() {
        return Ok(None);
    }
    let relations = scratch.connection().relations(options.schema.as_deref());
    let relations = relations.map_err(|cause| host.failed(cause))?;
    let printed = match print(&relations, host.kind(), options) {
        Ok(printed) => printed,
        Err(error) => return Ok(finding(file, format!("Diesel can't describe it: {error}"))),
    };
    let printed = match &patch {
        None => printed,
        Some((path, patch)) => match patched(&printed, patch) {
            Ok(printed) => printed,
            Err(error) => return Ok(finding(path, error.to_string())),
        },
    };
    Ok(match differences(&printed, &text) {
        Ok(differences) => {
            let problems = differences.into_iter().map(|difference| difference.to_string());
            Some(problems.map(|problem| folder.finding(file, problem, REMEDY)).collect())
        }
        Err(unreadable) => finding(file, unreadable.to_string()),
    })
}
