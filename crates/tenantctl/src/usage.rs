//! Wrong usage: the command line itself is wrong, whatever the databases say.

use std::fmt;

/// A wrong command line, with what to do instead.
#[derive(Debug)]
pub(crate) struct UsageError {
    message: String,
    pub(crate) hint: Option<String>,
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for UsageError {}

/// An error that ends the program with [`Exit::Usage`](crate::Exit::Usage).
pub fn usage_error(message: impl Into<String>, hint: Option<&str>) -> anyhow::Error {
    anyhow::Error::new(UsageError { message: message.into(), hint: hint.map(str::to_owned) })
}
