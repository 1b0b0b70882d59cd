//! One file for each command: from its arguments to how the program ends.

mod check;
mod diagram;
mod migrate_all;
mod new_migration;
mod provision;
mod running;
mod schema;
mod servers;
mod status;
mod tenants;

use anyhow::Result;

use crate::call::Call;
use crate::cli::Command;
use crate::exit::Exit;

/// Does what the command says.
///
/// # Errors
/// What is printed, with its causes.
pub(crate) fn run(call: &Call<'_>, command: &Command) -> Result<Exit> {
    match command {
        Command::NewMigration(args) => new_migration::run(call, args),
        Command::Check(args) => check::run(call, args),
        Command::Schema(command) => schema::run(call, command),
        Command::Diagram(args) => diagram::run(call, args),
        Command::Servers(command) => servers::run(call, command),
        Command::Tenants(command) => tenants::run(call, command),
        Command::Provision(args) => provision::run(call, args),
        Command::MigrateAll(args) => migrate_all::run(call, args),
        Command::Status(args) => status::run(call, args),
    }
}
