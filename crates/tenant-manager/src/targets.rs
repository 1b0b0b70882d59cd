//! From the registry's rows to addresses: of servers, and of tenants to migrate.

use std::path::Path;

use db_backend::{BackendKind, ServerUrl};
use system_db::{RegistryError, Server, Tenant, TenantState};
use tenant_migrate::{Record, SetKey, Target};

use crate::error::ManagerError;
use crate::manager::TenantManager;

/// The server that is registered automatically when a tenant is provisioned and no server exists.
pub const EMBEDDED_SERVER: &str = "embedded";
/// Its folder, in the data folder.
const EMBEDDED_FOLDER: &str = "tenants";

impl TenantManager {
    pub(crate) fn active_tenant(&self, slug: &str) -> Result<Tenant, ManagerError> {
        let tenant = self.registry.tenant(&slug.parse()?)?;
        match tenant.state {
            TenantState::Active => Ok(tenant),
            state => Err(ManagerError::State { slug: tenant.slug, state }),
        }
    }

    pub(crate) fn targets(&self, tenants: &[Tenant]) -> Result<Vec<Target>, ManagerError> {
        tenants.iter().map(|tenant| self.target(tenant)).collect()
    }

    pub(crate) fn target(&self, tenant: &Tenant) -> Result<Target, ManagerError> {
        let server = self.server_url(&tenant.server);
        Ok(Target {
            slug: tenant.slug.to_string(),
            server: tenant.server.name.clone(),
            set: SetKey::new(tenant.schema.clone(), server.kind()),
            database: server
                .database(&tenant.database)
                .map_err(|error| ManagerError::of_tenant(&tenant.slug, error))?,
            record: Record {
                version: tenant.recorded_version.clone(),
                mark: Some(self.registry.mark(tenant.id)),
            },
        })
    }

    /// A server's address; a relative folder is one inside the data folder, so that the data folder
    /// can be moved as a whole.
    pub(crate) fn server_url(&self, server: &Server) -> ServerUrl {
        match server.url.path() {
            Some(folder) if folder.is_relative() => ServerUrl::folder(self.data_dir.join(folder)),
            _ => server.url.clone(),
        }
    }

    /// The server of that name. Without a name, the only server; if no server exists, the embedded
    /// one, which is registered. There must be migrations of the schema for it.
    pub(crate) fn server_for(
        &self,
        name: Option<&str>,
        schema: &str,
    ) -> Result<Server, ManagerError> {
        let mut servers = match name {
            Some(name) => vec![self.registry.server(name)?],
            None => self.registry.servers()?,
        };
        let kind = servers.first().map_or(BackendKind::Sqlite, |server| server.url.kind());
        let set = SetKey::new(schema, kind);
        match servers.len() {
            0 | 1 if !self.sets.contains_key(&set) => Err(ManagerError::NoMigrations(set)),
            0 => self.embedded_server(),
            1 => Ok(servers.remove(0)),
            _ => Err(ManagerError::AmbiguousServer(servers.into_iter().map(|s| s.name).collect())),
        }
    }

    fn embedded_server(&self) -> Result<Server, ManagerError> {
        let url = ServerUrl::folder(Path::new(EMBEDDED_FOLDER));
        match self.registry.add_server(EMBEDDED_SERVER, &url) {
            // Another process registered it at the same moment.
            Err(RegistryError::ServerExists(name)) => Ok(self.registry.server(&name)?),
            other => Ok(other?),
        }
    }
}
