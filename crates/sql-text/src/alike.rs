//! Compares two texts.

use crate::lexer::tokens;
use crate::syntax::Syntax;
use crate::token::{Token, TokenKind};
use crate::unclosed::Unclosed;

/// Whether the two texts are the same token by token: white space, comments, the case of words,
/// and quotes around a name that needs none make no difference. Texts and numbers are the same if
/// they are written the same.
///
/// # Errors
/// A quote or comment in one of them that is never closed.
pub fn reads_alike(a: &str, b: &str, syntax: Syntax) -> Result<bool, Unclosed> {
    let (a, b) = (tokens(a, syntax)?, tokens(b, syntax)?);
    Ok(a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| is_alike(a, b, syntax)))
}

fn is_alike(a: &Token<'_>, b: &Token<'_>, syntax: Syntax) -> bool {
    match (a.name(), b.name()) {
        (Some(own), Some(other)) => match (syntax, a.kind, b.kind) {
            // A name in quotes keeps its case, and one without is kept in lower case.
            (Syntax::Postgres, TokenKind::QuotedName, TokenKind::QuotedName) => own == other,
            (Syntax::Postgres, TokenKind::QuotedName, _) => own == other.to_ascii_lowercase(),
            (Syntax::Postgres, _, TokenKind::QuotedName) => own.to_ascii_lowercase() == other,
            _ => own.eq_ignore_ascii_case(&other),
        },
        (None, None) => a.kind == b.kind && a.text == b.text,
        (Some(_), None) | (None, Some(_)) => false,
    }
}
