//! PostgreSQL: the lock, and the transactions under it.

use std::thread;
use std::time::{Duration, Instant};

use super::cancelled;
use crate::backend::{Guard, lock_timeout};
use crate::connection::{ExecutionMode, Timeouts};
use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::url::DatabaseUrl;

/// The key of the advisory lock. Advisory locks are per database, so one key serves every tenant.
const LOCK_KEY: i64 = i64::from_be_bytes(*b"tenantct");

pub(super) struct AdvisoryGuard {
    pub(super) database: DatabaseUrl,
    pub(super) timeouts: Timeouts,
}

impl Guard for AdvisoryGuard {
    /// Polls instead of waiting in the server: a session that waits there has a snapshot, and
    /// `CREATE INDEX CONCURRENTLY` of the lock's holder would wait for that to end, which is a
    /// deadlock.
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

    fn is_held(&mut self, connection: &mut AnyConnection) -> Result<bool, DbError> {
        let query = format!(
            "SELECT '1' FROM pg_locks WHERE locktype = 'advisory' AND granted \
             AND pid = pg_backend_pid() AND objsubid = 1 \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
             AND (classid::bigint << 32 | objid::bigint) = {LOCK_KEY}"
        );
        Ok(connection.text(&query, &[])?.is_some())
    }

    fn unlock(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        connection.execute(&format!("SELECT pg_advisory_unlock({LOCK_KEY})"))
    }

    fn begin(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        // Whatever the session's default is.
        connection.execute("BEGIN READ WRITE")
    }

    fn commit(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        connection.execute("COMMIT")
    }

    fn rollback(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        connection.execute("ROLLBACK")
    }

    fn execute(&mut self, connection: &mut AnyConnection, sql: &str) -> Result<(), DbError> {
        let begun = Instant::now();
        connection.execute(sql).map_err(|error| {
            cancelled::explain(error, begun.elapsed(), LOCK_KEY, &self.database, &self.timeouts)
        })
    }
}
