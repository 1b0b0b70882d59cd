//! How the program ends. The numbers are part of its interface.

use std::process::ExitCode;

use tenant_migrate::Ending;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It did what it was to do; of a run, all tenants are at the goal.
    Success = 0,
    /// Something went wrong that no other code stands for, or there are findings.
    Unexpected = 1,
    /// The call itself is wrong, as clap has it too.
    Usage = 2,
    /// Something is pending (dry runs).
    Pending = 3,
    /// Some tenants failed or are blocked.
    SomeFailed = 4,
    /// A gate or a breaker stopped the run. The code is reserved: there are no gates yet.
    Stopped = 5,
    /// A drain or an abort was asked for.
    Cancelled = 130,
}

impl Exit {
    /// The codes that commands end with, and what each means.
    pub(crate) const IN_HELP: [(u8, &str); 6] = [
        (Self::Success.code(), "all at the goal"),
        (Self::Unexpected.code(), "something unexpected, or findings of `check`"),
        (Self::Usage.code(), "wrong usage"),
        (Self::Pending.code(), "something is pending (--dry-run)"),
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
