//! A connection whose calls are watched.

use std::time::Duration;

use sql_dialect::catalog::Catalog;
use sql_text::Statement;

use crate::connection::{
    Access, Capabilities, Connector, ExecutionMode, History, JournalEntry, Mark, TenantConnection,
    Timeouts, Version,
};
use crate::error::DbError;
use crate::url::DatabaseUrl;
use crate::watch::Watch;

/// Opens a database with that connector. The call itself is watched, and so is each call of the
/// connection.
///
/// # Errors
/// As [`Connector::connect`], and [`DbErrorKind::NoAnswer`](crate::DbErrorKind::NoAnswer).
pub fn connect_watched(
    connector: &dyn Connector,
    database: &DatabaseUrl,
    access: Access,
    timeouts: &Timeouts,
    watch: &Watch,
) -> Result<Box<dyn TenantConnection>, DbError> {
    let limit = connector.connect_limit(timeouts) + timeouts.grace;
    let inner = watch.call(Some(limit), || connector.connect(database, access, timeouts))?;
    Ok(Box::new(Watched { inner, watch: watch.clone(), timeouts: *timeouts }))
}

/// A connection whose calls are watched.
struct Watched {
    inner: Box<dyn TenantConnection>,
    watch: Watch,
    timeouts: Timeouts,
}

impl Watched {
    /// How long a statement of a migration is waited for.
    fn statement_limit(&self) -> Option<Duration> {
        let Timeouts { statement, grace, .. } = self.timeouts;
        (!statement.is_zero()).then_some(statement + grace)
    }

    /// How long tenantctl's own statements are waited for.
    fn own_limit(&self) -> Duration {
        self.timeouts.own_statement() + self.timeouts.grace
    }

    fn own<T>(
        &mut self,
        call: impl FnOnce(&mut dyn TenantConnection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        self.watch.call(Some(self.own_limit()), || call(&mut *self.inner))
    }
}

impl TenantConnection for Watched {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn execution_mode(&self, statements: &[Statement], run_in_transaction: bool) -> ExecutionMode {
        self.inner.execution_mode(statements, run_in_transaction)
    }

    fn history(&mut self) -> Result<History, DbError> {
        self.own(|inner| inner.history())
    }

    fn lock(&mut self, mode: ExecutionMode) -> Result<(), DbError> {
        let limit = self.timeouts.lock + self.own_limit();
        self.watch.call(Some(limit), || self.inner.lock(mode))
    }

    fn unlock(&mut self) -> Result<(), DbError> {
        self.own(|inner| inner.unlock())
    }

    fn begin(&mut self) -> Result<(), DbError> {
        self.own(|inner| inner.begin())
    }

    fn commit(&mut self) -> Result<(), DbError> {
        self.own(|inner| inner.commit())
    }

    fn rollback(&mut self) -> Result<(), DbError> {
        self.own(|inner| inner.rollback())
    }

    fn savepoint(&mut self) -> Result<(), DbError> {
        self.own(|inner| inner.savepoint())
    }

    fn release_savepoint(&mut self) -> Result<(), DbError> {
        self.own(|inner| inner.release_savepoint())
    }

    fn rollback_to_savepoint(&mut self) -> Result<(), DbError> {
        self.own(|inner| inner.rollback_to_savepoint())
    }

    fn ensure_tables(&mut self) -> Result<(), DbError> {
        self.own(|inner| inner.ensure_tables())
    }

    fn write_mark(&mut self, mark: &Mark) -> Result<(), DbError> {
        self.own(|inner| inner.write_mark(mark))
    }

    fn statement_length_max(&mut self) -> Result<Option<u64>, DbError> {
        self.own(|inner| inner.statement_length_max())
    }

    fn execute(&mut self, statement: &Statement) -> Result<(), DbError> {
        self.watch.call(self.statement_limit(), || self.inner.execute(statement))
    }

    fn prepare(&mut self, statement: &Statement) -> Result<(), DbError> {
        self.watch.call(self.statement_limit(), || self.inner.prepare(statement))
    }

    fn lock_tables(&mut self, statement: &Statement) -> Result<(), DbError> {
        self.watch.call(self.statement_limit(), || self.inner.lock_tables(statement))
    }

    fn unlock_tables(&mut self) -> Result<(), DbError> {
        self.own(|inner| inner.unlock_tables())
    }

    fn note(&mut self) -> Option<String> {
        self.inner.note()
    }

    fn session_may_differ(&self) -> bool {
        self.inner.session_may_differ()
    }

    fn shield(&mut self) -> Result<(), DbError> {
        self.own(|inner| inner.shield())
    }

    fn can_roll_back(&mut self, statements: &[Statement]) -> Result<bool, DbError> {
        self.own(|inner| inner.can_roll_back(statements))
    }

    fn leftovers(&mut self, statement: &Statement) -> Result<Vec<String>, DbError> {
        self.own(|inner| inner.leftovers(statement))
    }

    fn remove_leftovers(&mut self, statement: &Statement) -> Result<(), DbError> {
        self.own(|inner| inner.remove_leftovers(statement))
    }

    fn add_to_history(&mut self, version: &Version) -> Result<(), DbError> {
        self.own(|inner| inner.add_to_history(version))
    }

    fn remove_from_history(&mut self, version: &Version) -> Result<(), DbError> {
        self.own(|inner| inner.remove_from_history(version))
    }

    fn write_journal(&mut self, entry: &JournalEntry) -> Result<(), DbError> {
        self.own(|inner| inner.write_journal(entry))
    }

    fn remove_from_journal(&mut self, version: &Version) -> Result<(), DbError> {
        self.own(|inner| inner.remove_from_journal(version))
    }

    fn catalog(&mut self) -> Result<Catalog, DbError> {
        self.own(|inner| inner.catalog())
    }

    fn table_defaults(&mut self) -> Result<Option<String>, DbError> {
        self.own(|inner| inner.table_defaults())
    }

    fn fingerprint(&mut self) -> Result<String, DbError> {
        self.own(|inner| inner.fingerprint())
    }

    fn fingerprint_for(&mut self, statement: &Statement) -> Result<String, DbError> {
        self.own(|inner| inner.fingerprint_for(statement))
    }
}
