//! Reading what tenants say of themselves, without writing anything.

use db_backend::{Access, Cancel, Connector, History, Timeouts};

use super::lanes;
use crate::failure::FailureKind;
use crate::plan::{Observation, Unread};
use crate::target::{Limits, Target};

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
