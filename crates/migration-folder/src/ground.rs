//! Where migrations are tried out.

use std::sync::Arc;

use db_backend::{BackendKind, Cancel, DbError, Scratch, ServerUrl};

use crate::error::FolderError;

/// A back end, where its scratch databases come from, and what may ask the work on them to stop.
#[derive(Debug, Clone)]
pub struct Ground {
    /// None for SQLite, whose scratch databases are in memory.
    server: Option<ServerUrl>,
    cancel: Arc<Cancel>,
}

impl Ground {
    /// SQLite, in memory.
    pub fn memory() -> Self {
        Self { server: None, cancel: Arc::default() }
    }

    /// Databases on a server, which are dropped again.
    pub fn server(server: ServerUrl) -> Self {
        Self { server: Some(server), cancel: Arc::default() }
    }

    /// The same, but no further statement is executed once `cancel` is cancelled.
    #[must_use]
    pub fn cancelled_by(self, cancel: Arc<Cancel>) -> Self {
        Self { cancel, ..self }
    }

    /// The back end.
    pub fn kind(&self) -> BackendKind {
        self.server.as_ref().map_or(BackendKind::Sqlite, ServerUrl::kind)
    }

    /// An empty database.
    ///
    /// # Errors
    /// What keeps it from being created or opened.
    pub fn scratch(&self) -> Result<Scratch, DbError> {
        let scratch = match &self.server {
            None => Scratch::in_memory(),
            Some(server) => Scratch::on(server),
        };
        Ok(scratch?.cancelled_by(Arc::clone(&self.cancel)))
    }

    /// An empty database, with an error of this crate.
    pub(crate) fn folder_scratch(&self) -> Result<Scratch, FolderError> {
        self.scratch().map_err(|cause| FolderError::Scratch { place: self.place(), cause })
    }

    /// Its name for people.
    pub(crate) fn place(&self) -> String {
        match &self.server {
            None => "SQLite, in memory".to_owned(),
            Some(server) => server.to_string(),
        }
    }
}
