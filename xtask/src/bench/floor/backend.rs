//! What one back end's floor does for one tenant.

use anyhow::Result;

/// The least that a tenant can cost.
pub(super) trait Floor: Sync {
    /// Creates the database and executes the batch in it.
    fn provision(&self, name: &str, batch: &str) -> Result<()>;
    /// Executes the batch in a database that exists.
    fn execute(&self, name: &str, batch: &str) -> Result<()>;
}
