//! Makes an existing database a tenant's, and applies nothing.

use db_backend::{Access, DbError, ExecutionMode, Watch, watched};

use super::batch::BatchOptions;
use super::locked::Locked;
use super::run::Run;
use super::transactional;
use super::turn::Turn;
use crate::plan::Blocker;
use crate::target::Target;

/// Why a database did not become a tenant's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimError {
    /// It may not become the tenant's.
    Refused(Blocker),
    /// It can't be reached or written.
    Database(DbError),
}

impl Run {
    /// Gives the target's database its mark, under the migration lock, if the policy allows that.
    /// Whatever is pending stays pending.
    ///
    /// # Errors
    /// [`ClaimError`]. The database is unchanged then.
    pub fn claim(&self, target: &Target) -> Result<(), ClaimError> {
        let (run, target) = (self.clone(), target.clone());
        watched(move |watch| run.claim_watched(&target, watch))
    }

    fn claim_watched(&self, target: &Target, watch: &Watch) -> Result<(), ClaimError> {
        let options = &self.options;
        let mut connection = self.connect(target, Access::ReadWrite, watch)?;
        let turn = Turn::new(watch.clone());
        let mut locked = Locked::lock(&mut *connection, &turn, ExecutionMode::Transactional)?;
        let history = locked.history()?;
        let refused = Blocker::not_ours(options.policy.claim, &target.record, &history);
        if let Some(blocker) = refused {
            return Err(ClaimError::Refused(blocker));
        }
        if let Some(mark) = target.record.missing_mark(&history) {
            let mark = Some(mark);
            let first = BatchOptions { run_id: &options.run_id, ensure_tables: true, mark };
            transactional::begin(&mut locked, Some(first))?;
            locked.commit()?;
        }
        Ok(locked.unlock()?)
    }
}

impl From<DbError> for ClaimError {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}
