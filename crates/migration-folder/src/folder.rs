//! The paths in a folder of migrations.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use db_backend::{BackendKind, Version};
use schema_model::Schema;
use schema_model::snapshot::Snapshot;

use crate::error::FolderError;
use crate::finding::{Finding, Remedy};
use crate::samples::with_samples;

/// A schema as code together with its folder.
#[derive(Debug, Clone)]
pub struct Folder {
    /// Its name in messages.
    pub name: &'static str,
    /// The folder that holds `sqlite/`, `postgres/`, `mysql/`, `schema/` and `CHECKSUMS`.
    pub root: PathBuf,
    /// What the code declares.
    pub schema: Cow<'static, Schema>,
}

impl Folder {
    /// Versions that have a schema snapshot, ascending.
    ///
    /// # Errors
    /// A folder that can't be read.
    pub fn snapshot_versions(&self) -> Result<Vec<Version>, FolderError> {
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

    /// The snapshot of that version, with the samples that the code declares: no file has them.
    ///
    /// # Errors
    /// A file that can't be read, or that is not a snapshot.
    pub fn snapshot(&self, version: &Version) -> Result<Snapshot, FolderError> {
        let path = self.snapshot_path(version);
        let text = read(&path)?;
        let snapshot =
            Snapshot::from_json(&text).map_err(|cause| FolderError::Snapshot { path, cause })?;
        let schema = with_samples(snapshot.schema, &self.schema);
        Ok(Snapshot { schema, ..snapshot })
    }

    /// The newest version, and the schema after it; no version and an empty schema if there is no
    /// migration yet.
    ///
    /// # Errors
    /// Those of [`snapshot`](Self::snapshot).
    pub fn newest(&self) -> Result<(Option<Version>, Schema), FolderError> {
        match self.snapshot_versions()?.pop() {
            Some(version) => {
                let schema = self.snapshot(&version)?.schema;
                Ok((Some(version), schema))
            }
            None => Ok((None, Schema::EMPTY)),
        }
    }

    /// Whether it has no migrations yet, for any back end.
    pub fn is_new(&self) -> bool {
        !self.root.join("schema").exists()
            && BackendKind::ALL.into_iter().all(|kind| !self.of(kind).exists())
    }

    /// The folder of that back end's migrations.
    pub fn of(&self, kind: BackendKind) -> PathBuf {
        self.root.join(kind.name())
    }

    /// The file of that version's snapshot.
    pub fn snapshot_path(&self, version: &Version) -> PathBuf {
        self.root.join(snapshot_file(version))
    }

    /// A path as messages show it: it begins with the folder's own name.
    pub fn shown(&self, path: &Path) -> String {
        let base = self.root.parent().unwrap_or(&self.root);
        path.strip_prefix(base).unwrap_or(path).display().to_string()
    }

    pub(crate) fn finding(
        &self,
        path: &Path,
        problem: impl Into<String>,
        remedy: impl Into<Remedy>,
    ) -> Finding {
        Finding { path: self.shown(path), problem: problem.into(), remedy: remedy.into() }
    }
}

/// The path of a version's snapshot in its folder.
pub(crate) fn snapshot_file(version: &Version) -> String {
    format!("schema/{version}.json")
}

/// The names in a folder, sorted, without hidden ones.
pub(crate) fn entries(folder: &Path) -> Result<Vec<String>, FolderError> {
    let unreadable = || FolderError::file(folder, "read");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable())? {
        let name = entry.map_err(unreadable())?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

pub(crate) fn read(path: &Path) -> Result<String, FolderError> {
    std::fs::read_to_string(path).map_err(FolderError::file(path, "read"))
}
