//! How databases compare names.

use crate::syntax::Syntax;
use crate::token::{Token, TokenKind};

/// The name as the database keeps it, if the token can be one: PostgreSQL keeps a name without
/// quotes in lower case.
pub(crate) fn folded(token: &Token<'_>, syntax: Syntax) -> Option<String> {
    let name = token.name()?;
    let is_folded = syntax == Syntax::Postgres && token.kind == TokenKind::Word;
    Some(if is_folded { name.to_ascii_lowercase() } else { name.into_owned() })
}
