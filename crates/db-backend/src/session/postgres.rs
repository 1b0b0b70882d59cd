//! PostgreSQL: DDL is transactional, and the lock is an advisory one, held by the session.

use std::thread;
use std::time::{Duration, Instant};

use diesel::Connection;
use diesel::pg::PgConnection;

use super::server::{self, ServerSql};
use super::tables::{self, TableSql};
use super::{Backend, Guard, lock_timeout};
use crate::classify;
use crate::connection::{Access, ExecutionMode, Timeouts};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};
use crate::url::{self, DatabaseUrl, Remote, ServerUrl};

pub(super) struct Postgres;

impl Backend for Postgres {
    fn connect(
        &self,
        database: &DatabaseUrl,
        access: Access,
        timeouts: &Timeouts,
    ) -> Result<AnyConnection, DbError> {
        let remote = database
            .remote()
            .ok_or_else(|| DbError::new(DbErrorKind::Address, "not an address of PostgreSQL"))?;
        let connection = PgConnection::establish(&with_limits(remote, access, timeouts).expose())
            .map_err(|error| classify::connection_error(database, &error))?;
        Ok(AnyConnection::Postgres(connection))
    }

    fn guard(&self, _database: &DatabaseUrl, timeouts: &Timeouts) -> Box<dyn Guard> {
        Box::new(AdvisoryGuard { timeouts: *timeouts })
    }

    fn table_sql(&self) -> &'static TableSql {
        &TABLE_SQL
    }

    fn changed_definition(
        &self,
        _connection: &mut AnyConnection,
        _sql: &str,
    ) -> Result<Option<String>, DbError> {
        // What is journalled here is rare (it runs outside a transaction), and the catalogue cheap.
        Ok(None)
    }

    fn version_query(&self) -> &'static str {
        "SHOW server_version"
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
    create_options: "",
    // The second text is that of two sessions that create it at the same moment.
    name_taken: &["already exists", "pg_database_datname_index"],
    find: "SELECT '1' FROM pg_database WHERE datname = $1",
};

// ---- connecting ----

/// The address with our limits as parameters, which spares a round trip for `SET`. What the address
/// says already holds.
fn with_limits(remote: &Remote, access: Access, timeouts: &Timeouts) -> Remote {
    let mut settings = vec![
        format!("-c lock_timeout={}", timeouts.lock.as_millis()),
        format!("-c statement_timeout={}", timeouts.statement.as_millis()),
    ];
    if access == Access::ReadOnly {
        settings.push("-c default_transaction_read_only=on".to_owned());
    }
    // Where a setting is given twice, the server takes the last: the address's own.
    let mut options = url::encode(&settings.join(" "));
    if let Some(own) = remote.parameter("options") {
        options = format!("{options}%20{own}");
    }

    let mut remote = remote.clone();
    remote.parameters.retain(|(key, _)| key != "options");
    remote.parameters.push(("options".to_owned(), options));
    let connect_seconds = timeouts.connect.as_secs_f64().ceil().max(1.0);
    for (key, value) in [
        ("connect_timeout", connect_seconds.to_string()),
        ("application_name", "tenantctl".to_owned()),
    ] {
        if remote.parameter(key).is_none() {
            remote.parameters.push((key.to_owned(), value));
        }
    }
    remote
}

// ---- lock and transactions ----

/// The key of the advisory lock. Advisory locks are per database, so one key serves every tenant.
const LOCK_KEY: i64 = i64::from_be_bytes(*b"tenantct");

struct AdvisoryGuard {
    timeouts: Timeouts,
}

impl Guard for AdvisoryGuard {
    /// Asks again and again instead of waiting in the server: a session that waits there has a
    /// snapshot, for whose end `CREATE INDEX CONCURRENTLY` of the holder would wait in its turn,
    /// which is a deadlock.
    fn lock(&mut self, connection: &mut AnyConnection, _: ExecutionMode) -> Result<(), DbError> {
        let query = format!("SELECT pg_try_advisory_lock({LOCK_KEY})::text");
        let deadline = Instant::now() + self.timeouts.lock;
        let mut pause = Duration::from_millis(2);
        while connection.text(&query, &[])?.as_deref() != Some("true") {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(lock_timeout(&self.timeouts));
            }
            thread::sleep(pause.min(left));
            pause = (pause * 2).min(Duration::from_millis(50));
        }
        Ok(())
    }

    fn unlock(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        connection.execute(&format!("SELECT pg_advisory_unlock({LOCK_KEY})"))
    }

    fn begin(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        connection.execute("BEGIN")
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
    // `IF NOT EXISTS` looks into the first schema of the search path only, and would put a second
    // history there where the first one is further back.
    create: tables::create_tables!(
        "DO $$ BEGIN \
         IF to_regclass('__diesel_schema_migrations') IS NULL THEN CREATE TABLE ",
        "END IF; IF to_regclass('__tenantctl_journal') IS NULL THEN CREATE TABLE ",
        "; END IF; END $$"
    ),
    // Anywhere in the search path, which is where Diesel finds them.
    present: "SELECT name FROM (VALUES ('__diesel_schema_migrations'), ('__tenantctl_journal')) \
              AS ours (name) WHERE to_regclass(name) IS NOT NULL",
    // What belongs to an extension is none of the database's own.
    other_table: "SELECT relname::text FROM pg_class \
                  WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_table_is_visible(oid) \
                  AND relnamespace IN (SELECT oid FROM pg_namespace \
                  WHERE nspname = ANY (current_schemas(false))) \
                  AND relname NOT IN ('__diesel_schema_migrations', '__tenantctl_journal') \
                  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass \
                  AND objid = pg_class.oid AND deptype = 'e') LIMIT 1",
    missing_table: None,
    text: "TEXT",
    on_conflict: "ON CONFLICT (version) DO UPDATE SET",
    inserted: ("excluded.", ""),
    parameter: |index| format!("${index}"),
};

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_snapshot;

    fn connected_with(address: &str, access: Access) -> String {
        let database: DatabaseUrl = address.parse().expect("the address is well formed");
        let remote = database.remote().expect("it is a server's");
        with_limits(remote, access, &Timeouts::default()).expose()
    }

    #[test]
    fn limits_go_with_the_address_and_never_over_it() {
        assert_snapshot!(connected_with("postgres://app@localhost/acme", Access::ReadWrite), @"postgres://app@localhost/acme?options=-c%20lock_timeout%3D10000%20-c%20statement_timeout%3D900000&connect_timeout=3&application_name=tenantctl");
        assert_snapshot!(
            connected_with(
                "postgres://app@localhost/acme?options=-c%20lock_timeout%3D5&connect_timeout=9",
                Access::ReadOnly
            ),
            @"postgres://app@localhost/acme?connect_timeout=9&options=-c%20lock_timeout%3D10000%20-c%20statement_timeout%3D900000%20-c%20default_transaction_read_only%3Don%20-c%20lock_timeout%3D5&application_name=tenantctl"
        );
    }
}
