//! A whole fleet: every target, in lanes, each to exactly one outcome.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use db_backend::DbError;

use super::lane::Lane;
use super::lanes::{self, Work};
use super::run::{Run, Withdrawn};
use super::turn::Turn;
use crate::baseline::Baseline;
use crate::failure::{Effect, Failure, FailureKind};
use crate::migration::{Migration, SetKey};
use crate::report::{Event, Outcome, Report, TenantReport};
use crate::target::Target;

impl Run {
    /// Migrates all targets (unique by slug), each with the migrations of its back end, and sends
    /// events to the sink. The report is the fold of the same events.
    ///
    /// One tenant's failure never touches another. Once cancelled, no further tenant is started,
    /// and the remaining ones are reported as not started. A tenant that is withdrawn before its
    /// turn is skipped.
    ///
    /// A database that gives no answer within its limit and [`grace`](db_backend::Timeouts::grace)
    /// is an outcome. Its thread executes nothing more, and keeps its place in the limits until the
    /// call returns.
    pub fn migrate(&self, targets: impl Into<Arc<[Target]>>, withdrawn: Withdrawn) -> Report {
        self.go_through(&targets.into(), withdrawn, None)
    }

    /// Migrates all targets, or adopts them with a baseline.
    pub(super) fn go_through(
        &self,
        targets: &Arc<[Target]>,
        withdrawn: Withdrawn,
        baseline: Option<Baseline>,
    ) -> Report {
        let started = Instant::now();
        let report = Arc::new(Mutex::new(Report::default()));
        let run = self.clone().telling({
            let (report, sink) = (Arc::clone(&report), Arc::clone(&self.sink));
            move |event| {
                locked(&report).record(&event);
                sink(event);
            }
        });
        let run_id = &self.options.run_id;
        (run.sink)(Event::RunStarted { run_id: run_id.clone(), tenants: targets.len() });
        let is_migration = baseline.is_none();
        for note in self.notes(targets).into_iter().filter(|_| is_migration) {
            (run.sink)(Event::Noted { tenant: None, note });
        }
        let fleet = Arc::new(Fleet { run: run.clone(), withdrawn, baseline });
        let limits = self.options.limits;
        for index in lanes::work_through(&fleet, targets, limits, &self.cancel) {
            fleet
                .finish(index, TenantReport::without_attempt(&targets[index], Outcome::NotStarted));
        }
        let counts = locked(&report).counts;
        let duration = started.elapsed();
        (run.sink)(Event::RunFinished { run_id: run_id.clone(), counts, duration });
        std::mem::take(&mut *locked(&report))
    }

    /// What is to be said before the first write about migrations that are pending by the record of
    /// at least one target.
    fn notes(&self, targets: &[Target]) -> Vec<String> {
        let Self { sets, options, .. } = self;
        let is_pending = |set: &SetKey, migration: &Migration| {
            let mut own = targets.iter().filter(|target| target.set == *set);
            options.goal.includes(&migration.version)
                && own.any(|target| target.record.version.as_ref() < Some(&migration.version))
        };
        let migrations = sets.iter().flat_map(|(key, set)| set.iter().map(move |one| (key, one)));
        migrations
            .filter(|(key, migration)| migration.has_notes() && is_pending(key, migration))
            .flat_map(|(_, migration)| migration.notes())
            .collect()
    }

    /// The report of a tenant whose work panicked.
    pub(super) fn defect(target: &Target, message: String) -> TenantReport {
        let failure = Failure::new(FailureKind::Defect, message);
        TenantReport::without_attempt(target, Outcome::Failed(failure))
    }

    /// The report of a tenant whose database gives no answer.
    pub(super) fn unanswered(&self, target: &Target, turn: &Turn, error: DbError) -> TenantReport {
        let standing = turn.standing();
        let set = self.sets.get(&target.set);
        let at = standing.at.as_ref().and_then(|(name, index)| {
            set.and_then(|set| set.named(name)).map(|migration| (migration, *index))
        });
        let failure = match at {
            Some((migration, index)) => {
                let effect = Effect::InDoubt { statements_done: 0 };
                Failure::at_statement(migration, index, error, effect)
            }
            None => Failure::outside(error),
        };
        TenantReport {
            slug: target.slug.clone(),
            server: target.server.clone(),
            outcome: Outcome::Failed(Failure { applied: standing.applied.clone(), ..failure }),
            version: standing.version.clone(),
            attempts: standing.attempts,
            duration: turn.begun.elapsed(),
        }
    }
}

/// The migration of a fleet, or its adoption.
struct Fleet {
    run: Run,
    withdrawn: Withdrawn,
    baseline: Option<Baseline>,
}

impl Work for Fleet {
    type Result = TenantReport;

    fn work(&self, target: &Target, lane: &Lane, turn: &Turn) -> TenantReport {
        if let Some(reason) = (self.withdrawn)(target) {
            return TenantReport::without_attempt(target, Outcome::Skipped { reason });
        }
        let (tenant, server) = (target.slug.clone(), target.server.clone());
        (self.run.sink)(Event::TenantStarted { tenant, server });
        let hooks = self.run.hooks.as_deref();
        let before = hooks.map_or(Ok(()), |hooks| hooks.before(target));
        if let Err(message) = before {
            let failure = Failure::new(FailureKind::Hook, message);
            return TenantReport::without_attempt(target, Outcome::Failed(failure));
        }
        let report = self.run.migrate_in_lane(target, lane, turn, self.baseline.as_ref());
        if !turn.watch.is_given_up()
            && let Some(Err(message)) = hooks.map(|hooks| hooks.after(&report))
        {
            let tenant = target.slug.clone();
            (self.run.sink)(Event::HookFailed { tenant, message });
        }
        report
    }

    fn given_up(&self, target: &Target, turn: &Turn, error: DbError) -> TenantReport {
        self.run.unanswered(target, turn, error)
    }

    fn panicked(&self, target: &Target, message: String) -> TenantReport {
        Run::defect(target, message)
    }

    fn finish(&self, _: usize, report: TenantReport) {
        (self.run.sink)(Event::TenantFinished(report));
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
