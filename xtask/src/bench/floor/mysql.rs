//! MySQL and MariaDB through Diesel's own connection.

use anyhow::Result;
use db_backend::ServerUrl;
use diesel::connection::{Connection, SimpleConnection};
use diesel::mysql::MysqlConnection;

use super::backend::Floor;

pub(super) struct Mysql {
    server: ServerUrl,
}

impl Mysql {
    pub(super) fn new(server: &ServerUrl) -> Self {
        Self { server: server.clone() }
    }
}

impl Floor for Mysql {
    fn provision(&self, name: &str, batch: &str) -> Result<()> {
        let mut connection = MysqlConnection::establish(&self.server.expose())?;
        Ok(connection
            .batch_execute(&format!("CREATE DATABASE `{name}`; USE `{name}`;\n{batch}"))?)
    }

    fn execute(&self, name: &str, batch: &str) -> Result<()> {
        let mut connection = MysqlConnection::establish(&self.server.database(name)?.expose())?;
        Ok(connection.batch_execute(batch)?)
    }
}
