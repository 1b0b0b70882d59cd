//! What to migrate, and how.

use std::collections::BTreeMap;
use std::time::Duration;

use db_backend::{BackendKind, DatabaseUrl, Timeouts};

use crate::migration::{Goal, SetKey};
use crate::plan::{Policy, Record};
use crate::session_sql::SessionSql;

/// One tenant to migrate.
#[derive(Debug, Clone)]
pub struct Target {
    /// The tenant's name, unique in a run.
    pub slug: String,
    /// The server that its database is on: the name of its lane.
    pub server: String,
    /// Its migrations.
    pub set: SetKey,
    /// Where the database is.
    pub database: DatabaseUrl,
    /// What the registry says about its database.
    pub record: Record,
}

/// What holds for all tenants of a run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Written to every journal row of the run.
    pub run_id: String,
    /// How far up to migrate.
    pub goal: Goal,
    /// What is allowed.
    pub policy: Policy,
    /// How long each kind of wait may last.
    pub timeouts: Timeouts,
    /// What a session that writes begins and ends with, on each back end.
    pub session: BTreeMap<BackendKind, SessionSql>,
    /// How many at once.
    pub limits: Limits,
    /// How often, and after which waits, a transient failure is retried.
    pub retry: RetryPolicy,
}

impl RunOptions {
    /// To head, with all defaults.
    pub fn new(run_id: impl Into<String>) -> Self {
        Self {
            run_id: run_id.into(),
            goal: Goal::Head,
            policy: Policy::default(),
            timeouts: Timeouts::default(),
            session: BTreeMap::new(),
            limits: Limits::default(),
            retry: RetryPolicy::default(),
        }
    }
}

/// How many tenants are worked on at once. Zero counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// In total.
    pub jobs: usize,
    /// On each server.
    pub per_server: usize,
}

/// A thread mostly waits for its server, so this is far more than there are cores; at 64, a
/// thousand dead tenants with a connect timeout of three seconds cost less than a minute.
pub const JOBS_DEFAULT: usize = 64;

/// Where measuring finds most of the gain on two cores, in milliseconds per tenant to provision
/// with 1, 2, 4 and 8 at once: SQLite 9.9, 2.3, 1.7 and 1.8 (its threads wait for the disk, which
/// takes commits together, so more than one per core are of use), PostgreSQL 44, 31, 26 and 27,
/// MariaDB 29, 16, 14 and 26. The tenants' own services need connections too.
pub const PER_SERVER_DEFAULT: usize = 4;

impl Default for Limits {
    fn default() -> Self {
        Self { jobs: JOBS_DEFAULT, per_server: PER_SERVER_DEFAULT }
    }
}

/// How transient failures are retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts per tenant, the first included (1 and up).
    pub attempts_max: u32,
    /// The wait before the second attempt; each further one waits twice as long.
    pub wait_first: Duration,
    /// No wait is longer than this.
    pub wait_max: Duration,
    /// After so many refused connections in a row without one success, a server is given up: a
    /// server that nothing answers for is not asked again in this run. This bounds what a dead
    /// server costs.
    pub refusals_max: u32,
    /// How long a server may have no free session before its tenants fail. Until then they wait,
    /// and fewer of them at once ask for one.
    pub busy_max: Duration,
}

/// Rides out a restart of a pooler or a deadlock; an outage is for the next run.
const ATTEMPTS_MAX: u32 = 3;
/// Longer than a fail-over of a pooler takes to be noticed, short beside the connect timeout.
const WAIT_FIRST: Duration = Duration::from_millis(200);
/// A tenant that needs longer than this is better served by the next run.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// Two rounds of a lane of the default width.
const REFUSALS_MAX: u32 = 8;
/// Longer than a deployment's burst of sessions lasts, short enough for a person who waits.
const BUSY_MAX: Duration = Duration::from_secs(60);

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts_max: ATTEMPTS_MAX,
            wait_first: WAIT_FIRST,
            wait_max: WAIT_MAX,
            refusals_max: REFUSALS_MAX,
            busy_max: BUSY_MAX,
        }
    }
}

impl RetryPolicy {
    /// The wait after that attempt (from 1): doubled each time, and shortened by up to half, by an
    /// amount that depends only on the tenant, so that tenants of one server do not come back
    /// all at once and a run can be repeated exactly.
    pub fn wait_after(&self, attempt: u32, slug: &str) -> Duration {
        let doubled = self.wait_first.saturating_mul(1 << attempt.saturating_sub(1).min(16));
        let full = doubled.min(self.wait_max);
        let jitter = slug
            .bytes()
            .fold(attempt, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
        full - full / 2 * (jitter % 1024) / 1024
    }
}
