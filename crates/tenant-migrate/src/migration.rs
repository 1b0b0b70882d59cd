//! The migrations that the binary carries, or that a folder holds.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use db_backend::{BackendKind, Statement, Version};
use serde::{Serialize, Serializer};

use crate::metadata::OwnLimits;
use crate::refusal::{Refusal, WithoutEffect};

/// One migration of one back end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Its version.
    pub version: Version,
    /// The name of its folder, the version included.
    pub name: String,
    /// The text of `up.sql`.
    pub up: Cow<'static, str>,
    /// The statements of `up.sql`; empty if it can't be read as SQL.
    pub up_statements: Vec<Statement>,
    /// What keeps `up.sql` from being applied as it stands, in the order of the file.
    pub up_refusals: Vec<Refusal>,
    /// The statements of `up.sql` that have no effect where they stand.
    pub without_effect: Vec<WithoutEffect>,
    /// The text of `down.sql`, if there is one.
    pub down: Option<Cow<'static, str>>,
    /// The statements of `down.sql`; empty if there is no such file, or if it can't be read as SQL.
    pub down_statements: Vec<Statement>,
    /// What keeps `down.sql` from being applied as it stands.
    pub down_refusals: Vec<Refusal>,
    /// Whether it may run in a transaction. As Diesel documents, it may unless `metadata.toml` says
    /// otherwise.
    pub run_in_transaction: bool,
    /// The limits that it has instead of the run's.
    pub limits: OwnLimits,
    /// SHA-256 of `up.sql` in lower-case hex, with line ends as `\n` whatever the checkout made of
    /// them.
    pub checksum: String,
    /// What it was made from, ascending, if it is a squashed migration; otherwise, nothing.
    pub members: Vec<Member>,
}

/// A migration that a squashed one was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its version.
    pub version: Version,
    /// The checksum of its `up.sql`.
    pub checksum: String,
    /// How many statements it has.
    pub statements: u32,
    /// The checksum over them.
    pub(crate) done_checksum: String,
}

/// All migrations of one back end.
///
/// Invariant: ascending by version, versions unique. The members of the squashed migration are all
/// migrations up to its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationSet {
    kind: BackendKind,
    migrations: Vec<Migration>,
    squashed: Option<Migration>,
}

/// The schema of a program that has only one.
pub const DEFAULT_SCHEMA: &str = "tenant";

/// Which migrations a tenant has: those of its schema, for its back end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetKey {
    /// The schema's name.
    pub schema: String,
    /// The back end.
    pub kind: BackendKind,
}

/// The sets that a run may meet.
pub type MigrationSets = BTreeMap<SetKey, MigrationSet>;

impl SetKey {
    /// Those of a schema.
    pub fn new(schema: impl Into<String>, kind: BackendKind) -> Self {
        Self { schema: schema.into(), kind }
    }

    /// Those of the only schema.
    pub fn of(kind: BackendKind) -> Self {
        Self::new(DEFAULT_SCHEMA, kind)
    }
}

/// `postgres`, or `archive/postgres` if the schema is not the default.
impl fmt::Display for SetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { schema, kind } = self;
        if schema == DEFAULT_SCHEMA { write!(f, "{kind}") } else { write!(f, "{schema}/{kind}") }
    }
}

impl Serialize for SetKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One back end's folder as an including crate embeds it.
#[derive(Debug, Clone, Copy)]
pub struct EmbeddedFolder {
    /// The name of the folder, which is the back end's.
    pub backend: &'static str,
    /// The migrations in it.
    pub migrations: &'static [EmbeddedMigration],
    /// The one that new databases get in place of the oldest of them, if there is one.
    pub squashed: Option<EmbeddedMigration>,
}

/// A migration as an including crate embeds it (`migration_embed::folders`).
#[derive(Debug, Clone, Copy)]
pub struct EmbeddedMigration {
    /// The name of its folder.
    pub directory: &'static str,
    /// The text of `up.sql`.
    pub up: &'static str,
    /// The text of `down.sql`, if there is one.
    pub down: Option<&'static str>,
    /// The text of `metadata.toml`, if there is one.
    pub metadata: Option<&'static str>,
}

/// How far up to migrate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// To the newest version there is.
    Head,
    /// To that version, inclusive. Nothing is ever migrated down.
    Version(Version),
}

