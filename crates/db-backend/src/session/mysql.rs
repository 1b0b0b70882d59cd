//! MySQL and MariaDB: each DDL statement commits by itself, and the lock is a named one, held by
//! the session.

mod target;

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use diesel::mysql::MysqlConnection;
use diesel::{Connection, ConnectionResult};
use sha2::{Digest, Sha256};

use super::server::{self, ServerSql};
use super::tables::{self, TableSql};
use super::{Backend, Guard, lock_timeout};
use crate::classify;
use crate::connection::{Access, ExecutionMode, Timeouts};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};
use crate::kind::BackendKind;
use crate::url::{DatabaseUrl, Remote, ServerUrl};

pub(super) struct Mysql;

impl Backend for Mysql {
    fn connect(
        &self,
        database: &DatabaseUrl,
        access: Access,
        timeouts: &Timeouts,
    ) -> Result<AnyConnection, DbError> {
        let remote = database
            .remote()
            .ok_or_else(|| DbError::new(DbErrorKind::Address, "not an address of MySQL"))?;
        let connection = establish(server_of(remote).expose(), timeouts.connect)
            .ok_or_else(|| {
                let limit = timeouts.connect;
                DbError::new(DbErrorKind::Unreachable, format_args!("no answer within {limit:?}"))
            })?
            .map_err(|error| classify::connection_error(database, &error))?;
        let mut connection = AnyConnection::Mysql(connection);
        connection.execute(&set_up(&database.name(), access, timeouts))?;
        Ok(connection)
    }

    fn guard(&self, database: &DatabaseUrl, timeouts: &Timeouts) -> Box<dyn Guard> {
        Box::new(NamedGuard { name: lock_name(&database.name()), timeouts: *timeouts })
    }

    fn table_sql(&self) -> &'static TableSql {
        &TABLE_SQL
    }

    fn changed_definition(
        &self,
        connection: &mut AnyConnection,
        sql: &str,
    ) -> Result<Option<String>, DbError> {
        target::definition(connection, sql)
    }

    fn version_query(&self) -> &'static str {
        "SELECT VERSION()"
    }

    fn create_database(
        &self,
        kept: &mut Option<AnyConnection>,
        server: &ServerUrl,
        name: &str,
        timeouts: &Timeouts,
    ) -> Result<bool, DbError> {
        server::create_database(self, &SERVER_SQL, kept, server, name, timeouts)
    }

    fn drop_database(
        &self,
        server: &ServerUrl,
        name: &str,
        timeouts: &Timeouts,
    ) -> Result<(), DbError> {
        server::drop_database(self, server, name, timeouts)
    }

    fn database_exists(
        &self,
        server: &ServerUrl,
        name: &str,
        timeouts: &Timeouts,
    ) -> Result<bool, DbError> {
        server::database_exists(self, &SERVER_SQL, server, name, timeouts)
    }

    fn ping(&self, server: &ServerUrl, timeouts: &Timeouts) -> Result<(), DbError> {
        server::ping(self, server, timeouts)
    }
}

static SERVER_SQL: ServerSql = ServerSql {
    // Binary order, so that texts compare as they do on the other back ends.
    create_options: " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    name_taken: &["database exists"],
    find: "SELECT schema_name FROM information_schema.schemata WHERE schema_name = ?",
};

// ---- connecting ----

/// The address without its database, which Diesel would pass on still percent-encoded.
fn server_of(remote: &Remote) -> Remote {
    let mut server = remote.clone();
    server.database.clear();
    server
}

/// Connects on a thread of its own, because Diesel sets no limit and the operating system's is
/// minutes. A thread that is given up ends with that.
fn establish(address: String, limit: Duration) -> Option<ConnectionResult<MysqlConnection>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // Nobody listens any more where the limit was first.
        let _ = sender.send(MysqlConnection::establish(&address));
    });
    receiver.recv_timeout(limit).ok()
}

/// All settings of the session in one round trip. The mode is what both servers begin with, on top of
/// what the operator has chosen: without it, a value that does not fit is cut with a warning. What
/// follows `/*M!` only MariaDB reads: MySQL has no limit for statements other than `SELECT`.
fn set_up(database: &str, access: Access, timeouts: &Timeouts) -> String {
    let lock = whole_seconds(timeouts.lock);
    let statement = timeouts.statement.as_secs_f64();
    let mut batch = format!(
        "SET SESSION lock_wait_timeout = {lock}, innodb_lock_wait_timeout = {lock}, \
         sql_mode = concat_ws(',', nullif(@@SESSION.sql_mode, ''), '{STRICT_MODE}') \
         /*M!100101 , max_statement_time = {statement} */"
    );
    if access == Access::ReadOnly {
        batch.push_str("; SET SESSION TRANSACTION READ ONLY");
    }
    if !database.is_empty() {
        batch.push_str("; USE ");
        batch.push_str(&BackendKind::Mysql.dialect().quote(database));
    }
    batch
}

