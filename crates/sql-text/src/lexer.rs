//! SQL text as tokens, as coarse as splitting needs them.
//!
//! Not a parser's tokenizer, because one of those refuses what its grammar does not know (such as
//! `(row)._field`), and a file that the database takes must never be refused here. Only a quote or
//! a comment that is never closed is an error.

use std::ops::Range;

use crate::Unclosed;

/// How a back end's quotes and comments differ.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lexicon {
    /// The characters that open a quote, beside `'` and `"`.
    pub(crate) more_quotes: &'static [char],
    /// A backslash escapes the next character in `'…'` and `"…"`.
    pub(crate) backslash_escapes: bool,
    /// `E'…'` has backslash escapes, and `$tag$…$tag$` is a quote.
    pub(crate) postgres_quotes: bool,
    /// `/* … /* … */ … */` is one comment.
    pub(crate) nested_comments: bool,
    /// `#` begins a comment, `--` only before white space, and `/*! … */` is code.
    pub(crate) mysql_comments: bool,
}

/// One token and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// The bytes that it takes.
    pub span: Range<usize>,
}

/// What kinds of token there are. White space and comments are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A keyword, an unquoted identifier or a number.
    Word,
    /// Anything in quotes, and code in a MySQL comment.
    Quoted,
    /// Any other character by itself.
    Symbol(char),
}

impl Token {
    /// The token as it is written in `sql`, which it was read from.
    pub fn text<'s>(&self, sql: &'s str) -> &'s str {
        &sql[self.span.clone()]
    }

    /// Whether it is that keyword (given in upper case).
    pub fn is_word(&self, sql: &str, keyword: &str) -> bool {
        self.kind == TokenKind::Word && self.text(sql).eq_ignore_ascii_case(keyword)
    }

    /// Whether it is that character by itself.
    pub fn is_symbol(&self, symbol: char) -> bool {
        self.kind == TokenKind::Symbol(symbol)
    }
}

/// All tokens of `sql`.
///
/// # Errors
/// [`Unclosed`] with the line of a quote or comment that is never closed.
pub(crate) fn tokens(sql: &str, lexicon: &Lexicon) -> Result<Vec<Token>, Unclosed> {
    let mut lexer = Lexer { sql, lexicon, at: 0 };
    let mut tokens = Vec::new();
    while let Some(next) = lexer.rest().chars().next() {
        let start = lexer.at;
        if let Some(kind) = lexer.token(next)? {
            tokens.push(Token { kind, span: start..lexer.at });
        }
    }
    Ok(tokens)
}

/// The line of the byte at `offset`, from 1.
pub(crate) fn line_at(sql: &str, offset: usize) -> u32 {
    let breaks = sql[..offset].bytes().filter(|byte| *byte == b'\n').count();
    u32::try_from(breaks).unwrap_or(u32::MAX).saturating_add(1)
}

struct Lexer<'s> {
    sql: &'s str,
    lexicon: &'s Lexicon,
    at: usize,
}

impl<'s> Lexer<'s> {
    fn rest(&self) -> &'s str {
        &self.sql[self.at..]
    }

    /// Consumes one token that begins with `next`; `None` for white space and comments.
    fn token(&mut self, next: char) -> Result<Option<TokenKind>, Unclosed> {
        // Some editors put a byte order mark before the text; no database takes it as code.
        if next.is_whitespace() || next == '\u{feff}' {
            self.at += next.len_utf8();
            return Ok(None);
        }
        if self.at_line_comment() {
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
            return Ok(None);
        }
        if self.rest().starts_with("/*") {
            let is_code = self.lexicon.mysql_comments
                && (self.rest().starts_with("/*!") || self.rest().starts_with("/*M!"));
            self.block_comment()?;
            return Ok(is_code.then_some(TokenKind::Quoted));
        }
        if next == '\'' || next == '"' || self.lexicon.more_quotes.contains(&next) {
            self.quote(next, self.lexicon.backslash_escapes && matches!(next, '\'' | '"'))?;
            return Ok(Some(TokenKind::Quoted));
        }
        if let Some(tag) = self.dollar_tag() {
            self.dollar_quote(tag)?;
            return Ok(Some(TokenKind::Quoted));
        }
        if is_word_char(next) {
            return self.word().map(Some);
        }
        self.at += next.len_utf8();
        Ok(Some(TokenKind::Symbol(next)))
    }

    fn at_line_comment(&self) -> bool {
        let rest = self.rest();
        if !self.lexicon.mysql_comments {
            return rest.starts_with("--");
        }
        // `5--1` is 6 in MySQL: its comment needs white space after the dashes.
        let after_dashes = rest.strip_prefix("--").map(|after| after.chars().next());
        rest.starts_with('#')
            || after_dashes
                .is_some_and(|next| next.is_none_or(|c| c.is_whitespace() || c.is_control()))
    }

    fn block_comment(&mut self) -> Result<(), Unclosed> {
        let start = self.at;
        let mut depth = 0;
        loop {
            let rest = self.rest();
            if rest.starts_with("/*") && (depth == 0 || self.lexicon.nested_comments) {
                self.at += 2;
                depth += 1;
            } else if rest.starts_with("*/") {
                self.at += 2;
                depth -= 1;
                if depth == 0 {
                    return Ok(());
                }
            } else {
                let next = rest.chars().next().ok_or_else(|| self.unclosed("comment", start))?;
                self.at += next.len_utf8();
            }
        }
    }

    fn quote(&mut self, open: char, backslash_escapes: bool) -> Result<(), Unclosed> {
        let start = self.at;
        let close = if open == '[' { ']' } else { open };
        self.at += open.len_utf8();
        loop {
            let next = self.rest().chars().next().ok_or_else(|| self.unclosed("quote", start))?;
            self.at += next.len_utf8();
            if next == '\\' && backslash_escapes {
                self.at += self.rest().chars().next().map_or(0, char::len_utf8);
            } else if next == close {
                // A doubled quote stands for itself; `[…]` has no such escape.
                let doubled = close != ']' && self.rest().starts_with(close);
                if !doubled {
                    return Ok(());
                }
                self.at += close.len_utf8();
            }
        }
    }

    /// The tag `$…$` that opens a dollar quote here, if one does.
    fn dollar_tag(&self) -> Option<&'s str> {
        let rest = self.rest();
        if !self.lexicon.postgres_quotes || !rest.starts_with('$') {
            return None;
        }
        let name = &rest[1..1 + rest[1..].find('$')?];
        let is_name = name.chars().all(|c| is_word_char(c) && c != '$')
            && !name.starts_with(|c: char| c.is_ascii_digit());
        is_name.then(|| &rest[..name.len() + 2])
    }

    fn dollar_quote(&mut self, tag: &str) -> Result<(), Unclosed> {
        let body = self.at + tag.len();
        let length = self.sql[body..].find(tag).ok_or_else(|| self.unclosed("quote", self.at))?;
        self.at = body + length + tag.len();
        Ok(())
    }

    fn word(&mut self) -> Result<TokenKind, Unclosed> {
        let rest = self.rest();
        let word = &rest[..rest.find(|c| !is_word_char(c)).unwrap_or(rest.len())];
        self.at += word.len();
        if self.lexicon.postgres_quotes
            && word.eq_ignore_ascii_case("e")
            && self.rest().starts_with('\'')
        {
            self.quote('\'', true)?;
            return Ok(TokenKind::Quoted);
        }
        Ok(TokenKind::Word)
    }

    fn unclosed(&self, what: &str, start: usize) -> Unclosed {
        let line = line_at(self.sql, start);
        Unclosed { line, message: format!("this {what} is never closed") }
    }
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}
