//! Calls that are wrong in themselves.

use std::fmt;

/// A wrong call, with what to do instead.
#[derive(Debug)]
pub(crate) struct Usage {
    message: String,
    pub(crate) hint: Option<String>,
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Usage {}

/// An error of a wrong call.
pub fn usage(message: impl Into<String>, hint: Option<&str>) -> anyhow::Error {
    anyhow::Error::new(Usage { message: message.into(), hint: hint.map(str::to_owned) })
}
