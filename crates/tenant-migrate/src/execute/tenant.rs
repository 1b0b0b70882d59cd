//! One tenant: connect, read, and while something is pending: lock, read again, apply.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use db_backend::{
    Access, DbError, DbErrorKind, ExecutionMode, History, TenantConnection, Timeouts, Version,
};

use super::batch::{Applied, BatchOptions, BatchResult};
use super::lane::Lane;
use super::lanes::{self, Work};
use super::locked::Locked;
use super::run::Run;
use super::turn::Turn;
use super::{journalled, transactional};
use crate::baseline::Baseline;
use crate::crash;
use crate::failure::{Failure, FailureKind, count};
use crate::migration::{Migration, MigrationSet};
use crate::plan::{Blocker, TenantPlan, plan_tenant};
use crate::report::{Event, Outcome, TenantReport};
use crate::target::{Limits, RunOptions, Target};

impl Run {
    /// Migrates one tenant to the goal, and retries transient failures. Failures are in the report.
    ///
    /// The sink gets [`Event::MigrationApplied`] for each migration that was committed, and
    /// [`Event::Retrying`].
    pub fn migrate_tenant(&self, target: &Target) -> TenantReport {
        let alone = Arc::new(Alone { run: self.clone(), report: Mutex::default() });
        let one = Limits { jobs: 1, per_server: 1 };
        // Not by the run's own, since a tenant that was asked for is always started.
        let cancel = Arc::default();
        lanes::work_through(&alone, &Arc::from([target.clone()]), one, &cancel);
        let report = alone.report().take();
        report.unwrap_or_else(|| TenantReport::without_attempt(target, Outcome::NotStarted))
    }

    pub(super) fn migrate_in_lane(
        &self,
        target: &Target,
        lane: &Lane,
        turn: &Turn,
        baseline: Option<&Baseline>,
    ) -> TenantReport {
        let Some(set) = self.sets.get(&target.set) else {
            let failure = Failure::no_migrations(&target.set);
            return TenantReport::without_attempt(target, Outcome::Failed(failure));
        };
        let in_doubt = Vec::new();
        let mut tenant = TenantRun { run: self, set, target, lane, turn, baseline, in_doubt };
        let outcome = tenant.attempt_until_settled();
        let standing = turn.standing();
        TenantReport {
            slug: target.slug.clone(),
            server: target.server.clone(),
            outcome,
            version: standing.version.clone(),
            attempts: standing.attempts,
            duration: turn.begun.elapsed(),
        }
    }
}

/// The migration of one tenant outside of a fleet.
struct Alone {
    run: Run,
    report: Mutex<Option<TenantReport>>,
}

impl Alone {
    fn report(&self) -> MutexGuard<'_, Option<TenantReport>> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Work for Alone {
    type Result = TenantReport;

    fn work(&self, target: &Target, lane: &Lane, turn: &Turn) -> TenantReport {
        self.run.migrate_in_lane(target, lane, turn, None)
    }

    fn given_up(&self, target: &Target, turn: &Turn, error: DbError) -> TenantReport {
        self.run.unanswered(target, turn, error)
    }

    fn panicked(&self, target: &Target, message: String) -> TenantReport {
        Run::defect(target, message)
    }

    fn finish(&self, _: usize, report: TenantReport) {
        *self.report() = Some(report);
    }
}

/// One tenant's part of a run, over all its attempts.
pub(super) struct TenantRun<'a> {
    pub(super) run: &'a Run,
    pub(super) set: &'a MigrationSet,
    pub(super) target: &'a Target,
    lane: &'a Lane,
    pub(super) turn: &'a Turn,
    /// What the tenant is said to have, if it is not migrated.
    baseline: Option<&'a Baseline>,
    /// What was being committed when the connection broke.
    pub(super) in_doubt: Vec<&'a Migration>,
}

impl<'a> TenantRun<'a> {
    fn attempt_until_settled(&mut self) -> Outcome {
        let mut attempt = 0;
        loop {
            let refusals_before = self.lane.refusals();
            if refusals_before >= self.run.options.retry.refusals_max && self.lane.is_silent() {
                return Outcome::Failed(self.server_given_up(refusals_before));
            }
            attempt += 1;
            self.turn.standing().attempts = attempt;
            let attempted = match self.baseline {
                Some(baseline) => self.adopt(baseline),
                None => self.attempt(),
            };
            let failure = match attempted {
                Ok(outcome) => return outcome,
                Err(failure) => failure,
            };
            let Some(kind) = self.retried_kind(&failure, attempt) else {
                return Outcome::Failed(self.with_applied(failure));
            };
            let wait = self.run.options.retry.wait_after(attempt, &self.target.slug);
            (self.run.sink)(Event::Retrying {
                tenant: self.target.slug.clone(),
                attempt,
                wait,
                kind,
                message: failure.message.clone(),
            });
            if self.run.cancel.wait(wait) {
                return Outcome::Failed(self.with_applied(failure));
            }
        }
    }

