//! From the arguments of this process to its exit code.

use std::convert::Infallible;
use std::process::ExitCode;

use crate::call::Call;
use crate::cli::{AnyCommand, Cli};
use crate::commands;
use crate::failing::report_error;
use crate::output::print_aside;
use crate::project::{Further, Project};

impl Project {
    /// Does what the arguments of this process say.
    pub fn run(&self) -> ExitCode {
        self.run_with::<Infallible>()
    }

    /// The same, for a program that has further commands.
    pub fn run_with<C: Further>(&self) -> ExitCode {
        let cli = Cli::<C>::of_this_process(C::EXIT_CODES);
        arm_crash_point();
        let done = match cli.command {
            AnyCommand::Ours(command) => {
                let call = Call { project: self, registry: &cli.registry };
                commands::run(&call, &command).map(ExitCode::from)
            }
            AnyCommand::Further(command) => command.run(),
        };
        done.unwrap_or_else(|error| report_error(&error).into())
    }
}

/// No further commands.
impl Further for Infallible {
    const EXIT_CODES: &'static [(u8, &'static str)] = &[];

    fn run(self) -> anyhow::Result<ExitCode> {
        match self {}
    }
}

/// Tests name a place to die at; release builds have none.
fn arm_crash_point() {
    #[cfg(debug_assertions)]
    if let Ok(name) = std::env::var("TENANTCTL_CRASH_AT")
        && let Err(error) = tenant_migrate::crash::arm(&name)
    {
        print_aside(&format!("TENANTCTL_CRASH_AT is ignored: {error}\n"));
    }
}
