//! The migration lock, as a value.

use db_backend::{
    Catalog, DbError, ExecutionMode, History, JournalEntry, Mark, Statement, TenantConnection,
    Version,
};

use sql_text::StatementKind;

use super::batch::finished_entries;
use super::turn::Turn;
use crate::crash;
use crate::migration::Migration;

/// Holding a `Locked` is holding the migration lock of one tenant's database. Dropping it rolls
/// back an open transaction and releases the lock.
pub(super) struct Locked<'c> {
    connection: &'c mut dyn TenantConnection,
    turn: &'c Turn,
    locked: bool,
    in_transaction: bool,
    tables_locked: bool,
    lock_is_transaction: bool,
}

impl<'c> Locked<'c> {
    pub(super) fn lock(
        connection: &'c mut dyn TenantConnection,
        turn: &'c Turn,
        mode: ExecutionMode,
    ) -> Result<Self, DbError> {
        connection.lock(mode)?;
        let lock_is_transaction =
            connection.capabilities().lock_is_transaction && mode != ExecutionMode::Journalled;
        crash::point("after-lock");
        Ok(Self {
            connection,
            turn,
            locked: true,
            in_transaction: lock_is_transaction,
            tables_locked: false,
            lock_is_transaction,
        })
    }

    /// Whether the lock is the transaction: a batch is then one transaction, and unlocking commits
    /// it.
    pub(super) const fn lock_is_transaction(&self) -> bool {
        self.lock_is_transaction
    }

    /// Whether a transaction can hold DDL.
    pub(super) fn transactional_ddl(&self) -> bool {
        self.connection.capabilities().transactional_ddl
    }

    /// How that migration must be executed here.
    pub(super) fn mode(&self, migration: &Migration) -> ExecutionMode {
        self.connection.execution_mode(&migration.up_statements, migration.run_in_transaction)
    }

    pub(super) fn history(&mut self) -> Result<History, DbError> {
        self.connection.history()
    }

    /// Whether a rollback takes back all rows that these statements change.
    pub(super) fn can_roll_back(&mut self, statements: &[Statement]) -> Result<bool, DbError> {
        let may_write = |statement: &Statement| {
            matches!(
                statement.kind,
                StatementKind::ChangesRows | StatementKind::EmptiesTables | StatementKind::Other
            )
        };
        if !statements.iter().any(may_write) {
            return Ok(true);
        }
        self.connection.can_roll_back(statements)
    }

    /// What an earlier attempt at that statement left in the database, although it failed.
    pub(super) fn leftovers(&mut self, statement: &Statement) -> Result<Vec<String>, DbError> {
        self.connection.leftovers(statement)
    }

    /// Removes it.
    pub(super) fn remove_leftovers(&mut self, statement: &Statement) -> Result<(), DbError> {
        self.connection.remove_leftovers(statement)
    }

    pub(super) fn catalog(&mut self) -> Result<Catalog, DbError> {
        self.connection.catalog()
    }

    pub(super) fn fingerprint_for(&mut self, statement: &Statement) -> Result<String, DbError> {
        self.own(|connection| connection.fingerprint_for(statement))
    }

