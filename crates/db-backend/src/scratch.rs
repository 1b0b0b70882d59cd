//! Databases to try migrations on, dropped when they are no longer needed.

use std::fmt;
use std::sync::Arc;

use schema_model::Schema;
use sql_dialect::catalog::Catalog;
use sql_dialect::{Dialect, Piece};
use sql_text::Statement;

use crate::admin;
use crate::backend::ViewSql;
use crate::cancel::Cancel;
use crate::connection::{Access, ExecutionMode, TenantConnection, Timeouts};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};
use crate::scratch_database::ScratchDatabase;
use crate::session::Session;
use crate::url::ServerUrl;

/// A private database without lock, history and journal.
#[derive(Debug)]
pub struct Scratch {
    session: Session,
    server_version: String,
    // Dropped after the session, since a server drops no database that has a session. `None` for a
    // database in memory.
    database: Option<ScratchDatabase>,
    cancel: Arc<Cancel>,
}

/// A statement that a database rejected.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The statement; `None` if it was the commit, or the check of foreign keys before it.
    pub statement: Option<Box<Statement>>,
    /// What the database reported.
    pub error: DbError,
}

impl Scratch {
    /// An empty SQLite database in memory.
    ///
    /// # Errors
    /// If this build has no SQLite.
    pub fn in_memory() -> Result<Self, DbError> {
        Self::with(Session::in_memory()?, None)
    }

    /// An empty database on that server, with a name that no other scratch database has.
    ///
    /// # Errors
    /// The reason that it can't be created or opened.
    pub fn on(server: &ServerUrl) -> Result<Self, DbError> {
        let database = ScratchDatabase::create(server)?;
        let session = Session::open(database.url(), Access::ReadWrite, &Timeouts::default())?;
        Self::with(session, Some(database))
    }

    fn with(mut session: Session, database: Option<ScratchDatabase>) -> Result<Self, DbError> {
        let server_version = admin::server_version(session.connection())?;
        Ok(Self { session, server_version, database, cancel: Arc::default() })
    }

    /// Makes this database reject its next statement once `cancel` is cancelled, so that the work
    /// on it ends and drops it.
    #[must_use]
    pub fn cancelled_by(self, cancel: Arc<Cancel>) -> Self {
        Self { cancel, ..self }
    }

    /// The connection to it.
    pub fn connection(&mut self) -> &mut AnyConnection {
        self.session.connection()
    }

