//! MySQL and MariaDB: tables of engines without transactions.

use std::collections::HashSet;

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

/// Whether a rollback takes back all rows that the statements change: they name no table whose
/// engine has no transactions, and none that may write to such a one.
pub(super) fn can_roll_back(
    connection: &mut AnyConnection,
    statements: &[Statement],
) -> Result<bool, DbError> {
    let mut tables = connection.rows(WITHOUT_TRANSACTIONS, &[])?;
    if tables.is_empty() {
        return Ok(true);
    }
    tables.extend(connection.rows(INDIRECT, &[])?);
    // Capitals matter in the names of tables on some systems only.
    let tables: HashSet<String> =
        tables.into_iter().flatten().flatten().map(|table| table.to_lowercase()).collect();
    for statement in statements {
        let tokens = tokens(&statement.sql, Syntax::Mysql)?;
        let mut names = tokens.iter().filter_map(|token| token.name());
        if names.any(|name| tables.contains(&name.to_lowercase())) {
            return Ok(false);
        }
    }
    Ok(true)
}
