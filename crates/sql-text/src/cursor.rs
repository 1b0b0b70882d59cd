//! Reads tokens one after another.

use std::borrow::Cow;

use crate::token::Token;

/// A position among tokens. The tokens after it have not been read yet.
#[derive(Debug, Clone)]
pub struct Cursor<'t, 's> {
    rest: &'t [Token<'s>],
}

impl<'t, 's> Cursor<'t, 's> {
    /// Before the first of these.
    pub const fn new(tokens: &'t [Token<'s>]) -> Self {
        Self { rest: tokens }
    }

    /// The tokens that have not been read yet.
    pub const fn rest(&self) -> &'t [Token<'s>] {
        self.rest
    }

    /// The next token, which stays the next one.
    pub const fn peek(&self) -> Option<&'t Token<'s>> {
        self.rest.first()
    }

    /// Whether the next token is that keyword (given in upper case).
    pub fn is_word(&self, keyword: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(keyword))
    }

    /// Whether the next token is that character.
    pub fn is_symbol(&self, symbol: char) -> bool {
        self.peek().is_some_and(|token| token.is_symbol(symbol))
    }

    /// Skips that keyword, if it is next.
    pub fn skip_word(&mut self, keyword: &str) -> bool {
        self.skip_words(&[keyword])
    }

    /// Skips these keywords, if all of them are next, in this order.
    pub fn skip_words(&mut self, keywords: &[&str]) -> bool {
        let are_next = self.rest.len() >= keywords.len()
            && self.rest.iter().zip(keywords).all(|(token, keyword)| token.is_word(keyword));
        self.skip_if(are_next, keywords.len())
    }

    /// Skips one of these keywords, if one is next.
    pub fn skip_any_word(&mut self, keywords: &[&str]) -> bool {
        let is_next = self.peek().is_some_and(|token| token.is_any_word(keywords));
        self.skip_if(is_next, 1)
    }

    /// Skips that character, if it is next.
    pub fn skip_symbol(&mut self, symbol: char) -> bool {
        self.skip_if(self.is_symbol(symbol), 1)
    }

    /// Takes a name, if one can be next.
    pub fn name(&mut self) -> Option<Cow<'s, str>> {
        let name = self.peek()?.name()?;
        self.skip_if(true, 1);
        Some(name)
    }

    /// Takes the tokens in the parentheses that are next, without the parentheses themselves.
    /// `None` if no parenthesis is next.
    pub fn group(&mut self) -> Option<&'t [Token<'s>]> {
        if !self.is_symbol('(') {
            return None;
        }
        let mut depth = Depth::default();
        let length = self.rest.iter().position(|token| depth.after(token) == 0);
        let (group, rest) = self.rest.split_at(length.unwrap_or(self.rest.len()));
        self.rest = rest.get(1..).unwrap_or_default();
        group.get(1..)
    }

    fn skip_if(&mut self, condition: bool, count: usize) -> bool {
        if condition {
            self.rest = &self.rest[count..];
        }
        condition
    }
}

impl<'t, 's> Iterator for Cursor<'t, 's> {
    type Item = &'t Token<'s>;

    fn next(&mut self) -> Option<Self::Item> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }
}

/// The parts of a list between its commas, not counting those in parentheses.
pub fn list_items<'t, 's>(tokens: &'t [Token<'s>]) -> impl Iterator<Item = &'t [Token<'s>]> {
    let mut depth = Depth::default();
    tokens.split(move |token| depth.after(token) == 0 && token.is_symbol(','))
}

/// The tokens outside of all parentheses, without the parentheses themselves.
pub fn outermost<'t, 's>(tokens: &'t [Token<'s>]) -> impl Iterator<Item = &'t Token<'s>> {
    let mut depth = Depth::default();
    tokens.iter().filter(move |token| depth.after(token) == 0 && !token.is_symbol(')'))
}

/// The part of `text` from the first token to the last. The tokens must have been read from it.
pub fn text_of<'s>(text: &'s str, tokens: &[Token<'_>]) -> &'s str {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => &text[first.start..last.end()],
        (_, None) | (None, _) => "",
    }
}

/// How many parentheses are open.
#[derive(Debug, Default)]
struct Depth(usize);

impl Depth {
    fn after(&mut self, token: &Token<'_>) -> usize {
        if token.is_symbol('(') {
            self.0 += 1;
        } else if token.is_symbol(')') {
            self.0 = self.0.saturating_sub(1);
        }
        self.0
    }
}
