//! What the engine needs from one open tenant database, real or simulated.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sql_dialect::BackendKind;
use sql_dialect::catalog::Catalog;
use sql_text::Statement;

use crate::error::DbError;
use crate::journal_format::WrittenBy;
use crate::url::DatabaseUrl;

/// The history table that stock Diesel uses.
pub const HISTORY_TABLE: &str = "__diesel_schema_migrations";
/// The table that tenantctl adds to it: the journal.
pub const JOURNAL_TABLE: &str = "__tenantctl_journal";
/// The table that says whose the database is; it has one row at most.
pub const OWNER_TABLE: &str = "__tenantctl_owner";

/// Opens tenant databases.
pub trait Connector: Send + Sync {
    /// Opens an existing database; never creates one.
    ///
    /// # Errors
    /// Any [`DbError`] of addresses, servers and files.
    fn connect(
        &self,
        database: &DatabaseUrl,
        access: Access,
        timeouts: &Timeouts,
    ) -> Result<Box<dyn TenantConnection>, DbError>;

    /// How long [`connect`](Self::connect) should take at the most: reaching the server, and
    /// setting up the session.
    fn connect_limit(&self, timeouts: &Timeouts) -> Duration {
        timeouts.connect * 2
    }
}

/// Whether a connection may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Only reads: not even the history table is created.
    ReadOnly,
    /// Reads and writes.
    ReadWrite,
}

/// How long each kind of wait may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// To open a connection.
    pub connect: Duration,
    /// To get the migration lock, and any lock that a statement needs.
    pub lock: Duration,
    /// For one statement to run; zero means no limit.
    pub statement: Duration,
    /// How much longer than its limit a call is waited for. After that its thread is given up, and
    /// what the call does is in doubt.
    pub grace: Duration,
}

impl Timeouts {
    /// For a statement of tenantctl's own to run: these are short, so they have a limit also where
    /// those of a migration have none.
    pub fn own_statement(&self) -> Duration {
        if self.statement.is_zero() { STATEMENT_TIMEOUT } else { self.statement }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: CONNECT_TIMEOUT,
            lock: LOCK_TIMEOUT,
            statement: STATEMENT_TIMEOUT,
            grace: ANSWER_GRACE,
        }
    }
}

/// Long enough for a busy server, short enough that 1,000 dead tenants take under a minute at 64
/// jobs.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Long enough for another runner to finish a usual migration of this tenant.
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(10);
/// Long enough for an index on a large table; an operator sets a higher limit for a longer
/// migration.
pub const STATEMENT_TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// Long enough for a busy server to end a statement whose time is over, and to say so.
pub const ANSWER_GRACE: Duration = Duration::from_secs(5);

/// A migration's version: a folder's leading number with `-` stripped, ordered as text, as Diesel
/// does.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub String);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Whose a tenant database is. Neither part ever changes or is used again, as a slug may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The registry's own id.
    pub registry: String,
    /// The tenant's id in that registry.
    pub tenant: i64,
}

/// What a tenant database records about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The versions in the history table, ascending; `None` if there is no such table.
    pub applied: Option<Vec<Version>>,
    /// The journal, ascending by version; empty if there is no such table.
    pub journal: Vec<JournalEntry>,
    /// Whose the database is; `None` if nothing says so.
    pub mark: Option<Mark>,
    /// Whether the database has any table or view that is not tenantctl's own. Only read if
    /// `applied` is `None` or empty; otherwise `false`.
    pub has_tables: bool,
    /// Histories outside of the schema in which this session creates tables. Nothing else is read
    /// then.
    pub stray: Option<StrayHistory>,
    /// Whoever wrote the journal, if a newer release did so in a form that this one does not know.
    /// The rows in that form are not in `journal`.
    pub newer: Option<WrittenBy>,
    /// Whether an older release created the journal:
    /// [`ensure_tables`](TenantConnection::ensure_tables) is due before anything is written to it.
    pub is_outdated: bool,
}

/// History tables in schemas of PostgreSQL that the session does not create tables in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrayHistory {
    /// The schemas that have one.
    pub schemas: Vec<String>,
    /// The schema in which tables are created; `None` if the search path leads to none.
    pub current: Option<String>,
    /// Whether that schema has one as well.
    pub has_own: bool,
}

