//! Rounds: ours and the floor in turn, so that other work on the machine slows down both.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::contender::{Contender, Fleet, Subject};
use super::floor::FloorFleets;
use super::ours::OurFleets;

/// One kind of work on a whole fleet.
#[derive(Debug, Clone, Copy)]
pub(super) enum Case {
    /// From nothing to head.
    Provision,
    /// The newest migration, on tenants that lack only that one.
    Migrate,
    /// Nothing to do: tenants that are at head.
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

/// The median of the rounds for each case. Calls `progress` with the number of each round.
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

/// One timing for each case. All databases are dropped again, even after an error.
fn round(subject: &Subject<'_>, number: u16) -> Result<Vec<Timing>> {
    let ours = OurFleets::new(subject, number)?;
    let floor = FloorFleets::new(subject, number)?;
    let timed = |case| {
        // The side that goes first changes from round to round.
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
