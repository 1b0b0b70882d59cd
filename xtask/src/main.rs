//! The command line of tenantctl: the only place that prints, reads the environment, and exits.

mod cli;
mod commands;
mod output;
mod testing;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    arm_crash_point();
    let done = match cli.command {
        Command::NewMigration(args) => commands::new_migration::run(&args),
        Command::Check(args) => commands::check::run(&args),
        Command::Schema(command) => commands::schema::run(&command),
        Command::Diagram(args) => commands::diagram::run(&args),
        Command::Servers(command) => commands::servers::run(&cli.registry, &command),
        Command::Tenants(command) => commands::tenants::run(&cli.registry, &command),
        Command::Provision(args) => commands::provision::run(&cli.registry, &args),
        Command::MigrateAll(args) => commands::migrate_all::run(&cli.registry, &args),
        Command::Status(args) => commands::status::run(&cli.registry, &args),
        Command::Demo(args) => commands::demo::run(&args),
        Command::Bench(args) => commands::bench::run(&args),
        Command::Test(args) => testing::run(&args),
    };
    done.unwrap_or_else(|error| output::report_error(&error))
}

/// Tests name a place to die at; release builds have none.
fn arm_crash_point() {
    #[cfg(debug_assertions)]
    if let Ok(name) = std::env::var("TENANTCTL_CRASH_AT")
        && let Err(error) = tenant_migrate::crash::arm(&name)
    {
        eprintln!("TENANTCTL_CRASH_AT is ignored: {error}");
    }
}
