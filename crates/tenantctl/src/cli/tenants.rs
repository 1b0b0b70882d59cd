//! The arguments of `tenants`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{ClaimArgs, Format, LimitArgs, MigrationsArgs, PlaceArgs, SchemaArgs, SelectArgs};

/// Shows and changes the registry of tenants
#[derive(Debug, Subcommand)]
pub(crate) enum TenantsCommand {
    /// Lists the tenants
    List {
        #[command(flatten)]
        select: SelectArgs,
        #[command(flatten)]
        schema: SchemaArgs,
        /// Only tenants in this state
        #[arg(long)]
        state: Option<String>,
        /// Output format
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Shows one tenant and its newest outcomes
    Show {
        /// The tenant
        slug: String,
        /// Output format
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Registers an existing database as a tenant, and marks it as this tenant's
    Add {
        /// A name for the tenant
        slug: String,
        /// The database's name on its server
        #[arg(long)]
        database: String,
        #[command(flatten)]
        place: PlaceArgs,
        #[command(flatten)]
        schema: SchemaArgs,
        #[command(flatten)]
        claim: ClaimArgs,
    },
    /// Registers many existing databases as tenants, without a look at them
    Import(ImportArgs),
    /// Reads where all tenants stand, and changes nothing
    Census {
        #[command(flatten)]
        select: SelectArgs,
        #[command(flatten)]
        migrations: MigrationsArgs,
        #[command(flatten)]
        limits: LimitArgs,
        /// Output format
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Adopts databases with tables and without a history, if they are what a version's migrations
    /// make
    Baseline(BaselineArgs),
    /// Changes the labels by which --only and --skip can select a tenant
    Label {
        /// The tenant
        slug: String,
        /// NAME=VALUE sets a label, and NAME- removes one
        #[arg(required = true, value_name = "CHANGE")]
        changes: Vec<String>,
    },
    /// Excludes tenants from runs for now
    Suspend(SlugsArgs),
    /// Includes tenants in runs again
    Activate(SlugsArgs),
    /// Excludes tenants from runs for good; their databases stay
    Archive(SlugsArgs),
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("source").required(true).args(["csv", "from_url", "matching"])))]
pub(crate) struct ImportArgs {
    /// A file with the columns `slug` and, if wanted, `server`, `database`, `schema` and `labels`;
    /// `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
    /// A database to ask with --query
    #[arg(long, value_name = "URL", requires = "query")]
    pub(crate) from_url: Option<String>,
    /// A query with the same columns
    #[arg(long, value_name = "SQL", requires = "from_url")]
    pub(crate) query: Option<String>,
    /// All databases of the server with such names, such as 'tenant_*'
    #[arg(long = "match", id = "matching", value_name = "GLOB")]
    pub(crate) matching: Option<String>,
    /// The server of tenants for which none is named [default: the only one]
    #[arg(long)]
    pub(crate) server: Option<String>,
    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
    /// Shows what would be registered, and registers nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Adopts databases with tables and without a history, if they are what a version's migrations make
///
/// The migrations up to the version are replayed in a scratch database. A tenant whose database has
/// exactly the same tables gets a history that says so, and its mark. Whatever differs is named and
/// left alone.
#[derive(Debug, Args)]
// Help would offer the version of the program.
#[command(disable_version_flag = true)]
pub(crate) struct BaselineArgs {
    /// The version at which the databases are
    #[arg(long = "version", id = "baseline_version", value_name = "VERSION")]
    pub(crate) version: String,
    /// Compares, and shows what would be adopted; writes nothing to any tenant
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    #[command(flatten)]
    pub(crate) migrations: MigrationsArgs,
    /// A PostgreSQL server for the scratch database, instead of the tenants' own
    #[arg(long, value_name = "URL")]
    pub(crate) postgres_url: Option<String>,
    /// A MySQL or MariaDB server for the scratch database, instead of the tenants' own
    #[arg(long, value_name = "URL")]
    pub(crate) mysql_url: Option<String>,
    #[command(flatten)]
    pub(crate) claim: ClaimArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct SlugsArgs {
    /// The tenants
    #[arg(required = true)]
    pub(crate) slugs: Vec<String>,
}
