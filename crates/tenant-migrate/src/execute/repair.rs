//! Takes a person's word for what is left of a migration that an earlier run did not finish.

use db_backend::{Access, DbError, ExecutionMode, History, JournalEntry, Version, Watch, watched};
use serde::Serialize;

use super::batch::finished_entry;
use super::locked::Locked;
use super::run::Run;
use super::turn::Turn;
use crate::checksum::statements_checksum;
use crate::excerpt::excerpt;
use crate::failure::{Failure, count};
use crate::fingerprint::Fingerprint;
use crate::migration::{Migration, MigrationSet};
use crate::plan::{Blocker, is_begun};
use crate::target::Target;

/// What is left of an unfinished migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Repair {
    /// The statements before that number (from 1) took effect, and no other.
    ResumeAt(u32),
    /// All of it took effect.
    Done,
    /// None of it took effect, or what did was undone by hand.
    StartOver,
}

/// A migration that an earlier run did not finish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unfinished {
    /// The name of its folder.
    pub migration: String,
    /// How many statements are known to have taken effect.
    pub statements_done: u32,
    /// If the statement after those was being executed: whether the schema has changed since.
    /// `None` if no statement was, or if the journal row can't tell.
    pub schema_changed: Option<bool>,
    /// Whether the file was edited since.
    pub edited: bool,
    /// The statements that the file has now, each in one line.
    pub statements: Vec<String>,
}

/// Why there is nothing to repair, or why it was not possible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RepairError {
    /// There are no migrations for the back end, or none of that version.
    #[error("no migration has the version `{0}`")]
    UnknownVersion(Version),
    /// No run has left it unfinished.
    #[error("migration {0} is not half applied")]
    NotBegun(String),
    /// A number that no statement has.
    #[error("migration {migration} has {total} statements, and none with the number {number}")]
    UnknownStatement {
        /// The name of its folder.
        migration: String,
        /// The number that was given.
        number: u32,
        /// How many statements it has.
        total: u32,
    },
    /// Its journal has a form that only a newer release knows.
    #[error("{0}")]
    Newer(Blocker),
    /// The team's own SQL before the session failed. Nothing was written.
    #[error("{0}")]
    Before(Failure),
    /// The team's own SQL after the session failed. What was to be recorded is recorded.
    #[error("the repair is recorded; {0}")]
    After(Failure),
    /// The database can't be reached, read or written.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl Run {
    /// What a run has left of that migration. Writes nothing.
    ///
    /// # Errors
    /// [`RepairError`].
    pub fn unfinished(
        &self,
        target: &Target,
        version: &Version,
    ) -> Result<Unfinished, RepairError> {
        let (run, target, version) = (self.clone(), target.clone(), version.clone());
        watched(move |watch| run.read_unfinished(&target, &version, watch))
    }

    fn read_unfinished(
        &self,
        target: &Target,
        version: &Version,
        watch: &Watch,
    ) -> Result<Unfinished, RepairError> {
        let mut connection = self.connect(target, Access::ReadOnly, watch)?;
        let (migration, row) = self.begun(target, version, &connection.history()?)?;
        let statement = migration.up_statements.get(row.statements_done as usize);
        let now = match (&row.in_flight, statement) {
            (Some(_), Some(statement)) => Some(connection.fingerprint_for(statement)?),
            (Some(_), None) | (None, _) => None,
        };
        Ok(describe(migration, &row, now.as_deref()))
    }

    /// Writes into the journal, under the migration lock, what is left of that migration. The next
    /// run acts on it. As in a run, the team's own SQL begins and ends the session.
    ///
    /// # Errors
    /// [`RepairError`]; nothing was written then, except with [`RepairError::After`].
    pub fn repair(
        &self,
        target: &Target,
        version: &Version,
        repair: Repair,
    ) -> Result<(), RepairError> {
        let (run, target, version) = (self.clone(), target.clone(), version.clone());
        watched(move |watch| run.write_repair(&target, &version, repair, watch))
    }

    fn write_repair(
        &self,
        target: &Target,
        version: &Version,
        repair: Repair,
        watch: &Watch,
    ) -> Result<(), RepairError> {
        let kind = target.set.kind;
        self.known(target, version)?;
        let mut connection = self.connect(target, Access::ReadWrite, watch)?;
        self.begin_session(kind, &mut *connection).map_err(RepairError::Before)?;
        let turn = Turn::new(watch.clone());
        let mut locked = Locked::lock(&mut *connection, &turn, ExecutionMode::Journalled)?;
        let history = locked.history()?;
        let (migration, row) = self.begun(target, version, &history)?;
        let total = count(migration.up_statements.len());
        if let Repair::ResumeAt(number) = repair
            && !(1..=total).contains(&number)
        {
            let migration = migration.name.clone();
            return Err(RepairError::UnknownStatement { migration, number, total });
        }
        if history.is_outdated {
            locked.ensure_tables()?;
        }
        let duration =
            std::time::Duration::from_millis(u64::try_from(row.duration_ms).unwrap_or(0));
        let finished = finished_entry(migration, &self.options.run_id, duration);
        locked.begin()?;
        match repair {
            Repair::StartOver | Repair::ResumeAt(1) => locked.remove_from_journal(version)?,
            Repair::ResumeAt(number) => {
                let done = (number - 1) as usize;
                locked.write_journal(&JournalEntry {
                    statements_done: number - 1,
                    done_checksum: statements_checksum(&migration.up_statements[..done]),
                    finished: false,
                    ..finished
                })?;
            }
            Repair::Done => locked.record(migration, finished)?,
        }
        locked.commit()?;
        locked.unlock()?;
        self.end_session(kind, connection, || self.connect(target, Access::ReadWrite, watch))
            .map_err(RepairError::After)
    }

    fn known(
        &self,
        target: &Target,
        version: &Version,
    ) -> Result<(&MigrationSet, &Migration), RepairError> {
        let set = self.sets.get(&target.set);
        let known = set.and_then(|set| Some((set, set.get(version)?)));
        known.ok_or_else(|| RepairError::UnknownVersion(version.clone()))
    }

    /// The migration that was begun under that version, and its row.
    fn begun(
        &self,
        target: &Target,
        version: &Version,
        history: &History,
    ) -> Result<(&Migration, JournalEntry), RepairError> {
        if let Some(newer) = &history.newer {
            return Err(RepairError::Newer(newer.into()));
        }
        let (set, known) = self.known(target, version)?;
        let row = history.journal.iter().find(|row| row.version == *version && is_begun(row));
        let row = row.ok_or_else(|| RepairError::NotBegun(known.name.clone()))?;
        let migration = set.of_entry(row, history).unwrap_or(known);
        Ok((migration, row.clone()))
    }
}

fn describe(migration: &Migration, row: &JournalEntry, now: Option<&str>) -> Unfinished {
    let before = row.in_flight.as_deref().and_then(Fingerprint::read);
    let changed = before.zip(now).map(|(before, now)| before != Fingerprint::new(now));
    Unfinished {
        migration: migration.name.clone(),
        statements_done: row.statements_done,
        schema_changed: changed,
        edited: row.checksum != migration.checksum,
        statements: migration.up_statements.iter().map(excerpt).collect(),
    }
}