/// A mode may be there twice.
const STRICT_MODE: &str = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

/// MySQL counts lock waits in seconds, from 1.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_millis().div_ceil(1000).max(1).try_into().unwrap_or(u64::MAX)
}

// ---- lock and transactions ----

/// `GET_LOCK` is server-wide, so the name holds the database's, and at most 64 characters, so it
/// holds a digest. Lower case, since a server may take two spellings for one database.
fn lock_name(database: &str) -> String {
    let digest = Sha256::digest(database.to_lowercase());
    let digits: String = digest.iter().take(20).map(|byte| format!("{byte:02x}")).collect();
    format!("tenantctl:{digits}")
}

struct NamedGuard {
    name: String,
    timeouts: Timeouts,
}

impl Guard for NamedGuard {
    fn lock(&mut self, connection: &mut AnyConnection, _: ExecutionMode) -> Result<(), DbError> {
        let wait = self.timeouts.lock.as_secs_f64();
        let query = format!("SELECT CAST(GET_LOCK('{}', {wait}) AS CHAR)", self.name);
        match connection.text(&query, &[]) {
            Ok(Some(taken)) if taken == "1" => Ok(()),
            Ok(_) => Err(lock_timeout(&self.timeouts)),
            Err(error) if error.kind == DbErrorKind::StatementTimeout => {
                Err(lock_timeout(&self.timeouts))
            }
            Err(error) => Err(error),
        }
    }

    fn unlock(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        connection.execute(&format!("DO RELEASE_LOCK('{}')", self.name))
    }

    fn begin(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        connection.execute("START TRANSACTION")
    }

    fn commit(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        connection.execute("COMMIT")
    }

    fn rollback(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        connection.execute("ROLLBACK")
    }

    fn execute(&mut self, connection: &mut AnyConnection, sql: &str) -> Result<(), DbError> {
        connection.execute(sql)
    }
}

// ---- history and journal ----

static TABLE_SQL: TableSql = TableSql {
    create: tables::create_tables!(
        "CREATE TABLE IF NOT EXISTS ",
        "CREATE TABLE IF NOT EXISTS ",
        // The journal must be able to share a transaction, whatever the server's default engine.
        " ENGINE = InnoDB"
    ),
    present: "SELECT table_name FROM information_schema.tables \
              WHERE table_schema = DATABASE() \
              AND table_name IN ('__diesel_schema_migrations', '__tenantctl_journal')",
    other_table: "SELECT table_name FROM information_schema.tables \
                  WHERE table_schema = DATABASE() \
                  AND table_name NOT IN ('__diesel_schema_migrations', '__tenantctl_journal') LIMIT 1",
    missing_table: Some("doesn't exist"),
    text: "CHAR",
    on_conflict: "ON DUPLICATE KEY UPDATE",
    inserted: ("VALUES(", ")"),
    parameter: |_| "?".to_owned(),
};

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_snapshot;

    #[test]
    fn limits_are_set_in_one_batch() {
        let limits = Timeouts {
            lock: Duration::from_millis(1500),
            statement: Duration::from_millis(2500),
            ..Timeouts::default()
        };
        assert_snapshot!(set_up("it's `acme`", Access::ReadOnly, &limits), @"SET SESSION lock_wait_timeout = 2, innodb_lock_wait_timeout = 2, sql_mode = concat_ws(',', nullif(@@SESSION.sql_mode, ''), 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION') /*M!100101 , max_statement_time = 2.5 */; SET SESSION TRANSACTION READ ONLY; USE `it's ``acme```");
        let at_once = Timeouts { lock: Duration::ZERO, statement: Duration::ZERO, ..limits };
        assert_snapshot!(set_up("", Access::ReadWrite, &at_once), @"SET SESSION lock_wait_timeout = 1, innodb_lock_wait_timeout = 1, sql_mode = concat_ws(',', nullif(@@SESSION.sql_mode, ''), 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION') /*M!100101 , max_statement_time = 0 */");
    }

    #[test]
    fn the_name_of_a_lock_is_short_and_the_same_for_both_spellings() {
        let long = lock_name(&"n".repeat(64));
        assert!(long.len() <= 64, "{long}");
        assert_eq!(lock_name("Acme"), lock_name("acme"));
        assert_ne!(lock_name("acme"), lock_name("acme2"));
    }
}
