//! The command line: commands and their arguments. What a command does is in `commands`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

pub(crate) use self::init::InitArgs;
pub(crate) use self::registry::RegistryCommand;
pub(crate) use self::repair::RepairArgs;
pub(crate) use self::schema::{
    CheckArgs, DiagramArgs, NewMigrationArgs, SchemaCommand, SquashArgs, WhichArgs,
};
pub use self::scratch::ScratchArgs;
pub(crate) use self::tenants::{BaselineArgs, ImportArgs, TenantsCommand};
use crate::exit::Exit;
use crate::output::eprint;
use crate::passwords::without_passwords;
use crate::settings::Settings;

mod init;
mod registry;
mod repair;
mod schema;
mod scratch;
mod tenants;

/// Keeps every tenant database on one schema.
///
/// A tenant is a database. The registry says which tenants exist, this program contains the schema
/// and its migrations, and `migrate-all` applies those migrations to every tenant.
#[derive(Debug, Parser)]
// Help shows this name in every program, also in those that have extra commands.
#[command(name = "tenantctl", bin_name = "tenantctl", version, propagate_version = true)]
pub(crate) struct Cli<C: Subcommand> {
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
    /// Shows the values of rows in errors of databases; they are cut otherwise
    #[arg(long, global = true)]
    pub(crate) show_values: bool,
    #[command(subcommand)]
    pub(crate) command: AnyCommand<C>,
}

/// A command of tenantctl, or an extra command of the program.
#[derive(Debug, Subcommand)]
pub(crate) enum AnyCommand<C: Subcommand> {
    #[command(flatten)]
    BuiltIn(Box<Command>),
    #[command(flatten)]
    Extra(C),
}

impl<C: Subcommand> Cli<C> {
    /// Parses the arguments of this process. Ends the process if they ask for help, or are wrong.
    /// What the settings say is the default of its argument.
    pub(crate) fn parse_args(extra_exit_codes: &[(u8, &str)], settings: &Settings) -> Self {
        let mut exit_codes = [&Exit::IN_HELP, extra_exit_codes].concat();
        exit_codes.sort_unstable();
        let lines = exit_codes.iter().map(|(code, means)| format!("\n  {code:>3}  {means}"));
        let after_help = format!("Exit codes:{}", lines.collect::<String>());
        let mut command = settings.apply(Self::command().after_help(after_help));
        command
            .try_get_matches_from_mut(std::env::args_os())
            .and_then(|mut matches| Self::from_arg_matches_mut(&mut matches))
            .unwrap_or_else(|error| end_with(error.format(&mut command)))
    }
}

/// Ends the process as Clap does, except that the message shows no password of an argument.
fn end_with(error: clap::Error) -> ! {
    let text = error.to_string();
    let hidden = without_passwords(&text);
    if !error.use_stderr() || hidden == text {
        error.exit();
    }
    eprint(&hidden);
    std::process::exit(error.exit_code())
}

/// Where the registry is.
#[derive(Debug, Clone, Args)]
pub(crate) struct RegistryArgs {
    /// Folder of the embedded system database and the embedded SQLite tenants
    #[arg(
        long,
        global = true,
        env = "TENANTCTL_DATA_DIR",
        default_value = ".tenantctl",
        help_heading = "Registry"
    )]
    pub(crate) data_dir: PathBuf,
    /// The system database if not DATA_DIR/system.db: a file, or a postgres:// or mysql:// URL
    #[arg(
        long,
        global = true,
        env = "SYSTEM_DATABASE_URL",
        hide_env_values = true,
        help_heading = "Registry"
    )]
    pub(crate) system_url: Option<String>,
}

/// The commands of tenantctl, in the order of the help.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(InitArgs),
    NewMigration(NewMigrationArgs),
    Squash(SquashArgs),
    Check(CheckArgs),
    #[command(subcommand)]
    Schema(SchemaCommand),
    Diagram(DiagramArgs),
    #[command(subcommand)]
    Registry(RegistryCommand),
    #[command(subcommand)]
    Servers(ServersCommand),
    #[command(subcommand)]
    Tenants(TenantsCommand),
    Provision(ProvisionArgs),
    MigrateAll(MigrateAllArgs),
    Repair(RepairArgs),
    Status(StatusArgs),
    Config(ConfigArgs),
    // The next command goes here; `commands.rs` says what else it needs.
}

impl Command {
    /// Whether its output is all that it is for: it changes nothing.
    pub(crate) fn is_for_its_output(&self) -> bool {
        match self {
            Self::Check(args) => !args.seal && args.reseal.is_empty(),
            Self::Schema(_) | Self::Diagram(_) | Self::Status(_) | Self::Config(_) => true,
            Self::Registry(command) => matches!(command, RegistryCommand::Show { .. }),
            Self::Servers(command) => matches!(command, ServersCommand::List { .. }),
            Self::Tenants(command) => {
                matches!(
                    command,
                    TenantsCommand::List { .. }
                        | TenantsCommand::Show { .. }
                        | TenantsCommand::Census { .. }
                ) || matches!(command, TenantsCommand::Import(args) if args.dry_run)
                    || matches!(command, TenantsCommand::Baseline(args) if args.dry_run)
            }
            Self::MigrateAll(args) => args.dry_run,
            Self::Repair(args) => args.repair().is_none(),
            Self::Init(_) | Self::NewMigration(_) | Self::Squash(_) | Self::Provision(_) => false,
        }
    }
}

