//! Splits a text into tokens.
//!
//! This is not a parser's tokenizer. Such a tokenizer refuses what its grammar does not know (such
//! as `(row)._field`), and a file that the database accepts must never be refused here. Only a
//! quote or a comment that is never closed is an error.

use std::collections::VecDeque;
use std::ops::Range;

use crate::syntax::{Lexicon, Syntax};
use crate::token::{Token, TokenKind};
use crate::unclosed::{Open, Unclosed};

/// All tokens of `sql`, including those in MySQL's versioned comments.
///
/// # Errors
/// A quote or comment that is never closed.
pub fn tokens(sql: &str, syntax: Syntax) -> Result<Vec<Token<'_>>, Unclosed> {
    Ok(tokens_and_comments(sql, syntax)?.0)
}

/// All tokens, and the positions of the comments.
pub(crate) fn tokens_and_comments(
    sql: &str,
    syntax: Syntax,
) -> Result<(Vec<Token<'_>>, Vec<Range<usize>>), Unclosed> {
    let mut lexer = Lexer::new(sql, &syntax.grammar().lexicon);
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    Ok((tokens, lexer.comments))
}

/// The line of the byte at `offset`, from 1.
pub(crate) fn line_at(sql: &str, offset: usize) -> u32 {
    let breaks = sql[..offset].bytes().filter(|byte| *byte == b'\n').count();
    u32::try_from(breaks).unwrap_or(u32::MAX).saturating_add(1)
}

/// Reads the tokens of a text one by one.
pub(crate) struct Lexer<'s> {
    sql: &'s str,
    lexicon: &'static Lexicon,
    at: usize,
    /// Tokens before `at` that have not been returned yet: those of a versioned comment.
    ready: VecDeque<Token<'s>>,
    comments: Vec<Range<usize>>,
}

impl<'s> Lexer<'s> {
    pub(crate) fn new(sql: &'s str, lexicon: &'static Lexicon) -> Self {
        Self { sql, lexicon, at: 0, ready: VecDeque::new(), comments: Vec::new() }
    }

