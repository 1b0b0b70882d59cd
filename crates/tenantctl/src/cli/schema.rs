//! Commands that work on the schema and its migrations.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use db_backend::BackendKind;

use super::SchemaArgs;
use super::scratch::ScratchArgs;

/// Writes the changes of the code as a migration for every back end
///
/// Compares the schema in the code with the newest `schema/<version>.json`. Before the migration is
/// written, it is executed: up, down and up again, with rows in the tables. This happens on SQLite
/// in memory, and on the servers that are given.
#[derive(Debug, Args)]
pub(crate) struct NewMigrationArgs {
    /// What the migration does, such as `add_invoices`: a-z, 0-9 and `_`
    #[arg(required_unless_present_any = ["rebase", "snapshot", "amend", "remove"])]
    pub(crate) name: Option<String>,
    /// Allows a change that may lose data or fail on rows, such as `drop-column=settings.legacy`
    #[arg(long, value_name = "WHAT=WHERE")]
    pub(crate) allow: Vec<String>,
    /// Writes the migration even if it fails its proof, to be completed by hand
    ///
    /// Where it fails or is not executed, the files have places for what must come before and after
    /// the generated statements, such as `DROP VIEW` and `CREATE VIEW`. `check --seal` proves it.
    #[arg(long)]
    pub(crate) draft: bool,
    /// Writes blank files for SQL by hand, if the migration can't be generated
    #[arg(long, conflicts_with_all = ["allow", "draft"])]
    pub(crate) empty: bool,
    /// Gives the migrations of a late branch, from this one on, new versions after all others
    ///
    /// If several branches came late, name the first migration of each.
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["name", "empty", "draft", "snapshot"])]
    pub(crate) rebase: Vec<String>,
    /// Writes no SQL, only the newest snapshot: for SQL by hand that already makes the changes
    #[arg(long, conflicts_with_all = ["name", "allow", "empty", "draft"])]
    pub(crate) snapshot: bool,
    /// Generates the newest migration again from the code, with the same version and name
    ///
    /// Only for one that nobody has run, and whose SQL nobody has edited. Refused if a tenant of
    /// the registry has it, or if it is on the default branch of Git's `origin`. The same holds for
    /// --remove and --rename.
    #[arg(long, conflicts_with_all = ["name", "empty", "draft", "rebase", "snapshot"])]
    pub(crate) amend: bool,
    /// Removes the newest migration, if nobody has run it: its files, snapshot and checksums
    #[arg(
        long,
        value_name = "VERSION",
        conflicts_with_all = ["name", "allow", "empty", "draft", "rebase", "snapshot", "amend"]
    )]
    pub(crate) remove: Option<String>,
    /// Gives a migration that nobody has run the name NAME; its version and SQL stay
    #[arg(
        long,
        value_name = "VERSION",
        conflicts_with_all = ["allow", "empty", "draft", "rebase", "snapshot", "amend", "remove"]
    )]
    pub(crate) rename: Option<String>,
    /// Works on any Diesel folder, without code; only with --empty, --remove or --rename
    #[arg(long, value_name = "DIR", conflicts_with_all = ["schema_name", "system"])]
    pub(crate) migrations: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) which: WhichArgs,
    #[command(flatten)]
    pub(crate) scratch: ScratchArgs,
}

/// Makes one migration of old ones, which new tenants get in their place
///
/// Before it is written, it is executed: it must lead to the same schema and the same rows as they
/// do. If they leave no rows, it only creates the tables; otherwise it has all their statements.
/// They stay, for tenants that have some of them and for stock Diesel, which never sees the new
/// one. What a new tenant's history says is the same either way.
#[derive(Debug, Args)]
pub(crate) struct SquashArgs {
    /// The oldest version that is left as it is
    #[arg(long, value_name = "VERSION")]
    pub(crate) below: String,
    /// Works on any folder of Diesel migrations, without code
    #[arg(long, value_name = "DIR", conflicts_with_all = ["schema_name", "system"])]
    pub(crate) migrations: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) which: WhichArgs,
    #[command(flatten)]
    pub(crate) scratch: ScratchArgs,
}

/// Checks the migrations: layout, parity, checksums, and that replaying them gives the schema
///
/// Shows all findings together. Replays the migrations of each back end on scratch databases, which
/// are dropped again. A back end without a server is not replayed, and the output says so; with
/// CI=true that is a finding.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Adds the files that have no line in CHECKSUMS yet, if nothing else is found
    ///
    /// Existing lines stay as they are.
    #[arg(long)]
    pub(crate) seal: bool,
    /// Accepts the files of a version as they are now, if nothing else is found
    ///
    /// Only for a version that nobody has run yet.
    #[arg(long, value_name = "VERSION")]
    pub(crate) reseal: Vec<String>,
    /// Checks any folder of Diesel migrations, without code
    #[arg(long, value_name = "DIR")]
    pub(crate) migrations: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) scratch: ScratchArgs,
}

/// Compares versions of the schema, and writes it in other forms
#[derive(Debug, Subcommand)]
pub(crate) enum SchemaCommand {
    /// Describes the changes between two versions in words
    Diff {
        /// A version, `empty` for a schema without tables, or `code` for what the code declares
        from: String,
        /// The other version, in the same forms as FROM
        #[arg(default_value = "code")]
        to: String,
        #[command(flatten)]
        which: WhichArgs,
    },
    /// Writes the schema as code from a database, or from migrations that were written by hand
    ///
    /// Migrations are replayed on a scratch database, and what the code then declares becomes the
    /// snapshot of the newest one: the next migration is generated from there. A table of which the
    /// code can't say everything stays by hand, with the reasons.
    Import {
        /// A folder of Diesel migrations
        #[arg(long, value_name = "DIR", required_unless_present = "from_url")]
        migrations: Option<PathBuf>,
        /// The address of a database, which is only read
        #[arg(long, value_name = "URL", conflicts_with = "migrations")]
        from_url: Option<String>,
        /// The file for the code [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        scratch: ScratchArgs,
    },
    /// Writes the schema as the `schema.rs` of a stock Diesel project
    ///
    /// The text is what `diesel print-schema` writes for a database with this schema. On SQLite,
    /// the keys that the database numbers are `BigInt` if the schema says so.
    Print {
        /// The back end, of sqlite, postgres and mysql [default: the first of the migrations]
        #[arg(long = "back-end", value_name = "KIND")]
        back_end: Option<BackendKind>,
        /// The file [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// A version, or `code` for what the code declares
        #[arg(long, value_name = "VERSION", default_value = "code")]
        at: String,
        #[command(flatten)]
        which: WhichArgs,
    },
}

/// One of the schemas that have a folder of migrations.
#[derive(Debug, Clone, Args)]
pub(crate) struct WhichArgs {
    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
    /// The system database's own schema instead of the tenants'
    #[arg(long, conflicts_with = "schema_name")]
    pub(crate) system: bool,
}

/// Draws the schema's tables and their foreign keys, as Mermaid text and as an SVG
#[derive(Debug, Args)]
pub(crate) struct DiagramArgs {
    /// Folder for the two files
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) out: PathBuf,
    /// A version, or `code` for what the code declares
    #[arg(long, value_name = "VERSION", default_value = "code")]
    pub(crate) at: String,
    #[command(flatten)]
    pub(crate) which: WhichArgs,
}
