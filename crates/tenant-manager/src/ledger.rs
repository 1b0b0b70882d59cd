//! Writes outcomes into the ledger while the run continues.

use std::collections::HashMap;
use std::iter;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use system_db::{Registry, RunOutcome, TenantState};
use tenant_migrate::{Ending, Event, TenantReport, crash};

use crate::error::ManagerError;

/// The most rows that one transaction takes; this bounds memory.
const BATCH_MAX: usize = 1_000;
/// How long rows are gathered before they are committed. Each commit waits for the disk, as the
/// tenants' own commits do; and rows left for the end of the run would be written while nothing
/// else runs. A killed run loses the rows of this time at most, and the next run finds those
/// tenants done.
const GATHER: Duration = Duration::from_millis(20);

/// The sending half: looks at every event of a run, from any thread.
pub(crate) struct LedgerSink(Sender<TenantReport>);

/// The writing half: one thread, which commits what has gathered.
pub(crate) struct LedgerWriter<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) run_id: &'a str,
    pub(crate) tenant_ids: &'a HashMap<String, i64>,
    /// The state that a tenant enters when it has reached the goal.
    pub(crate) state_at_goal: Option<TenantState>,
}

pub(crate) fn ledger() -> (LedgerSink, Receiver<TenantReport>) {
    let (sender, receiver) = channel();
    (LedgerSink(sender), receiver)
}

/// The number that the ledger stores for how a run ended. Its rows stay, so these numbers must too.
pub(crate) const fn number(ending: Ending) -> i32 {
    match ending {
        Ending::AllAtGoal => 0,
        Ending::Pending => 3,
        Ending::SomeFailed => 4,
        Ending::Cancelled => 130,
    }
}

impl LedgerSink {
    pub(crate) fn observe(&self, event: &Event) {
        if let Event::TenantFinished(report) = event {
            // The receiver is gone only if its thread failed, which is reported at the end.
            let _ = self.0.send(report.clone());
        }
    }
}

impl LedgerWriter<'_> {
    /// Writes until the sender is dropped. After a failure it keeps listening and retries with the
    /// next batch, so that a restart of the registry loses no row.
    ///
    /// # Errors
    /// [`ManagerError::Ledger`].
    pub(crate) fn write_all(&self, reports: &Receiver<TenantReport>) -> Result<(), ManagerError> {
        let mut waiting: Vec<RunOutcome> = Vec::new();
        let mut result = Ok(());
        while let Ok(first) = reports.recv() {
            let deadline = Instant::now() + GATHER;
            // Ends immediately when the sender is gone, so that a run never waits for it at the
            // end.
            let more = iter::from_fn(|| {
                reports.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()
            });
            let batch = iter::once(first).chain(more.take(BATCH_MAX - 1));
            waiting.extend(batch.filter_map(|report| self.row(&report)));
            if self.state_at_goal.is_some() {
                crash::point("before-active");
            }
            result = self.registry.record(self.run_id, &waiting);
            if self.state_at_goal.is_some() {
                crash::point("after-active");
            }
            if result.is_ok() {
                waiting.clear();
            }
        }
        if result.is_err() {
            result = self.registry.record(self.run_id, &waiting);
        }
        result.map_err(|cause| {
            let is_waiting = |id: i64| waiting.iter().any(|outcome| outcome.tenant_id == id);
            let missing = self.tenant_ids.iter().filter(|(_, id)| is_waiting(**id));
            let mut missing: Vec<String> = missing.map(|(slug, _)| slug.clone()).collect();
            missing.sort();
            ManagerError::Ledger { tenants: self.tenant_ids.len(), missing, cause }
        })
    }

    fn row(&self, report: &TenantReport) -> Option<RunOutcome> {
        let outcome = &report.outcome;
        Some(RunOutcome {
            tenant_id: *self.tenant_ids.get(&report.slug)?,
            outcome: outcome.name().to_owned(),
            version: report.version.clone(),
            error: outcome.reason(),
            detail: serde_json::to_value(report).unwrap_or_default(),
            duration_ms: i64::try_from(report.duration.as_millis()).unwrap_or(i64::MAX),
            new_state: self.state_at_goal.filter(|_| outcome.is_at_goal()),
        })
    }
}