    /// Does something of the runner's own, whatever a migration made of the session.
    fn own<T>(
        &mut self,
        work: impl FnOnce(&mut dyn TenantConnection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        if !self.connection.session_may_differ() {
            return work(self.connection);
        }
        if self.in_transaction {
            self.connection.shield()?;
            return work(self.connection);
        }
        self.connection.begin()?;
        let worked = self.connection.shield().and_then(|()| work(self.connection));
        match worked {
            Ok(worked) => self.connection.commit().map(|()| worked),
            Err(error) => {
                // The first error is what matters; a connection that is gone has rolled back.
                let _ = self.connection.rollback();
                Err(error)
            }
        }
    }

    pub(super) fn begin(&mut self) -> Result<(), DbError> {
        self.connection.begin()?;
        self.in_transaction = true;
        crash::point("after-begin");
        Ok(())
    }

    /// Begins a transaction as that statement says.
    pub(super) fn begin_with(&mut self, statement: &Statement) -> Result<(), DbError> {
        self.connection.execute(statement)?;
        self.in_transaction = true;
        crash::point("after-begin");
        Ok(())
    }

    /// Begins a transaction in which the tables that the statement names are locked. The
    /// transaction's journal row can be written all the same.
    pub(super) fn begin_with_tables_locked(
        &mut self,
        statement: &Statement,
    ) -> Result<(), DbError> {
        // Whatever fails from here on, all of it is undone.
        self.in_transaction = true;
        self.tables_locked = true;
        self.connection.lock_tables(statement)?;
        crash::point("after-begin");
        Ok(())
    }

    /// Unlocks them, if there are any, after the transaction.
    fn unlock_tables(&mut self) -> Result<(), DbError> {
        if std::mem::take(&mut self.tables_locked) {
            self.connection.unlock_tables()
        } else {
            Ok(())
        }
    }

    /// Commits, unless the lock is the transaction: then [`unlock`](Self::unlock) commits.
    pub(super) fn commit(&mut self) -> Result<(), DbError> {
        crash::point("before-commit");
        self.connection.commit()?;
        self.in_transaction = self.lock_is_transaction;
        crash::point("after-commit");
        self.unlock_tables()
    }

    /// Rolls back the open transaction, if there is one. Not for use if the lock is the
    /// transaction, since that releases it.
    pub(super) fn rollback_if_open(&mut self) -> Result<(), DbError> {
        if !std::mem::take(&mut self.in_transaction) {
            return Ok(());
        }
        self.connection.rollback()?;
        self.unlock_tables()
    }

    pub(super) fn savepoint(&mut self) -> Result<(), DbError> {
        self.connection.savepoint()
    }

    pub(super) fn release_savepoint(&mut self) -> Result<(), DbError> {
        crash::point("before-savepoint-release");
        self.connection.release_savepoint()
    }

    pub(super) fn rollback_to_savepoint(&mut self) -> Result<(), DbError> {
        self.connection.rollback_to_savepoint()
    }

    pub(super) fn ensure_tables(&mut self) -> Result<(), DbError> {
        self.connection.ensure_tables()?;
        crash::point("after-ensure-tables");
        Ok(())
    }

    pub(super) fn write_mark(&mut self, mark: &Mark) -> Result<(), DbError> {
        self.connection.write_mark(mark)?;
        crash::point("after-mark");
        Ok(())
    }

    /// Executes the statement with that index of the migration.
    pub(super) fn execute(&mut self, migration: &Migration, index: usize) -> Result<(), DbError> {
        self.turn.standing().at = Some((migration.name.clone(), index));
        self.repeat(&migration.up_statements[index])
    }

    /// Executes a statement again that gives the session what it had.
    pub(super) fn repeat(&mut self, statement: &Statement) -> Result<(), DbError> {
        self.connection.execute(statement)?;
        crash::point("after-statement");
        Ok(())
    }

    /// Records that a migration is complete: a row in the history and its `own` one in the journal,
    /// or those of each of its members.
    pub(super) fn record(
        &mut self,
        migration: &Migration,
        own: JournalEntry,
    ) -> Result<(), DbError> {
        self.turn.standing().at = Some((migration.name.clone(), usize::MAX));
        for entry in finished_entries(migration, own) {
            self.own(|connection| connection.add_to_history(&entry.version))?;
            crash::point("after-history-row");
            self.write_journal(&entry)?;
        }
        Ok(())
    }

    pub(super) fn write_journal(&mut self, entry: &JournalEntry) -> Result<(), DbError> {
        self.own(|connection| connection.write_journal(entry))?;
        crash::point(if entry.in_flight.is_some() {
            "after-in-flight-row"
        } else {
            "after-journal-row"
        });
        Ok(())
    }

    pub(super) fn remove_from_journal(&mut self, version: &Version) -> Result<(), DbError> {
        self.own(|connection| connection.remove_from_journal(version))
    }

    /// Releases the lock. If the lock is the transaction, this is the commit, and an error means
    /// that nothing was committed (or that it is unknown, if the connection was lost).
    pub(super) fn unlock(mut self) -> Result<(), DbError> {
        crash::point("before-unlock");
        self.connection.unlock()?;
        self.locked = false;
        self.in_transaction = false;
        crash::point("after-unlock");
        Ok(())
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        // This fails only if the connection is gone, and then the server (or the operating system)
        // has rolled back and unlocked by itself.
        if self.in_transaction {
            let _ = self.connection.rollback();
        }
        if self.locked && !self.lock_is_transaction {
            let _ = self.connection.unlock();
        }
    }
}
