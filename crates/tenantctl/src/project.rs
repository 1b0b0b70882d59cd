//! What a program is for: a schema as code, and its migrations.

use std::process::ExitCode;

use schema_model::Schema;
use tenant_migrate::EmbeddedFolder;

/// The tenants' schema and migrations, which the command line works on.
///
/// # Examples
///
/// ```no_run
/// use tenantctl::{Migrations, Project};
///
/// fn main() -> std::process::ExitCode {
///     let migrations =
///         Migrations { folder: "migrations_tenant", embedded: tenant_manager::MIGRATIONS };
///     Project::new(&schema_core::tenant::SCHEMA, migrations).run()
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Project {
    pub(crate) schema: &'static Schema,
    pub(crate) migrations: Migrations,
    pub(crate) system_folder: Option<&'static str>,
}

/// A folder of migrations, and what of it is in this program.
#[derive(Debug, Clone, Copy)]
pub struct Migrations {
    /// The folder, as seen from the project's own.
    pub folder: &'static str,
    /// Its migrations at build time.
    pub embedded: &'static [EmbeddedFolder],
}

/// Commands of another program, beside those of tenantctl.
pub trait Further: clap::Subcommand {
    /// The exit codes that only they have, and what each means.
    const EXIT_CODES: &'static [(u8, &'static str)];

    /// Does what the command says.
    ///
    /// # Errors
    /// What is printed, with its causes.
    fn run(self) -> anyhow::Result<ExitCode>;
}

impl Project {
    /// A project with that schema as code, and those migrations to it.
    pub const fn new(schema: &'static Schema, migrations: Migrations) -> Self {
        Self { schema, migrations, system_folder: None }
    }

    /// The same, in the repository that the system database's own migrations are written in.
    #[must_use]
    pub const fn with_system_folder(self, folder: &'static str) -> Self {
        Self { system_folder: Some(folder), ..self }
    }
}
