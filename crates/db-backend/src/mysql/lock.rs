//! MySQL and MariaDB: the lock, and the transactions under it.

use sha2::{Digest, Sha256};

use crate::backend::{Guard, lock_timeout};
use crate::connection::{ExecutionMode, Timeouts};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};

/// The lock's name contains the database's, because `GET_LOCK` is server-wide. It contains it as a
/// digest, because a lock's name has at most 64 characters, and in lower case, because a server may
/// treat two spellings as one database.
fn lock_name(database: &str) -> String {
    let digest = Sha256::digest(database.to_lowercase());
    let digits: String = digest.iter().take(20).map(|byte| format!("{byte:02x}")).collect();
    format!("tenantctl:{digits}")
}

pub(super) struct NamedGuard {
    name: String,
    timeouts: Timeouts,
}

impl NamedGuard {
    pub(super) fn new(database: &str, timeouts: &Timeouts) -> Self {
        Self { name: lock_name(database), timeouts: *timeouts }
    }
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

    fn is_held(&mut self, connection: &mut AnyConnection) -> Result<bool, DbError> {
        let query = format!("SELECT CAST(IS_USED_LOCK('{}') = CONNECTION_ID() AS CHAR)", self.name);
        Ok(connection.text(&query, &[])?.as_deref() == Some("1"))
    }

    fn unlock(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        connection.execute(&format!("DO RELEASE_LOCK('{}')", self.name))
    }

    fn begin(&mut self, connection: &mut AnyConnection) -> Result<(), DbError> {
        // Whatever the session's default is.
        connection.execute("START TRANSACTION READ WRITE")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_lock_is_short_and_the_same_for_both_spellings() {
        let long = lock_name(&"n".repeat(64));
        assert!(long.len() <= 64, "{long}");
        assert_eq!(lock_name("Acme"), lock_name("acme"));
        assert_ne!(lock_name("acme"), lock_name("acme2"));
    }
}
