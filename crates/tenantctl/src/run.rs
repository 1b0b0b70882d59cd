//! From the arguments of this process to its exit code.

use std::convert::Infallible;
use std::process::ExitCode;

use crate::cli::{AnyCommand, Cli};
use crate::commands;
use crate::invocation::Invocation;
use crate::output::eprint_line;
use crate::project::{ExtraCommands, Project};
use crate::report_error::report_error;

impl Project {
    /// Runs the command that the arguments of this process name.
    pub fn run(&self) -> ExitCode {
        self.run_with::<Infallible>()
    }

    /// The same, for a program that has extra commands.
    pub fn run_with<C: ExtraCommands>(&self) -> ExitCode {
        let cli = Cli::<C>::parse_args(C::EXIT_CODES);
        arm_crash_point();
        let done = match cli.command {
            AnyCommand::BuiltIn(command) => {
                let invocation = Invocation { project: self, registry: &cli.registry };
                commands::run(&invocation, &command).map(ExitCode::from)
            }
            AnyCommand::Extra(command) => command.run(),
        };
        done.unwrap_or_else(|error| report_error(&error).into())
    }
}

/// No extra commands.
impl ExtraCommands for Infallible {
    const EXIT_CODES: &'static [(u8, &'static str)] = &[];

    fn run(self) -> anyhow::Result<ExitCode> {
        match self {}
    }
}

/// Tests name a place at which the program dies. Release builds have no such places.
fn arm_crash_point() {
    #[cfg(debug_assertions)]
    if let Ok(name) = std::env::var("TENANTCTL_CRASH_AT")
        && let Err(error) = tenant_migrate::crash::arm(&name)
    {
        eprint_line(&format!("TENANTCTL_CRASH_AT is ignored: {error}"));
    }
}
