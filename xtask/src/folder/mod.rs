//! A folder of migrations on disk: one sub-folder for each back end, `schema/<version>.json`, and
//! `CHECKSUMS`.

mod checksums;
mod generate;
mod layout;
mod replay;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use db_backend::Version;
use schema_core::model::Schema;
use schema_core::snapshot;

use crate::output::usage;

pub(crate) use checksums::seal;
pub(crate) use generate::{Generated, generate};
pub(crate) use layout::check_layout;
pub(crate) use replay::{Replayed, check_replay};

/// A schema as code together with its folder.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    /// What it is called in messages.
    pub(crate) name: &'static str,
    /// The folder that holds `sqlite/`, `postgres/`, `mysql/`, `schema/` and `CHECKSUMS`.
    pub(crate) root: PathBuf,
    /// What the code declares.
    pub(crate) schema: &'static Schema,
}

impl Project {
    /// The tenants' schema, in the workspace at `workspace`.
    pub(crate) fn tenant(workspace: &Path) -> Self {
        Self {
            name: "tenant",
            root: workspace.join("migrations_tenant"),
            schema: &schema_core::tenant::SCHEMA,
        }
    }

    /// The system database's schema, in the workspace at `workspace`.
    pub(crate) fn system(workspace: &Path) -> Self {
        Self {
            name: "system",
            root: workspace.join("crates/system-db/migrations"),
            schema: &system_db::schema::SCHEMA,
        }
    }

    /// Versions that have a schema snapshot, ascending.
    pub(crate) fn snapshot_versions(&self) -> Result<Vec<Version>> {
        let folder = self.root.join("schema");
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let mut versions: Vec<Version> = entries(&folder)?
            .iter()
            .filter_map(|name| name.strip_suffix(".json"))
            .map(|stem| Version(stem.to_owned()))
            .collect();
        versions.sort();
        Ok(versions)
    }

    /// The schema after that version.
    pub(crate) fn snapshot(&self, version: &Version) -> Result<Schema> {
        let path = self.snapshot_path(version);
        let text = read(&path)?;
        snapshot::from_json(&text).with_context(|| format!("{} can't be read", path.display()))
    }

    /// The newest snapshot; of no version and empty where there is none yet.
    pub(crate) fn newest_snapshot(&self) -> Result<(Option<Version>, Schema)> {
        match self.snapshot_versions()?.pop() {
            Some(version) => {
                let schema = self.snapshot(&version)?;
                Ok((Some(version), schema))
            }
            None => Ok((None, Schema::EMPTY)),
        }
    }

    pub(crate) fn snapshot_path(&self, version: &Version) -> PathBuf {
        self.root.join("schema").join(format!("{version}.json"))
    }

    /// A path as messages show it: from the folder's own name on.
    pub(crate) fn shown(&self, path: &Path) -> String {
        let base = self.root.parent().unwrap_or(&self.root);
        path.strip_prefix(base).unwrap_or(path).display().to_string()
    }
}

/// The workspace that the working directory is in: the nearest folder upwards that has
/// `migrations_tenant`.
///
/// # Errors
/// Where there is none.
pub(crate) fn find_workspace() -> Result<PathBuf> {
    let here = std::env::current_dir().context("the working directory can't be read")?;
    for folder in here.ancestors() {
        if folder.join("migrations_tenant").is_dir() {
            return Ok(folder.to_owned());
        }
    }
    let message = "no folder `migrations_tenant` here or above";
    Err(usage(message, Some("run this inside the project")))
}

/// Something that `check` found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// Where, as shown to a person.
    pub(crate) path: String,
    /// What is wrong.
    pub(crate) problem: String,
    /// What to do.
    pub(crate) remedy: String,
}

/// The names in a folder, sorted, without hidden ones.
fn entries(folder: &Path) -> Result<Vec<String>> {
    let listing =
        std::fs::read_dir(folder).with_context(|| format!("{} can't be read", folder.display()))?;
    let mut names = Vec::new();
    for entry in listing {
        let entry = entry.with_context(|| format!("{} can't be read", folder.display()))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} can't be read", path.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("{} can't be created", folder.display()))?;
    }
    std::fs::write(path, text).with_context(|| format!("{} can't be written", path.display()))
}
