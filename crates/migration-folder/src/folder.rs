//! The paths in a folder of migrations.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use db_backend::{BackendKind, Version};
use schema_model::snapshot::Snapshot;
use schema_model::{List, Schema, Text};
use tenant_migrate::{own_folders, squashed_folder, version_of};

use crate::error::FolderError;
use crate::finding::{Finding, Remedy};
use crate::lines::Lines;
use crate::samples::with_samples;

/// A folder of migrations, and the schema as code that it belongs to, if there is one.
///
/// Either it has a stock Diesel folder for each back end (`sqlite`, `postgres` or `postgresql`,
/// `mysql`), or it is one. `schema` has the snapshots; it is `.schema` in a folder that is a stock
/// one, since Diesel takes every folder in it for a migration unless it is hidden.
#[derive(Debug, Clone)]
pub struct Folder {
    /// Its name in messages.
    pub name: &'static str,
    /// Where it is.
    pub root: PathBuf,
    /// What the code declares; nothing if there is no code.
    pub schema: Cow<'static, Schema>,
    /// Whether a schema as code belongs to it.
    is_coded: bool,
    /// The back end whose stock folder it is.
    stock: Option<BackendKind>,
    /// The only back ends that count; all, if empty.
    only: Vec<BackendKind>,
    /// The back ends that it gets migrations for while it is new; all, if empty.
    wanted: Vec<BackendKind>,
}

impl Folder {
    /// The folder of a schema as code.
    pub fn new(name: &'static str, root: PathBuf, schema: Cow<'static, Schema>) -> Self {
        let (only, wanted) = (Vec::new(), Vec::new());
        Self { name, root, schema, is_coded: true, stock: None, only, wanted }
    }

    /// A folder that no code belongs to.
    pub fn without_code(root: PathBuf) -> Self {
        Self { is_coded: false, ..Self::new("stock", root, Cow::Owned(Schema::EMPTY)) }
    }

    /// The same, as the stock folder of `only`, or of the schema's only back end, if it is one.
    ///
    /// # Errors
    /// [`FolderError::WhoseSql`] if it is a stock folder and neither says whose, or if it can't be
    /// read.
    pub fn of_back_end(self, only: Option<BackendKind>) -> Result<Self, FolderError> {
        if !self.root.is_dir() {
            return Err(FolderError::NoFolder(self.root));
        }
        let has_own = BackendKind::ALL.into_iter().any(|kind| self.own(kind).is_some());
        let names = entries(&self.root)?;
        let is_migration = |name: &String| self.root.join(name).join("up.sql").is_file();
        if has_own || (self.is_coded && !names.iter().any(is_migration)) {
            return Ok(self);
        }
        let declared = self.schema.back_ends.only().and_then(|name| name.parse().ok());
        match only.or(declared) {
            Some(kind) => Ok(Self { stock: Some(kind), ..self }),
            None => Err(FolderError::WhoseSql(self.root)),
        }
    }

    /// The same, as if it had no migrations of other back ends.
    #[must_use]
    pub fn only(self, kinds: &[BackendKind]) -> Self {
        Self { only: kinds.to_vec(), ..self }
    }

    /// The same; while it is new, its back ends are these, or all if the list is empty. Once it
    /// has migrations, they say which it has.
    #[must_use]
    pub fn begun_for(self, kinds: &[BackendKind]) -> Self {
        Self { wanted: kinds.to_vec(), ..self }
    }

    /// Whether a schema as code belongs to it.
    pub const fn is_coded(&self) -> bool {
        self.is_coded
    }

    /// The back ends of the schema that count, of those that it has migrations for, or that it is
    /// begun for.
    pub fn kinds(&self) -> Vec<BackendKind> {
        let counts = |kind: &BackendKind| {
            let is_declared = self.schema.back_ends.has(kind.name());
            is_declared && (self.only.is_empty() || self.only.contains(kind))
        };
        self.all_kinds().into_iter().filter(counts).collect()
    }

    /// The back ends that it has migrations for, or lines in `CHECKSUMS`; if it is new, those that
    /// it is begun for.
    pub(crate) fn all_kinds(&self) -> Vec<BackendKind> {
        if let Some(kind) = self.stock {
            return vec![kind];
        }
        let sealed = Lines::read(&self.root).unwrap_or_default();
        let folders: BTreeSet<&str> =
            sealed.paths().filter_map(|path| path.split('/').next()).collect();
        let is_known = |kind: &BackendKind| {
            self.own(*kind).is_some()
                || kind.folder_names().iter().any(|name| folders.contains(name))
        };
        let known: Vec<BackendKind> = BackendKind::ALL.into_iter().filter(is_known).collect();
        let begun_for = |kind: &BackendKind| self.wanted.is_empty() || self.wanted.contains(kind);
        match known.is_empty() {
            true => BackendKind::ALL.into_iter().filter(begun_for).collect(),
            false => known,
        }
    }

    /// The back end's own folder in it.
    fn own(&self, kind: BackendKind) -> Option<PathBuf> {
        own_folders(&self.root, kind).into_iter().next()
    }

