//! MySQL and MariaDB: `LOCK TABLES`, which shuts out every table that it does not name.

use sql_text::{Statement, Syntax, tokens};

use crate::connection::JOURNAL_TABLE;
use crate::driver::AnyConnection;
use crate::error::DbError;

/// Begins a transaction with those tables locked, and the journal with them. `START TRANSACTION`
/// would release the locks, so the manual says to switch `autocommit` off:
/// <https://dev.mysql.com/doc/refman/8.0/en/lock-tables.html>
pub(super) fn lock(connection: &mut AnyConnection, statement: &Statement) -> Result<(), DbError> {
    let sql = &statement.sql;
    // Before the other tables, since MariaDB's `WAIT` may be after the last.
    let list = tokens(sql, Syntax::Mysql)?.get(1).map_or(sql.len(), |tables| tables.end());
    let (keywords, names) = sql.split_at(list);
    connection.execute("SET autocommit = 0")?;
    connection.execute(&format!("{keywords} `{JOURNAL_TABLE}` WRITE,{names}"))
}

/// Releases them, after the commit.
pub(super) fn unlock(connection: &mut AnyConnection) -> Result<(), DbError> {
    connection.execute("UNLOCK TABLES")?;
    connection.execute("SET autocommit = 1")
}
