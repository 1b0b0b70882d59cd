//! Reading what tenants say of themselves, without writing anything.

use db_backend::{Access, BackendKind, Cancel, Connector, DbError, History, Timeouts, Version};

use crate::lanes;
use crate::outcome::FailureKind;
use crate::target::{Limits, Target};

/// What was read from one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The tenant.
    pub slug: String,
    /// Its server.
    pub server: String,
    /// Its back end.
    pub kind: BackendKind,
    /// The newest version that the registry has for it.
    pub recorded: Option<Version>,
    /// What its database says, or why that could not be read.
    pub history: Result<History, Unread>,
}

/// Why a tenant could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The kind of failure.
    pub kind: FailureKind,
    /// What was said, without credentials.
    pub message: String,
}

impl Observation {
    /// The newest version that the tenant has.
    pub fn version(&self) -> Option<&Version> {
        self.history.as_ref().ok()?.applied.as_ref()?.last()
    }
}

/// Reads all targets in parallel, and returns one observation for each, in the order of the
/// targets. Once cancelled, what has not been read yet is not read any more, and says so.
pub fn observe_fleet(
    connector: &dyn Connector,
    targets: &[Target],
    timeouts: &Timeouts,
    limits: Limits,
    cancel: &Cancel,
) -> Vec<Observation> {
    let histories = lanes::run(targets, limits, cancel, |target, _lane| {
        lanes::guarded(|| read_history(connector, target, timeouts))
            .unwrap_or_else(|message| Err(Unread { kind: FailureKind::Defect, message }))
    });
    let observed = targets.iter().zip(histories);
    observed
        .map(|(target, history)| Observation {
            slug: target.slug.clone(),
            server: target.server.clone(),
            kind: target.kind,
            recorded: target.recorded.clone(),
            history: history.unwrap_or_else(|| Err(Unread::cancelled())),
        })
        .collect()
}

fn read_history(
    connector: &dyn Connector,
    target: &Target,
    timeouts: &Timeouts,
) -> Result<History, Unread> {
    let mut connection = connector.connect(&target.database, Access::ReadOnly, timeouts)?;
    Ok(connection.history()?)
}

impl Unread {
    fn cancelled() -> Self {
        Self { kind: FailureKind::Cancelled, message: "not read: cancelled".to_owned() }
    }
}

impl From<DbError> for Unread {
    fn from(error: DbError) -> Self {
        Self { kind: FailureKind::Database(error.kind), message: error.message }
    }
}
