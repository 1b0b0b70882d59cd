//! The only error in a text that is reported.

use std::fmt;

/// A quote, comment or body that a text opens and never closes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclosed {
    /// The line that opens it, from 1.
    pub line: u32,
    /// What is open.
    pub what: Open,
}

/// What can be open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Open {
    /// A text or a name in quotes.
    Quote,
    /// A comment.
    Comment,
    /// A block of statements, by the word that opens it in upper case: `BEGIN`, `IF`, `CASE`.
    Block(String),
}

impl fmt::Display for Unclosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line;
        match &self.what {
            Open::Quote => write!(f, "line {line}: this quote is never closed"),
            Open::Comment => write!(f, "line {line}: this comment is never closed"),
            Open::Block(word) => write!(f, "line {line}: this {word} has no END"),
        }
    }
}

impl std::error::Error for Unclosed {}
