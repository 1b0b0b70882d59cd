//! The databases on which migrations are tried out.

use std::sync::Arc;

use db_backend::{BackendKind, Cancel, DbError, Refused, Scratch, ServerUrl, Statement};
use schema_model::Schema;
use schema_model::diff::diff;
use tenant_migrate::{Migration, SessionSql};

use crate::error::FolderError;

/// A back end, the source of its scratch databases, and what can cancel the work on them.
#[derive(Debug, Clone)]
pub struct ScratchHost {
    /// `None` for SQLite, whose scratch databases are in memory.
    server: Option<ServerUrl>,
    /// What each session begins with.
    before: Arc<[Statement]>,
    cancel: Arc<Cancel>,
}

impl ScratchHost {
    /// SQLite, in memory.
    pub fn memory() -> Self {
        Self { server: None, before: Arc::default(), cancel: Arc::default() }
    }

    /// Databases on a server, which are dropped after use.
    pub fn server(server: ServerUrl) -> Self {
        Self { server: Some(server), before: Arc::default(), cancel: Arc::default() }
    }

    /// Makes it execute no further statement once `cancel` is cancelled.
    #[must_use]
    pub fn cancelled_by(self, cancel: Arc<Cancel>) -> Self {
        Self { cancel, ..self }
    }

    /// Makes each session on its databases begin as that of a tenant does, and tries that once.
    ///
    /// # Errors
    /// [`FolderError::SessionSql`] if that fails in an empty database, or
    /// [`FolderError::Scratch`].
    pub fn with_session(self, session: &SessionSql) -> Result<Self, FolderError> {
        if session.before().is_empty() {
            return Ok(self);
        }
        let mut scratch = self.folder_scratch()?;
        scratch.prepare(session.before()).map_err(|Refused { statement, error: cause }| {
            let statement = statement.map(|statement| statement.on_one_line()).unwrap_or_default();
            FolderError::SessionSql { place: self.place(), statement, cause }
        })?;
        Ok(Self { before: session.before().into(), ..self })
    }

    /// The back end.
    pub fn kind(&self) -> BackendKind {
        self.server.as_ref().map_or(BackendKind::Sqlite, ServerUrl::kind)
    }

    /// An empty database, with a session that has begun.
    ///
    /// # Errors
    /// Why it can't be created or opened, or the session not begun.
    pub fn scratch(&self) -> Result<Scratch, DbError> {
        let scratch = match &self.server {
            None => Scratch::in_memory(),
            Some(server) => Scratch::on(server),
        };
        let mut scratch = scratch?.cancelled_by(Arc::clone(&self.cancel));
        scratch.prepare(&self.before).map_err(|refused| refused.error)?;
        Ok(scratch)
    }

    /// An empty database, with an error of this crate.
    pub(crate) fn folder_scratch(&self) -> Result<Scratch, FolderError> {
        self.scratch().map_err(|cause| self.failed(cause))
    }

    /// The failure of one of its databases, as an error of this crate.
    pub(crate) fn failed(&self, cause: DbError) -> FolderError {
        FolderError::Scratch { place: self.place(), cause }
    }

    /// Its name for people.
    fn place(&self) -> String {
        match &self.server {
            None => "SQLite, in memory".to_owned(),
            Some(server) => server.to_string(),
        }
    }
}

/// Creates the schema from nothing in an empty database.
pub(crate) fn create(scratch: &mut Scratch, schema: &Schema) -> Result<(), Refused> {
    let changes = diff(&Schema::EMPTY, schema).expect("tables can always be created");
    let pieces = scratch.dialect().render(&changes);
    scratch.apply(&pieces).map(drop)
}

/// Executes migrations, up to the first that is refused.
pub(crate) fn migrate<'m>(
    scratch: &mut Scratch,
    migrations: impl IntoIterator<Item = &'m Migration>,
) -> Result<(), Refused> {
    let mut migrations = migrations.into_iter();
    migrations.try_for_each(|one| scratch.migrate(&one.up_statements, one.run_in_transaction))
}
