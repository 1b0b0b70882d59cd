//! What can go wrong with a database, as kinds on which a caller can base a decision.

use std::fmt;

use serde::{Deserialize, Serialize};
use sql_text::Unclosed;

/// A failure of one database or its server. Its text never contains a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DbError {
    /// What kind of failure it is.
    pub kind: DbErrorKind,
    /// What the database reported, in one or a few lines, redacted.
    pub message: String,
}

/// The kinds of failure; each has one policy (retried or not) and one hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DbErrorKind {
    /// No server answers at the address.
    Unreachable,
    /// The server answers, but rejects new sessions for now (too many, starting up, shutting down).
    ServerBusy,
    /// The connection broke during an operation.
    ConnectionLost,
    /// Nothing answered a call, and whoever waited for it gave up. It may still take effect.
    NoAnswer,
    /// The database exists, but was closed to all sessions on purpose.
    Closed,
    /// Unknown user, wrong password, or a missing privilege.
    Denied,
    /// The database or file does not exist.
    Missing,
    /// The file is not an SQLite database, or is damaged.
    Corrupt,
    /// The database, file or folder is not writable.
    ReadOnly,
    /// The disk is full.
    DiskFull,
    /// Another session held the lock for longer than the lock timeout.
    LockTimeout,
    /// The session no longer has the migration lock.
    LockLost,
    /// A statement ran for longer than the statement timeout.
    StatementTimeout,
    /// A deadlock or serialisation failure; the database chose this session as its victim.
    Deadlock,
    /// The statement is wrong, or does not fit the data.
    Statement,
    /// This process has no file descriptor or thread left.
    OutOfResources,
    /// The address can't be used: it is malformed, or this build does not include its back end.
    Address,
}

impl DbErrorKind {
    /// Whether the same attempt may succeed a moment later, without anybody's action.
    pub const fn is_transient(self) -> bool {
        match self {
            Self::Unreachable
            | Self::ServerBusy
            | Self::ConnectionLost
            | Self::Deadlock
            | Self::OutOfResources => true,
            // The thread that waits keeps its place, and what it waits for is in doubt.
            Self::NoAnswer
            | Self::Denied
            | Self::Closed
            | Self::Missing
            | Self::Corrupt
            | Self::ReadOnly
            | Self::DiskFull
            | Self::LockTimeout
            | Self::LockLost
            | Self::StatementTimeout
            | Self::Statement
            | Self::Address => false,
        }
    }
}

impl DbError {
    /// A failure of that kind with that text, which must be free of credentials.
    pub fn new(kind: DbErrorKind, message: impl fmt::Display) -> Self {
        Self { kind, message: message.to_string() }
    }

    /// An address that can't be used.
    pub(crate) fn address(message: impl fmt::Display) -> Self {
        Self::new(DbErrorKind::Address, message)
    }
}

/// A text that can't be read as SQL, with its line.
impl From<Unclosed> for DbError {
    fn from(unclosed: Unclosed) -> Self {
        Self::new(DbErrorKind::Statement, unclosed)
    }
}
