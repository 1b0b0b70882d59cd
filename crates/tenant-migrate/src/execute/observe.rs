//! Reads the tenants' histories, and writes nothing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use db_backend::{Access, DbError, History};

use super::lane::Lane;
use super::lanes::{self, Work};
use super::run::Run;
use super::turn::Turn;
use crate::failure::FailureKind;
use crate::plan::{Observation, ReadFailure};
use crate::target::Target;

impl Run {
    /// Reads all targets in parallel, and returns one observation for each, in the order of the
    /// targets. Once cancelled, the remaining ones are not read, and their observations say so.
    ///
    /// The sink gets no event.
    pub fn observe(&self, targets: impl Into<Arc<[Target]>>) -> Vec<Observation> {
        let targets: Arc<[Target]> = targets.into();
        let histories = Mutex::new(targets.iter().map(|_| None).collect());
        let reading = Arc::new(Reading { run: self.clone(), histories });
        lanes::work_through(&reading, &targets, self.options.limits, &self.cancel);
        let histories = std::mem::take(&mut *reading.histories());
        let observed = targets.iter().zip(histories);
        observed
            .map(|(target, history)| Observation {
                slug: target.slug.clone(),
                server: target.server.clone(),
                set: target.set.clone(),
                record: target.record.clone(),
                history: history.unwrap_or_else(|| Err(ReadFailure::cancelled())),
            })
            .collect()
    }

    fn read_history(&self, target: &Target, turn: &Turn) -> Result<History, ReadFailure> {
        Ok(self.connect(target, Access::ReadOnly, &turn.watch)?.history()?)
    }
}

type Read = Result<History, ReadFailure>;

/// The reading of a fleet, with what was read so far.
struct Reading {
    run: Run,
    histories: Mutex<Vec<Option<Read>>>,
}

impl Reading {
    fn histories(&self) -> MutexGuard<'_, Vec<Option<Read>>> {
        self.histories.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Work for Reading {
    type Result = Read;

    fn work(&self, target: &Target, _: &Lane, turn: &Turn) -> Read {
        self.run.read_history(target, turn)
    }

    fn given_up(&self, _: &Target, _: &Turn, error: DbError) -> Read {
        Err(error.into())
    }

    fn panicked(&self, _: &Target, message: String) -> Read {
        Err(ReadFailure { kind: FailureKind::Defect, message })
    }

    fn finish(&self, index: usize, history: Read) {
        self.histories()[index] = Some(history);
    }
}
