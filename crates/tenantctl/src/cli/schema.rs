//! The commands about schema and migrations.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::scratch::ScratchArgs;

/// Writes a migration for every back end from what changed in the code
///
/// Compares the schema as code with the newest `schema/<version>.json`, and executes what it writes
/// before it writes it: up, down and up again, with rows in the tables; on SQLite in memory, and on
/// the servers at hand.
#[derive(Debug, Args)]
pub(crate) struct NewMigrationArgs {
    /// What it does, such as `add_invoices`: a-z, 0-9 and `_`
    #[arg(required_unless_present_any = ["rebase", "snapshot"])]
    pub(crate) name: Option<String>,
    /// Allows what may lose data or fail on rows, such as `drop-column=settings.legacy`
    #[arg(long, value_name = "WHAT=WHERE")]
    pub(crate) allow: Vec<String>,
    /// Writes blank files to be filled by hand, for what can't be generated
    #[arg(long, conflicts_with = "allow")]
    pub(crate) empty: bool,
    /// Gives a late branch's migration a new version, after all others
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["name", "empty", "snapshot"])]
    pub(crate) rebase: Option<String>,
    /// Writes the newest snapshot anew from the code: for a migration by hand that has the change already
    #[arg(long, conflicts_with_all = ["name", "allow", "empty"])]
    pub(crate) snapshot: bool,
    /// For the system database's own schema instead of the tenants'
    #[arg(long)]
    pub(crate) system: bool,
    #[command(flatten)]
    pub(crate) scratch: ScratchArgs,
}

/// Checks the migrations: layout, parity, checksums, and that replaying them gives the schema
///
/// All findings are shown at once. A back end is replayed on scratch databases, which are dropped
/// again; without a server at hand it is not checked, and says so (under CI=true that is a finding).
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Adds the files that have no line in CHECKSUMS yet; lines that are there stay
    #[arg(long)]
    pub(crate) seal: bool,
    /// Takes the files of a version as they are now, which nobody may have run yet
    #[arg(long, value_name = "VERSION")]
    pub(crate) reseal: Vec<String>,
    #[command(flatten)]
    pub(crate) scratch: ScratchArgs,
}

/// What the schema is, and was
#[derive(Debug, Subcommand)]
pub(crate) enum SchemaCommand {
    /// Says in words what lies between two versions
    Diff {
        /// A version, `empty` for the one before all, or `code` for what the code declares
        from: String,
        /// As FROM
        #[arg(default_value = "code")]
        to: String,
        /// Of the system database instead of the tenants
        #[arg(long)]
        system: bool,
    },
}

/// Draws the schema's tables and how they refer to each other: Mermaid text, and an SVG
#[derive(Debug, Args)]
pub(crate) struct DiagramArgs {
    /// Folder for the two files
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) out: PathBuf,
    /// A version, or `code` for what the code declares
    #[arg(long, value_name = "VERSION", default_value = "code")]
    pub(crate) at: String,
    /// The system database instead of the tenants
    #[arg(long)]
    pub(crate) system: bool,
}
