//! Adopts databases without a history: if they have what the migrations up to a version make, these
//! count as applied.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use db_backend::{
    Access, Catalog, DbError, ExecutionMode, History, TenantConnection, Timeouts, Version,
};

use super::batch::{BatchOptions, BatchResult};
use super::lane::Lane;
use super::lanes::{self, Work};
use super::locked::Locked;
use super::run::{Run, Withdrawn};
use super::tenant::TenantRun;
use super::transactional;
use super::turn::Turn;
use crate::baseline::Baseline;
use crate::crash;
use crate::failure::{Failure, FailureKind};
use crate::plan::{
    BaselinePlan, FleetPlan, Planned, PlannedTenant, TenantPlan, decided, plan_baseline,
};
use crate::report::{Outcome, Report};
use crate::target::Target;

impl Run {
    /// Adopts all targets (unique by slug) that have tables and no history, if they have what the
    /// migrations up to that version make: under its lock, a database gets the rows of these
    /// migrations and its mark, in one transaction, and nothing else. Whatever differs is left
    /// alone.
    ///
    /// The rest is as with [`migrate`](Self::migrate).
    pub fn adopt(
        &self,
        targets: impl Into<Arc<[Target]>>,
        withdrawn: Withdrawn,
        baseline: Baseline,
    ) -> Report {
        self.go_through(&targets.into(), withdrawn, Some(baseline))
    }

    /// What [`adopt`](Self::adopt) would do, as a plan with one entry for each target, in the same
    /// order: what is pending is what would count as applied. Writes nothing.
    pub fn compare(&self, targets: impl Into<Arc<[Target]>>, baseline: &Baseline) -> FleetPlan<'_> {
        let targets: Arc<[Target]> = targets.into();
        let compared = Mutex::new(targets.iter().map(|_| None).collect());
        let comparing =
            Arc::new(Comparing { run: self.clone(), baseline: baseline.clone(), compared });
        lanes::work_through(&comparing, &targets, self.options.limits, &self.cancel);
        let compared = std::mem::take(&mut *comparing.compared());
        let tenants = targets.iter().zip(compared).map(|(target, compared)| {
            let cancelled =
                || Failure::new(FailureKind::Cancelled, "not read: cancelled".to_owned());
            let (version, planned) = match compared.unwrap_or_else(|| Err(cancelled())) {
                Ok((history, differences)) => {
                    let version = history.applied.as_ref().and_then(|all| all.last().cloned());
                    (version, self.planned(target, baseline, &history, differences))
                }
                Err(Failure { kind, message, .. }) => {
                    (None, Planned::Unreadable { kind, error: message })
                }
            };
            PlannedTenant {
                slug: target.slug.clone(),
                server: target.server.clone(),
                kind: target.set.kind,
                version,
                planned,
            }
        });
        FleetPlan { tenants: tenants.collect() }
    }

    fn planned(
        &self,
        target: &Target,
        baseline: &Baseline,
        history: &History,
        differences: Vec<String>,
    ) -> Planned<'_> {
        match self.baseline_plan(target, baseline, history) {
            Err(Failure { kind, message, .. }) => Planned::Unreadable { kind, error: message },
            Ok(BaselinePlan::Settled(plan)) => Planned::Plan(plan),
            Ok(BaselinePlan::IfEqual(migrations)) => {
                Planned::Plan(decided(migrations, &baseline.version, differences))
            }
        }
    }

    fn baseline_plan(
        &self,
        target: &Target,
        baseline: &Baseline,
        history: &History,
    ) -> Result<BaselinePlan<'_>, Failure> {
        let set = self.sets.get(&target.set);
        let set = set.ok_or_else(|| Failure::no_migrations(&target.set))?;
        let claim = self.options.policy.claim;
        Ok(plan_baseline(set, &baseline.version, claim, &target.record, history))
    }

    /// Reads a database that may be adopted, and how it differs.
    fn compare_one(&self, target: &Target, baseline: &Baseline, turn: &Turn) -> Compared {
        let mut connection =
            self.connect(target, Access::ReadOnly, &turn.watch).map_err(Failure::outside)?;
        let history = connection.history().map_err(Failure::outside)?;
        let differences = match self.baseline_plan(target, baseline, &history)? {
            BaselinePlan::Settled(_) => Vec::new(),
            BaselinePlan::IfEqual(_) => {
                let expected = baseline.expected_for(target, &mut *connection)?;
                let actual = connection.catalog().map_err(Failure::outside)?;
                actual.differences(&expected, target.set.kind)
            }
        };
        Ok((history, differences))
    }
}

