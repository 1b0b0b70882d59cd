//! The project that the working directory is in, and its folders of migrations.

use std::borrow::Cow;
use std::iter;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use db_backend::Version;
use migration_folder::Folder;
use schema_model::Schema;

use crate::project::Project;
use crate::usage::usage;

/// The tenants' migrations, or those of the system database.
///
/// # Errors
/// Where the working directory is in no project.
pub(crate) fn folder(project: &Project, system: bool) -> Result<Folder> {
    let root = find(project)?;
    match (system, project.system_folder) {
        (false, _) => Ok(tenant(project, &root)),
        (true, Some(folder)) => Ok(self::system(folder, &root)),
        (true, None) => Err(usage("the system database's schema is not of this project", None)),
    }
}

/// All that the project has, the tenants' first.
///
/// # Errors
/// As [`folder`].
pub(crate) fn folders(project: &Project) -> Result<Vec<Folder>> {
    let root = find(project)?;
    let system = project.system_folder.map(|folder| system(folder, &root));
    Ok(iter::once(tenant(project, &root)).chain(system).collect())
}

/// The schema of a version; of the code for `code`, and none at all for `empty`.
///
/// # Errors
/// Where there is no such version.
pub(crate) fn schema_of(folder: &Folder, version: &str) -> Result<Schema> {
    match version {
        "code" => return Ok(folder.schema.clone().into_owned()),
        "empty" => return Ok(Schema::EMPTY),
        _ => {}
    }
    let version = Version(version.to_owned());
    let versions = folder.snapshot_versions()?;
    if !versions.contains(&version) {
        let known: Vec<&str> = versions.iter().map(|version| version.0.as_str()).collect();
        let hint = format!("there are {}, `empty` and `code`", known.join(", "));
        return Err(usage(format!("`{version}` is no version"), Some(&hint)));
    }
    Ok(folder.snapshot(&version)?.schema)
}

fn tenant(project: &Project, root: &Path) -> Folder {
    Folder {
        name: "tenant",
        root: root.join(project.migrations.folder),
        schema: Cow::Borrowed(project.schema),
    }
}

fn system(folder: &str, root: &Path) -> Folder {
    Folder {
        name: "system",
        root: root.join(folder),
        schema: Cow::Borrowed(&system_db::schema::SCHEMA),
    }
}

/// The nearest folder upwards that has the project's migrations.
fn find(project: &Project) -> Result<PathBuf> {
    let wanted = project.migrations.folder;
    let here = std::env::current_dir().context("the working directory can't be read")?;
    for folder in here.ancestors() {
        if folder.join(wanted).is_dir() {
            return Ok(folder.to_owned());
        }
    }
    let message = format!("no folder `{wanted}` here or above");
    Err(usage(message, Some("run this inside the project")))
}
