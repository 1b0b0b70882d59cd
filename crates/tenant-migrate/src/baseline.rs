//! What databases without a history are said to have.

use std::fmt;
use std::sync::Arc;

use db_backend::{Catalog, TenantConnection, Version};

use crate::failure::Failure;
use crate::target::Target;

/// What databases without a history are said to have.
#[derive(Clone)]
pub struct Baseline {
    /// They are said to be at that version.
    pub version: Version,
    /// What a database has at that version.
    pub expected: ExpectedCatalog,
}

/// The catalogue of a new database on the target's server after the migrations up to a version. It
/// is told what new tables get from the target's database
/// ([`table_defaults`](TenantConnection::table_defaults)). Called on several threads at the same
/// time.
pub type ExpectedCatalog =
    Arc<dyn Fn(&Target, Option<&str>) -> Result<Arc<Catalog>, Failure> + Send + Sync>;

impl fmt::Debug for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Baseline").field("version", &self.version).finish_non_exhaustive()
    }
}

impl Baseline {
    pub(crate) fn expected_for(
        &self,
        target: &Target,
        connection: &mut dyn TenantConnection,
    ) -> Result<Arc<Catalog>, Failure> {
        let defaults = connection.table_defaults().map_err(Failure::outside)?;
        (self.expected)(target, defaults.as_deref())
    }
}
