//! From a folder, or from embedded files, to a [`MigrationSet`]: all faults at once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use db_backend::{BackendKind, Statement, Version};

use crate::checksum::checksum;
use crate::fault::{Fault, LoadError};
use crate::metadata::{self, Metadata};
use crate::migration::{EmbeddedMigration, Migration, MigrationSet, version_of};
use crate::refusal::{Refusal, RefusalReason, decode, refusals, without_effect};

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
        let folder = Path::new(kind.name());
        let sources = embedded.iter().map(|migration| Source::embedded(folder, migration));
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

/// The folders of a back end's own in a folder of migrations. More than one is a mistake: each has
/// a part of its history.
pub fn own_folders(root: &Path, kind: BackendKind) -> Vec<PathBuf> {
    let names = kind.folder_names().iter();
    names.map(|name| root.join(name)).filter(|path| path.is_dir()).collect()
}

/// The folder of the squashed migration that belongs to the folder `own` in `root`. If they are the
/// same, its name is hidden from Diesel, which would take every other folder for a migration.
pub fn squashed_folder(root: &Path, own: &Path) -> PathBuf {
    match own.file_name().filter(|_| own != root) {
        Some(name) => root.join(SQUASHED).join(name),
        None => root.join(format!(".{SQUASHED}")),
    }
}

/// The folder beside those of the back ends in which squashed migrations are.
pub(crate) const SQUASHED: &str = "squashed";

/// The files of one migration, not yet looked into.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    directory: String,
    up: Text,
    down: Option<Text>,
    metadata: Option<Text>,
}

/// The text of a file, and whether it can be read as SQL.
struct Text {
    text: Cow<'static, str>,
    unreadable: Option<RefusalReason>,
}

impl Source {
    pub(crate) fn embedded(folder: &Path, migration: &EmbeddedMigration) -> Self {
        Self {
            path: folder.join(migration.directory),
            directory: migration.directory.to_owned(),
            up: Text::embedded(migration.up),
            down: migration.down.map(Text::embedded),
            metadata: migration.metadata.map(Text::embedded),
        }
    }

    pub(crate) fn read(path: PathBuf) -> Result<Self, Fault> {
        let Some(directory) = path.file_name().and_then(|name| name.to_str()).map(str::to_owned)
        else {
            return Err(Fault::new(&path, "the name is not UTF-8", "rename the folder"));
        };
        let read = |file: &str| Text::read(&path.join(file));
        let fault = |file: &str, error: &io::Error| unreadable(&path.join(file), error);
        let up = read("up.sql").map_err(|error| fault("up.sql", &error))?.ok_or_else(|| {
            Fault::new(&path, "there is no `up.sql`", "add one, or move the folder elsewhere")
        })?;
        // Whoever only migrates up does not need it.
        let down = read("down.sql").unwrap_or_else(|error| Some(Text::lost(&error)));
        let metadata = read("metadata.toml").map_err(|error| fault("metadata.toml", &error))?;
        Ok(Self { path, directory, up, down, metadata })
    }
}

impl Text {
    fn read(path: &Path) -> io::Result<Option<Self>> {
        match fs::read(path) {
            Ok(bytes) => {
                let (text, unreadable) = decode(bytes);
                Ok(Some(Self { text: Cow::Owned(text), unreadable }))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    const fn embedded(text: &'static str) -> Self {
        Self { text: Cow::Borrowed(text), unreadable: None }
    }

    fn lost(error: &io::Error) -> Self {
        let reason = RefusalReason::Unreadable { error: error.to_string() };
        Self { text: Cow::Borrowed(""), unreadable: Some(reason) }
    }
}

pub(crate) fn migration_folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
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

fn assemble(
    kind: BackendKind,
    sources: Vec<Source>,
    mut faults: Vec<Fault>,
) -> Result<MigrationSet, LoadError> {
    let mut loaded: Vec<(PathBuf, Migration)> = Vec::new();
    for source in sources {
        let path = source.path.clone();
        match examine(kind, source) {
            Ok(Examined { squashes, .. }) if !squashes.is_empty() => {
                let problem = "only a squashed migration says what it was made from";
                let remedy = "take `squashes` out of its metadata.toml";
                faults.push(Fault::new(&path, problem, remedy));
            }
            Ok(Examined { migration, .. }) => loaded.push((path, migration)),
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

/// A migration, and what its metadata says that it was made from: version → checksum.
pub(crate) struct Examined {
    pub(crate) migration: Migration,
    pub(crate) squashes: BTreeMap<String, String>,
}

pub(crate) fn examine(kind: BackendKind, source: Source) -> Result<Examined, Vec<Fault>> {
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
    let metadata = metadata.map_or(Ok(Metadata::default()), |file| metadata::parse(&file.text));
    let metadata = metadata.unwrap_or_else(|(problem, remedy)| {
        note(Fault::new(&path.join("metadata.toml"), problem, remedy));
        Metadata::default()
    });
    if !faults.is_empty() {
        return Err(faults);
    }

    let read = |file: &Text| statements(kind, file, metadata.run_in_transaction);
    let (up_statements, mut up_refusals) = read(&up);
    // A file with only comments is allowed: Diesel allows it.
    if up.text.trim().is_empty() {
        up_refusals.push(Refusal::of_file(RefusalReason::Blank));
    }
    let (down_statements, down_refusals) = down.as_ref().map(read).unwrap_or_default();
    let migration = Migration {
        version,
        name: directory,
        checksum: checksum(&up.text),
        up: up.text,
        without_effect: without_effect(kind, &up_statements, metadata.run_in_transaction),
        up_statements,
        up_refusals,
        down: down.map(|file| file.text),
        down_statements,
        down_refusals,
        run_in_transaction: metadata.run_in_transaction,
        limits: metadata.limits,
        members: Vec::new(),
    };
    Ok(Examined { migration, squashes: metadata.squashes })
}

/// The statements of a file, and what keeps them from being applied.
fn statements(
    kind: BackendKind,
    file: &Text,
    run_in_transaction: bool,
) -> (Vec<Statement>, Vec<Refusal>) {
    if let Some(reason) = &file.unreadable {
        return (Vec::new(), vec![Refusal::of_file(reason.clone())]);
    }
    match sql_text::split(&file.text, kind.syntax()) {
        Ok(statements) => {
            let refusals = refusals(kind, &statements, run_in_transaction);
            (statements, refusals)
        }
        Err(unclosed) => {
            let reason = RefusalReason::Unclosed { what: unclosed.to_string() };
            (Vec::new(), vec![Refusal::of_file(reason)])
        }
    }
}

pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Fault {
    Fault::new(path, format!("can't be read: {error}"), "check the path and its rights")
}