    /// Versions that have a schema snapshot, ascending.
    ///
    /// # Errors
    /// A folder that can't be read.
    pub fn snapshot_versions(&self) -> Result<Vec<Version>, FolderError> {
        let folder = self.root.join(self.snapshots());
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

    /// What the code declares, as the snapshot after that version. Tables by hand stay so.
    ///
    /// # Errors
    /// Those of [`snapshot`](Self::snapshot).
    pub(crate) fn coded_snapshot(&self, follows: Option<Text>) -> Result<Snapshot, FolderError> {
        let by_hand = match self.snapshot_versions()?.pop() {
            Some(newest) => self.snapshot(&newest)?.by_hand,
            None => List::default(),
        };
        let is_by_hand = |name: &&Text| self.schema.table(name).is_none();
        let by_hand = by_hand.iter().filter(is_by_hand).cloned().collect();
        Ok(Snapshot { follows, schema: self.schema.clone().into_owned(), by_hand })
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

    /// The newest version that has files.
    ///
    /// # Errors
    /// A folder that can't be read.
    pub(crate) fn newest_version(&self) -> Result<Option<Version>, FolderError> {
        let mut versions = self.snapshot_versions()?;
        for kind in self.kinds() {
            let folder = self.of(kind);
            if folder.is_dir() {
                versions.extend(entries(&folder)?.iter().filter_map(|name| version_of(name)));
            }
        }
        Ok(versions
            .into_iter()
            .filter(|Version(version)| version.bytes().all(|b| b.is_ascii_digit()))
            .max())
    }

    /// Whether it has no migrations yet, for any back end.
    pub fn is_new(&self) -> bool {
        let has_migrations = |folder: PathBuf| {
            let names = entries(&folder).unwrap_or_default();
            names.iter().any(|name| folder.join(name).is_dir())
        };
        !self.root.join(self.snapshots()).exists()
            && !self.kinds().into_iter().any(|kind| has_migrations(self.of(kind)))
    }

    /// The newest version that has a snapshot.
    ///
    /// # Errors
    /// A folder without snapshots, or one that can't be read.
    pub fn newest_snapshot(&self) -> Result<Version, FolderError> {
        let newest = self.snapshot_versions()?.pop();
        newest.ok_or_else(|| FolderError::Version("there is no migration yet".to_owned()))
    }

    /// The folder of that back end's migrations.
    pub fn of(&self, kind: BackendKind) -> PathBuf {
        match self.stock {
            Some(_) => self.root.clone(),
            None => self.own(kind).unwrap_or_else(|| self.root.join(kind.name())),
        }
    }

    /// The folder of that back end's squashed migration.
    pub(crate) fn squashed(&self, kind: BackendKind) -> PathBuf {
        squashed_folder(&self.root, &self.of(kind))
    }

    /// The name of the folders of that version.
    ///
    /// # Errors
    /// A version without a migration, or a folder that can't be read.
    pub(crate) fn name_of(&self, version: &Version) -> Result<String, FolderError> {
        let first = self.files_of(version)?.into_iter().next();
        first.map(|(_, name, _)| name).ok_or_else(|| FolderError::no_migration(version))
    }

    /// The files of that version's migration: of which back end, in which folder, and the name.
    pub(crate) fn files_of(
        &self,
        version: &Version,
    ) -> Result<Vec<(BackendKind, String, String)>, FolderError> {
        let mut files = Vec::new();
        for kind in self.kinds() {
            let path = self.of(kind);
            let names = if path.is_dir() { entries(&path)? } else { Vec::new() };
            let is_it = |name: &String| version_of(name).as_ref() == Some(version);
            for name in names.into_iter().filter(|name| is_it(name) && path.join(name).is_dir()) {
                let found = all_entries(&path.join(&name))?.into_iter();
                files.extend(found.map(|file| (kind, name.clone(), file)));
            }
        }
        Ok(files)
    }

    /// The paths of that version's files in the folder, with its snapshot.
    ///
    /// # Errors
    /// A folder that can't be read.
    pub fn paths_of(&self, version: &Version) -> Result<Vec<String>, FolderError> {
        let files = self.files_of(version)?.into_iter();
        let mut paths: Vec<String> =
            files.map(|(kind, name, file)| self.file(kind, &name, &file)).collect();
        if self.snapshot_path(version).exists() {
            paths.push(self.snapshot_file(version));
        }
        Ok(paths)
    }

    /// The file of that version's snapshot.
    pub fn snapshot_path(&self, version: &Version) -> PathBuf {
        self.root.join(self.snapshot_file(version))
    }

    /// The path of a version's snapshot in the folder.
    pub(crate) fn snapshot_file(&self, version: &Version) -> String {
        format!("{}/{version}.json", self.snapshots())
    }

    /// The path of a file of a migration in the folder.
    pub(crate) fn file(&self, kind: BackendKind, migration: &str, file: &str) -> String {
        self.path_in(&self.of(kind).join(migration).join(file))
    }

    /// A path in the folder, from the folder on.
    pub(crate) fn path_in(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }

    const fn snapshots(&self) -> &'static str {
        match self.stock {
            Some(_) => ".schema",
            None => "schema",
        }
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

/// The names in a folder, sorted, without hidden ones.
pub(crate) fn entries(folder: &Path) -> Result<Vec<String>, FolderError> {
    let mut names = all_entries(folder)?;
    names.retain(|name| !name.starts_with('.'));
    Ok(names)
}

fn all_entries(folder: &Path) -> Result<Vec<String>, FolderError> {
    let unreadable = || FolderError::file(folder, "read");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable())? {
        names.push(entry.map_err(unreadable())?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

pub(crate) fn read(path: &Path) -> Result<String, FolderError> {
    std::fs::read_to_string(path).map_err(FolderError::file(path, "read"))
}
