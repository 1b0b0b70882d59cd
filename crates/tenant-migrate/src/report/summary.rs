//! A run in numbers: a pure fold of its events.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use db_backend::Version;
use serde::Serialize;

use super::cause::normalised;
use super::event::Event;
use super::millis;
use super::outcome::{Counts, Outcome, TenantReport};

/// The result of a run. It does not depend on the order of different tenants' events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The run.
    pub run_id: String,
    /// How many tenants had which outcome.
    pub counts: Counts,
    /// How many tenants have which version now, as far as that is known.
    pub versions: BTreeMap<Version, usize>,
    /// How many attempts were repeated.
    pub retries: usize,
    /// How many hooks failed that are called after a tenant.
    pub hooks_failed: usize,
    /// The tenants that took longest, slowest first.
    pub slowest: Vec<Slow>,
    /// Failures and blockers by cause, the most frequent first.
    pub failures: Vec<FailureGroup>,
    /// How long the run took.
    #[serde(rename = "duration_ms", serialize_with = "millis::serialize")]
    pub duration: Duration,
}

/// One of the slowest tenants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Slow {
    /// The tenant.
    pub tenant: String,
    /// How long it took.
    #[serde(rename = "duration_ms", serialize_with = "millis::serialize")]
    pub duration: Duration,
}

/// Tenants that stopped for the same reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailureGroup {
    /// What they have in common: kind, migration, and the message without names and numbers.
    pub cause: String,
    /// How many there are.
    pub tenants: usize,
    /// The first of them by name.
    pub example: TenantReport,
}

/// Enough to see a pattern, few enough for a screen.
const SLOWEST_MAX: usize = 3;

impl Report {
    /// The report of a run whose events those are.
    pub fn from_events<'e>(events: impl IntoIterator<Item = &'e Event>) -> Self {
        events.into_iter().fold(Self::default(), |mut report, event| {
            report.record(event);
            report
        })
    }

    /// Takes one more event into account.
    pub fn record(&mut self, event: &Event) {
        match event {
            Event::RunStarted { run_id, .. } => self.run_id.clone_from(run_id),
            Event::TenantStarted { .. } | Event::MigrationApplied { .. } | Event::Noted { .. } => {}
            Event::Retrying { .. } => self.retries += 1,
            Event::HookFailed { .. } => self.hooks_failed += 1,
            Event::TenantFinished(tenant) => self.record_tenant(tenant),
            Event::RunFinished { duration, .. } => self.duration = *duration,
        }
    }

    fn record_tenant(&mut self, tenant: &TenantReport) {
        self.counts.count(&tenant.outcome);
        if let Some(version) = &tenant.version {
            *self.versions.entry(version.clone()).or_default() += 1;
        }
        if let Some(cause) = cause(tenant) {
            self.record_failure(cause, tenant);
        }
        if tenant.attempts > 0 {
            let slow = Slow { tenant: tenant.slug.clone(), duration: tenant.duration };
            self.slowest.push(slow);
            self.slowest.sort_by(|a, b| (b.duration, &a.tenant).cmp(&(a.duration, &b.tenant)));
            self.slowest.truncate(SLOWEST_MAX);
        }
    }

    fn record_failure(&mut self, cause: String, tenant: &TenantReport) {
        match self.failures.iter_mut().find(|group| group.cause == cause) {
            Some(group) => {
                group.tenants += 1;
                if tenant.slug < group.example.slug {
                    group.example = tenant.clone();
                }
            }
            None => self.failures.push(FailureGroup { cause, tenants: 1, example: tenant.clone() }),
        }
        self.failures
            .sort_by(|a, b| (Reverse(a.tenants), &a.cause).cmp(&(Reverse(b.tenants), &b.cause)));
    }
}

/// What tenants that stopped have in common; `None` for one that did not.
fn cause(tenant: &TenantReport) -> Option<String> {
    let failure = match &tenant.outcome {
        Outcome::Failed(failure) => failure,
        Outcome::Blocked { blocker, .. } => return Some(blocker.to_string()),
        Outcome::UpToDate
        | Outcome::Migrated { .. }
        | Outcome::Adopted { .. }
        | Outcome::Skipped { .. }
        | Outcome::NotStarted => return None,
    };
    let message = normalised(&failure.message, &tenant.slug);
    Some(match &failure.migration {
        Some(migration) => format!("{}: {}: {message}", failure.kind.describe(), migration.name),
        None => format!("{}: {message}", failure.kind.describe()),
    })
}
