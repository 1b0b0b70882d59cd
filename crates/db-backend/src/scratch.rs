//! Databases to try migrations on. They are gone when they are no longer needed.

use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};

use schema_core::model::Schema;

use crate::admin;
use crate::catalog::Catalog;
use crate::connection::{Access, ExecutionMode, Timeouts};
use crate::dialect::{Dialect, Piece};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};
use crate::foreign_keys::check_foreign_keys;
use crate::split::Statement;
use crate::url::ServerUrl;

/// A database without lock, history and journal, for nobody else.
#[derive(Debug)]
pub struct Scratch {
    connection: AnyConnection,
    server_version: String,
    // After the connection, since a server drops no database that somebody is connected to.
    database: Created,
}

/// What is to be dropped in the end; nothing where it is just memory.
#[derive(Debug)]
struct Created(Option<(ServerUrl, String)>);

/// A statement that a database refused.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The statement; none where it was the commit, or the check of foreign keys before it.
    pub statement: Option<Statement>,
    /// What the database said.
    pub error: DbError,
}

/// Whether scratch databases are no longer wanted.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

impl Scratch {
    /// Lets every scratch database of this process refuse its next statement, so that whoever works
    /// on one comes to an end, and drops it.
    pub fn interrupt_all() {
        INTERRUPTED.store(true, Ordering::Relaxed);
    }

    /// Whether [`interrupt_all`](Self::interrupt_all) was called.
    pub fn is_interrupted() -> bool {
        INTERRUPTED.load(Ordering::Relaxed)
    }

    /// An empty SQLite database in memory.
    ///
    /// # Errors
    /// Where this build has no SQLite.
    pub fn in_memory() -> Result<Self, DbError> {
        Self::with(AnyConnection::in_memory()?, Created(None))
    }

    /// An empty database on that server, of a name that no other scratch database has.
    ///
    /// # Errors
    /// What keeps it from being created or opened.
    pub fn on(server: &ServerUrl) -> Result<Self, DbError> {
        // Random, since runs on several machines may share a server.
        let name = format!("tenantctl_scratch_{:016x}", RandomState::new().build_hasher().finish());
        let timeouts = Timeouts::default();
        admin::create_database(server, &name, &timeouts)?;
        let url = server.database(&name)?;
        let created = Created(Some((server.clone(), name)));
        Self::with(AnyConnection::establish(&url, Access::ReadWrite, &timeouts)?, created)
    }

    fn with(mut connection: AnyConnection, database: Created) -> Result<Self, DbError> {
        let server_version = admin::server_version(&mut connection)?;
        Ok(Self { connection, server_version, database })
    }

    /// The connection to it.
    pub fn connection(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }

    /// How its back end's SQL differs.
    pub fn dialect(&self) -> &'static dyn Dialect {
        self.connection.kind().dialect()
    }

    /// What its catalogue says.
    ///
    /// # Errors
    /// What the database says.
    pub fn catalog(&mut self) -> Result<Catalog, DbError> {
        self.dialect().read_catalog(&mut self.connection)
    }

    /// What its catalogue is expected to say of a schema.
    pub fn expected_catalog(&self, schema: &Schema) -> Catalog {
        self.dialect().expected_catalog(schema, &self.server_version)
    }

    /// Executes statements as a migration of a tenant would be.
    ///
    /// # Errors
    /// The first statement that is refused. Where a transaction holds DDL, nothing has changed then.
    pub fn migrate(
        &mut self,
        statements: &[Statement],
        run_in_transaction: bool,
    ) -> Result<(), Refused> {
        let mode = self.dialect().execution_mode(statements, run_in_transaction);
        self.within(mode, |scratch| {
            statements.iter().try_for_each(|statement| scratch.execute(statement))
        })
    }

    /// Executes what was rendered as one migration, and returns its statements, those that create
    /// triggers of rebuilt tables again among them.
    ///
    /// # Errors
    /// As [`migrate`](Self::migrate).
    pub fn carry_out(&mut self, pieces: &[Piece]) -> Result<Vec<String>, Refused> {
        let known: Vec<Statement> =
            pieces.iter().flat_map(Piece::statements).map(|sql| unplaced(sql)).collect();
        let mode = self.dialect().execution_mode(&known, true);
        self.within(mode, |scratch| {
            let mut carried_out = Vec::new();
            for piece in pieces {
                let triggers = match piece {
                    Piece::Statement(_) => Vec::new(),
                    Piece::Rebuild { table, .. } => scratch.triggers_of(table)?,
                };
                for sql in piece.statements().iter().chain(&triggers) {
                    scratch.execute(&unplaced(sql))?;
                    carried_out.push(sql.clone());
                }
            }
            Ok(carried_out)
        })
    }

    /// Drops it.
    ///
    /// # Errors
    /// What keeps it from being dropped. Dropping the value does the same, and says nothing.
    pub fn close(self) -> Result<(), DbError> {
        let Self { connection, mut database, .. } = self;
        drop(connection);
        database.drop_now()
    }

    fn within<T>(
        &mut self,
        mode: ExecutionMode,
        work: impl FnOnce(&mut Self) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        let refused = |error| Refused { statement: None, error };
        let (before, after) = match mode {
            ExecutionMode::Journalled => return work(self),
            ExecutionMode::Transactional => ("BEGIN", None),
            ExecutionMode::TransactionalRebuild => (
                "PRAGMA foreign_keys = OFF; BEGIN",
                Some("PRAGMA foreign_keys = ON; PRAGMA legacy_alter_table = OFF"),
            ),
        };
        self.connection.execute(before).map_err(refused)?;
        let worked = work(self).and_then(|worked| {
            if mode == ExecutionMode::TransactionalRebuild {
                check_foreign_keys(&mut self.connection).map_err(refused)?;
            }
            self.connection.execute("COMMIT").map_err(refused)?;
            Ok(worked)
        });
        if worked.is_err() {
            // The first error is what matters; the connection may be in no transaction any more.
            let _ = self.connection.execute("ROLLBACK");
        }
        if let Some(after) = after {
            self.connection.execute(after).map_err(refused)?;
        }
        worked
    }

    fn execute(&mut self, statement: &Statement) -> Result<(), Refused> {
        if Self::is_interrupted() {
            let error = DbError::new(DbErrorKind::Statement, "it was interrupted");
            return Err(Refused { statement: None, error });
        }
        self.connection
            .execute(&statement.sql)
            .map_err(|error| Refused { statement: Some(statement.clone()), error })
    }

    fn triggers_of(&mut self, table: &str) -> Result<Vec<String>, Refused> {
        self.dialect()
            .triggers_of(&mut self.connection, table)
            .map_err(|error| Refused { statement: None, error })
    }
}

impl Created {
    fn drop_now(&mut self) -> Result<(), DbError> {
        match self.0.take() {
            Some((server, name)) => admin::drop_database(&server, &name, &Timeouts::default()),
            None => Ok(()),
        }
    }
}

impl Drop for Created {
    fn drop(&mut self) {
        // `Scratch::close` is for whoever wants to know.
        let _ = self.drop_now();
    }
}

/// A statement that stands in no file.
fn unplaced(sql: &str) -> Statement {
    Statement { sql: sql.to_owned(), line: 0 }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.statement {
            Some(Statement { sql, line: 0 }) => write!(f, "this is refused:\n{sql}"),
            Some(Statement { sql, line }) => write!(f, "line {line} is refused:\n{sql}"),
            None => write!(f, "the migration is refused as a whole"),
        }
    }
}

impl std::error::Error for Refused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}
