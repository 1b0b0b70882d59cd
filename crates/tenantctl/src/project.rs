//! What a program works on: a schema as code, and its migrations.

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

/// A folder of migrations, and the migrations that are embedded in this program.
#[derive(Debug, Clone, Copy)]
pub struct Migrations {
    /// The folder, relative to the project's root.
    pub folder: &'static str,
    /// The folder's migrations at build time.
    pub embedded: &'static [EmbeddedFolder],
}

/// Commands that a program has in addition to those of tenantctl.
pub trait ExtraCommands: clap::Subcommand {
    /// The exit codes that only these commands use, and what each means.
    const EXIT_CODES: &'static [(u8, &'static str)];

    /// Runs the command.
    ///
    /// # Errors
    /// An error that ends the command. It is printed with its causes.
    fn run(self) -> anyhow::Result<ExitCode>;
}

impl Project {
    /// A project with this schema as code, and the migrations that lead to it.
    pub const fn new(schema: &'static Schema, migrations: Migrations) -> Self {
        Self { schema, migrations, system_folder: None }
    }

    /// The same project, in the repository that holds the system database's own migrations.
    #[must_use]
    pub const fn with_system_folder(self, folder: &'static str) -> Self {
        Self { system_folder: Some(folder), ..self }
    }
}
