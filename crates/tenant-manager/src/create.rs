//! A connector that creates the database first: provisioning is a run with this connector.

use std::collections::HashMap;

use db_backend::admin::{Created, Creator};
use db_backend::{
    Access, Connector, DatabaseUrl, DbError, DbErrorKind, DieselConnector, History, ServerUrl,
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
        let created = self.creator.create(server, name, timeouts)?;
        crash::point("after-create-database");
        let mut connection = DieselConnector.connect(database, access, timeouts)?;
        match created {
            Created::New => {}
            Created::Existed => refuse_foreign(connection.as_mut(), name)?,
        }
        Ok(connection)
    }
}

/// A database that existed already is left over from an interrupted provisioning, and then it has a
/// history table or is empty. One with tables and without a history belongs to something else.
fn refuse_foreign(connection: &mut dyn TenantConnection, name: &str) -> Result<(), DbError> {
    let is_foreign = |history: History| history.applied.is_none() && history.has_tables;
    // Read again, since another provisioning of this tenant may have committed between the two
    // queries of one reading: what it commits includes its history.
    if is_foreign(connection.history()?) && is_foreign(connection.history()?) {
        return Err(DbError::new(
            DbErrorKind::Occupied,
            format_args!(
                "database `{name}` exists already, with tables and without a migration history"
            ),
        ));
    }
    Ok(())
}
