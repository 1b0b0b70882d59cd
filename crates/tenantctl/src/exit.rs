//! How the program ends. The numbers are part of its interface.

use std::process::ExitCode;

use tenant_migrate::Ending;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The command did what it should. After a run, all tenants are at the goal.
    Success = 0,
    /// Something went wrong that has no other code, or there are findings.
    Unexpected = 1,
    /// The command line itself is wrong. Clap uses the same code.
    Usage = 2,
    /// A dry run found pending migrations.
    Pending = 3,
    /// Some tenants failed or are blocked.
    SomeFailed = 4,
    /// A gate or a breaker stopped the run. Reserved: there are no gates and no breakers yet.
    Stopped = 5,
    /// The user asked the program to drain or to abort.
    Cancelled = 130,
}

impl Exit {
    /// The codes that commands end with, and the meaning of each.
    pub(crate) const IN_HELP: [(u8, &str); 6] = [
        (Self::Success.code(), "success; after a run, every tenant is at the goal"),
        (Self::Unexpected.code(), "an unexpected error, or `check` has findings"),
        (Self::Usage.code(), "wrong usage"),
        (Self::Pending.code(), "migrations are pending (--dry-run)"),
        (Self::SomeFailed.code(), "some tenants failed or are blocked"),
        (Self::Cancelled.code(), "cancelled"),
    ];

    /// The number for the operating system.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

impl From<Ending> for Exit {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::AllAtGoal => Self::Success,
            Ending::Pending => Self::Pending,
            Ending::SomeFailed => Self::SomeFailed,
            Ending::Cancelled => Self::Cancelled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_design() {
        let codes = [
            Exit::Success,
            Exit::Unexpected,
            Exit::Usage,
            Exit::Pending,
            Exit::SomeFailed,
            Exit::Stopped,
            Exit::Cancelled,
        ];
        assert_eq!(codes.map(Exit::code), [0, 1, 2, 3, 4, 5, 130]);
    }
}