impl History {
    /// Whether no migration has been completed.
    pub fn is_unapplied(&self) -> bool {
        self.applied.as_ref().is_none_or(Vec::is_empty)
    }

    /// Whether the database has neither tables nor any trace of a migration.
    pub fn is_empty(&self) -> bool {
        self.is_unapplied() && self.journal.is_empty() && self.newer.is_none() && !self.has_tables
    }
}

/// One migration in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// The migration's version.
    pub version: Version,
    /// SHA-256 of the `up.sql` that is being or has been applied, in lower-case hex.
    pub checksum: String,
    /// How many statements the file has.
    pub statements_total: u32,
    /// How many of these are known to have taken effect.
    pub statements_done: u32,
    /// SHA-256 over the statements done, in lower-case hex: after a failure the file may be fixed,
    /// except for the part that has taken effect.
    pub done_checksum: String,
    /// The fingerprint that the schema had before the statement in flight; `None` if no statement
    /// is in flight.
    pub in_flight: Option<String>,
    /// Whether the migration is complete; it is then in the history table as well.
    pub finished: bool,
    /// The run that wrote the row.
    pub run_id: String,
    /// How long the migration took in total, in milliseconds.
    pub duration_ms: i64,
}

/// How a migration must be executed. The engine applies adjacent migrations of equal mode under one
/// lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExecutionMode {
    /// In a transaction together with its history and journal rows.
    Transactional,
    /// As [`Transactional`](Self::Transactional), with foreign keys suspended, and checked before
    /// the commit (an SQLite table rebuild).
    TransactionalRebuild,
    /// Statement by statement, each one journalled, since no transaction can hold the DDL.
    Journalled,
}

/// What a back end can do. The engine asks for this instead of matching on the back end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// A transaction holds DDL: it can be rolled back.
    pub transactional_ddl: bool,
    /// The migration lock is the write transaction itself, so a batch is one transaction.
    pub lock_is_transaction: bool,
    /// Tenants are files in a folder; there is no server process.
    pub embedded: bool,
}

impl Capabilities {
    /// What that back end can do, whether or not this build can connect to it.
    pub const fn of(kind: BackendKind) -> Self {
        match kind {
            BackendKind::Sqlite => {
                Self { transactional_ddl: true, lock_is_transaction: true, embedded: true }
            }
            BackendKind::Postgres => {
                Self { transactional_ddl: true, lock_is_transaction: false, embedded: false }
            }
            BackendKind::Mysql => {
                Self { transactional_ddl: false, lock_is_transaction: false, embedded: false }
            }
        }
    }
}

/// One open tenant database.
///
/// Order of calls: [`history`](Self::history) any time; [`lock`](Self::lock), then for
/// transactional modes `begin`, per migration `savepoint … release`, and `commit`; then
/// [`unlock`](Self::unlock). Dropping the connection rolls back and releases the lock.
pub trait TenantConnection {
    /// What the back end can do.
    fn capabilities(&self) -> Capabilities;

    /// How that migration must be executed here.
    fn execution_mode(&self, statements: &[Statement], run_in_transaction: bool) -> ExecutionMode;

    /// Reads history, journal and mark; writes nothing, creates nothing.
    fn history(&mut self) -> Result<History, DbError>;

    /// Takes the migration lock of this database, waiting up to the lock timeout. If the lock is
    /// the transaction, this begins it.
    fn lock(&mut self, mode: ExecutionMode) -> Result<(), DbError>;

    /// Releases the lock. If the lock is the transaction, this commits it (in
    /// [`ExecutionMode::TransactionalRebuild`] after checking foreign keys).
    fn unlock(&mut self) -> Result<(), DbError>;

    /// Begins a transaction. Does nothing if [`Capabilities::lock_is_transaction`].
    fn begin(&mut self) -> Result<(), DbError>;
    /// Commits it. Does nothing if [`Capabilities::lock_is_transaction`].
    fn commit(&mut self) -> Result<(), DbError>;
    /// Rolls the whole transaction back, and releases the lock if that is the transaction.
    fn rollback(&mut self) -> Result<(), DbError>;
    /// Sets a savepoint in the transaction.
    fn savepoint(&mut self) -> Result<(), DbError>;
    /// Releases the savepoint, and keeps all changes made since.
    fn release_savepoint(&mut self) -> Result<(), DbError>;
    /// Rolls back to the savepoint, and releases it.
    fn rollback_to_savepoint(&mut self) -> Result<(), DbError>;

