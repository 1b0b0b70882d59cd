//! Reads the tenants' histories, and writes nothing.

use db_backend::{Access, History};

use super::lanes;
use super::run::Run;
use crate::failure::FailureKind;
use crate::plan::{Observation, ReadFailure};
use crate::target::Target;

impl Run<'_> {
    /// Reads all targets in parallel, and returns one observation for each, in the order of the
    /// targets. Once cancelled, the remaining ones are not read, and their observations say so.
    ///
    /// The sink gets no event.
    pub fn observe(&self, targets: &[Target]) -> Vec<Observation> {
        let limits = self.options.limits;
        let histories = lanes::work_through(targets, limits, self.cancel, |target, _lane| {
            lanes::guarded(|| self.read_history(target))
                .unwrap_or_else(|message| Err(ReadFailure { kind: FailureKind::Defect, message }))
        });
        let observed = targets.iter().zip(histories);
        observed
            .map(|(target, history)| Observation {
                slug: target.slug.clone(),
                server: target.server.clone(),
                kind: target.kind,
                record: target.record.clone(),
                history: history.unwrap_or_else(|| Err(ReadFailure::cancelled())),
            })
            .collect()
    }

    fn read_history(&self, target: &Target) -> Result<History, ReadFailure> {
        let timeouts = &self.options.timeouts;
        let mut connection =
            self.connector.connect(&target.database, Access::ReadOnly, timeouts)?;
        Ok(connection.history()?)
    }
}
