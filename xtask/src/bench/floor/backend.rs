//! What the floor of one back end does for one tenant.

use anyhow::Result;

/// The least work that one tenant needs.
pub(super) trait Floor: Sync {
    /// Creates the database, and executes the batch in it.
    fn provision(&self, name: &str, batch: &str) -> Result<()>;
    /// Executes the batch in a database that exists.
    fn execute(&self, name: &str, batch: &str) -> Result<()>;
}
