//! One file for each command: from its arguments to how the program ends.
//!
//! A new command is at most four source files:
//!
//! 1. `cli.rs` has its arguments, as a variant of [`Command`].
//! 2. `commands/NAME.rs` does the work, and prints.
//! 3. This file declares that module, and has the command's arm in [`run`].
//! 4. A file of `render` or `hints` has its words, if other commands need them too. Words that only
//!    this command needs are in its own file.
//!
//! `tests/cli/help.rs` has a list of the commands whose `--help` is a snapshot.

mod baseline;
mod census;
mod check;
mod config;
mod diagram;
mod fleet_run;
mod import;
mod init;
mod migrate_all;
mod new_migration;
mod provision;
mod registry;
mod repair;
mod schema;
mod servers;
mod squash;
mod status;
mod tenants;

use anyhow::Result;

use crate::cli::Command;
use crate::exit::Exit;
use crate::invocation::Invocation;

/// Runs the command.
///
/// # Errors
/// An error that ends the command. It is printed with its causes.
pub(crate) fn run(invocation: &Invocation<'_>, command: &Command) -> Result<Exit> {
    match command {
        Command::Init(args) => init::run(args),
        Command::NewMigration(args) => new_migration::run(invocation, args),
        Command::Squash(args) => squash::run(invocation, args),
        Command::Check(args) => check::run(invocation, args),
        Command::Schema(command) => schema::run(invocation, command),
        Command::Diagram(args) => diagram::run(invocation, args),
        Command::Registry(command) => registry::run(invocation, command),
        Command::Servers(command) => servers::run(invocation, command),
        Command::Tenants(command) => tenants::run(invocation, command),
        Command::Provision(args) => provision::run(invocation, args),
        Command::MigrateAll(args) => migrate_all::run(invocation, args),
        Command::Repair(args) => repair::run(invocation, args),
        Command::Status(args) => status::run(invocation, args),
        Command::Config(args) => config::run(invocation, args),
        // The next command goes here, and into the list of modules above.
    }
}
