//! What an error means for the person who reads it.

use crate::exit::Exit;

/// What to do, and how the program ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// What to do, if there is more to say than the error itself says.
    pub hint: Option<String>,
    /// How the program ends.
    pub exit: Exit,
}

impl Advice {
    /// The command line is wrong: the same command can never succeed.
    pub(super) fn usage(hint: Option<&str>) -> Self {
        Self { hint: hint.map(str::to_owned), exit: Exit::Usage }
    }

    /// The command line is right, but something is in its way.
    pub(super) fn unexpected(hint: Option<&str>) -> Self {
        Self { hint: hint.map(str::to_owned), exit: Exit::Unexpected }
    }
}
