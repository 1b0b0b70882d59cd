//! A fingerprint of a schema, as the journal has it.

use std::fmt;

/// The format that this release writes. Another one is needed whenever the same schema would get
/// another digest.
const FORMAT: &str = "4:";

/// As many characters as fit into the journal's column together with the format.
const DIGEST_LENGTH: usize = 62;

/// A digest of what a statement changes, taken before that statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fingerprint(String);

impl Fingerprint {
    /// From a digest that was taken now.
    pub(crate) fn new(digest: &str) -> Self {
        Self(digest.chars().take(DIGEST_LENGTH).collect())
    }

    /// From a journal row. `None` if it has another format: then it can't be compared.
    pub(crate) fn read(text: &str) -> Option<Self> {
        text.strip_prefix(FORMAT).map(|digest| Self(digest.to_owned()))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{FORMAT}{}", self.0)
    }
}