/// Lists and registers the servers that host tenant databases
#[derive(Debug, Subcommand)]
pub(crate) enum ServersCommand {
    /// Registers a server, after checking that it can be used
    Add {
        /// A name for the server
        name: String,
        #[command(flatten)]
        address: AddressArgs,
    },
    /// Changes a server's address or password, after checking that its tenants' databases are there
    SetUrl {
        /// The server
        name: String,
        #[command(flatten)]
        address: AddressArgs,
        #[command(flatten)]
        limits: LimitArgs,
    },
    /// Removes a server that has no tenants
    Remove {
        /// The server
        name: String,
    },
    /// Lists the servers
    List {
        /// Output format
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

/// Where a server is.
#[derive(Debug, Args)]
pub(crate) struct AddressArgs {
    /// sqlite:FOLDER, postgres://USER:PASSWORD@HOST:PORT or mysql://USER:PASSWORD@HOST:PORT
    pub(crate) url: String,
    /// Reads the password from standard input, or asks for it on a terminal
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

/// Where a new tenant belongs.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlaceArgs {
    /// The server; required if there are several
    #[arg(long)]
    pub(crate) server: Option<String>,
    /// A label by which --only and --skip can select the tenant
    #[arg(long = "label", value_name = "NAME=VALUE")]
    pub(crate) labels: Vec<String>,
}

/// Creates the databases of new tenants, and migrates them to head
///
/// If it was interrupted, run it again: it finishes the rest.
#[derive(Debug, Args)]
pub(crate) struct ProvisionArgs {
    /// The tenants' names: 1 to 48 characters each, of a-z, 0-9, `-` and `_`
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
    /// Reads every tenant, and shows what would be done; writes nothing
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
    /// Reads the tenants' databases instead of relying on the registry
    #[arg(long)]
    pub(crate) verify: bool,
    #[command(flatten)]
    pub(crate) select: SelectArgs,
    #[command(flatten)]
    pub(crate) migrations: MigrationsArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Which tenants.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SelectArgs {
    /// Only these tenants: a slug, a glob such as `acme-*`, or a label such as `region=eu`
    #[arg(long, value_name = "PATTERN")]
    pub(crate) only: Vec<String>,
    /// Not these tenants, named as for --only; --skip wins over --only
    #[arg(long, value_name = "PATTERN")]
    pub(crate) skip: Vec<String>,
}

/// Which migrations.
#[derive(Debug, Clone, Args)]
pub(crate) struct MigrationsArgs {
    /// A folder of Diesel migrations instead of the embedded ones
    #[arg(long, value_name = "DIR")]
    pub(crate) migrations: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
}

/// Which schema.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SchemaArgs {
    /// The schema, if this program has several
    #[arg(id = "schema_name", long = "schema", value_name = "NAME")]
    pub(crate) name: Option<String>,
}

/// The options of a run.
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
    pub(crate) claim: ClaimArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Shows each setting of tenantctl.toml, its value, and where that comes from
#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Which databases become a tenant's.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct ClaimArgs {
    /// Takes over databases that belong to another registry, or that exist already
    #[arg(long)]
    pub(crate) take_over: bool,
}

/// How many tenants at the same time, and how long to wait.
#[derive(Debug, Clone, Args)]
pub(crate) struct LimitArgs {
    /// How many tenants to work on at the same time, in total
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..), default_value_t = default_jobs())]
    pub(crate) jobs: u16,
    /// How many tenants to work on at the same time, on each server
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..), default_value_t = default_per_server())]
    pub(crate) per_server: u16,
    /// Seconds to wait for a connection
    #[arg(long, value_parser = seconds, default_value = "3", value_name = "SECONDS")]
    pub(crate) connect_timeout: Duration,
    /// Seconds to wait for a lock
    #[arg(long, value_parser = seconds, default_value = "10", value_name = "SECONDS")]
    pub(crate) lock_timeout: Duration,
    /// Seconds that one statement may run; 0 means no limit
    #[arg(long, value_parser = seconds_or_none, default_value = "900", value_name = "SECONDS")]
    pub(crate) statement_timeout: Duration,
}

/// The output format.
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

/// A day: longer than anybody waits.
const SECONDS_MAX: f64 = 86_400.0;

fn seconds(text: &str) -> Result<Duration, String> {
    match seconds_or_none(text)? {
        Duration::ZERO => Err("must be more than 0 seconds".to_owned()),
        duration => Ok(duration),
    }
}

fn seconds_or_none(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    if (0.0..=SECONDS_MAX).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err("must be from 0 to 86400 seconds (a day)".to_owned())
    }
}