    /// How its back end's SQL differs.
    pub fn dialect(&self) -> &'static dyn Dialect {
        self.session.kind().dialect()
    }

    /// Its catalogue.
    ///
    /// # Errors
    /// What the database reports.
    pub fn catalog(&mut self) -> Result<Catalog, DbError> {
        self.connection().catalog()
    }

    /// The name of its database product, for people.
    pub fn product(&self) -> &'static str {
        self.dialect().product(&self.server_version)
    }

    /// The catalogue that it should have for a schema.
    pub fn expected_catalog(&self, schema: &Schema) -> Catalog {
        self.dialect().expected_catalog(schema, &self.server_version)
    }

    /// Begins its session with these statements, as a runner begins a tenant's.
    ///
    /// # Errors
    /// The first statement that is rejected.
    pub fn prepare(&mut self, statements: &[Statement]) -> Result<(), Refused> {
        statements.iter().try_for_each(|statement| {
            self.session
                .prepare(statement)
                .map_err(|error| Refused { statement: Some(Box::new(statement.clone())), error })
        })
    }

    /// Executes statements as a tenant's migration would be.
    ///
    /// # Errors
    /// The first statement that is rejected. On back ends with transactional DDL nothing has
    /// changed then.
    pub fn migrate(
        &mut self,
        statements: &[Statement],
        run_in_transaction: bool,
    ) -> Result<(), Refused> {
        let mode = self.session.execution_mode(statements, run_in_transaction);
        self.within(mode, |scratch| {
            statements.iter().try_for_each(|statement| scratch.execute(statement))
        })
    }

    /// Executes rendered SQL as one migration, and returns its statements, including those that
    /// create the triggers of rebuilt tables again.
    ///
    /// # Errors
    /// As [`migrate`](Self::migrate).
    pub fn apply(&mut self, pieces: &[Piece]) -> Result<Vec<String>, Refused> {
        let known: Vec<Statement> =
            pieces.iter().flat_map(Piece::statements).map(|sql| self.unplaced(sql)).collect();
        let mode = self.session.execution_mode(&known, true);
        self.within(mode, |scratch| {
            let mut carried_out = Vec::new();
            for piece in pieces {
                let triggers = match piece {
                    Piece::Statement(_) => Vec::new(),
                    Piece::Rebuild { table, .. } => scratch.triggers_of(table)?,
                };
                for sql in piece.statements().iter().chain(&triggers) {
                    let statement = scratch.unplaced(sql);
                    scratch.execute(&statement)?;
                    carried_out.push(sql.clone());
                }
            }
            Ok(carried_out)
        })
    }

    /// The views: the name of each, and a statement that evaluates it.
    ///
    /// # Errors
    /// What the database reports.
    pub fn views(&mut self) -> Result<Vec<[String; 2]>, DbError> {
        self.connection().views()
    }

    /// The views that read these tables, and can be in the way of their changes: none on back ends
    /// that change a table under its views.
    ///
    /// # Errors
    /// What the database reports.
    pub fn views_over(&mut self, tables: &[&str]) -> Result<ViewSql, DbError> {
        self.connection().views_over(tables)
    }

    /// Tries statements that change rows, and undoes them in the end.
    ///
    /// # Errors
    /// The reason that no transaction can be begun or rolled back.
    pub fn trial<T>(&mut self, work: impl FnOnce(&mut Trial<'_>) -> T) -> Result<T, DbError> {
        let mut trial = Trial { session: &mut self.session };
        trial.begin()?;
        let worked = work(&mut trial);
        self.session.rollback()?;
        self.session.unlock()?;
        Ok(worked)
    }

    /// Drops it.
    ///
    /// # Errors
    /// The reason that it can't be dropped. Dropping the value also drops the database, but reports
    /// no error.
    pub fn close(self) -> Result<(), DbError> {
        let Self { session, database, .. } = self;
        drop(session);
        database.map_or(Ok(()), ScratchDatabase::close)
    }

    /// Takes the same lock and the same transaction as a tenant's migration.
    fn within<T>(
        &mut self,
        mode: ExecutionMode,
        work: impl FnOnce(&mut Self) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        let refused = |error| Refused { statement: None, error };
        let in_transaction = mode != ExecutionMode::Journalled;
        self.session.lock(mode).map_err(refused)?;
        let begun = if in_transaction { self.session.begin() } else { Ok(()) };
        let worked = begun.map_err(refused).and_then(|()| work(self)).and_then(|worked| {
            if in_transaction {
                self.session.commit().map_err(refused)?;
            }
            self.session.unlock().map_err(refused)?;
            Ok(worked)
        });
        if worked.is_err() {
            // The first error is what matters; the transaction may have ended already.
            if in_transaction {
                let _ = self.session.rollback();
            }
            let _ = self.session.unlock();
        }
        worked
    }

    /// A statement that is not from a file.
    fn unplaced(&self, sql: &str) -> Statement {
        Statement::unplaced(sql, self.session.kind().syntax())
    }

    fn execute(&mut self, statement: &Statement) -> Result<(), Refused> {
        if self.cancel.is_cancelled() {
            let error = DbError::new(DbErrorKind::Statement, "it was cancelled");
            return Err(Refused { statement: None, error });
        }
        self.session
            .execute(statement)
            .map_err(|error| Refused { statement: Some(Box::new(statement.clone())), error })
    }

    fn triggers_of(&mut self, table: &str) -> Result<Vec<String>, Refused> {
        self.connection().triggers_of(table).map_err(|error| Refused { statement: None, error })
    }
}

/// A transaction in which statements are tried: see [`Scratch::trial`].
#[derive(Debug)]
pub struct Trial<'s> {
    session: &'s mut Session,
}

impl Trial<'_> {
    /// Executes a statement. One that fails changes nothing, and does not end the trial.
    ///
    /// # Errors
    /// What the database reports.
    pub fn execute(&mut self, sql: &str) -> Result<(), DbError> {
        self.session.savepoint()?;
        let statement = Statement::unplaced(sql, self.session.kind().syntax());
        match self.session.execute(&statement) {
            Ok(()) => self.session.release_savepoint(),
            Err(error) => {
                // A trigger can roll back the whole transaction.
                if self.session.rollback_to_savepoint().is_err() {
                    self.session.rollback()?;
                    self.begin()?;
                }
                Err(error)
            }
        }
    }

    /// Whether a statement that failed can never succeed, since something that it uses does not
    /// exist. Otherwise something rejects it: a constraint, or a trigger that means to.
    ///
    /// # Errors
    /// What the database reports of the question itself.
    pub fn is_broken(&mut self, sql: &str) -> Result<bool, DbError> {
        self.session.savepoint()?;
        let is_broken = self.session.connection().is_broken(sql);
        self.session.rollback_to_savepoint()?;
        is_broken
    }

    fn begin(&mut self) -> Result<(), DbError> {
        self.session.lock(ExecutionMode::Transactional)?;
        self.session.begin()
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.statement.as_deref() {
            Some(Statement { sql, line: 0, .. }) => write!(f, "this is refused:\n{sql}"),
            Some(Statement { sql, line, .. }) => write!(f, "line {line} is refused:\n{sql}"),
            None => write!(f, "the migration is refused as a whole"),
        }
    }
}

impl std::error::Error for Refused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}