    /// Creates tenantctl's own tables if they are missing, and brings them to the form of this
    /// release if the last [`history`](Self::history) was outdated. Called under the lock.
    fn ensure_tables(&mut self) -> Result<(), DbError>;
    /// Writes whose this database is, in place of an older mark. Called under the lock.
    fn write_mark(&mut self, mark: &Mark) -> Result<(), DbError>;

    /// How many bytes a statement may have; `None` if there is no limit that a file can reach.
    fn statement_length_max(&mut self) -> Result<Option<u64>, DbError>;
    /// Executes one statement of a migration. The limits of this connection hold for the next one
    /// too, unless it made them shorter.
    fn execute(&mut self, statement: &Statement) -> Result<(), DbError>;
    /// Executes a statement that makes the session what a fresh one is to be: it does not count as
    /// a change of the session.
    fn prepare(&mut self, statement: &Statement) -> Result<(), DbError> {
        self.execute(statement)
    }
    /// Begins a transaction in which the tables that the statement names are locked, together with
    /// the journal. Only MySQL has statements that shut out every other table.
    fn lock_tables(&mut self, statement: &Statement) -> Result<(), DbError> {
        self.execute(statement)
    }
    /// Unlocks them, after the transaction has ended.
    fn unlock_tables(&mut self) -> Result<(), DbError> {
        Ok(())
    }
    /// What a person should know of what was committed last, although it stopped nothing. Each note
    /// is returned once.
    fn note(&mut self) -> Option<String>;
    /// Whether a statement of a migration may have changed the session, so that another migration
    /// needs a new connection.
    fn session_may_differ(&self) -> bool;
    /// Gives the session the user, the search path and the rights that it began with, until the end
    /// of the transaction. Called before tenantctl's own tables are written, if the session may
    /// differ.
    fn shield(&mut self) -> Result<(), DbError>;
    /// Whether a rollback takes back all rows that the statements change. Not so for tables of an
    /// engine without transactions (MySQL's MyISAM, MariaDB's Aria).
    fn can_roll_back(&mut self, _statements: &[Statement]) -> Result<bool, DbError> {
        Ok(true)
    }
    /// What an earlier attempt at that statement left in the database although it failed: an
    /// invalid index of PostgreSQL's `CREATE INDEX CONCURRENTLY`. Each with its kind and name.
    fn leftovers(&mut self, statement: &Statement) -> Result<Vec<String>, DbError>;
    /// Removes these leftovers.
    fn remove_leftovers(&mut self, statement: &Statement) -> Result<(), DbError>;

    /// Adds the version to the history table.
    fn add_to_history(&mut self, version: &Version) -> Result<(), DbError>;
    /// Removes the version from the history table.
    fn remove_from_history(&mut self, version: &Version) -> Result<(), DbError>;
    /// Writes the journal row of that version, replacing an older one.
    fn write_journal(&mut self, entry: &JournalEntry) -> Result<(), DbError>;
    /// Removes the journal row of that version.
    fn remove_from_journal(&mut self, version: &Version) -> Result<(), DbError>;

    /// Everything that DDL can change in this database, except for tenantctl's own tables. Writes
    /// nothing.
    fn catalog(&mut self) -> Result<Catalog, DbError>;
    /// What new tables get from this database if their own definition does not say it, as SQL for
    /// `ALTER DATABASE`: character set and collation on MySQL. `None` if there is no such thing.
    fn table_defaults(&mut self) -> Result<Option<String>, DbError> {
        Ok(None)
    }
    /// A digest of everything that DDL can change in this database.
    fn fingerprint(&mut self) -> Result<String, DbError>;
    /// A digest of the part of the schema that the statement can change (or of more, if that is as
    /// cheap). It shows after a crash whether the statement took effect.
    fn fingerprint_for(&mut self, statement: &Statement) -> Result<String, DbError>;
}
