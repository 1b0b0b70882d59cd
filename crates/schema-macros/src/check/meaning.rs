//! Checks that an expression means the same on every back end. What a dialect can write so that it
//! does (`LIKE` with a text, a backslash, the length of a text) is allowed.

use schema_model::SqlType;
use sql_text::{Expression, Token, TokenKind, list_items};
use syn::LitStr;

use crate::declared::{Column, Table};
use crate::errors::Errors;
use crate::names::sql_name;

pub(super) fn check(
    table: &Table,
    literal: &LitStr,
    expression: &Expression<'_>,
    errors: &mut Errors,
) {
    let tokens = expression.tokens();
    let mut messages: Vec<String> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        let after = &tokens[at + 1..];
        let found = if token.is_word("LIKE") {
            pattern(after)
        } else if token.is_symbol('/') {
            division(table, before, after.first())
        } else if after.first().is_some_and(|next| next.is_symbol('(')) {
            call(table, token, after)
        } else {
            operator(token)
        };
        messages.extend(found);
    }
    messages.dedup();
    for message in messages {
        errors.add(literal.span(), message);
    }
}

/// `LIKE` is written as `GLOB` on SQLite, where it would ignore case. That needs the pattern.
fn pattern(after: &[Token<'_>]) -> Option<String> {
    let problem = match after {
        [text, rest @ ..] if text.kind == TokenKind::Text => {
            if text.text.contains('\\') {
                "a backslash in a pattern is an escape on PostgreSQL, MySQL and MariaDB"
            } else if rest.first().is_some_and(|next| next.is_word("ESCAPE")) {
                "`ESCAPE` can't be written for every back end"
            } else {
                return None;
            }
        }
        _ => "`LIKE` ignores the case of letters on SQLite unless its pattern is a text",
    };
    Some(format!("{problem}; expected a pattern such as 'a%' without escapes"))
}

fn division(table: &Table, left: Option<&Token<'_>>, right: Option<&Token<'_>>) -> Option<String> {
    let is_fraction = |token: Option<&Token<'_>>| {
        token.is_some_and(|token| match token.kind {
            TokenKind::Number => token.text.contains('.'),
            _ => column(table, token)
                .is_some_and(|column| column.sql_type() == Some(SqlType::Double)),
        })
    };
    let is_portable = is_fraction(left) || is_fraction(right);
    (!is_portable).then(|| {
        "`/` between integers is a whole number on SQLite and PostgreSQL, and a fraction on MySQL \
         and MariaDB; expected a fraction on one side, such as `/ 2.0`"
            .to_owned()
    })
}

/// Operators that are no words of every back end.
fn operator(token: &Token<'_>) -> Option<String> {
    const ONLY_SOME: [&str; 6] = ["GLOB", "REGEXP", "RLIKE", "ILIKE", "SIMILAR", "DIV"];
    let name = ONLY_SOME.iter().find(|name| token.is_word(name))?;
    Some(format!("`{name}` is not known to every back end; expected another comparison"))
}

fn call(table: &Table, function: &Token<'_>, after: &[Token<'_>]) -> Option<String> {
    if function.is_word("CONCAT") {
        let mut rest = sql_text::Cursor::new(after);
        let arguments = rest.group()?;
        let nullable = list_items(arguments).find_map(|argument| match argument {
            [name] => column(table, name).filter(|column| column.is_nullable()),
            _ => None,
        });
        return nullable.map(|column| {
            let name = sql_name(&column.name);
            format!(
                "`concat` with a NULL is NULL on MySQL and MariaDB, and leaves it out elsewhere; \
                 expected coalesce({name}, '') instead of {name}"
            )
        });
    }
    let (name, portable) = ONLY_SOME.iter().find(|(name, _)| function.is_word(name))?;
    Some(format!(
        "`{}` is not a function of every back end; expected {portable}",
        name.to_lowercase()
    ))
}

/// Functions that a back end lacks, or that do something else there, and what to write instead.
const ONLY_SOME: [(&str, &str); 22] = [
    ("ASCII", "a comparison of texts"),
    ("CEILING", "a CASE"),
    ("CHAR", "the character itself"),
    ("CHR", "the character itself"),
    ("GREATEST", "a CASE"),
    ("HEX", "the bytes themselves"),
    ("IF", "a CASE"),
    ("IFNULL", "coalesce(…)"),
    ("IIF", "a CASE"),
    ("INSTR", "LIKE"),
    ("ISNULL", "IS NULL"),
    ("LEAST", "a CASE"),
    ("LEFT", "substr(…)"),
    ("LPAD", "concat(…)"),
    ("MAX", "a CASE"),
    ("MIN", "a CASE"),
    ("NOW", "CURRENT_TIMESTAMP"),
    ("OCTET_LENGTH", "length(…)"),
    ("POSITION", "LIKE"),
    ("RIGHT", "substr(…)"),
    ("STRFTIME", "CURRENT_TIMESTAMP"),
    ("STRPOS", "LIKE"),
];

fn column<'t>(table: &'t Table, token: &Token<'_>) -> Option<&'t Column> {
    let name = token.name()?;
    table.columns.iter().find(|column| sql_name(&column.name).eq_ignore_ascii_case(&name))
}