    /// The kind of the failure, if another attempt is due after it.
    fn retried_kind(&self, failure: &Failure, attempt: u32) -> Option<DbErrorKind> {
        let FailureKind::Database(kind) = failure.kind else { return None };
        let retry = &self.run.options.retry;
        let due = match self.lane.busy_for() {
            // Sessions become free as other tenants, and the service itself, end theirs.
            Some(busy) if kind == DbErrorKind::ServerBusy => busy < retry.busy_max,
            Some(_) | None => {
                kind.is_transient()
                    && attempt < retry.attempts_max
                    && self.lane.refusals() < retry.refusals_max
            }
        };
        due.then_some(kind)
    }

    fn server_given_up(&self, refusals: u32) -> Failure {
        self.with_applied(Failure::outside(DbError::new(
            DbErrorKind::Unreachable,
            format_args!("not tried: its server did not answer {refusals} times in a row"),
        )))
    }

    fn with_applied(&self, failure: Failure) -> Failure {
        Failure { applied: self.applied(), ..failure }
    }

    fn applied(&self) -> Vec<Version> {
        self.turn.standing().applied.clone()
    }

    fn attempt(&mut self) -> Result<Outcome, Failure> {
        let usual = self.run.options.timeouts;
        let mut connection = self.connect(usual).map_err(Failure::outside)?;
        crash::point("after-connect");
        let history = connection.history().map_err(Failure::outside)?;
        let pending = match self.plan(&history) {
            Decision::Pending(pending) => pending,
            Decision::Settled(outcome) => return Ok(outcome),
        };
        let blocker = too_long(&mut *connection, &pending).map_err(Failure::outside)?;
        if let Some(blocker) = blocker {
            return Ok(Outcome::Blocked { blocker, applied: self.applied() });
        }
        let mut held = Some(connection);
        let applied = self.apply(&mut held, pending);
        let Some(connection) = held else { return applied };
        let ended = self.run.end_session(self.set.kind(), connection, || self.connect(usual));
        // What failed first is what matters.
        applied.and_then(|outcome| ended.map(|()| outcome))
    }

    /// Applies what is pending on the connection that is held, or on new ones.
    fn apply(
        &mut self,
        held: &mut Option<Box<dyn TenantConnection>>,
        mut pending: Vec<&'a Migration>,
    ) -> Result<Outcome, Failure> {
        let usual = self.run.options.timeouts;
        let mut limits = usual;
        let mut is_begun = false;
        loop {
            let own = pending.first().map_or(usual, |next| next.limits.within(usual));
            // A session has its limits from its beginning. The lock goes with the old one, so the
            // history is read again under a new lock.
            let kept = held.take().filter(|old| own == limits && !old.session_may_differ());
            limits = own;
            is_begun &= kept.is_some();
            let mut connection = match kept {
                Some(connection) => connection,
                None => self.connect(own).map_err(Failure::outside)?,
            };
            if !is_begun {
                self.run.begin_session(self.set.kind(), &mut *connection)?;
                is_begun = true;
            }
            let connection = held.insert(connection);
            let mode = pending
                .first()
                .map_or(ExecutionMode::Transactional, |next| mode(&**connection, next));
            let mut locked =
                Locked::lock(&mut **connection, self.turn, mode).map_err(Failure::outside)?;
            // Another runner may have migrated it between the first look and the lock.
            let history = locked.history().map_err(Failure::outside)?;
            pending = match self.plan(&history) {
                Decision::Pending(pending) => pending,
                Decision::Settled(outcome) => return Ok(outcome),
            };
            let batch = first_alike(&locked, &pending, mode);
            let BatchResult { in_doubt, failure } =
                self.apply_batch(locked, mode, &batch, &history);
            self.in_doubt = in_doubt;
            failure.map_or(Ok(()), Err)?;
            if let Some(note) = connection.note() {
                let tenant = Some(self.target.slug.clone());
                (self.run.sink)(Event::Noted { tenant, note });
            }
            pending.drain(..batch.len());
            if pending.is_empty() {
                return Ok(self.at_goal());
            }
        }
    }

    fn apply_batch(
        &self,
        locked: Locked<'_>,
        mode: ExecutionMode,
        batch: &[&'a Migration],
        history: &History,
    ) -> BatchResult<'a> {
        let mark = self.target.record.missing_mark(history);
        let options = BatchOptions {
            run_id: &self.run.options.run_id,
            ensure_tables: history.applied.is_none()
                || history.journal.is_empty()
                || history.is_outdated
                || mark.is_some(),
            mark,
        };
        let mut announce = |applied: &Applied<'a>| self.announce(applied);
        match mode {
            ExecutionMode::Journalled => {
                journalled::apply_each(locked, batch, &history.journal, options, &mut announce)
            }
            ExecutionMode::Transactional | ExecutionMode::TransactionalRebuild => {
                if locked.lock_is_transaction() || batch.is_empty() {
                    transactional::apply_in_one(locked, batch, options, &mut announce)
                } else {
                    transactional::apply_each(locked, batch, options, &mut announce)
                }
            }
        }
    }

