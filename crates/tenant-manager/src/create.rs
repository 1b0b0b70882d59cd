//! A connector that creates the database first: provisioning is a run with this connector.

use std::collections::HashMap;
use std::time::Duration;

use db_backend::admin::Creator;
use db_backend::{
    Access, Connector, DatabaseUrl, DbError, DbErrorKind, DieselConnector, ServerUrl,
    TenantConnection, Timeouts,
};
use tenant_migrate::crash;

/// Creates the databases that it knows, if they are missing.
pub(crate) struct CreatingConnector {
    pub(crate) databases: HashMap<DatabaseUrl, (ServerUrl, String)>,
    pub(crate) creator: Creator,
}

impl Connector for CreatingConnector {
    fn connect(
        &self,
        database: &DatabaseUrl,
        access: Access,
        timeouts: &Timeouts,
    ) -> Result<Box<dyn TenantConnection>, DbError> {
        let Some((server, name)) = self.databases.get(database) else {
            return DieselConnector.connect(database, access, timeouts);
        };
        // One that existed already is left over from an interrupted provisioning, or is somebody
        // else's: the plan decides.
        self.creator.create(server, name, timeouts)?;
        crash::point("after-create-database");
        let connected = DieselConnector.connect(database, access, timeouts);
        if connected.as_ref().is_err_and(|error| error.kind == DbErrorKind::ServerBusy) {
            self.creator.release(server);
        }
        connected
    }

    /// Two connections and a statement: `CREATE DATABASE` may copy much.
    fn connect_limit(&self, timeouts: &Timeouts) -> Duration {
        2 * DieselConnector.connect_limit(timeouts) + timeouts.own_statement()
    }
}
