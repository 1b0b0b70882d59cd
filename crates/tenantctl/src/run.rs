//! From the arguments of this process to its exit code.

use std::convert::Infallible;
use std::io;
use std::process::ExitCode;

use crate::cli::{AnyCommand, Cli, Command};
use crate::commands;
use crate::exit::Exit;
use crate::invocation::Invocation;
use crate::output::{self, eprint_line, exit_now};
use crate::project::{ExtraCommands, Project};
use crate::report_error::report_error;
use crate::settings::Settings;

impl Project {
    /// Runs the command that the arguments of this process name.
    pub fn run(&self) -> ExitCode {
        self.run_with::<Infallible>()
    }

    /// The same, for a program that has extra commands.
    pub fn run_with<C: ExtraCommands>(&self) -> ExitCode {
        let settings = match Settings::read() {
            Ok(settings) => settings,
            Err(error) => return report_error(&error).into(),
        };
        if let Err(error) = self.check_names() {
            return report_error(&error).into();
        }
        let cli = Cli::<C>::parse_args(C::EXIT_CODES, &settings);
        for note in &settings.notes {
            eprint_line(&format!("note: {note}"));
        }
        arm_crash_point();
        if cli.show_values {
            db_backend::show_values();
        }
        match cli.command {
            AnyCommand::BuiltIn(command) => {
                let invocation =
                    Invocation { project: self, registry: &cli.registry, settings: &settings };
                let exit = match commands::run(&invocation, &command) {
                    Ok(exit) => account_for_output(&command, exit),
                    Err(error) => report_error(&error),
                };
                if db_backend::given_up_calls() > 0 {
                    // Threads are still inside C libraries, whose exit handlers would meet them.
                    exit_now(exit);
                }
                exit.into()
            }
            AnyCommand::Extra(command) => {
                command.run().unwrap_or_else(|error| report_error(&error).into())
            }
        }
    }
}

/// How the program ends if not all of its output could be printed. What a command did is not undone
/// by that, so it keeps its exit code, and the loss is reported. A command that only prints has
/// failed, unless its reader has seen enough and closed the pipe (`| head`).
fn account_for_output(command: &Command, exit: Exit) -> Exit {
    let Some(error) = output::lost() else { return exit };
    if !command.is_for_its_output() {
        eprint_line(&format!(
            "note: standard output was lost ({error}); nothing else was affected"
        ));
        return exit;
    }
    if error.kind() == io::ErrorKind::BrokenPipe {
        return exit;
    }
    eprint_line(&format!("error: standard output can't be written: {error}"));
    if exit == Exit::Success { Exit::Unexpected } else { exit }
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