    pub(super) fn connect(&self, limits: Timeouts) -> Result<Box<dyn TenantConnection>, DbError> {
        let Self { run, target, turn, .. } = self;
        let connected = run.connect_within(limits, target, Access::ReadWrite, &turn.watch);
        match &connected {
            Err(error) if error.kind == DbErrorKind::Unreachable => self.lane.silent(),
            Err(error) if error.kind == DbErrorKind::ServerBusy => self.lane.busy(),
            Ok(_) | Err(_) => self.lane.answered(),
        }
        connected
    }

    fn plan(&mut self, history: &History) -> Decision<'a> {
        self.settle_doubts(history);
        self.turn.standing().version =
            history.applied.as_ref().and_then(|applied| applied.last().cloned());
        let RunOptions { goal, policy, .. } = &*self.run.options;
        let record = &self.target.record;
        match plan_tenant(self.set, goal, *policy, record, history) {
            TenantPlan::Pending(migrations) => Decision::Pending(migrations),
            TenantPlan::UpToDate | TenantPlan::BeyondGoal(_) => {
                match record.missing_mark(history) {
                    Some(_) => Decision::Pending(Vec::new()),
                    None => Decision::Settled(self.at_goal()),
                }
            }
            TenantPlan::Blocked(blocker) => {
                Decision::Settled(Outcome::Blocked { blocker, applied: self.applied() })
            }
        }
    }

    fn at_goal(&self) -> Outcome {
        match self.applied() {
            applied if applied.is_empty() => Outcome::UpToDate,
            applied => Outcome::Migrated { applied },
        }
    }

    /// If the connection broke during a commit, the history shows whether the commit happened.
    fn settle_doubts(&mut self, history: &History) {
        let applied = history.applied.as_deref().unwrap_or_default();
        for migration in std::mem::take(&mut self.in_doubt) {
            if applied.contains(&migration.version) {
                let row = history.journal.iter().find(|row| row.version == migration.version);
                let duration = row.map_or(0, |row| u64::try_from(row.duration_ms).unwrap_or(0));
                let duration = std::time::Duration::from_millis(duration);
                self.announce(&Applied { migration, duration });
            }
        }
    }

    fn announce(&self, applied: &Applied<'_>) {
        let migration = applied.migration;
        {
            let mut standing = self.turn.standing();
            // If a gap is allowed, the migration applied last need not be the newest.
            standing.version = standing.version.take().max(Some(migration.version.clone()));
            standing.applied.extend(migration.versions().cloned());
            standing.at = None;
        }
        (self.run.sink)(Event::MigrationApplied {
            tenant: self.target.slug.clone(),
            version: migration.version.clone(),
            name: migration.name.clone(),
            statements: count(migration.up_statements.len()),
            duration: applied.duration,
        });
    }
}

/// What a plan means for a run.
enum Decision<'a> {
    /// These are to be applied. An empty list is that of a database which only lacks its mark.
    Pending(Vec<&'a Migration>),
    Settled(Outcome),
}

fn mode(connection: &dyn TenantConnection, migration: &Migration) -> ExecutionMode {
    connection.execution_mode(&migration.up_statements, migration.run_in_transaction)
}

/// Why a server can't even be sent what is pending. It is only asked if a statement is so long that
/// its limit may matter.
fn too_long(
    connection: &mut dyn TenantConnection,
    pending: &[&Migration],
) -> Result<Option<Blocker>, DbError> {
    let statements = pending.iter().flat_map(|migration| &migration.up_statements);
    if !statements.into_iter().any(|statement| statement.sql.len() > LENGTH_OF_CONCERN) {
        return Ok(None);
    }
    let limit = connection.statement_length_max()?;
    Ok(limit.and_then(|limit| Blocker::too_long(pending, limit)))
}

/// Far below the defaults of servers, of which the smallest is a megabyte.
const LENGTH_OF_CONCERN: usize = 64 * 1024;

/// The first of `pending` that can be applied together under a lock of that mode. A rebuild gets a
/// batch of its own, so that the check of foreign keys at its commit names it. A batch ends with a
/// migration that may change the session, or before one with other limits, since the next one needs
/// a new session. Empty if another runner has applied what this lock was taken for.
fn first_alike<'m>(
    locked: &Locked<'_>,
    pending: &[&'m Migration],
    mode: ExecutionMode,
) -> Vec<&'m Migration> {
    let is_last = |migration: &Migration| {
        mode == ExecutionMode::TransactionalRebuild
            || migration.up_statements.iter().any(|statement| statement.may_change_session)
    };
    let limits = pending.first().map(|migration| migration.limits);
    let alike = pending
        .iter()
        .take_while(|migration| locked.mode(migration) == mode && Some(migration.limits) == limits);
    let mut batch: Vec<&Migration> = alike.copied().collect();
    if let Some(last) = batch.iter().position(|migration| is_last(migration)) {
        batch.truncate(last + 1);
    }
    batch
}
