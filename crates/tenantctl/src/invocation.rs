//! One invocation of the program: what every command needs besides its own arguments.

use anyhow::Result;
use db_backend::DatabaseUrl;
use system_db::RegistryError;
use tenant_manager::{Config, ManagerError, ProgramSchema, TenantManager};

use crate::built_in::check_is_current;
use crate::cli::{LimitArgs, MigrationsArgs, RegistryArgs, RunArgs, SchemaArgs};
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
    pub(crate) schema: Option<&'a SchemaArgs>,
    pub(crate) limits: Option<&'a LimitArgs>,
}

impl<'a> Uses<'a> {
    /// Those of a command that migrates.
    pub(crate) const fn of(args: &'a RunArgs) -> Self {
        Self { limits: Some(&args.limits), ..Self::migrations(&args.migrations) }
    }

    /// Those of a command that only compares with the migrations.
    pub(crate) const fn migrations(args: &'a MigrationsArgs) -> Self {
        Self { migrations: Some(args), schema: Some(&args.schema), limits: None }
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

    fn config(&self, Uses { migrations, schema, limits }: Uses<'_>) -> Result<Config> {
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
        let chosen = self.project.chosen(schema.and_then(|args| args.name.as_deref()))?;
        if folder.is_none() && migrations.is_some() {
            chosen.iter().try_for_each(|schema| check_is_current(&schema.migrations))?;
        }
        let schemas = chosen.iter().map(|schema| ProgramSchema {
            name: schema.name,
            migrations: schema.migrations.embedded,
        });
        Ok(Config {
            data_dir: self.registry.data_dir.clone(),
            system,
            schemas: schemas.collect(),
            migrations: folder,
            timeouts,
        })
    }
}

/// Whether there is no registry, which a command that adds something to it creates.
pub(crate) fn is_missing(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(ManagerError::Registry(RegistryError::Missing { .. })))
}
