//! What keeps a folder from being read, checked or written.

use std::io;
use std::path::{Path, PathBuf};

use db_backend::{BackendKind, DbError};
use schema_core::diff::{Hazard, Unsupported};
use schema_core::snapshot::SnapshotError;
use tenant_migrate::Finding;

use crate::proof::Unproven;

/// Why nothing was done. The folder is as it was.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file or folder that can't be read or written.
    #[error("{} can't be {what}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What was tried: `read`, `written`.
        what: &'static str,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// A snapshot that is none.
    #[error("{} can't be read", path.display())]
    Snapshot {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        cause: SnapshotError,
    },
    /// A line of `CHECKSUMS` that is none.
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
    /// A version that no migration has, or that none can follow.
    #[error("{0}")]
    Version(String),
    /// The folder has findings, so that nothing is added to it.
    #[error("the {name} migrations have findings, so nothing was written:{}", listed(findings.iter().map(|f| format!("{}: {}", f.path, f.problem))))]
    Findings {
        /// The folder's name.
        name: &'static str,
        /// What `check` finds.
        findings: Vec<Finding>,
    },
    /// Differences that no migration can be generated for.
    #[error("no migration can be generated for this:{}", listed(.0.iter().map(|one| format!("{} {}", one.place, one.reason))))]
    Unsupported(Vec<Unsupported>),
    /// What may lose data or fail on rows, and was not allowed.
    #[error("this may lose data, or fail on rows that are there:{}", listed(.0.iter().map(|hazard| match &hazard.hint {
        Some(hint) => format!("{}\n    {hint}", hazard.effect),
        None => hazard.effect.clone(),
    })))]
    NotAllowed(Vec<Hazard>),
    /// Something allowed that the change does not do.
    #[error("`--allow {0}` allows nothing that this change does")]
    NothingToAllow(String),
    /// A generated migration that does not do what it is to do. It was not written.
    #[error("the migration for {kind} failed its proof, and was not written")]
    Unproven {
        /// The back end.
        kind: BackendKind,
        /// What went wrong.
        #[source]
        cause: Box<Unproven>,
    },
    /// A scratch database that can't be had.
    #[error("no scratch database on {place}")]
    Scratch {
        /// The server, without its password.
        place: String,
        /// What it said.
        #[source]
        cause: DbError,
    },
}

impl FolderError {
    pub(crate) fn file(path: &Path, what: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self::File { path, what, cause }
    }

    /// Whether the call is to be made in another way, rather than something be mended.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Name(_) | Self::Version(_) | Self::NotAllowed(_) | Self::NothingToAllow(_) => {
                true
            }
            Self::File { .. }
            | Self::Snapshot { .. }
            | Self::Checksums { .. }
            | Self::Findings { .. }
            | Self::Unsupported(_)
            | Self::Unproven { .. }
            | Self::Scratch { .. } => false,
        }
    }

    /// What to do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Name(_) => {
                Some("use a-z, 0-9 and `_`, at most 80, such as `add_invoices`".to_owned())
            }
            Self::NotAllowed(hazards) => {
                let flags: Vec<String> =
                    hazards.iter().map(|hazard| format!("--allow {hazard}")).collect();
                Some(format!("if it is meant, say so: {}", flags.join(" ")))
            }
            Self::NothingToAllow(_) => Some("leave it out, or look at its spelling".to_owned()),
            Self::Findings { .. } => {
                Some("`cargo xtask check` says what to do about each".to_owned())
            }
            Self::Unsupported(_) => {
                Some("or `new-migration NAME --empty`, and write the SQL by hand".to_owned())
            }
            Self::Unproven { .. } => Some(
                "mend the expression, if it is one of the code that fails; else `new-migration NAME \
                 --empty` writes blank files, for SQL by hand"
                    .to_owned(),
            ),
            Self::Checksums { .. } | Self::Snapshot { .. } => Some("restore the file".to_owned()),
            Self::File { .. } | Self::Version(_) | Self::Scratch { .. } => None,
        }
    }
}

/// One line each, below the line that they explain.
fn listed(lines: impl Iterator<Item = String>) -> String {
    lines.map(|line| format!("\n  {line}")).collect()
}
