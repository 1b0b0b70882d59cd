//! What a program works on: a schema as code, and its migrations.

use std::process::ExitCode;

use schema_model::Schema;
use tenant_migrate::EmbeddedFolder;

/// The tenants' schema and migrations, which the command line works on.
///
/// # Examples
///
/// The whole `main.rs` of an xtask:
///
/// ```no_run
/// # mod my_schema { pub use schema_core::tenant::SCHEMA; }
/// fn main() -> std::process::ExitCode {
///     tenantctl::Project::new(
///         &my_schema::SCHEMA,
///         tenantctl::migrations!("../../migrations_tenant"),
///     )
///     .run()
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Project {
    pub(crate) schema: &'static Schema,
    pub(crate) migrations: Migrations,
    pub(crate) system_folder: Option<&'static str>,
}

/// A folder of migrations, and the migrations that are embedded in this program. [`migrations!`]
/// makes one.
///
/// [`migrations!`]: crate::migrations
#[derive(Debug, Clone, Copy)]
pub struct Migrations {
    /// The folder, relative to the project's root.
    pub(crate) folder: &'static str,
    /// The folder on the machine that built this program.
    pub(crate) built_from: Option<&'static str>,
    /// The folder's migrations at build time.
    pub(crate) embedded: &'static [EmbeddedFolder],
}

/// The migrations of a folder, embedded in this program: `migrations!("../migrations_tenant")`.
///
/// The path is relative to the folder of the crate's `Cargo.toml`. The folder must exist, and may
/// be without migrations. Either it has a stock Diesel folder for each back end (`sqlite`,
/// `postgres` or `postgresql`, `mysql`), or it is one.
///
/// Cargo builds again when a file of a migration changes, or `CHECKSUMS`, which has lines for each
/// sealed migration. A program that was built before a migration was added all the same refuses to
/// migrate where it still sees the folder. A build script with this line keeps that from happening:
///
/// ```no_run
/// println!("cargo::rerun-if-changed=../migrations_tenant");
/// ```
///
/// # Errors
/// A folder that does not exist or can't be read is a compile error.
#[macro_export]
macro_rules! migrations {
    ($folder:literal) => {
        $crate::Migrations::built_from(
            $folder,
            ::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", $folder),
            $crate::__embedded!($crate::__types, $folder),
        )
    };
}

impl Migrations {
    /// The migrations of a folder, which are embedded elsewhere. `folder` is relative to the
    /// project's root.
    pub const fn new(folder: &'static str, embedded: &'static [EmbeddedFolder]) -> Self {
        Self { folder, built_from: None, embedded }
    }

    /// What [`migrations!`](crate::migrations) expands to.
    #[doc(hidden)]
    pub const fn built_from(
        folder: &'static str,
        path: &'static str,
        embedded: &'static [EmbeddedFolder],
    ) -> Self {
        Self { folder, built_from: Some(path), embedded }
    }
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
