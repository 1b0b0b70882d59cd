//! Why a folder can't be read, checked or written.

use std::io;
use std::path::{Path, PathBuf};

use db_backend::{BackendKind, DbError, Refused, Version};
use schema_model::diff::{Hazard, Unsupported};
use schema_model::snapshot::SnapshotError;

use crate::broken::Broken;
use crate::finding::Finding;

/// Why nothing was done. The folder is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file or folder that can't be read or written.
    #[error("{} can't be {what}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What was tried: `read`, `written`.
        what: &'static str,
        /// The error of the operating system.
        #[source]
        cause: io::Error,
    },
    /// There is no such folder.
    #[error("there is no folder {}", .0.display())]
    NoFolder(PathBuf),
    /// The folder has one back end's migrations, and nothing says which one's.
    #[error("{} does not say for which back end its SQL is", .0.display())]
    WhoseSql(PathBuf),
    /// The folder belongs to no code, so nothing can be generated for it.
    #[error("{} belongs to no schema as code, so nothing can be generated for it", .0.display())]
    NoCode(PathBuf),
    /// A file that is not a valid snapshot.
    #[error("{} can't be read", path.display())]
    Snapshot {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        cause: SnapshotError,
    },
    /// A malformed line of `CHECKSUMS`.
    #[error("{path} line {line}: expected a checksum, two spaces and a path")]
    Checksums {
        /// The file, as shown to a person.
        path: String,
        /// The line, from 1.
        line: usize,
    },
    /// A name that a migration can't have.
    #[error("`{0}` can't be a migration's name")]
    Name(String),
    /// A version that no migration has, or that no migration can follow.
    #[error("{0}")]
    Version(String),
    /// The newest migration was written or edited by hand, so it is not generated again.
    #[error(
        "the SQL of {version} is not what was generated: it was written by hand, or has a rename or a backfill that the code no longer declares"
    )]
    ByHand {
        /// The version.
        version: Version,
    },
    /// Without the newest migration, nothing differs from what the code declares.
    #[error("the code declares what was there before {version}: nothing is left for it to do")]
    NothingLeft {
        /// The version.
        version: Version,
    },
    /// Only the newest migration can be removed.
    #[error("{version} is not the newest migration: {newest} builds on it")]
    NotNewest {
        /// The version.
        version: Version,
        /// The newest one.
        newest: Version,
    },
    /// The folder has findings, so nothing is added to it.
    #[error("the {name} migrations have findings, so nothing was written:{}", listed(findings.iter().map(|f| format!("{}: {}", f.path, f.problem))))]
    Findings {
        /// The folder's name.
        name: &'static str,
        /// The findings that need no database.
        findings: Vec<Finding>,
    },
    /// Differences that no migration can be generated for.
    #[error("no migration can be generated for this:{}", listed(.0.iter().map(|one| format!("{} {}", one.place, one.reason))))]
    Unsupported(Vec<Unsupported>),
    /// Hazards that were not allowed: they may lose data, or fail on rows.
    #[error("this may lose data, or fail on existing rows:{}", listed(.0.iter().map(|hazard| match &hazard.hint {
        Some(hint) => format!("{}\n    {hint}", hazard.effect),
        None => hazard.effect.clone(),
    })))]
    NotAllowed(Vec<Hazard>),
    /// Something was allowed that the change does not do.
    #[error("`{0}` does not apply to this change")]
    NothingToAllow(String),
    /// There is nothing to squash.
    #[error("{}: there is nothing to squash", match .count {
        0 => format!("no migration for {kind} is below {below}"),
        _ => format!("only one migration for {kind} is below {below}"),
    })]
    FewMembers {
        /// The back end.
        kind: BackendKind,
        /// The version.
        below: Version,
        /// How many there are: 0 or 1.
        count: usize,
    },
    /// Migrations that no single one can stand for.
    #[error("the migrations for {kind} can't be squashed:{}", listed(.problems.iter().cloned()))]
    NotSquashed {
        /// The back end.
        kind: BackendKind,
        /// What is wrong with each way to do it.
        problems: Vec<String>,
    },
    /// A generated migration that failed its proof. It was not written.
    #[error("the migration for {kind} failed its proof, and was not written")]
    Unproven {
        /// The back end.
        kind: BackendKind,
        /// What went wrong.
        #[source]
        cause: Box<Unproven>,
    },
    /// A migration that can't be replayed.
    #[error("migration {migration} is refused")]
    Replay {
        /// Its folder.
        migration: String,
        /// The statement, and the error of the database.
        #[source]
        refused: Refused,
    },
    /// A scratch database that can't be created or opened.
    #[error("no scratch database on {place}")]
    Scratch {
        /// The server, without its password.
        place: String,
        /// The error of the server.
        #[source]
        cause: DbError,
    },
    /// What sessions begin with does not work in a new database.
    #[error("SQL before the session fails in an empty scratch database on {place}: `{statement}`")]
    SessionSql {
        /// The server, without its password.
        place: String,
        /// The statement.
        statement: String,
        /// The error of the database.
        #[source]
        cause: DbError,
    },
}

/// How a migration failed its proof.
#[derive(Debug, thiserror::Error)]
pub enum Unproven {
    /// A statement was refused.
    #[error("the step `{step}` fails")]
    Refused {
        /// The step of the proof.
        step: &'static str,
        /// The statement, and the error of the database.
        #[source]
        refused: Refused,
    },
    /// The schema is not the expected one.
    #[error("{step}: {}", .differences.join("; "))]
    Differs {
        /// The step of the proof.
        step: &'static str,
        /// One sentence for each difference.
        differences: Vec<String>,
    },
    /// A value has changed.
    #[error("{step}: rows were {before:?} and are {after:?}")]
    Lost {
        /// The step of the proof.
        step: &'static str,
        /// The rows before.
        before: Vec<String>,
        /// The rows after.
        after: Vec<String>,
    },
    /// Views or triggers that were written by hand no longer work.
    #[error("{step}: {}", .broken.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Broken {
        /// The step of the proof.
        step: &'static str,
        /// What no longer works.
        broken: Vec<Broken>,
    },
    /// The scratch database failed.
    #[error("the scratch database fails")]
    Database(#[from] DbError),
}

impl FolderError {
    pub(crate) fn no_migration(version: &Version) -> Self {
        Self::Version(format!("there is no migration of version {version}"))
    }

    pub(crate) fn file(path: &Path, what: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self::File { path, what, cause }
    }
}

/// One line each, below the line that they explain.
fn listed(lines: impl Iterator<Item = String>) -> String {
    lines.map(|line| format!("\n  {line}")).collect()
}
