//! The project around the working directory, and its folders of migrations.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use db_backend::{BackendKind, Version};
use migration_folder::Folder;
use schema_model::Schema;
use schema_rs::DieselToml;
use tenant_migrate::version_of;

use crate::built_in::is_foreign;
use crate::cli::{ScratchArgs, WhichArgs};
use crate::invocation::Invocation;
use crate::project::{Migrations, Project, TenantSchema};
use crate::usage::usage_error;

/// The folder of a tenants' schema, or that of the system database's. A folder without migrations
/// is begun for those back ends.
///
/// # Errors
/// If the working directory is not in a project, or no schema is meant.
pub(crate) fn folder(
    Invocation { project, .. }: &Invocation<'_>,
    which: &WhichArgs,
    back_ends: &[BackendKind],
) -> Result<Folder> {
    if !which.system {
        return tenant(project.one(which.schema.name.as_deref())?, back_ends);
    }
    match project.system_folder {
        Some(folder) => system(project, folder),
        None => {
            Err(usage_error("this project does not contain the system database's schema", None))
        }
    }
}

/// Any folder of migrations. If it is one back end's stock folder, the arguments name that one.
///
/// # Errors
/// A folder that can't be read.
pub(crate) fn without_code(folder: &Path, args: &ScratchArgs) -> Result<Folder> {
    let only = only(&args.back_ends);
    Ok(Folder::without_code(folder.to_owned()).of_back_end(only)?.only(&args.back_ends))
}

/// The `diesel.toml` of the project to which the folder's migrations belong.
///
/// # Errors
/// One that can't be read.
pub(crate) fn diesel_toml(folder: &Folder) -> Result<Option<DieselToml>> {
    let place = |path: &Path| path.canonicalize().ok();
    for above in folder.root.ancestors().skip(1) {
        if let Some(toml) = read_diesel_toml(above)? {
            let its = place(&toml.migrations_dir);
            let is_its =
                its.zip(place(&folder.root)).is_some_and(|(its, root)| its.starts_with(root));
            return Ok(is_its.then_some(toml));
        }
    }
    Ok(None)
}

/// The `diesel.toml` in that folder.
///
/// # Errors
/// One that can't be read.
pub(crate) fn read_diesel_toml(folder: &Path) -> Result<Option<DieselToml>> {
    DieselToml::read(folder).map_err(|error| usage_error(error.to_string(), None))
}

/// All folders of the project, the tenants' first.
///
/// # Errors
/// As [`folder`].
pub(crate) fn folders(
    Invocation { project, .. }: &Invocation<'_>,
    back_ends: &[BackendKind],
) -> Result<Vec<Folder>> {
    let tenants = project.schemas.iter().map(|schema| tenant(schema, back_ends));
    let system = project.system_folder.map(|folder| system(project, folder));
    tenants.chain(system).collect()
}

/// A version as it is, or as it is spelled in the name of a folder.
pub(crate) fn version(text: &str) -> Version {
    version_of(text).unwrap_or_else(|| Version(text.to_owned()))
}

/// The schema of a version. `code` is the schema that the code declares, and `empty` has no tables.
///
/// # Errors
/// If there is no such version.
pub(crate) fn schema_of(folder: &Folder, version: &str) -> Result<Schema> {
    match version {
        "code" => return Ok(folder.schema.clone().into_owned()),
        "empty" => return Ok(Schema::EMPTY),
        _ => {}
    }
    let version = Version(version.to_owned());
    let versions = folder.snapshot_versions()?;
    if !versions.contains(&version) {
        let known = versions.iter().map(|version| version.0.as_str());
        let known: Vec<&str> = known.chain(["`empty`", "`code`"]).collect();
        let hint = format!("known versions: {}", known.join(", "));
        return Err(usage_error(format!("there is no version `{version}`"), Some(&hint)));
    }
    Ok(folder.snapshot(&version)?.schema)
}

/// The folder of a schema, whose tenants are on those back ends.
fn tenant(
    TenantSchema { name, schema, migrations }: &TenantSchema,
    back_ends: &[BackendKind],
) -> Result<Folder> {
    let root = find(migrations)?.join(relative(migrations.folder));
    let folder = Folder::new(name, root, Cow::Borrowed(schema)).begun_for(back_ends);
    let folder = folder.of_back_end(only(back_ends))?;
    if folder.kinds().is_empty() {
        let declared: Vec<&str> = schema.back_ends.names().collect();
        let message = format!(
            "the schema `{name}` is for {}, and neither its folder nor `back_ends` here has any of \
             these",
            declared.join(", ")
        );
        let hint = "change `back_ends` in the schema, or in tenantctl.toml and --back-end";
        return Err(usage_error(message, Some(hint)));
    }
    Ok(folder)
}

/// The back end, if there is exactly one.
fn only(back_ends: &[BackendKind]) -> Option<BackendKind> {
    match back_ends {
        [only] => Some(*only),
        _ => None,
    }
}

fn system(project: &Project, folder: &str) -> Result<Folder> {
    let root = find(&project.one(None)?.migrations)?.join(folder);
    Ok(Folder::new("system", root, Cow::Borrowed(&system_db::schema::SCHEMA)))
}

/// The project's root: the nearest folder, from the working directory upwards, that has these
/// migrations. Another project's folder of that name is passed over: this schema's
/// migrations would drop what is in it.
fn find(migrations: &Migrations) -> Result<PathBuf> {
    let wanted = relative(migrations.folder);
    let here = std::env::current_dir().context("the working directory can't be read")?;
    let mut foreign = None;
    for root in here.ancestors() {
        let folder = root.join(wanted);
        if !folder.is_dir() {
            continue;
        }
        if !is_foreign(&folder, migrations) {
            return Ok(root.to_owned());
        }
        foreign.get_or_insert(folder);
    }
    let message = match foreign {
        None => format!("there is no folder `{wanted}` here or in a folder above"),
        Some(folder) => format!(
            "{} has none of the migrations that are in this program: it is another project's",
            folder.display()
        ),
    };
    Err(usage_error(message, Some("run this inside the project")))
}

/// The path without what leads out of the crate that embeds it.
fn relative(mut folder: &str) -> &str {
    while let Some(rest) = folder.strip_prefix("../") {
        folder = rest;
    }
    folder
}