impl TenantRun<'_> {
    /// One attempt to adopt the tenant.
    pub(super) fn adopt(&mut self, baseline: &Baseline) -> Result<Outcome, Failure> {
        let Self { run, target, .. } = *self;
        let timeouts: Timeouts = run.options.timeouts;
        let mut connection = self.connect(timeouts).map_err(Failure::outside)?;
        crash::point("after-connect");
        let history = connection.history().map_err(Failure::outside)?;
        if let BaselinePlan::Settled(plan) = run.baseline_plan(target, baseline, &history)? {
            return Ok(self.settled(&history, plan));
        }
        let expected = baseline.expected_for(target, &mut *connection)?;
        let kind = self.set.kind();
        run.begin_session(kind, &mut *connection)?;
        let adopted = self.adopt_locked(baseline, &expected, &mut *connection);
        let ended = run.end_session(kind, connection, || self.connect(timeouts));
        adopted.and_then(|outcome| ended.map(|()| outcome))
    }

    fn adopt_locked(
        &mut self,
        baseline: &Baseline,
        expected: &Catalog,
        connection: &mut dyn TenantConnection,
    ) -> Result<Outcome, Failure> {
        let Self { run, target, turn, .. } = *self;
        let mut locked = Locked::lock(connection, turn, ExecutionMode::Transactional)
            .map_err(Failure::outside)?;
        // Another runner may have adopted it between the first look and the lock.
        let history = locked.history().map_err(Failure::outside)?;
        let plan = match run.baseline_plan(target, baseline, &history)? {
            BaselinePlan::Settled(plan) => plan,
            BaselinePlan::IfEqual(migrations) => {
                let actual = locked.catalog().map_err(Failure::outside)?;
                let differences = actual.differences(expected, target.set.kind);
                decided(migrations, &baseline.version, differences)
            }
        };
        let TenantPlan::Pending(migrations) = plan else {
            return Ok(self.settled(&history, plan));
        };
        let mark = target.record.missing_mark(&history);
        let options = BatchOptions { run_id: &run.options.run_id, ensure_tables: true, mark };
        let BatchResult { in_doubt, failure } = transactional::record(locked, &migrations, options);
        self.in_doubt = in_doubt;
        failure.map_or(Ok(()), Err)?;
        let versions: Vec<Version> =
            migrations.iter().map(|migration| migration.version.clone()).collect();
        turn.standing().version = versions.last().cloned();
        Ok(Outcome::Adopted { versions })
    }

    fn settled(&mut self, history: &History, plan: TenantPlan<'_>) -> Outcome {
        self.turn.standing().version =
            history.applied.as_ref().and_then(|applied| applied.last().cloned());
        match plan {
            TenantPlan::Blocked(blocker) => Outcome::Blocked { blocker, applied: Vec::new() },
            TenantPlan::UpToDate | TenantPlan::BeyondGoal(_) | TenantPlan::Pending(_) => {
                // If the connection broke at the commit, the history shows that it happened.
                match std::mem::take(&mut self.in_doubt) {
                    none if none.is_empty() => Outcome::UpToDate,
                    done => Outcome::Adopted {
                        versions: done.iter().map(|one| one.version.clone()).collect(),
                    },
                }
            }
        }
    }
}

/// What a database has, and how that differs if it may be adopted.
type Compared = Result<(History, Vec<String>), Failure>;

/// The comparison of a fleet, with what was compared so far.
struct Comparing {
    run: Run,
    baseline: Baseline,
    compared: Mutex<Vec<Option<Compared>>>,
}

impl Comparing {
    fn compared(&self) -> MutexGuard<'_, Vec<Option<Compared>>> {
        self.compared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Work for Comparing {
    type Result = Compared;

    fn work(&self, target: &Target, _: &Lane, turn: &Turn) -> Compared {
        self.run.compare_one(target, &self.baseline, turn)
    }

    fn given_up(&self, _: &Target, _: &Turn, error: DbError) -> Compared {
        Err(Failure::outside(error))
    }

    fn panicked(&self, _: &Target, message: String) -> Compared {
        Err(Failure::new(FailureKind::Defect, message))
    }

    fn finish(&self, index: usize, compared: Compared) {
        self.compared()[index] = Some(compared);
    }
}
