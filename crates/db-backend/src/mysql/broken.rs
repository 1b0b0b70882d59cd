//! Whether a statement fails because something that it uses does not exist.

use crate::driver::AnyConnection;
use crate::error::DbError;

/// See [`Backend::is_broken`](crate::backend::Backend::is_broken). Diesel hands out no
/// SQLSTATE, but the server keeps it until the next statement. Class 42 is what can't be resolved.
pub(super) fn is_broken(connection: &mut AnyConnection, sql: &str) -> Result<bool, DbError> {
    if connection.execute(sql).is_ok() {
        return Ok(false);
    }
    connection.execute("GET DIAGNOSTICS CONDITION 1 @tenantctl_state = RETURNED_SQLSTATE")?;
    let state = connection.text("SELECT CAST(@tenantctl_state AS CHAR)", &[])?;
    Ok(state.is_some_and(|state| state.starts_with("42")))
}
