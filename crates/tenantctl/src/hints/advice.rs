//! What an error comes to for the person who reads it.

use crate::exit::Exit;

/// What to do, and how the program ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// What to do, where there is something better to say than the error itself.
    pub hint: Option<String>,
    /// How the program ends.
    pub exit: Exit,
}

impl Advice {
    /// The call is wrong: the same call can never succeed.
    pub(super) fn usage(hint: Option<&str>) -> Self {
        Self { hint: hint.map(str::to_owned), exit: Exit::Usage }
    }

    /// The call is right, and something is in its way.
    pub(super) fn unexpected(hint: Option<&str>) -> Self {
        Self { hint: hint.map(str::to_owned), exit: Exit::Unexpected }
    }
}
