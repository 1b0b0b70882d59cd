//! Functions: only those that mean the same on every back end.

use schema_model::{FUNCTIONS, ValueKind};
use sql_text::{Cursor, Token, TokenKind, list_items};

use super::{Kind, Meaning, Purpose};
use crate::declared::Column;

/// What to write instead of a function that a back end lacks, or that does something else there.
const INSTEAD: [(&str, &str); 27] = [
    ("BTRIM", "trim(…)"),
    ("CEILING", "a CASE"),
    ("CHAR", "the character itself"),
    ("CHAR_LENGTH", "length(…)"),
    ("CHARACTER_LENGTH", "length(…)"),
    ("CHR", "the character itself"),
    ("CONCAT_WS", "concat(…)"),
    ("GREATEST", "a CASE"),
    ("IF", "a CASE"),
    ("IFNULL", "coalesce(…)"),
    ("IIF", "a CASE"),
    ("INSTR", "LIKE"),
    ("ISNULL", "IS NULL"),
    ("LEAST", "a CASE"),
    ("LEFT", "substr(…)"),
    ("LOCATE", "LIKE"),
    ("MAX", "a CASE"),
    ("MID", "substr(…)"),
    ("MIN", "a CASE"),
    ("MOD", "`%`"),
    ("NOW", "CURRENT_TIMESTAMP"),
    ("NULLIF", "a CASE"),
    ("NVL", "coalesce(…)"),
    ("POSITION", "LIKE"),
    ("STRFTIME", "CURRENT_TIMESTAMP"),
    ("STRPOS", "LIKE"),
    ("SUBSTRING", "substr(…)"),
];

impl Meaning<'_> {
    /// The problem with the call of the function at that place.
    pub(super) fn call(&self, at: usize) -> Option<String> {
        let token = self.token(at).filter(|_| self.is_call(at))?;
        let arguments = self.arguments(at);
        let known = FUNCTIONS.iter().find(|(name, _)| token.is_word(name));
        let (name, otherwise) = (token.unquoted().to_lowercase(), self.otherwise());
        let Some((_, counts)) = known else {
            let why = match token.unquoted().to_uppercase().as_str() {
                "LOWER" | "UPPER" => "changes only ASCII letters on SQLite",
                "CAST" => "needs types that have other names on other back ends",
                _ => "is not the same function on every back end",
            };
            let instead = INSTEAD.iter().find(|(other, _)| token.is_word(other));
            let instead = instead.map(|(_, portable)| format!("{portable}, or "));
            return Some(format!(
                "`{name}` {why}; expected {}{otherwise}",
                instead.unwrap_or_default()
            ));
        };
        if !counts.contains(&arguments.len()) {
            return Some(format!(
                "`{name}` has {} to {} arguments on every back end, not {}; expected these, or \
                 {otherwise}",
                counts.start(),
                counts.end(),
                arguments.len()
            ));
        }
        match name.as_str() {
            "concat" => self.concat(&arguments),
            "replace" => self.nullable(
                &arguments[1..],
                "`replace` of an empty text with a NULL is empty on MariaDB, and NULL elsewhere",
            ),
            "substr" => self.substr(&arguments[1..]),
            _ => None,
        }
    }

    fn concat(&self, arguments: &[&[Token<'_>]]) -> Option<String> {
        let otherwise = self.otherwise();
        if self.purpose == Purpose::Index {
            return Some(format!("PostgreSQL has no index over `concat`; expected {otherwise}"));
        }
        let problem =
            "`concat` with a NULL is NULL on MySQL and MariaDB, and leaves it out elsewhere";
        self.nullable(arguments, problem).or_else(|| {
            let other = arguments.iter().find(|argument| !self.is_written_alike(argument))?;
            Some(format!(
                "`{}` is not written as the same text on every back end; expected texts and integers \
                 in `concat`, or {otherwise}",
                in_words(other)
            ))
        })
    }

    /// The problem, if one of the arguments may be NULL.
    fn nullable(&self, arguments: &[&[Token<'_>]], problem: &str) -> Option<String> {
        let nullable = arguments.iter().find(|argument| !self.is_never_null(argument))?;
        let (nullable, otherwise) = (in_words(nullable), self.otherwise());
        Some(format!(
            "{problem}; expected coalesce({nullable}, '') instead of {nullable}, or {otherwise}"
        ))
    }

    /// Whether a value is never NULL, as far as its tokens say.
    fn is_never_null(&self, value: &[Token<'_>]) -> bool {
        match value {
            [token] => match token.kind {
                TokenKind::Text | TokenKind::Number => true,
                _ => self.column(token).is_some_and(|column| !column.is_nullable()),
            },
            [function, rest @ ..] => {
                let arguments: Vec<_> =
                    Cursor::new(rest).group().map(list_items).into_iter().flatten().collect();
                let is_known = FUNCTIONS.iter().any(|(name, _)| function.is_word(name));
                match function.is_word("COALESCE") {
                    true => arguments.iter().any(|argument| self.is_never_null(argument)),
                    false => {
                        is_known && arguments.iter().all(|argument| self.is_never_null(argument))
                    }
                }
            }
            [] => false,
        }
    }

    /// Whether a value becomes the same text on every back end, as far as its tokens say: a truth
    /// value or a fraction does not.
    fn is_written_alike(&self, value: &[Token<'_>]) -> bool {
        value.iter().all(|token| match token.kind {
            TokenKind::Number => token.text.parse::<i64>().is_ok(),
            TokenKind::Word | TokenKind::QuotedName => {
                self.column(token).and_then(Column::sql_type).is_none_or(|sql_type| {
                    sql_type.is_integer() || sql_type.values() == ValueKind::Text
                })
            }
            TokenKind::Text | TokenKind::Variable | TokenKind::Symbol(_) => true,
        })
    }

    /// The first character and the length must be numbers: less than 1 means something else on each
    /// back end.
    fn substr(&self, range: &[&[Token<'_>]]) -> Option<String> {
        let least = [1, 0];
        let is_number = |(part, least): (&&[Token<'_>], u32)| match part {
            [number] => number.text.parse::<u32>().is_ok_and(|number| number >= least),
            _ => false,
        };
        (!range.iter().zip(least).all(is_number)).then(|| {
            format!(
                "`substr` begins elsewhere on each back end if its first character is less than 1; \
                 expected numbers, such as substr(…, 1, 9), or {}",
                self.otherwise()
            )
        })
    }

    /// The type of what that function returns.
    pub(super) fn kind_of_call(&self, at: usize) -> Kind {
        let Some(token) = self.token(at) else { return Kind::Unknown };
        if token.is_any_word(&["ABS", "LENGTH"]) {
            return Kind::Other;
        }
        let is_text = |argument: &&[Token<'_>]| match argument {
            [token] => self.kind(token) == Kind::Text,
            _ => false,
        };
        match token.is_word("COALESCE") && !self.arguments(at).iter().any(is_text) {
            true => Kind::Other,
            false => Kind::Text,
        }
    }

    fn arguments(&self, at: usize) -> Vec<&[Token<'_>]> {
        let inner = Cursor::new(&self.tokens[at + 1..]).group().unwrap_or_default();
        if inner.is_empty() { Vec::new() } else { list_items(inner).collect() }
    }
}

fn in_words(value: &[Token<'_>]) -> String {
    value.iter().map(|token| token.text).collect::<Vec<_>>().join(" ")
}
