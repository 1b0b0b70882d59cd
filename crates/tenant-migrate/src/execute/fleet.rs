//! A whole run: every target, in lanes, each to exactly one outcome.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use db_backend::{Cancel, Connector};

use super::lanes::{self, Lane};
use super::tenant::migrate_in_lane;
use crate::failure::{Failure, FailureKind};
use crate::migration::MigrationSets;
use crate::report::{Event, Outcome, Report, Sink, TenantReport};
use crate::target::{RunOptions, Target};

/// Migrates all targets (unique by slug), each by the migrations of its back end, and tells `sink`
/// what happens. The report is the fold of the same events.
///
/// One tenant's failure never touches another. Once cancelled, no further tenant is started, and
/// those left over are reported as not started.
pub fn run_fleet(
    connector: &dyn Connector,
    sets: &MigrationSets,
    targets: &[Target],
    options: &RunOptions,
    cancel: &Cancel,
    sink: Sink<'_>,
) -> Report {
    let started = Instant::now();
    let report = Mutex::new(Report::default());
    let tell = |event: Event| {
        report.lock().unwrap_or_else(PoisonError::into_inner).record(&event);
        sink(event);
    };
    tell(Event::RunStarted { run_id: options.run_id.clone(), tenants: targets.len() });
    let finished = lanes::run(targets, options.limits, cancel, |target, lane| {
        tell(Event::TenantStarted { tenant: target.slug.clone(), server: target.server.clone() });
        let tenant = migrate_guarded(connector, sets, target, options, cancel, &tell, lane);
        tell(Event::TenantFinished(tenant));
    });
    for (target, _) in targets.iter().zip(&finished).filter(|(_, finished)| finished.is_none()) {
        tell(Event::TenantFinished(TenantReport::without_attempt(target, Outcome::NotStarted)));
    }
    let counts = report.lock().unwrap_or_else(PoisonError::into_inner).counts;
    let run_id = options.run_id.clone();
    tell(Event::RunFinished { run_id, counts, duration: started.elapsed() });
    report.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn migrate_guarded(
    connector: &dyn Connector,
    sets: &MigrationSets,
    target: &Target,
    options: &RunOptions,
    cancel: &Cancel,
    sink: Sink<'_>,
    lane: &Lane,
) -> TenantReport {
    let Some(set) = sets.get(&target.kind) else {
        let failure = Failure::no_migrations(target.kind);
        return TenantReport::without_attempt(target, Outcome::Failed(failure));
    };
    lanes::guarded(|| migrate_in_lane(connector, set, target, options, cancel, sink, lane))
        .unwrap_or_else(|panic| {
            let failure = Failure::new(FailureKind::Defect, panic);
            TenantReport::without_attempt(target, Outcome::Failed(failure))
        })
}
