//! Writes outcomes into the ledger while the run continues.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
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

/// The ledger of one run, while it is being written by a thread of its own.
pub(crate) struct Ledger {
    news: Sender<News>,
    writing: JoinHandle<Result<(), ManagerError>>,
}

/// Looks at every event of a run, from any thread.
pub(crate) struct LedgerSink(Sender<News>);

/// What the writing thread is told.
enum News {
    Finished(TenantReport),
    /// Nothing more comes. It is said, since a thread that was given up keeps its sink.
    RunEnded,
}

/// The writing half: one thread, which commits what has gathered.
pub(crate) struct LedgerWriter {
    pub(crate) registry: Registry,
    pub(crate) run_id: String,
    pub(crate) tenant_ids: Arc<HashMap<String, i64>>,
    /// The state that a tenant enters when it has reached the goal.
    pub(crate) state_at_goal: Option<TenantState>,
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

impl Ledger {
    pub(crate) fn sink(&self) -> LedgerSink {
        LedgerSink(self.news.clone())
    }

    /// Waits until everything that the sinks were told is written.
    ///
    /// # Errors
    /// [`ManagerError::Ledger`].
    pub(crate) fn finish(self) -> Result<(), ManagerError> {
        // The receiver is gone only if its thread panicked, which is passed on.
        let _ = self.news.send(News::RunEnded);
        self.writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl LedgerSink {
    pub(crate) fn observe(&self, event: &Event) {
        if let Event::TenantFinished(report) = event {
            // The receiver is gone only if its thread failed, which is reported at the end.
            let _ = self.0.send(News::Finished(report.clone()));
        }
    }
}

impl LedgerWriter {
    /// Starts the thread.
    ///
    /// # Errors
    /// If the system has no thread left.
    pub(crate) fn start(self) -> io::Result<Ledger> {
        let (news, told) = channel();
        let writing = thread::Builder::new().spawn(move || self.write_all(&told))?;
        Ok(Ledger { news, writing })
    }

    /// Writes until the run has ended. After a failure it keeps listening and retries with the next
    /// batch, so that a restart of the registry loses no row.
    fn write_all(&self, told: &Receiver<News>) -> Result<(), ManagerError> {
        let mut waiting: Vec<RunOutcome> = Vec::new();
        let mut result = Ok(());
        let mut ended = false;
        while !ended && let Ok(News::Finished(first)) = told.recv() {
            waiting.extend(self.row(&first));
            let deadline = Instant::now() + GATHER;
            // Ends immediately with the run, so that a run never waits for it at the end.
            while waiting.len() < BATCH_MAX && !ended {
                match told.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                    Ok(News::Finished(report)) => waiting.extend(self.row(&report)),
                    Ok(News::RunEnded) => ended = true,
                    Err(_) => break,
                }
            }
            if self.state_at_goal.is_some() {
                crash::point("before-active");
            }
            result = self.registry.record(&self.run_id, &waiting);
            if self.state_at_goal.is_some() {
                crash::point("after-active");
            }
            if result.is_ok() {
                waiting.clear();
            }
        }
        if result.is_err() {
            result = self.registry.record(&self.run_id, &waiting);
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
