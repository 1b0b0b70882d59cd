//! Rounds: ours and the floor in turn, so that what else the machine does hits both.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use db_backend::ServerUrl;
use tenant_migrate::{Cancel, Limits, Migration};

use super::floor::FloorFleets;
use super::ours::OurFleets;

/// What is measured: fleets of that size on that server.
pub(super) struct Subject<'a> {
    pub(super) server: ServerUrl,
    /// At least two, ascending.
    pub(super) migrations: &'a [Migration],
    /// For registries and SQLite files.
    pub(super) folder: &'a Path,
    /// How many each fleet has.
    pub(super) tenants: u16,
    pub(super) limits: Limits,
    pub(super) cancel: &'a Cancel,
}

impl Subject<'_> {
    /// How many tenants are worked on at once, as all are on one server.
    pub(super) fn at_once(&self) -> usize {
        self.limits.jobs.min(self.limits.per_server).min(self.tenants.into())
    }

    /// The newest migration.
    pub(super) fn newest(&self) -> &[Migration] {
        &self.migrations[self.migrations.len() - 1..]
    }

    /// All migrations but the newest.
    pub(super) fn older(&self) -> &[Migration] {
        &self.migrations[..self.migrations.len() - 1]
    }
}

/// A kind of work on a whole fleet.
#[derive(Debug, Clone, Copy)]
pub(super) enum Case {
    /// From nothing to head.
    Provision,
    /// The newest migration, onto tenants that lack it alone.
    Migrate,
    /// Tenants that are at head.
    NoOp,
}

impl Case {
    const ALL: [Self; 3] = [Self::Provision, Self::Migrate, Self::NoOp];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Provision => "provision",
            Self::Migrate => "migrate",
            Self::NoOp => "no-op",
        }
    }
}

/// How long a whole fleet took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timing {
    pub(super) ours: Duration,
    pub(super) floor: Duration,
}

/// The two fleets of a contender.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fleet {
    /// Is provisioned to head, and then found there.
    Fresh,
    /// Lacks the newest migration until it is migrated.
    Behind,
}

impl Fleet {
    pub(super) const ALL: [Self; 2] = [Self::Fresh, Self::Behind];

    /// A part of the names of its folder and tenants.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Behind => "behind",
        }
    }
}

/// Who brings fleets up: the manager, or the floor.
pub(super) trait Contender {
    /// Creates the databases of a fleet and migrates them as far as the fleet is to be.
    fn provision(&self, fleet: Fleet) -> Result<()>;
    /// Applies the newest migration to the fleet that lacks it.
    fn migrate(&self) -> Result<()>;
    /// Looks at the fresh fleet, and finds it at head.
    fn no_op(&self) -> Result<()>;
    /// Drops all databases that there are of it.
    fn drop_databases(&self) -> Result<()>;
}

/// The median over that many rounds for each case. Tells `progress` the number of each round.
pub(super) fn measure(
    subject: &Subject<'_>,
    rounds: u16,
    progress: impl Fn(u16),
) -> Result<Vec<(Case, Timing)>> {
    let timed = |number| {
        progress(number);
        round(subject, number)
    };
    let rounds: Vec<Vec<Timing>> = (1..=rounds).map(timed).collect::<Result<_>>()?;
    let of_case = |(index, case): (usize, Case)| {
        let median = |part: fn(&Timing) -> Duration| {
            let mut sorted: Vec<Duration> =
                rounds.iter().map(|round| part(&round[index])).collect();
            sorted.sort();
            sorted[sorted.len() / 2]
        };
        (case, Timing { ours: median(|timing| timing.ours), floor: median(|timing| timing.floor) })
    };
    Ok(Case::ALL.into_iter().enumerate().map(of_case).collect())
}

/// One timing for each case; all databases are dropped again, also after an error.
fn round(subject: &Subject<'_>, number: u16) -> Result<Vec<Timing>> {
    let ours = OurFleets::new(subject, number)?;
    let floor = FloorFleets::new(subject, number)?;
    let timed = |case| {
        // Who goes first changes from round to round.
        if number % 2 == 1 {
            let ours = time(case, &ours)?;
            Ok(Timing { ours, floor: time(case, &floor)? })
        } else {
            let floor = time(case, &floor)?;
            Ok(Timing { ours: time(case, &ours)?, floor })
        }
    };
    let timings: Result<Vec<Timing>> = Case::ALL.into_iter().map(timed).collect();
    let dropped = ours.drop_databases().and(floor.drop_databases());
    timings.and_then(|timings| dropped.map(|()| timings))
}

fn time(case: Case, contender: &dyn Contender) -> Result<Duration> {
    if let Case::Migrate = case {
        contender.provision(Fleet::Behind)?;
    }
    let started = Instant::now();
    match case {
        Case::Provision => contender.provision(Fleet::Fresh)?,
        Case::Migrate => contender.migrate()?,
        Case::NoOp => contender.no_op()?,
    }
    Ok(started.elapsed())
}