impl Goal {
    /// Whether the goal asks for that version.
    pub fn includes(&self, version: &Version) -> bool {
        match self {
            Self::Head => true,
            Self::Version(goal) => version <= goal,
        }
    }
}

/// A version that no migration has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no migration has the version `{version}`; {}", match .head {
    Some(head) => format!("the newest is {head}"),
    None => "there are no migrations at all".to_owned(),
})]
pub struct UnknownGoal {
    /// The version asked for, as it was given.
    pub version: String,
    /// The newest version there is.
    pub head: Option<Version>,
    /// The version that is written most like it.
    pub nearest: Option<Version>,
}

impl Migration {
    /// The versions that a database has after it: its own, or those of its members.
    pub fn versions(&self) -> impl Iterator<Item = &Version> {
        let own = self.members.is_empty().then_some(&self.version);
        own.into_iter().chain(self.members.iter().map(|member| &member.version))
    }

    /// Whether there is anything to say about it before it is applied.
    pub(crate) fn has_notes(&self) -> bool {
        !self.up_refusals.is_empty()
            || !self.without_effect.is_empty()
            || self.limits != OwnLimits::default()
    }

    /// What is to be said about it before it is applied.
    pub(crate) fn notes(&self) -> impl Iterator<Item = String> {
        let Self { name, up_refusals, without_effect, limits, .. } = self;
        let refused = up_refusals.iter().map(ToString::to_string);
        let noted = refused.chain(without_effect.iter().map(ToString::to_string));
        let noted = noted.chain(limits.notes());
        noted.map(move |note| format!("migration {name}: {note}"))
    }
}

impl MigrationSet {
    // Only `load` makes sets: it keeps the invariant.
    pub(crate) const fn new(kind: BackendKind, migrations: Vec<Migration>) -> Self {
        Self { kind, migrations, squashed: None }
    }

    /// The back end that its SQL is for.
    pub const fn kind(&self) -> BackendKind {
        self.kind
    }

    /// The newest version; `None` if there are no migrations.
    pub fn head(&self) -> Option<&Version> {
        self.migrations.last().map(|migration| &migration.version)
    }

    /// The migration of that version.
    pub fn get(&self, version: &Version) -> Option<&Migration> {
        let place = self.migrations.binary_search_by(|known| known.version.cmp(version)).ok()?;
        self.migrations.get(place)
    }

    /// The migration that new databases get in place of the oldest ones, if there is one.
    pub const fn squashed(&self) -> Option<&Migration> {
        self.squashed.as_ref()
    }

    // Only `squashed` calls it: it keeps the invariant.
    pub(crate) fn set_squashed(&mut self, squashed: Migration) {
        self.squashed = Some(squashed);
    }

    /// All migrations, ascending, without the squashed one.
    pub fn iter(&self) -> std::slice::Iter<'_, Migration> {
        self.migrations.iter()
    }

    /// How many migrations there are.
    pub const fn len(&self) -> usize {
        self.migrations.len()
    }

    /// Whether the set is empty.
    pub const fn is_empty(&self) -> bool {
        self.migrations.is_empty()
    }

    /// The goal of that version, written with or without dashes, or as a whole folder's name.
    ///
    /// # Errors
    /// [`UnknownGoal`] if no migration has that version.
    pub fn goal(&self, version: &str) -> Result<Goal, UnknownGoal> {
        let known = version_of(version).filter(|version| self.get(version).is_some());
        known.map(Goal::Version).ok_or_else(|| {
            let wanted = version_of(version).map_or_else(|| version.to_owned(), |known| known.0);
            let versions = self.iter().map(|migration| &migration.version);
            let nearest = versions.min_by_key(|one| strsim::damerau_levenshtein(&one.0, &wanted));
            UnknownGoal {
                version: version.to_owned(),
                head: self.head().cloned(),
                nearest: nearest.cloned(),
            }
        })
    }
}

impl<'a> IntoIterator for &'a MigrationSet {
    type Item = &'a Migration;
    type IntoIter = std::slice::Iter<'a, Migration>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A folder's version as Diesel reads it: up to the first `_`, with `-` stripped. `None` if
/// nothing is left.
pub fn version_of(directory: &str) -> Option<Version> {
    let leading = directory.split('_').next()?;
    let version = leading.replace('-', "");
    (!version.is_empty()).then_some(Version(version))
}
