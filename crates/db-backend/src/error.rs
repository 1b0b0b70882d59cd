//! What can go wrong with a database, in kinds that a caller can decide on.

use std::fmt;

use serde::{Deserialize, Serialize};
use sql_text::Unclosed;

/// A failure of one database or its server. Its text never holds a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DbError {
    /// What kind of failure it is.
    pub kind: DbErrorKind,
    /// What the database said, in one line or a few, redacted.
    pub message: String,
}

/// The kinds of failure; each has one policy (retried or not) and one hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DbErrorKind {
    /// No server answers at the address.
    Unreachable,
    /// The server answers, but turns new sessions away for now (too many, starting up, shutting
    /// down).
    ServerBusy,
    /// The connection broke in the middle of something.
    ConnectionLost,
    /// Unknown user, wrong password, or no right to do that.
    Denied,
    /// The database or file does not exist.
    Missing,
    /// A database that was to be created is there already, and holds something else.
    Occupied,
    /// The file is not an SQLite database, or is damaged.
    Corrupt,
    /// The database, file or folder can't be written.
    ReadOnly,
    /// No space is left.
    DiskFull,
    /// Another session held the lock for longer than the wait limit.
    LockTimeout,
    /// A statement ran for longer than its limit.
    StatementTimeout,
    /// A deadlock or serialisation failure; the database chose this session as its victim.
    Deadlock,
    /// The statement itself is wrong, or the data is in its way.
    Statement,
    /// The address can't be used: malformed, or a back end that this build does not have.
    Address,
}

impl DbErrorKind {
    /// Whether the same attempt may succeed in a moment without anyone's doing.
    pub const fn is_transient(self) -> bool {
        match self {
            Self::Unreachable | Self::ServerBusy | Self::ConnectionLost | Self::Deadlock => true,
            Self::Denied
            | Self::Missing
            | Self::Occupied
            | Self::Corrupt
            | Self::ReadOnly
            | Self::DiskFull
            | Self::LockTimeout
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
}

/// A text that can't be read as SQL, with the line.
impl From<Unclosed> for DbError {
    fn from(unclosed: Unclosed) -> Self {
        Self::new(DbErrorKind::Statement, unclosed)
    }
}
