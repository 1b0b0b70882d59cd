//! SQLite: spelling, above all of expressions.

use schema_model::{Column, Instead, Text};
use sql_text::{Cursor, Expression, Syntax, Token, TokenKind};

use super::names::Sqlite;
use super::types;
use crate::spelling::Spelling;

impl Spelling for Sqlite {
    fn quote(&self, identifier: &str) -> String {
        format!("\"{}\"", identifier.replace('"', "\"\""))
    }

    fn common(&self, declared: &str, _columns: &[Column]) -> String {
        expression(declared)
    }

    fn instead<'i>(&self, instead: &'i Instead) -> Option<&'i Text> {
        instead.sqlite.as_ref()
    }
}

/// `LIKE` ignores the case of ASCII letters here, and `GLOB` does not. `char_length` is `length`.
fn expression(declared: &str) -> String {
    with_operators(&with_time(declared), "LIKE", "GLOB", glob)
}

/// `CURRENT_TIMESTAMP` has no fraction of a second here, and a default has one.
fn with_time(declared: &str) -> String {
    let Ok(expression) = Expression::read(declared, Syntax::Portable) else {
        return declared.to_owned();
    };
    expression.replaced(|token| {
        let is_it = token.is_word("CURRENT_TIMESTAMP");
        is_it.then(|| format!("({})", types::current_timestamp()))
    })
}

/// An expression as catalogues are compared: with `LIKE`, as it is declared, and as tables have it
/// that were created before `GLOB` was written.
pub fn compared(expression: &str) -> String {
    with_operators(expression, "GLOB", "LIKE", like)
}

/// Replaces an operator before a text, and the pattern after it.
fn with_operators(text: &str, from: &str, to: &str, pattern: fn(&str) -> String) -> String {
    let Ok(expression) = Expression::read(text, Syntax::Portable) else { return text.to_owned() };
    let mut rest = Cursor::new(expression.tokens());
    let mut patterns = Vec::new();
    while let Some(token) = rest.next() {
        if let Some(next) = rest.peek().filter(|next| next.kind == TokenKind::Text)
            && token.is_word(from)
        {
            patterns.push((token.start, next.start));
        }
    }
    expression.replaced(|token: &Token<'_>| {
        if patterns.iter().any(|(operator, _)| *operator == token.start) {
            return Some(to.to_owned());
        }
        if patterns.iter().any(|(_, text)| *text == token.start) {
            return Some(pattern(token.text));
        }
        token.is_word("CHAR_LENGTH").then(|| "length".to_owned())
    })
}

/// A pattern of `LIKE` as one of `GLOB`.
fn glob(pattern: &str) -> String {
    let glob = |character| match character {
        '%' => "*".to_owned(),
        '_' => "?".to_owned(),
        '*' | '?' | '[' => format!("[{character}]"),
        other => other.to_string(),
    };
    pattern.chars().map(glob).collect()
}

/// A pattern that [`glob`] made as one of `LIKE`.
fn like(pattern: &str) -> String {
    let mut like = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '*' => like.push('%'),
            '?' => like.push('_'),
            '[' => {
                like.extend(characters.next());
                characters.next();
            }
            other => like.push(other),
        }
    }
    like
}

#[cfg(test)]
mod tests {
    use super::{compared, expression};

    #[test]
    fn patterns_are_compared_with_case() {
        let rows = [
            ("c LIKE 'abc%'", "c GLOB 'abc*'"),
            ("c NOT LIKE '_[*%' OR d = 'LIKE'", "c NOT GLOB '?[[][*]*' OR d = 'LIKE'"),
            ("char_length(c) > 1", "length(c) > 1"),
            ("CURRENT_TIMESTAMP", "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')"),
            ("c LIKE d", "c LIKE d"),
        ];
        for (declared, expected) in rows {
            assert_eq!(expression(declared), expected);
        }
        for (declared, written) in &rows[..2] {
            assert_eq!(compared(written), *declared);
            assert_eq!(compared(declared), *declared);
        }
    }
}
