//! One token of a text.

use std::borrow::Cow;
use std::ops::Range;

/// One token and its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'s> {
    /// What it is.
    pub kind: TokenKind,
    /// The token as it is written, with its quotes.
    pub text: &'s str,
    /// The byte of the text that it begins at.
    pub start: usize,
    /// The whole versioned comment that it is in. It is boxed because few tokens have one, and a
    /// file of rows has very many tokens.
    pub(crate) versioned: Option<Box<Range<usize>>>,
}

/// The kinds of tokens. White space and comments are not tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A keyword, or a name without quotes.
    Word,
    /// A number without a sign.
    Number,
    /// A text in quotes, with its prefix (`E'…'`, `x'…'`), or `$tag$…$tag$`. MySQL's `"…"` is one.
    Text,
    /// A name in quotes.
    QuotedName,
    /// MySQL's `@name` or `@@name`.
    Variable,
    /// Any other character by itself. An operator of two characters is two symbols that touch.
    Symbol(char),
}

impl<'s> Token<'s> {
    /// The byte after its last one.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is that keyword, in upper or lower case and without quotes.
    pub fn is_word(&self, keyword: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(keyword)
    }

    /// Whether it is one of those keywords.
    pub fn is_any_word(&self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.is_word(keyword))
    }

    /// Whether it is that character by itself.
    pub fn is_symbol(&self, symbol: char) -> bool {
        self.kind == TokenKind::Symbol(symbol)
    }

    /// Whether it touches the next token.
    pub fn touches(&self, next: &Token<'_>) -> bool {
        self.end() == next.start
    }

    /// Whether it is in MySQL's `/*!40101 … */`, which is code for servers from that version on,
    /// and a comment for others.
    pub fn is_versioned(&self) -> bool {
        self.versioned.is_some()
    }

    /// The name without its quotes, if it can be one. A keyword can.
    pub fn name(&self) -> Option<Cow<'s, str>> {
        match self.kind {
            TokenKind::Word | TokenKind::QuotedName => Some(self.unquoted()),
            TokenKind::Number | TokenKind::Text | TokenKind::Variable | TokenKind::Symbol(_) => {
                None
            }
        }
    }

    /// The name of MySQL's user variable in lower case, without `@` and quotes; `None` if it is
    /// a system variable (`@@name`) or not a variable.
    pub fn user_variable(&self) -> Option<String> {
        let name = match self.kind {
            TokenKind::Variable => self.text.strip_prefix('@')?,
            TokenKind::Word
            | TokenKind::Number
            | TokenKind::Text
            | TokenKind::QuotedName
            | TokenKind::Symbol(_) => return None,
        };
        match name.chars().next() {
            Some('@') | None => None,
            Some('\'' | '"' | '`') => Some(inner(name).to_ascii_lowercase()),
            Some(_) => Some(name.to_ascii_lowercase()),
        }
    }

    /// What is between the quotes, with doubled quotes undone; a token without quotes as it is.
    /// Escapes with a backslash stay as they are written.
    pub fn unquoted(&self) -> Cow<'s, str> {
        match self.kind {
            TokenKind::Text | TokenKind::QuotedName => inner(self.text),
            TokenKind::Word | TokenKind::Number | TokenKind::Variable | TokenKind::Symbol(_) => {
                Cow::Borrowed(self.text)
            }
        }
    }

    /// The bytes that it covers. For a token in a versioned comment, that is the whole comment.
    pub(crate) fn outer(&self) -> Range<usize> {
        self.versioned.as_deref().cloned().unwrap_or(self.start..self.end())
    }
}

/// What is between the quotes of a text, after its prefix.
fn inner(quoted: &str) -> Cow<'_, str> {
    let Some(open) = quoted.find(['\'', '"', '`', '[', '$']) else { return Cow::Borrowed(quoted) };
    let (quote, rest) = quoted[open..].split_at(1);
    if quote == "$" {
        // The tag has as many characters at the end as at the beginning.
        let tag = rest.find('$').map_or(0, |length| length + 1);
        let body = rest.get(tag..rest.len().saturating_sub(tag + 1));
        return Cow::Borrowed(body.unwrap_or_default());
    }
    let close = if quote == "[" { "]" } else { quote };
    let body = rest.strip_suffix(close).unwrap_or(rest);
    let doubled = [close, close].concat();
    // `[…]` has no doubled quotes.
    if quote != "[" && body.contains(&doubled) {
        Cow::Owned(body.replace(&doubled, close))
    } else {
        Cow::Borrowed(body)
    }
}