    /// The next token; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Token<'s>>, Unclosed> {
        if self.ready.is_empty() {
            self.read()?;
        }
        Ok(self.ready.pop_front())
    }

    /// The token that [`next`](Self::next) will return.
    pub(crate) fn peek(&mut self) -> Result<Option<&Token<'s>>, Unclosed> {
        if self.ready.is_empty() {
            self.read()?;
        }
        Ok(self.ready.front())
    }

    /// Continues at that byte, from any position.
    pub(crate) fn jump(&mut self, to: usize) {
        self.ready.clear();
        self.at = to;
    }

    fn rest(&self) -> &'s str {
        &self.sql[self.at..]
    }

    /// Reads until a token is ready, or to the end.
    fn read(&mut self) -> Result<(), Unclosed> {
        while self.ready.is_empty() && self.at < self.sql.len() {
            match self.at_versioned_comment() {
                Some(head) => self.versioned_comment(head)?,
                None => {
                    let token = self.token()?;
                    self.ready.extend(token);
                }
            }
        }
        Ok(())
    }

    /// Consumes one token. Returns `None` for white space and comments.
    fn token(&mut self) -> Result<Option<Token<'s>>, Unclosed> {
        let start = self.at;
        let Some(next) = self.rest().chars().next() else { return Ok(None) };
        // Some editors put a byte order mark before the text; no database accepts it as code.
        if next.is_whitespace() || next == '\u{feff}' {
            self.at += next.len_utf8();
            return Ok(None);
        }
        if self.at_line_comment() {
            self.at += self.rest().find(self.lexicon.line_ends).unwrap_or(self.rest().len());
            self.comments.push(start..self.at);
            return Ok(None);
        }
        if self.rest().starts_with("/*") {
            self.block_comment(self.lexicon.nested_comments)?;
            return Ok(None);
        }
        let kind = self.kind_of_token(next)?;
        let text = &self.sql[start..self.at];
        Ok(Some(Token { kind, text, start, versioned: None }))
    }

    /// Consumes one token that begins with `next`.
    fn kind_of_token(&mut self, next: char) -> Result<TokenKind, Unclosed> {
        if self.lexicon.text_quotes.contains(&next) {
            self.quote(next, self.lexicon.backslash_escapes)?;
            return Ok(TokenKind::Text);
        }
        if self.lexicon.name_quotes.contains(&next) {
            self.quote(next, false)?;
            return Ok(TokenKind::QuotedName);
        }
        if let Some(tag) = self.dollar_tag() {
            self.dollar_quote(tag)?;
            return Ok(TokenKind::Text);
        }
        if let Some(kind) = self.prefixed_quote()? {
            return Ok(kind);
        }
        if self.at_variable() {
            return self.variable();
        }
        if is_word_char(next) {
            return Ok(self.word(next));
        }
        self.at += next.len_utf8();
        Ok(TokenKind::Symbol(next))
    }

    // Comments.

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

    fn block_comment(&mut self, nested: bool) -> Result<(), Unclosed> {
        let start = self.at;
        let mut depth = 0;
        loop {
            let rest = self.rest();
            if rest.starts_with("/*") && (depth == 0 || nested) {
                self.at += 2;
                depth += 1;
            } else if rest.starts_with("*/") {
                self.at += 2;
                depth -= 1;
                if depth == 0 {
                    self.comments.push(start..self.at);
                    return Ok(());
                }
            } else {
                let next =
                    rest.chars().next().ok_or_else(|| self.unclosed(Open::Comment, start))?;
                self.at += next.len_utf8();
            }
        }
    }

    /// If a versioned comment begins here, the length of its head (`/*!40101`, `/*M!100100`).
    fn at_versioned_comment(&self) -> Option<usize> {
        if !self.lexicon.mysql_comments {
            return None;
        }
        let rest = self.rest();
        let after = rest.strip_prefix("/*!").or_else(|| rest.strip_prefix("/*M!"))?;
        let digits = after.bytes().take(6).take_while(u8::is_ascii_digit).count();
        // Fewer digits are not a version: they belong to the code.
        let version = if digits < 5 { 0 } else { digits };
        Some(rest.len() - after.len() + version)
    }

    /// Reads the tokens in a versioned comment whose head has that length. Its code may contain
    /// comments, and texts with `*/`.
    fn versioned_comment(&mut self, head: usize) -> Result<(), Unclosed> {
        let start = self.at;
        if self.rest()[..head].ends_with(NO_VERSION) {
            // Like a comment for a version that the server does not have, it may contain another.
            return self.block_comment(true);
        }
        self.at += head;
        let first = self.ready.len();
        while !self.rest().starts_with("*/") {
            if self.at == self.sql.len() {
                return Err(self.unclosed(Open::Comment, start));
            }
            let token = self.token()?;
            self.ready.extend(token);
        }
        self.at += 2;
        for token in self.ready.iter_mut().skip(first) {
            token.versioned = Some(Box::new(start..self.at));
        }
        Ok(())
    }

    // Quotes.

    fn quote(&mut self, open: char, backslash_escapes: bool) -> Result<(), Unclosed> {
        let start = self.at;
        let close = if open == '[' { ']' } else { open };
        self.at += open.len_utf8();
        loop {
            let next =
                self.rest().chars().next().ok_or_else(|| self.unclosed(Open::Quote, start))?;
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

    /// Consumes a text with a prefix, such as `x'…'`, if one begins here.
    fn prefixed_quote(&mut self) -> Result<Option<TokenKind>, Unclosed> {
        let mut first = self.rest().bytes().take(3);
        let Some(open) = first.position(|byte| matches!(byte, b'\'' | b'"')) else {
            return Ok(None);
        };
        let (prefix, quoted) = self.rest().split_at(open);
        if !self.lexicon.text_prefixes.iter().any(|known| prefix.eq_ignore_ascii_case(known)) {
            return Ok(None);
        }
        if quoted.starts_with('"') {
            // Only a name has an escape of that form; `x"…"` is a name after another.
            let is_name = self.lexicon.postgres_quotes && prefix.eq_ignore_ascii_case("u&");
            if !is_name {
                return Ok(None);
            }
            self.at += open;
            self.quote('"', false)?;
            return Ok(Some(TokenKind::QuotedName));
        }
        self.at += open;
        let has_escapes = self.lexicon.postgres_quotes && prefix.eq_ignore_ascii_case("e");
        self.quote('\'', has_escapes || self.lexicon.backslash_escapes)?;
        Ok(Some(TokenKind::Text))
    }

    /// The tag `$…$` that opens a dollar quote here, if one does.
    fn dollar_tag(&self) -> Option<&'s str> {
        let rest = self.rest();
        if !self.lexicon.postgres_quotes || !rest.starts_with('$') {
            return None;
        }
        let length = rest[1..].find(|c| !is_word_char(c) || c == '$')?;
        let name = &rest[1..=length];
        let is_name =
            rest[1 + length..].starts_with('$') && !name.starts_with(|c: char| c.is_ascii_digit());
        is_name.then(|| &rest[..length + 2])
    }

    fn dollar_quote(&mut self, tag: &str) -> Result<(), Unclosed> {
        let body = self.at + tag.len();
        let length =
            self.sql[body..].find(tag).ok_or_else(|| self.unclosed(Open::Quote, self.at))?;
        self.at = body + length + tag.len();
        Ok(())
    }

    // Words, numbers, variables.

    fn word(&mut self, first: char) -> TokenKind {
        let rest = self.rest();
        let word = &rest[..rest.find(|c| !is_word_char(c)).unwrap_or(rest.len())];
        let number = number_length(rest);
        // `2fa` is a name in MySQL. Other databases refuse it, since it is not a number either.
        let is_name = self.lexicon.mysql_names && number < word.len();
        if !first.is_ascii_digit() || is_name {
            self.at += word.len();
            return TokenKind::Word;
        }
        self.at += number.max(word.len());
        TokenKind::Number
    }

    fn at_variable(&self) -> bool {
        // Directly after a name or text it is the `@` of an account, `root@localhost`.
        let before = self.sql[..self.at].chars().next_back();
        let is_account = before.is_some_and(|c| is_word_char(c) || matches!(c, '\'' | '"' | '`'));
        let rest = self.rest();
        let name = rest.strip_prefix("@@").or_else(|| rest.strip_prefix('@'));
        let is_name = name
            .and_then(|name| name.chars().next())
            .is_some_and(|c| is_word_char(c) || matches!(c, '\'' | '"' | '`'));
        self.lexicon.mysql_names && is_name && !is_account
    }

    fn variable(&mut self) -> Result<TokenKind, Unclosed> {
        self.at += if self.rest().starts_with("@@") { 2 } else { 1 };
        match self.rest().chars().next() {
            Some(quote @ ('\'' | '"' | '`')) => self.quote(quote, false)?,
            Some(_) | None => {
                let rest = self.rest();
                // The name of a user's variable may have dots; a system variable's has a scope.
                let is_part = |c| is_word_char(c) || c == '.';
                self.at += rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            }
        }
        Ok(TokenKind::Variable)
    }

    fn unclosed(&self, what: Open, start: usize) -> Unclosed {
        Unclosed { line: line_at(self.sql, start), what }
    }
}

