//! How SQL text reads: tokens, and the statements of a file.

mod lexer;
mod split;
mod syntax;

use std::fmt;

pub use lexer::{Token, TokenKind};
pub use split::Statement;
pub use syntax::Syntax;

/// A quote, comment or body that is never closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclosed {
    /// The line that it is opened on, from 1.
    pub line: u32,
    /// What it is.
    pub message: String,
}

impl fmt::Display for Unclosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for Unclosed {}

/// All tokens of `sql`.
///
/// # Errors
/// [`Unclosed`] with the line of a quote or comment that is never closed.
pub fn tokens(sql: &str, syntax: Syntax) -> Result<Vec<Token>, Unclosed> {
    lexer::tokens(sql, &syntax.grammar().lexicon)
}

/// Splits a file into statements.
///
/// # Errors
/// [`Unclosed`] with the line of a quote, comment or body that is never closed.
pub fn split(sql: &str, syntax: Syntax) -> Result<Vec<Statement>, Unclosed> {
    split::split(sql, syntax.grammar())
}
