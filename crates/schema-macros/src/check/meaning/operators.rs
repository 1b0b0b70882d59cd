//! Operators, literals and names.

use schema_model::SqlType;
use sql_text::{Token, TokenKind};

use super::{Meaning, Purpose};
use crate::declared::Column;
use crate::names::sql_name;

/// Operators of symbols that are the same on every back end.
const OPERATORS: [&str; 12] = ["=", "<", ">", "<=", ">=", "<>", "!=", "+", "-", "*", "/", "%"];

/// Words that a back end takes for the time or the user, where others have a column or nothing.
const SESSION: [&str; 7] = [
    "CURRENT_DATE",
    "CURRENT_TIME",
    "CURRENT_USER",
    "LOCALTIME",
    "LOCALTIMESTAMP",
    "SESSION_USER",
    "USER",
];

impl Meaning<'_> {
    /// The problem with the token at that place, by itself or as an operator.
    pub(super) fn operator(&self, at: usize) -> Option<String> {
        let token = self.token(at)?;
        let begins_value = match token.kind {
            TokenKind::Symbol(_) => return self.symbols(at),
            TokenKind::Word | TokenKind::QuotedName => self.is_name(at),
            TokenKind::Number | TokenKind::Text | TokenKind::Variable => true,
        };
        if begins_value
            && !self.is_query()
            && at.checked_sub(1).is_some_and(|at| self.ends_value(at))
        {
            let (text, otherwise) = (token.text, self.otherwise());
            return Some(format!(
                "`{text}` follows a value, but not every back end has such an operator; expected one, or \
                 {otherwise}"
            ));
        }
        match token.kind {
            TokenKind::Number if token.text.parse::<f64>().is_err() => {
                Some(self.unknown(token.text, "number"))
            }
            TokenKind::Text if !token.text.starts_with('\'') => {
                Some(self.unknown(token.text, "text"))
            }
            TokenKind::QuotedName if !token.text.starts_with('"') => {
                Some(self.unknown(token.text, "name"))
            }
            TokenKind::Variable => Some(self.unknown(token.text, "value")),
            TokenKind::Word if token.is_word("LIKE") => self.pattern(at),
            TokenKind::Word if token.is_word("IS") => self.is(at),
            TokenKind::Word | TokenKind::QuotedName => self.name(at, token),
            TokenKind::Number | TokenKind::Text | TokenKind::Symbol(_) => None,
        }
    }

    fn name(&self, at: usize, token: &Token<'_>) -> Option<String> {
        let has_point = self.column(token).and_then(Column::sql_type).and_then(SqlType::digits);
        if has_point.is_some() && self.tokens.len() > 1 && !self.is_word(at + 1, "IS") {
            return Some(format!(
                "SQLite has `{}` without its point; expected a test for NULL, or an expression for \
                 it, such as `sqlite = \"…\"`",
                token.unquoted()
            ));
        }
        if !self.is_name(at) || self.is_call(at) || self.column(token).is_some() {
            return None;
        }
        let name = token.unquoted();
        match self.purpose {
            Purpose::Backfill if token.is_any_word(&SESSION) => Some(self.unknown(&name, "value")),
            Purpose::Backfill => None,
            Purpose::Check | Purpose::Index => {
                let table = sql_name(&self.table.name);
                let (name, hint) = match token.kind {
                    // SQLite would silently take it for a text.
                    TokenKind::QuotedName => {
                        (format!("\"{name}\""), "; a text needs single quotes")
                    }
                    _ => (name.into_owned(), ""),
                };
                Some(format!("`{name}` is not a column of `{table}`{hint}"))
            }
        }
    }

    fn symbols(&self, at: usize) -> Option<String> {
        let is_operator = |token: &&Token<'_>| match token.kind {
            TokenKind::Symbol(symbol) => !"(),.;".contains(symbol),
            _ => false,
        };
        let touches = |before: &Token<'_>| before.touches(&self.tokens[at]);
        let is_part = self.before(at).filter(is_operator).is_some_and(touches);
        if is_part || !is_operator(&self.token(at)?) {
            return None;
        }
        let mut run = String::new();
        let mut end = at;
        while let Some(token) = self.token(end).filter(is_operator)
            && (end == at || self.tokens[end - 1].touches(token))
        {
            run.push_str(token.text);
            end += 1;
        }
        // `a=-1` has a sign after the operator.
        let operator = match run.strip_suffix(['-', '+']) {
            Some(before) if !before.is_empty() => before,
            Some(_) | None => &*run,
        };
        match operator {
            "||" => {
                Some("`||` means OR on MySQL and MariaDB; expected concat(…), or OR".to_owned())
            }
            "/" => self.division(at, end),
            "%" if self.is_fraction_beside(at, end, &['.', 'e', 'E']) => {
                Some(self.unknown("%", "operator for fractions"))
            }
            operator if OPERATORS.contains(&operator) => None,
            operator => Some(self.unknown(operator, "operator")),
        }
    }

    fn division(&self, at: usize, right: usize) -> Option<String> {
        // A number with a point is a decimal on MySQL and MariaDB, which has four more digits.
        (!self.is_fraction_beside(at, right, &['e', 'E'])).then(|| {
            format!(
                "`/` between integers is a whole number on SQLite and PostgreSQL, and one with four \
                 decimals on MySQL and MariaDB; expected a fraction on one side, such as `/ 2e0`, \
                 or {}",
                self.otherwise()
            )
        })
    }

    /// Whether a fraction comes before or after an operator: a column of them, or a number with one
    /// of these characters.
    fn is_fraction_beside(&self, operator: usize, right: usize, signs: &[char]) -> bool {
        let is_fraction = |token: &Token<'_>| match token.kind {
            TokenKind::Number => token.text.contains(signs),
            _ => self.column(token).and_then(Column::sql_type).is_some_and(SqlType::is_fraction),
        };
        [self.before(operator), self.token(right)].into_iter().flatten().any(is_fraction)
    }

    /// `LIKE` is written as `GLOB` on SQLite, where it would ignore case. That needs the pattern.
    fn pattern(&self, at: usize) -> Option<String> {
        let problem = match self.token(at + 1).filter(|next| next.kind == TokenKind::Text) {
            Some(text) if text.text.contains('\\') => {
                "a backslash in a pattern is an escape on PostgreSQL, MySQL and MariaDB"
            }
            Some(_) if self.is_word(at + 2, "ESCAPE") => {
                "`ESCAPE` can't be written for every back end"
            }
            Some(_) => return None,
            None => "`LIKE` ignores the case of letters on SQLite unless its pattern is a text",
        };
        let otherwise = self.otherwise();
        Some(format!("{problem}; expected a pattern such as 'a%' without escapes, or {otherwise}"))
    }

    fn is(&self, at: usize) -> Option<String> {
        let value = at + if self.is_word(at + 1, "NOT") { 2 } else { 1 };
        let is_known =
            self.token(value).is_some_and(|next| next.is_any_word(&["NULL", "TRUE", "FALSE"]));
        (!is_known).then(|| {
            format!(
                "`IS` compares only with NULL, TRUE and FALSE on every back end; expected one of \
                 these, or {}",
                self.otherwise()
            )
        })
    }

    fn unknown(&self, text: &str, what: &str) -> String {
        let otherwise = self.otherwise();
        format!(
            "`{text}` is not the same {what} on every back end; expected another one, or {otherwise}"
        )
    }
}
