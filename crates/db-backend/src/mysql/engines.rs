//! MySQL and MariaDB: tables of engines without transactions.

use sql_text::{Statement, Syntax, tokens};

use crate::driver::AnyConnection;
use crate::error::DbError;

const WITHOUT_TRANSACTIONS: &str = "\
    SELECT t.table_name FROM information_schema.tables t \
    JOIN information_schema.engines e ON e.engine = t.engine \
    WHERE t.table_schema = DATABASE() AND e.transactions <> 'YES'";

/// What may write to another table than the one that a statement names.
const INDIRECT: &str = "\
    SELECT table_name FROM information_schema.views WHERE table_schema = DATABASE() \
    UNION SELECT event_object_table FROM information_schema.triggers \
    WHERE trigger_schema = DATABASE()";

/// Whether a rollback takes back all rows that the statement changes: it names no table whose
/// engine has no transactions, and none that may write to such a one.
pub(super) fn can_roll_back(
    connection: &mut AnyConnection,
    statement: &Statement,
) -> Result<bool, DbError> {
    let mut tables = connection.rows(WITHOUT_TRANSACTIONS, &[])?;
    if tables.is_empty() {
        return Ok(true);
    }
    tables.extend(connection.rows(INDIRECT, &[])?);
    let tokens = tokens(&statement.sql, Syntax::Mysql)?;
    let names: Vec<String> =
        tokens.iter().filter_map(|token| token.name()).map(|name| name.to_lowercase()).collect();
    // Capitals matter in the names of tables on some systems only.
    let mut tables = tables.into_iter().flatten().flatten().map(|table| table.to_lowercase());
    Ok(!tables.any(|table| names.contains(&table)))
}