/// The version that `mariadb-dump` gives to code that no server may execute.
const NO_VERSION: &str = "999999";

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

/// The length of the number that `rest` begins with, including its fraction and exponent.
fn number_length(rest: &str) -> usize {
    let digits = |from: usize| rest[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut length = digits(0);
    if length == 1 && rest.starts_with('0') {
        let radix = radix_length(rest);
        if radix > 0 {
            return radix;
        }
    }
    if rest[length..].starts_with('.') && digits(length + 1) > 0 {
        length += 1 + digits(length + 1);
    }
    length + exponent_length(&rest[length..])
}

/// The length of a number such as `0x1f` or `0b1`, if `rest` begins with one.
fn radix_length(rest: &str) -> usize {
    let is_digit = match rest.as_bytes().get(1) {
        Some(b'x' | b'X') => |byte: &u8| byte.is_ascii_hexdigit(),
        Some(b'b' | b'B') => |byte: &u8| matches!(byte, b'0' | b'1'),
        Some(_) | None => return 0,
    };
    match rest[2..].bytes().take_while(is_digit).count() {
        0 => 0,
        digits => 2 + digits,
    }
}

/// The length of the exponent that `rest` begins with; 0 if there is no exponent.
fn exponent_length(rest: &str) -> usize {
    if !rest.starts_with(['e', 'E']) {
        return 0;
    }
    let sign = usize::from(rest[1..].starts_with(['+', '-']));
    match rest[1 + sign..].bytes().take_while(u8::is_ascii_digit).count() {
        0 => 0,
        digits => 1 + sign + digits,
    }
}
