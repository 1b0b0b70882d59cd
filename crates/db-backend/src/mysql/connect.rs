//! MySQL and MariaDB: connecting.

use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use diesel::mysql::MysqlConnection;
use diesel::{Connection, ConnectionResult};
use sql_dialect::BackendKind;

use super::errors;
use crate::classify;
use crate::connection::{Access, Timeouts};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};
use crate::exhausted::no_thread;
use crate::url::{DatabaseUrl, Remote};

/// Opens an existing database, its limits set.
pub(super) fn connect(
    database: &DatabaseUrl,
    access: Access,
    timeouts: &Timeouts,
) -> Result<AnyConnection, DbError> {
    let remote = database.remote().ok_or_else(|| DbError::address("not an address of MySQL"))?;
    let connection = establish(server_of(remote).expose(), timeouts.connect)
        .map_err(|error| no_thread(&error))?
        .ok_or_else(|| {
            let limit = timeouts.connect;
            DbError::new(DbErrorKind::Unreachable, format_args!("no answer within {limit:?}"))
        })?
        .map_err(|error| classify::failed_connection(database, &error, errors::of_connection))?;
    let mut connection = AnyConnection::Mysql(connection);
    connection.execute(&set_up(&database.name(), access, timeouts))?;
    Ok(connection)
}

/// The address without its database name, which Diesel would pass on without decoding it.
fn server_of(remote: &Remote) -> Remote {
    let mut server = remote.clone();
    server.database.clear();
    server
}

/// Connects on a separate thread, because Diesel sets no timeout and the operating system's is
/// minutes long. An abandoned thread ends when the operating system's timeout expires.
fn establish(
    address: String,
    limit: Duration,
) -> io::Result<Option<ConnectionResult<MysqlConnection>>> {
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        // Nobody receives it if the timeout came first.
        let _ = sender.send(MysqlConnection::establish(&address));
    })?;
    Ok(receiver.recv_timeout(limit).ok())
}

/// All settings of the session in one round trip.
///
/// - Its messages are in English, whatever the server's language. Any user may choose that.
/// - The mode is the default of both servers, in addition to what the operator has chosen: without
///   it, a value that does not fit is truncated with a warning.
/// - Only MariaDB reads what follows `/*M!`: MySQL has no timeout for statements other than
///   `SELECT`.
fn set_up(database: &str, access: Access, timeouts: &Timeouts) -> String {
    let lock = whole_seconds(timeouts.lock);
    let statement = timeouts.statement.as_secs_f64();
    let mut batch = format!(
        "SET SESSION lc_messages = 'en_US', \
         lock_wait_timeout = {lock}, innodb_lock_wait_timeout = {lock}, \
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

/// The limits of [`set_up`], for a session that a migration may have given other ones.
pub(super) fn keep_limits(timeouts: &Timeouts) -> String {
    let lock = whole_seconds(timeouts.lock);
    let statement = timeouts.statement.as_secs_f64();
    let mut batch = format!(
        "SET SESSION lock_wait_timeout = least(@@lock_wait_timeout, {lock}), \
         innodb_lock_wait_timeout = least(@@innodb_lock_wait_timeout, {lock})"
    );
    if !timeouts.statement.is_zero() {
        batch.push_str(&format!(
            " /*M!100101 , max_statement_time = if(@@max_statement_time BETWEEN 0.000001 AND \
             {statement}, @@max_statement_time, {statement}) */"
        ));
    }
    batch
}

/// A mode may occur twice.
const STRICT_MODE: &str = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

/// MySQL measures lock waits in whole seconds, and at least 1.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_millis().div_ceil(1000).max(1).try_into().unwrap_or(u64::MAX)
}

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
        assert_snapshot!(set_up("it's `acme`", Access::ReadOnly, &limits), @"SET SESSION lc_messages = 'en_US', lock_wait_timeout = 2, innodb_lock_wait_timeout = 2, sql_mode = concat_ws(',', nullif(@@SESSION.sql_mode, ''), 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION') /*M!100101 , max_statement_time = 2.5 */; SET SESSION TRANSACTION READ ONLY; USE `it's ``acme```");
        let at_once = Timeouts { lock: Duration::ZERO, statement: Duration::ZERO, ..limits };
        assert_snapshot!(set_up("", Access::ReadWrite, &at_once), @"SET SESSION lc_messages = 'en_US', lock_wait_timeout = 1, innodb_lock_wait_timeout = 1, sql_mode = concat_ws(',', nullif(@@SESSION.sql_mode, ''), 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION') /*M!100101 , max_statement_time = 0 */");
    }
}
