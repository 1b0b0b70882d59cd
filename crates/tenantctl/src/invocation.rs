//! One invocation of the program: what every command needs besides its own arguments.

use anyhow::Result;
use db_backend::DatabaseUrl;
use tenant_manager::{Config, TenantManager};

use crate::cli::{MigrationsArgs, RegistryArgs};
use crate::project::Project;
use crate::usage::usage_error;

/// The project, and where its registry is.
pub(crate) struct Invocation<'a> {
    pub(crate) project: &'a Project,
    pub(crate) registry: &'a RegistryArgs,
}

impl Invocation<'_> {
    /// Opens the registry that the arguments name, which must exist.
    ///
    /// # Errors
    /// If the address is invalid, or the registry can't be opened.
    pub(crate) fn open(&self, migrations: Option<&MigrationsArgs>) -> Result<TenantManager> {
        Ok(TenantManager::open(&self.config(migrations)?)?)
    }

    /// Opens the registry that the arguments name, and creates a missing one: for the commands that
    /// add something to it.
    ///
    /// # Errors
    /// If the address is invalid, or the registry can't be opened or created.
    pub(crate) fn open_or_create(
        &self,
        migrations: Option<&MigrationsArgs>,
    ) -> Result<TenantManager> {
        Ok(TenantManager::open_or_create(&self.config(migrations)?)?)
    }

    fn config(&self, migrations: Option<&MigrationsArgs>) -> Result<Config> {
        let system = match &self.registry.system_url {
            Some(url) => Some(url.parse::<DatabaseUrl>().map_err(|error| {
                usage_error(format!("the system database's address: {error}"), None)
            })?),
            None => None,
        };
        Ok(Config {
            data_dir: self.registry.data_dir.clone(),
            system,
            embedded_migrations: self.project.migrations.embedded,
            migrations: migrations.and_then(|args| args.migrations.clone()),
        })
    }
}
