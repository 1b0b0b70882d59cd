//! An expression: the names that it mentions, and how to replace them.

use std::borrow::Cow;

use crate::cursor::text_of;
use crate::lexer::tokens_and_comments;
use crate::syntax::Syntax;
use crate::token::{Token, TokenKind};
use crate::unclosed::Unclosed;

/// An expression of a check, an index or a backfill, as tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression<'s> {
    text: &'s str,
    tokens: Vec<Token<'s>>,
    comments: Vec<&'s str>,
}

impl<'s> Expression<'s> {
    /// Reads it.
    ///
    /// # Errors
    /// A quote or comment that is never closed.
    pub fn read(text: &'s str, syntax: Syntax) -> Result<Self, Unclosed> {
        let (tokens, comments) = tokens_and_comments(text, syntax)?;
        let comments = comments.into_iter().map(|place| &text[place]).collect();
        Ok(Self { text, tokens, comments })
    }

    /// Its tokens.
    pub fn tokens(&self) -> &[Token<'s>] {
        &self.tokens
    }

    /// Its comments, as they are written.
    pub fn comments(&self) -> &[&'s str] {
        &self.comments
    }

    /// Whether it has no tokens: it is blank, or only a comment.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Whether its parentheses are balanced.
    pub fn is_balanced(&self) -> bool {
        let mut open = 0_usize;
        for token in &self.tokens {
            if token.is_symbol('(') {
                open += 1;
            } else if token.is_symbol(')') {
                let Some(fewer) = open.checked_sub(1) else { return false };
                open = fewer;
            }
        }
        open == 0
    }

    /// Whether it contains that character, or that operator of several characters (`||`), outside
    /// of quotes.
    pub fn has_operator(&self, operator: &str) -> bool {
        let symbols: Vec<char> = operator.chars().collect();
        let is_it = |run: &[Token<'_>]| {
            let touch = run.windows(2).all(|pair| pair[0].touches(&pair[1]));
            touch && run.iter().zip(&symbols).all(|(token, symbol)| token.is_symbol(*symbol))
        };
        !symbols.is_empty() && self.tokens.windows(symbols.len()).any(is_it)
    }

    /// The names that may be columns: neither functions nor words of SQL itself.
    pub fn names(&self) -> impl Iterator<Item = &Token<'s>> {
        let tokens = self.tokens.iter().enumerate();
        tokens.filter(|(at, _)| self.is_name(*at)).map(|(_, token)| token)
    }

    /// Whether it mentions that column, in any case and with quotes or without.
    pub fn mentions(&self, column: &str) -> bool {
        self.names().any(|token| is_named(token, column))
    }

    /// The functions that it calls.
    pub fn calls(&self) -> impl Iterator<Item = Cow<'s, str>> {
        calls(&self.tokens)
    }

    /// The expression with each `(old, new)` name replaced, all at the same time. Quotes stay.
    pub fn with_renamed(&self, renames: &[(&str, &str)]) -> String {
        let names: Vec<usize> = self.names().map(|token| token.start).collect();
        self.replaced(|token| {
            let (_, new) = renames.iter().find(|(old, _)| is_named(token, old))?;
            names.contains(&token.start).then(|| requoted(token, new))
        })
    }

    /// The text with some tokens replaced.
    pub fn replaced(&self, replace: impl FnMut(&Token<'s>) -> Option<String>) -> String {
        replaced(self.text, &self.tokens, replace)
    }

    /// The expression without the white space and comments around it.
    pub fn trimmed(&self) -> &'s str {
        text_of(self.text, &self.tokens)
    }

    fn is_name(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        let is_call = self.tokens.get(at + 1).is_some_and(|next| next.is_symbol('('));
        token.name().is_some() && !token.is_any_word(&RESERVED) && !is_call
    }
}

/// The routines that these tokens call: each name before a parenthesis, except for words of SQL
/// itself. A list of columns after the name of a table looks the same, so use this only for
/// expressions and queries.
pub fn calls<'s>(tokens: &[Token<'s>]) -> impl Iterator<Item = Cow<'s, str>> {
    let called = |pair: &[Token<'s>]| {
        let is_call = pair[1].is_symbol('(') && !pair[0].is_any_word(&RESERVED);
        pair[0].name().filter(|_| is_call)
    };
    tokens.windows(2).filter_map(called)
}

/// The text that `tokens` were read from, with some of them replaced. Everything between them
/// stays.
pub fn replaced<'s>(
    text: &str,
    tokens: &[Token<'s>],
    mut replace: impl FnMut(&Token<'s>) -> Option<String>,
) -> String {
    let mut sql = String::with_capacity(text.len());
    let mut copied = 0;
    for token in tokens {
        if let Some(new) = replace(token) {
            sql.push_str(&text[copied..token.start]);
            sql.push_str(&new);
            copied = token.end();
        }
    }
    sql.push_str(&text[copied..]);
    sql
}

fn is_named(token: &Token<'_>, name: &str) -> bool {
    token.name().is_some_and(|own| own.eq_ignore_ascii_case(name))
}

/// The name in the same quotes as the token.
fn requoted(token: &Token<'_>, name: &str) -> String {
    match token.text.chars().next() {
        Some(quote @ ('"' | '`')) if token.kind == TokenKind::QuotedName => {
            let doubled = String::from_iter([quote, quote]);
            format!("{quote}{}{quote}", name.replace(quote, &doubled))
        }
        Some(_) | None => name.to_owned(),
    }
}

/// Words that cannot be the name of a column without quotes, on at least one back end.
const RESERVED: [&str; 45] = [
    "ALL", "AND", "ANY", "AS", "BETWEEN", "BY", "CASE", "CAST", "COLLATE", "DEFAULT", "DISTINCT",
    "ELSE", "END", "ESCAPE", "EXISTS", "FALSE", "FROM", "GROUP", "HAVING", "IN", "INTERVAL",
    "INTO", "IS", "JOIN", "LIKE", "LIMIT", "NOT", "NULL", "ON", "OR", "ORDER", "OVER", "SELECT",
    "SET", "SOME", "TABLE", "THEN", "TRUE", "UNION", "UNIQUE", "USING", "VALUES", "WHEN", "WHERE",
    "WITH",
];
