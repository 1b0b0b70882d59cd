//! The command line: what there is to say, and nothing of what it does.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

pub(crate) use self::schema::{CheckArgs, DiagramArgs, NewMigrationArgs, SchemaCommand};
pub use self::scratch::ScratchArgs;
use crate::exit::Exit;

mod schema;
mod scratch;

/// Keeps every tenant database on one schema.
///
/// A tenant is a database. The registry says which tenants exist, this binary carries the schema and
/// its migrations, and `migrate-all` brings every tenant to them.
#[derive(Debug, Parser)]
// Help shows one name, whichever program it is a part of.
#[command(name = "tenantctl", bin_name = "tenantctl", version, propagate_version = true)]
pub(crate) struct Cli<C: Subcommand> {
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
    #[command(subcommand)]
    pub(crate) command: AnyCommand<C>,
}

/// A command of ours, or one of the program that has further ones.
#[derive(Debug, Subcommand)]
pub(crate) enum AnyCommand<C: Subcommand> {
    #[command(flatten)]
    Ours(Command),
    #[command(flatten)]
    Further(C),
}

impl<C: Subcommand> Cli<C> {
    /// What this process was started with; ends it where that is help, or no call at all.
    pub(crate) fn of_this_process(further_exit_codes: &[(u8, &str)]) -> Self {
        let mut exit_codes = [&Exit::IN_HELP, further_exit_codes].concat();
        exit_codes.sort_unstable();
        let lines = exit_codes.iter().map(|(code, means)| format!("\n  {code:>3}  {means}"));
        let after_help = format!("Exit codes:{}", lines.collect::<String>());
        let mut command = Self::command().after_help(after_help);
        Self::from_arg_matches_mut(&mut command.get_matches_mut())
            .unwrap_or_else(|error| error.format(&mut command).exit())
    }
}

/// Where the registry is.
#[derive(Debug, Clone, Args)]
pub(crate) struct RegistryArgs {
    /// Folder of everything embedded: the system database and the SQLite tenants
    #[arg(
        long,
        global = true,
        env = "TENANTCTL_DATA_DIR",
        default_value = ".tenantctl",
        help_heading = "Registry"
    )]
    pub(crate) data_dir: PathBuf,
    /// The system database, if it is not DATA_DIR/system.db: a file, or a postgres:// or mysql:// URL
    #[arg(
        long,
        global = true,
        env = "SYSTEM_DATABASE_URL",
        hide_env_values = true,
        help_heading = "Registry"
    )]
    pub(crate) system_url: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    NewMigration(NewMigrationArgs),
    Check(CheckArgs),
    #[command(subcommand)]
    Schema(SchemaCommand),
    Diagram(DiagramArgs),
    #[command(subcommand)]
    Servers(ServersCommand),
    #[command(subcommand)]
    Tenants(TenantsCommand),
    Provision(ProvisionArgs),
    MigrateAll(MigrateAllArgs),
    Status(StatusArgs),
}

