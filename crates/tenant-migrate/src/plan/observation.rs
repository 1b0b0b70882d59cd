//! What was read from a tenant: what planning begins with.

use db_backend::{DbError, History, Version};

use super::claim::Record;
use crate::failure::FailureKind;
use crate::migration::SetKey;

/// What was read from one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The tenant.
    pub slug: String,
    /// Its server.
    pub server: String,
    /// Its migrations.
    pub set: SetKey,
    /// What the registry says about its database.
    pub record: Record,
    /// What its database says, or why that could not be read.
    pub history: Result<History, ReadFailure>,
}

/// Why a tenant could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadFailure {
    /// The kind of failure.
    pub kind: FailureKind,
    /// The message, without credentials.
    pub message: String,
}

impl Observation {
    /// The newest version that the tenant has.
    pub fn version(&self) -> Option<&Version> {
        self.history.as_ref().ok()?.applied.as_ref()?.last()
    }
}

impl ReadFailure {
    pub(crate) fn cancelled() -> Self {
        Self { kind: FailureKind::Cancelled, message: "not read: cancelled".to_owned() }
    }
}

impl From<DbError> for ReadFailure {
    fn from(error: DbError) -> Self {
        Self { kind: FailureKind::Database(error.kind), message: error.message }
    }
}
