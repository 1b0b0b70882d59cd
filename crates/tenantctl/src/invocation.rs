//! One invocation of the program: what every command needs besides its own arguments.

use anyhow::Result;
use db_backend::DatabaseUrl;
use tenant_manager::{Config, TenantManager};

use crate::built_in::check_is_current;
use crate::cli::{LimitArgs, MigrationsArgs, RegistryArgs, RunArgs};
use crate::project::Project;
use crate::settings::Settings;
use crate::usage::usage_error;

/// The project, and where its registry is.
pub(crate) struct Invocation<'a> {
    pub(crate) project: &'a Project,
    pub(crate) registry: &'a RegistryArgs,
    /// What `tenantctl.toml` says.
    pub(crate) settings: &'a Settings,
}

/// Which arguments of the command itself matter for the manager.
#[derive(Clone, Copy, Default)]
pub(crate) struct Uses<'a> {
    pub(crate) migrations: Option<&'a MigrationsArgs>,
    pub(crate) limits: Option<&'a LimitArgs>,
}

impl<'a> Uses<'a> {
    /// Those of a command that migrates.
    pub(crate) const fn of(args: &'a RunArgs) -> Self {
        Self { migrations: Some(&args.migrations), limits: Some(&args.limits) }
    }
}

impl Invocation<'_> {
    /// Opens the registry that the arguments name, which must exist.
    ///
    /// # Errors
    /// If the address is invalid, or the registry can't be opened.
    pub(crate) fn open(&self, uses: Uses<'_>) -> Result<TenantManager> {
        Ok(TenantManager::open(&self.config(uses)?)?)
    }

    /// Opens the registry that the arguments name, and creates a missing one: for the commands that
    /// add something to it.
    ///
    /// # Errors
    /// If the address is invalid, or the registry can't be opened or created.
    pub(crate) fn open_or_create(&self, uses: Uses<'_>) -> Result<TenantManager> {
        Ok(TenantManager::open_or_create(&self.config(uses)?)?)
    }

    fn config(&self, Uses { migrations, limits }: Uses<'_>) -> Result<Config> {
        let system = match &self.registry.system_url {
            Some(url) => Some(url.parse::<DatabaseUrl>().map_err(|error| {
                usage_error(format!("the system database's address: {error}"), None)
            })?),
            None => None,
        };
        let mut timeouts = system_db::default_timeouts();
        if let Some(statement) = limits.map(|limits| limits.statement_timeout)
            && !statement.is_zero()
        {
            timeouts.statement = timeouts.statement.min(statement);
        }
        let folder = migrations.and_then(|args| args.migrations.clone());
        if folder.is_none() && migrations.is_some() {
            check_is_current(&self.project.migrations)?;
        }
        Ok(Config {
            data_dir: self.registry.data_dir.clone(),
            system,
            embedded_migrations: self.project.migrations.embedded,
            migrations: folder,
            timeouts,
        })
    }
}
