//! Where migrations are tried out.

use db_backend::{BackendKind, DbError, Scratch, ServerUrl};

use crate::error::FolderError;

/// A back end, and where its scratch databases come from.
#[derive(Debug, Clone)]
pub enum Ground {
    /// SQLite, in memory.
    Memory,
    /// Databases on a server, which are dropped again.
    Server(ServerUrl),
}

impl Ground {
    /// The back end.
    pub fn kind(&self) -> BackendKind {
        match self {
            Self::Memory => BackendKind::Sqlite,
            Self::Server(server) => server.kind(),
        }
    }

    /// An empty database.
    ///
    /// # Errors
    /// What keeps it from being created or opened.
    pub fn scratch(&self) -> Result<Scratch, DbError> {
        match self {
            Self::Memory => Scratch::in_memory(),
            Self::Server(server) => Scratch::on(server),
        }
    }

    /// An empty database, for whoever works on a folder.
    pub(crate) fn folder_scratch(&self) -> Result<Scratch, FolderError> {
        self.scratch().map_err(|cause| FolderError::Scratch { place: self.place(), cause })
    }

    /// How a person calls it.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::Memory => "SQLite, in memory".to_owned(),
            Self::Server(server) => server.to_string(),
        }
    }
}
