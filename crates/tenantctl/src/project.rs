//! What a program works on: a schema as code, and its migrations.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::process::ExitCode;

use anyhow::Result;
use db_backend::BackendKind;
use schema_model::Schema;
use system_db::Slug;
use tenant_migrate::{DEFAULT_SCHEMA, EmbeddedFolder};

use crate::usage::usage_error;

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
///
/// A program for several schemas, of which each tenant has one:
///
/// ```no_run
/// # mod customers { pub use schema_core::tenant::SCHEMA; }
/// # mod archive { pub use schema_core::tenant::SCHEMA; }
/// # use tenantctl::{Project, migrations};
/// # fn main() -> std::process::ExitCode {
/// Project::schema("customers", &customers::SCHEMA, migrations!("../../migrations_tenant"))
///     .schema("archive", &archive::SCHEMA, migrations!("../../migrations_tenant"))
///     .run()
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Project {
    pub(crate) schemas: Vec<TenantSchema>,
    pub(crate) system_folder: Option<&'static str>,
}

/// A schema of tenants, and its migrations.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TenantSchema {
    pub(crate) name: &'static str,
    pub(crate) schema: &'static Schema,
    pub(crate) migrations: Migrations,
}

/// A [`Project`] whose schemas have names.
#[derive(Debug, Clone)]
pub struct NamedSchemas(Project);

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
    /// A project with this schema as code, and the migrations that lead to it. The schema's name is
    /// `tenant`.
    pub fn new(schema: &'static Schema, migrations: Migrations) -> Self {
        let only = TenantSchema { name: DEFAULT_SCHEMA, schema, migrations };
        Self { schemas: vec![only], system_folder: None }
    }

    /// A project whose first schema has that name: 1 to 48 of a-z, 0-9, `-` and `_`. A tenant of a
    /// project that had one schema keeps the name `tenant`.
    pub fn schema(
        name: &'static str,
        schema: &'static Schema,
        migrations: Migrations,
    ) -> NamedSchemas {
        let first = TenantSchema { name, schema, migrations };
        NamedSchemas(Self { schemas: vec![first], system_folder: None })
    }

    /// The same project, in the repository that holds the system database's own migrations.
    #[must_use]
    pub fn with_system_folder(self, folder: &'static str) -> Self {
        Self { system_folder: Some(folder), ..self }
    }

    /// The back ends for which there are migrations in the program.
    pub(crate) fn back_ends(&self) -> impl Iterator<Item = BackendKind> {
        let folders = self.schemas.iter().flat_map(|schema| schema.migrations.embedded);
        folders.filter_map(|folder| folder.backend.parse().ok())
    }

    /// The schema of that name. Without a name, the only one.
    ///
    /// # Errors
    /// An unknown name, or no name if there are several.
    pub(crate) fn one(&self, name: Option<&str>) -> Result<&TenantSchema> {
        match (self.chosen(name)?, &*self.schemas) {
            ([only], _) => Ok(only),
            (_, all) => {
                let names: Vec<&str> = all.iter().map(|schema| schema.name).collect();
                let message = format!("there are several schemas: {}", names.join(", "));
                Err(usage_error(message, Some("name one with --schema")))
            }
        }
    }

    /// The schema of that name; without a name, all of them.
    ///
    /// # Errors
    /// An unknown name.
    pub(crate) fn chosen(&self, name: Option<&str>) -> Result<&[TenantSchema]> {
        let Some(name) = name else { return Ok(&self.schemas) };
        let at = self.schemas.iter().position(|schema| schema.name == name);
        at.map(|at| &self.schemas[at..=at]).ok_or_else(|| {
            let names: Vec<&str> = self.schemas.iter().map(|schema| schema.name).collect();
            let message = format!("there is no schema `{name}`, only {}", names.join(", "));
            usage_error(message, None)
        })
    }

    /// Checks the names of the schemas.
    ///
    /// # Errors
    /// A name that no schema can have, or that two have.
    pub(crate) fn check_names(&self) -> Result<()> {
        let mut names = BTreeSet::new();
        for TenantSchema { name, .. } in &self.schemas {
            if name.parse::<Slug>().is_err() {
                let hint = "a name has 1 to 48 characters: a-z, 0-9, `-` and `_`";
                return Err(usage_error(format!("`{name}` can't be a schema's name"), Some(hint)));
            }
            if !names.insert(name) {
                return Err(usage_error(format!("two schemas of this program are `{name}`"), None));
            }
        }
        Ok(())
    }
}

impl NamedSchemas {
    /// The same project with one more schema.
    #[must_use]
    pub fn schema(
        mut self,
        name: &'static str,
        schema: &'static Schema,
        migrations: Migrations,
    ) -> Self {
        self.0.schemas.push(TenantSchema { name, schema, migrations });
        self
    }
}

impl Deref for NamedSchemas {
    type Target = Project;

    fn deref(&self) -> &Project {
        &self.0
    }
}
