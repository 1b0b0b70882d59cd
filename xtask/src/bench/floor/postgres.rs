//! PostgreSQL through Diesel's own connection.

use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use db_backend::ServerUrl;
use diesel::connection::{Connection, SimpleConnection};
use diesel::pg::PgConnection;

use super::backend::Floor;

pub(super) struct Postgres {
    server: ServerUrl,
    /// Connections on which databases were created. The next databases are created on them too.
    idle: Mutex<Vec<PgConnection>>,
}

impl Postgres {
    pub(super) fn new(server: &ServerUrl) -> Self {
        Self { server: server.clone(), idle: Mutex::default() }
    }

    fn idle(&self) -> Option<PgConnection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

impl Floor for Postgres {
    fn provision(&self, name: &str, batch: &str) -> Result<()> {
        let mut creator = match self.idle() {
            Some(connection) => connection,
            None => PgConnection::establish(&self.server.maintenance().expose())?,
        };
        creator.batch_execute(&format!("CREATE DATABASE \"{name}\""))?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(creator);
        self.execute(name, batch)
    }

    /// PostgreSQL executes a batch as one transaction.
    fn execute(&self, name: &str, batch: &str) -> Result<()> {
        let mut connection = PgConnection::establish(&self.server.database(name)?.expose())?;
        Ok(connection.batch_execute(batch)?)
    }
}
