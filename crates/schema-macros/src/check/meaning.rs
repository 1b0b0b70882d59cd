//! Checks that an expression means the same on every back end: whatever is not known to do so is
//! refused. What a dialect can write so that it does (`LIKE` with a text, a backslash, the length
//! of a text) is allowed.

use schema_model::{SqlType, ValueKind};
use sql_text::{Expression, Token, TokenKind};
use syn::LitStr;

use crate::declared::{Column, Purpose, Table};
use crate::errors::Errors;
use crate::names::sql_name;

mod comparisons;
mod functions;
mod operators;

pub(super) fn check(
    table: &Table,
    purpose: Purpose,
    literal: &LitStr,
    expression: &Expression<'_>,
    errors: &mut Errors,
) {
    let meaning = Meaning { table, purpose, tokens: expression.tokens() };
    // What comes after the first problem may only follow from it.
    let places = || 0..meaning.tokens.len();
    let problem = places()
        .find_map(|at| meaning.call(at))
        .or_else(|| places().find_map(|at| meaning.operator(at)))
        .or_else(|| places().find_map(|at| meaning.comparison(at)));
    if let Some(problem) = problem {
        errors.add(literal.span(), problem);
    }
}

/// The words of an expression that are neither names nor functions.
const WORDS: [&str; 16] = [
    "AND", "BETWEEN", "CASE", "ELSE", "END", "EXISTS", "FALSE", "IN", "IS", "LIKE", "NOT", "NULL",
    "OR", "THEN", "TRUE", "WHEN",
];

struct Meaning<'a> {
    table: &'a Table,
    purpose: Purpose,
    tokens: &'a [Token<'a>],
}

/// What is known about the type of a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Document,
    /// A column whose type has literals.
    Literal(SqlType),
    Other,
    /// A former column, or a part of several tokens.
    Unknown,
}

impl<'a> Meaning<'a> {
    fn token(&self, at: usize) -> Option<&'a Token<'a>> {
        self.tokens.get(at)
    }

    fn before(&self, at: usize) -> Option<&'a Token<'a>> {
        self.token(at.checked_sub(1)?)
    }

    fn is_symbol(&self, at: usize, symbol: char) -> bool {
        self.token(at).is_some_and(|token| token.is_symbol(symbol))
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        self.token(at).is_some_and(|token| token.is_word(word))
    }

    /// Whether a part of it is a query of other rows.
    fn is_query(&self) -> bool {
        self.tokens.iter().any(|token| token.is_word("SELECT"))
    }

    /// Whether the token is the name of a function.
    fn is_call(&self, at: usize) -> bool {
        self.is_name(at) && self.is_symbol(at + 1, '(')
    }

    fn is_name(&self, at: usize) -> bool {
        self.token(at).is_some_and(|token| token.name().is_some() && !token.is_any_word(&WORDS))
    }

    /// Whether the token ends a value, so that an operator must follow.
    fn ends_value(&self, at: usize) -> bool {
        let Some(token) = self.token(at) else { return false };
        match token.kind {
            TokenKind::Number | TokenKind::Text | TokenKind::Variable => true,
            TokenKind::Symbol(symbol) => symbol == ')',
            TokenKind::Word | TokenKind::QuotedName => {
                self.is_name(at) || token.is_any_word(&["END", "FALSE", "NULL", "TRUE"])
            }
        }
    }

    fn column(&self, token: &Token<'_>) -> Option<&'a Column> {
        let name = token.name()?;
        let mut columns = self.table.columns.iter();
        columns.find(|column| sql_name(&column.name).eq_ignore_ascii_case(&name))
    }

    /// The type of a token that is a text, a number or a column.
    fn kind(&self, token: &Token<'_>) -> Kind {
        match token.kind {
            TokenKind::Text => Kind::Text,
            TokenKind::Word | TokenKind::QuotedName => {
                match self.column(token).and_then(Column::sql_type) {
                    Some(sql_type) if sql_type.values() == ValueKind::Text => Kind::Text,
                    Some(sql_type) if !sql_type.is_compared_alike() => Kind::Document,
                    Some(sql_type) if sql_type.literal_words().is_some() => Kind::Literal(sql_type),
                    Some(_) => Kind::Other,
                    // A type that could not be read was already reported.
                    None => Kind::Unknown,
                }
            }
            TokenKind::Number => Kind::Other,
            TokenKind::Variable | TokenKind::Symbol(_) => Kind::Unknown,
        }
    }

    /// What to say after the portable spelling.
    fn otherwise(&self) -> &'static str {
        match self.purpose {
            Purpose::Index => "an expression for each back end, such as `postgres = \"…\"`",
            Purpose::Check | Purpose::Backfill => {
                "an expression for each back end, such as `mysql = \"…\"`"
            }
        }
    }
}