/// Servers that tenant databases live on
#[derive(Debug, Subcommand)]
pub(crate) enum ServersCommand {
    /// Registers a server, after reaching it
    Add {
        /// The name it is called by
        name: String,
        /// sqlite:FOLDER, postgres://USER:PASSWORD@HOST:PORT or mysql://USER:PASSWORD@HOST:PORT
        url: String,
    },
    /// Lists the servers
    List {
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

/// The registry of tenants
#[derive(Debug, Subcommand)]
pub(crate) enum TenantsCommand {
    /// Lists the tenants
    List {
        #[command(flatten)]
        select: SelectArgs,
        /// Only tenants in this state
        #[arg(long)]
        state: Option<String>,
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Shows one tenant and its newest outcomes
    Show {
        /// The tenant
        slug: String,
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Registers a database that exists already, creating nothing in it
    Add {
        /// The tenant's new name
        slug: String,
        /// The database's name on its server
        #[arg(long)]
        database: String,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Takes tenants out of runs for now
    Suspend(SlugsArgs),
    /// Takes tenants into runs again
    Activate(SlugsArgs),
    /// Takes tenants out of runs for good; their databases stay
    Archive(SlugsArgs),
}

#[derive(Debug, Args)]
pub(crate) struct SlugsArgs {
    /// The tenants
    #[arg(required = true)]
    pub(crate) slugs: Vec<String>,
}

/// Where a new tenant belongs.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlaceArgs {
    /// The server; needed where there are several
    #[arg(long)]
    pub(crate) server: Option<String>,
    /// A label to select it by
    #[arg(long = "label", value_name = "NAME=VALUE")]
    pub(crate) labels: Vec<String>,
}

/// Creates tenants' databases and migrates them to head
///
/// Running it again finishes what was interrupted.
#[derive(Debug, Args)]
pub(crate) struct ProvisionArgs {
    /// The tenants: 1 to 48 of a-z, 0-9, `-` and `_` each
    #[arg(required = true)]
    pub(crate) slugs: Vec<String>,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Applies pending migrations to every active tenant
#[derive(Debug, Args)]
pub(crate) struct MigrateAllArgs {
    /// Reads every tenant and shows what would be done; writes nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Shows which tenants are at which version
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Reads every tenant instead of believing the registry
    #[arg(long)]
    pub(crate) verify: bool,
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    #[command(flatten)]
    pub(crate) migrations: MigrationsArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Which tenants.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SelectArgs {
    /// Only these tenants: a slug, a glob such as `acme-*`, or a label such as `region=eu`
    #[arg(long, value_name = "PATTERN")]
    pub(crate) only: Vec<String>,
    /// Not these tenants: as for --only, and stronger
    #[arg(long, value_name = "PATTERN")]
    pub(crate) skip: Vec<String>,
}

/// Which migrations.
#[derive(Debug, Clone, Args)]
pub(crate) struct MigrationsArgs {
    /// A folder of Diesel migrations instead of the embedded ones
    #[arg(long, value_name = "DIR")]
    pub(crate) migrations: Option<PathBuf>,
}

/// How a run goes.
#[derive(Debug, Clone, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) migrations: MigrationsArgs,
    /// Migrates up to this version instead of head; never down
    #[arg(long, value_name = "VERSION")]
    pub(crate) to: Option<String>,
    /// Applies migrations that are older than the newest one applied
    #[arg(long)]
    pub(crate) allow_out_of_order: bool,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// How much at once, and how long.
#[derive(Debug, Clone, Args)]
pub(crate) struct LimitArgs {
    /// Tenants at once, in all
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..), default_value_t = default_jobs())]
    pub(crate) jobs: u16,
    /// Tenants at once on each server
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..), default_value_t = default_per_server())]
    pub(crate) per_server: u16,
    /// Seconds to wait for a connection
    #[arg(long, value_parser = seconds, default_value = "3", value_name = "SECONDS")]
    pub(crate) connect_timeout: Duration,
    /// Seconds to wait for a lock
    #[arg(long, value_parser = seconds, default_value = "10", value_name = "SECONDS")]
    pub(crate) lock_timeout: Duration,
    /// Seconds for one statement to run; 0 is no limit
    #[arg(long, value_parser = seconds_or_none, default_value = "900", value_name = "SECONDS")]
    pub(crate) statement_timeout: Duration,
}

/// How to print.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Human,
    /// For programs: JSON lines
    Json,
}

fn default_jobs() -> u16 {
    u16::try_from(tenant_migrate::JOBS_DEFAULT).unwrap_or(u16::MAX)
}

fn default_per_server() -> u16 {
    u16::try_from(tenant_migrate::PER_SERVER_DEFAULT).unwrap_or(u16::MAX)
}

/// A day is longer than anyone waits.
const SECONDS_MAX: f64 = 86_400.0;

fn seconds(text: &str) -> Result<Duration, String> {
    match seconds_or_none(text)? {
        Duration::ZERO => Err("more than 0 seconds, please".to_owned()),
        duration => Ok(duration),
    }
}

fn seconds_or_none(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    if (0.0..=SECONDS_MAX).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err("from 0 to 86400 seconds (a day)".to_owned())
    }
}
