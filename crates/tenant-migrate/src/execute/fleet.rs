//! A whole fleet: every target, in lanes, each to exactly one outcome.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use db_backend::BackendKind;

use super::lanes::{self, Lane};
use super::run::{Run, Withdrawn};
use crate::failure::{Failure, FailureKind};
use crate::migration::Migration;
use crate::report::{Event, Outcome, Report, TenantReport};
use crate::target::Target;

impl Run<'_> {
    /// Migrates all targets (unique by slug), each with the migrations of its back end, and sends
    /// events to the sink. The report is the fold of the same events.
    ///
    /// One tenant's failure never touches another. Once cancelled, no further tenant is started,
    /// and the remaining ones are reported as not started. A tenant that is withdrawn before its
    /// turn is skipped.
    pub fn migrate(&self, targets: &[Target], withdrawn: Withdrawn<'_>) -> Report {
        let Run { options, cancel, sink, .. } = *self;
        let started = Instant::now();
        let report = Mutex::new(Report::default());
        let tell = |event: Event| {
            report.lock().unwrap_or_else(PoisonError::into_inner).record(&event);
            sink(event);
        };
        let run = Run { sink: &tell, ..*self };
        tell(Event::RunStarted { run_id: options.run_id.clone(), tenants: targets.len() });
        for note in self.notes(targets) {
            tell(Event::Noted { tenant: None, note });
        }
        let finished = lanes::work_through(targets, options.limits, cancel, |target, lane| {
            if let Some(reason) = withdrawn(target) {
                let skipped = Outcome::Skipped { reason };
                return tell(Event::TenantFinished(TenantReport::without_attempt(target, skipped)));
            }
            let (tenant, server) = (target.slug.clone(), target.server.clone());
            tell(Event::TenantStarted { tenant, server });
            tell(Event::TenantFinished(run.migrate_guarded(target, lane)));
        });
        for (target, _) in targets.iter().zip(&finished).filter(|(_, done)| done.is_none()) {
            tell(Event::TenantFinished(TenantReport::without_attempt(target, Outcome::NotStarted)));
        }
        let counts = report.lock().unwrap_or_else(PoisonError::into_inner).counts;
        let run_id = options.run_id.clone();
        tell(Event::RunFinished { run_id, counts, duration: started.elapsed() });
        report.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to be said before the first write about migrations that are pending by the record of
    /// at least one target.
    fn notes(&self, targets: &[Target]) -> Vec<String> {
        let Run { sets, options, .. } = *self;
        let is_pending = |kind: BackendKind, migration: &Migration| {
            let mut own = targets.iter().filter(|target| target.kind == kind);
            options.goal.includes(&migration.version)
                && own.any(|target| target.record.version.as_ref() < Some(&migration.version))
        };
        let migrations = sets.iter().flat_map(|(kind, set)| set.iter().map(|one| (*kind, one)));
        migrations
            .filter(|(kind, migration)| migration.has_notes() && is_pending(*kind, migration))
            .flat_map(|(_, migration)| migration.notes())
            .collect()
    }

    fn migrate_guarded(&self, target: &Target, lane: &Lane) -> TenantReport {
        lanes::guarded(|| self.migrate_in_lane(target, lane)).unwrap_or_else(|panic| {
            let failure = Failure::new(FailureKind::Defect, panic);
            TenantReport::without_attempt(target, Outcome::Failed(failure))
        })
    }
}
