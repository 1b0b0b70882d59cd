//! From a folder, or from embedded files, to a [`MigrationSet`]: all faults at once.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use db_backend::{BackendKind, UnknownBackend, Version};
use serde::Deserialize;

use crate::checksum::checksum;
use crate::fault::{Fault, LoadError};
use crate::migration::{
    EmbeddedFolder, EmbeddedMigration, Migration, MigrationSet, MigrationSets, version_of,
};

/// The migrations of all back ends that were embedded at build time (`migration_embed::embed`).
///
/// # Errors
/// Everything that is wrong with any of them.
pub fn embedded_sets(folders: &[EmbeddedFolder]) -> Result<MigrationSets, LoadError> {
    let mut sets = MigrationSets::new();
    let mut faults = Vec::new();
    for folder in folders {
        match folder.backend.parse() {
            Ok(kind) => match MigrationSet::from_embedded(kind, folder.migrations) {
                Ok(set) => drop(sets.insert(kind, set)),
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

impl MigrationSet {
    /// The migrations that were embedded at build time.
    ///
    /// # Errors
    /// Everything that is wrong with them. A test of the embedding crate ensures that nothing is
    /// wrong.
    pub fn from_embedded(
        kind: BackendKind,
        embedded: &[EmbeddedMigration],
    ) -> Result<Self, LoadError> {
        let sources = embedded.iter().map(|migration| Source {
            path: Path::new(kind.name()).join(migration.directory),
            directory: migration.directory.to_owned(),
            up: Cow::Borrowed(migration.up),
            down: migration.down.map(Cow::Borrowed),
            metadata: migration.metadata.map(Cow::Borrowed),
        });
        assemble(kind, sources.collect(), Vec::new())
    }

    /// The migrations of any stock Diesel folder, which holds one back end's SQL. As in Diesel,
    /// plain files and hidden entries are ignored, and `down.sql` and `metadata.toml` may be
    /// missing.
    ///
    /// # Errors
    /// Everything that is wrong with the folder, each fault with its path and a remedy.
    pub fn from_dir(kind: BackendKind, folder: &Path) -> Result<Self, LoadError> {
        let mut faults = Vec::new();
        let mut sources = Vec::new();
        match migration_folders(folder) {
            Ok(paths) => {
                for path in paths {
                    match Source::read(path) {
                        Ok(source) => sources.push(source),
                        Err(fault) => faults.push(fault),
                    }
                }
            }
            Err(error) => faults.push(unreadable(folder, &error)),
        }
        assemble(kind, sources, faults)
    }
}

/// The files of one migration, not yet looked into.
struct Source {
    path: PathBuf,
    directory: String,
    up: Cow<'static, str>,
    down: Option<Cow<'static, str>>,
    metadata: Option<Cow<'static, str>>,
}

impl Source {
    fn read(path: PathBuf) -> Result<Self, Fault> {
        let Some(directory) = path.file_name().and_then(|name| name.to_str()).map(str::to_owned)
        else {
            return Err(Fault::new(&path, "the name is not UTF-8", "rename the folder"));
        };
        let up = read_optional(&path.join("up.sql"))?.ok_or_else(|| {
            Fault::new(&path, "there is no `up.sql`", "add one, or move the folder elsewhere")
        })?;
        let down = read_optional(&path.join("down.sql"))?;
        let metadata = read_optional(&path.join("metadata.toml"))?;
        Ok(Self { path, directory, up, down, metadata })
    }
}

fn migration_folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !hidden && entry.path().is_dir() {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

fn read_optional(path: &Path) -> Result<Option<Cow<'static, str>>, Fault> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(Cow::Owned(text))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn assemble(
    kind: BackendKind,
    sources: Vec<Source>,
    mut faults: Vec<Fault>,
) -> Result<MigrationSet, LoadError> {
    let mut loaded: Vec<(PathBuf, Migration)> = Vec::new();
    for source in sources {
        let path = source.path.clone();
        match examine(kind, source) {
            Ok(migration) => loaded.push((path, migration)),
            Err(found) => faults.extend(found),
        }
    }
    loaded.sort_by(|a, b| a.1.version.cmp(&b.1.version));
    for pair in loaded.windows(2) {
        if pair[0].1.version == pair[1].1.version {
            let problem = format!("has version {}, as `{}` has", pair[1].1.version, pair[0].1.name);
            faults.push(Fault::new(&pair[1].0, problem, "give one of them a new version"));
        }
    }
    if faults.is_empty() {
        let migrations = loaded.into_iter().map(|(_, migration)| migration).collect();
        return Ok(MigrationSet::new(kind, migrations));
    }
    faults.sort_by(|a, b| Path::new(&a.path).cmp(Path::new(&b.path)));
    Err(LoadError { faults })
}

/// The width of the column `version` in Diesel's history table.
const VERSION_LENGTH_MAX: usize = 50;

fn examine(kind: BackendKind, source: Source) -> Result<Migration, Vec<Fault>> {
    let Source { path, directory, up, down, metadata } = source;
    let mut faults = Vec::new();
    let mut note = |found: Fault| faults.push(found);

    let version = version_of(&directory).unwrap_or_else(|| {
        let remedy = "name the folder `<version>_<name>`, as in `20260301120000_add_invoices`";
        note(Fault::new(&path, "the name has no version", remedy));
        Version(String::new())
    });
    if version.0.chars().count() > VERSION_LENGTH_MAX {
        let problem = format!("the version is longer than {VERSION_LENGTH_MAX} characters");
        note(Fault::new(&path, problem, "the history table can't hold it; shorten it"));
    }
    // A file with only comments is allowed: Diesel allows it, and a history may hold such a
    // migration.
    if up.trim().is_empty() {
        note(Fault::new(
            &path.join("up.sql"),
            "the file is blank",
            "write the SQL, or delete the folder",
        ));
    }
    let mut statements = |file: &str, text: &str| {
        sql_text::split(text, kind.syntax()).unwrap_or_else(|error| {
            note(Fault::new(&path.join(file), error.to_string(), "fix the SQL"));
            Vec::new()
        })
    };
    let up_statements = statements("up.sql", &up);
    let down_statements = down.as_deref().map(|text| statements("down.sql", text));
    let metadata = parse_metadata(metadata.as_deref()).unwrap_or_else(|problem| {
        let remedy = "the only key is `run_in_transaction = true` or `false`";
        note(Fault::new(&path.join("metadata.toml"), problem, remedy));
        Metadata::default()
    });

    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Migration {
        version,
        name: directory,
        checksum: checksum(&up),
        up,
        up_statements,
        down,
        down_statements: down_statements.unwrap_or_default(),
        run_in_transaction: metadata.run_in_transaction,
    })
}

/// Diesel's own reader takes a missing key for `false` and ignores malformed files. The documented
/// default is a transaction, and a typo must not switch it off.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Metadata {
    run_in_transaction: bool,
}

impl Default for Metadata {
    fn default() -> Self {
        Self { run_in_transaction: true }
    }
}

fn parse_metadata(text: Option<&str>) -> Result<Metadata, String> {
    match text {
        Some(text) => toml::from_str(text).map_err(|error| error.message().to_owned()),
        None => Ok(Metadata::default()),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Fault {
    Fault::new(path, format!("can't be read: {error}"), "check the path and its rights")
}
