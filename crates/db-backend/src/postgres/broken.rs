//! Whether a statement fails because something that it uses does not exist.

use crate::driver::AnyConnection;
use crate::error::DbError;

/// See [`Backend::is_broken`](crate::backend::Backend::is_broken). Diesel hands out no
/// SQLSTATE, so a block reads it. Class 42 is what can't be resolved, except that a trigger may
/// mean to say that a privilege is missing. 2F and 39 are functions that can't be triggers.
pub(super) fn is_broken(connection: &mut AnyConnection, sql: &str) -> Result<bool, DbError> {
    connection.execute(&format!(
        "DO $tenantctl$ BEGIN
            PERFORM set_config('tenantctl.state', '', false);
            {sql};
        EXCEPTION WHEN OTHERS THEN
            PERFORM set_config('tenantctl.state', SQLSTATE, false);
        END $tenantctl$"
    ))?;
    let state = connection.text("SELECT current_setting('tenantctl.state')", &[])?;
    let state = state.unwrap_or_default();
    Ok(state != "42501" && ["42", "2F", "39"].iter().any(|class| state.starts_with(class)))
}
