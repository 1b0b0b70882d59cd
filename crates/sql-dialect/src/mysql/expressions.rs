//! MySQL and MariaDB: spelling, above all of expressions.

use schema_model::{Column, Instead, SqlType, Text};
use sql_text::{Cursor, Expression, Syntax, Token, TokenKind};

use super::names::Mysql;
use super::types;
use crate::spelling::Spelling;

impl Spelling for Mysql {
    fn quote(&self, identifier: &str) -> String {
        format!("`{}`", identifier.replace('`', "``"))
    }

    fn common(&self, declared: &str, columns: &[Column]) -> String {
        expression(declared, columns)
    }

    fn instead<'i>(&self, instead: &'i Instead) -> Option<&'i Text> {
        instead.mysql.as_ref()
    }
}

/// The expression as these servers read it:
///
/// - Double quotes enclose a text here, unless the server's SQL mode says otherwise, so names get
///   backticks.
/// - A backslash in a text is an escape, so it is doubled.
/// - `CURRENT_TIMESTAMP` is in the session's time zone, and `utc_timestamp` is not.
/// - `length` counts bytes, and `char_length` characters.
/// - Comparisons ignore spaces at the end of texts, so columns of texts are compared by their
///   bytes.
///
/// An expression with a quote that is never closed stays as it is: the server refuses it.
fn expression(declared: &str, columns: &[Column]) -> String {
    let Ok(expression) = Expression::read(declared, Syntax::Portable) else {
        return declared.to_owned();
    };
    let tokens = expression.tokens();
    let mut place = 0;
    expression.replaced(|token| {
        let at = place;
        place += 1;
        let name = match token.kind {
            TokenKind::QuotedName if token.text.starts_with('"') => Mysql.quote(&token.unquoted()),
            TokenKind::QuotedName | TokenKind::Word => token.text.to_owned(),
            TokenKind::Text => return Some(token.text.replace('\\', "\\\\")),
            TokenKind::Number | TokenKind::Variable | TokenKind::Symbol(_) => return None,
        };
        if token.is_word("CURRENT_TIMESTAMP") {
            return Some(types::current_timestamp());
        }
        if token.is_word("LENGTH") && tokens.get(at + 1).is_some_and(|next| next.is_symbol('(')) {
            return Some("char_length".to_owned());
        }
        let qualifies = tokens.get(at + 1).is_some_and(|next| next.is_symbol('.'));
        let is_qualified = at.checked_sub(2).filter(|_| tokens[at - 1].is_symbol('.'));
        let (first, last) = (is_qualified.unwrap_or(at), if qualifies { at + 2 } else { at });
        let is_text = columns.iter().any(|column| {
            matches!(column.sql_type, SqlType::Text | SqlType::Varchar(_))
                && tokens.get(last).is_some_and(|token| {
                    token.name().is_some_and(|name| name.eq_ignore_ascii_case(&column.name))
                })
        });
        if !is_text || !is_compared(tokens, first, last) {
            return Some(name);
        }
        let begin = if is_qualified.is_none() { "CAST(" } else { "" };
        let end = if qualifies { "" } else { " AS BINARY)" };
        Some(format!("{begin}{name}{end}"))
    })
}

/// Whether the column from the first of these tokens to the last is itself compared, and not a part
/// of something else.
fn is_compared(tokens: &[Token<'_>], first: usize, last: usize) -> bool {
    const COMPARISONS: [char; 4] = ['=', '<', '>', '!'];
    let compares = |token: &Token<'_>| COMPARISONS.iter().any(|symbol| token.is_symbol(*symbol));
    let before = first.checked_sub(1).and_then(|before| tokens.get(before));
    let mut after = Cursor::new(&tokens[last + 1..]);
    let is_selected = before.is_some_and(|token| token.is_word("CASE")) && after.is_word("WHEN");
    after.skip_word("NOT");
    is_selected
        || before.is_some_and(&compares)
        || after
            .peek()
            .is_some_and(|token| compares(token) || token.is_any_word(&["IN", "BETWEEN"]))
}

/// An expression as catalogues are compared: as it is declared, and as tables have it that were
/// created before comparisons were by bytes, and lengths in characters.
pub fn compared(expression: &str) -> String {
    let Ok(read) = Expression::read(expression, Syntax::Mysql) else {
        return expression.to_owned();
    };
    let tokens = read.tokens();
    let is_cast = |at: usize| {
        let mut rest = Cursor::new(&tokens[at..]);
        rest.skip_word("CAST")
            && rest.group().is_some_and(|inner| {
                let mut inner = Cursor::new(inner);
                inner.name().is_some()
                    && inner.skip_word("AS")
                    && (inner.skip_words(&["CHAR", "CHARSET", "BINARY"])
                        || inner.skip_word("BINARY"))
                    && inner.peek().is_none()
            })
    };
    let mut text = String::new();
    let (mut at, mut copied) = (0, 0);
    while at < tokens.len() {
        let token = &tokens[at];
        if is_cast(at) {
            let closing = tokens[at..].iter().position(|token| token.is_symbol(')'));
            let end = at + closing.unwrap_or(tokens.len() - at - 1);
            text.push_str(&expression[copied..token.start]);
            text.push_str(tokens[at + 2].text);
            copied = tokens[end].end();
            at = end;
        } else if token.is_any_word(&["LENGTH", "OCTET_LENGTH"]) {
            text.push_str(&expression[copied..token.start]);
            text.push_str("char_length");
            copied = token.end();
        }
        at += 1;
    }
    text.push_str(&expression[copied..]);
    text
}

#[cfg(test)]
mod tests {
    use schema_model::{Column, SqlType};

    use super::{compared, expression};

    #[test]
    fn expressions_mean_the_same_as_on_the_other_back_ends() {
        let columns =
            [Column::new("kind", SqlType::Varchar(9)), Column::new("order", SqlType::Integer)];
        let rows = [
            (r#""order" > 0 AND "a" < b"#, "`order` > 0 AND `a` < b"),
            (
                r#"kind <> 'say "hi"' OR "kind" = ''"#,
                r#"CAST(kind AS BINARY) <> 'say "hi"' OR CAST(`kind` AS BINARY) = ''"#,
            ),
            (
                r#"`order` <> 'it''s "' AND /* "b" */ "c`" > 0"#,
                r#"`order` <> 'it''s "' AND /* "b" */ `c``` > 0"#,
            ),
            (r#"kind <> "never closed"#, r#"kind <> "never closed"#),
            (r"kind <> 'x\y'", r"CAST(kind AS BINARY) <> 'x\\y'"),
            ("kind NOT IN ('a', 'b')", "CAST(kind AS BINARY) NOT IN ('a', 'b')"),
            ("CASE kind WHEN 'a' THEN 1 END", "CASE CAST(kind AS BINARY) WHEN 'a' THEN 1 END"),
            ("length(kind) > 1", "char_length(kind) > 1"),
            (
                r#"a."kind" = 'a' AND '' <> a.kind AND a.order = kind"#,
                "CAST(a.`kind` AS BINARY) = 'a' AND '' <> CAST(a.kind AS BINARY) AND \
                 a.order = CAST(kind AS BINARY)",
            ),
            ("kind LIKE 'a%' AND kind IS NULL", "kind LIKE 'a%' AND kind IS NULL"),
        ];
        for (declared, expected) in rows {
            assert_eq!(expression(declared, &columns), expected);
        }
    }

    #[test]
    fn older_tables_have_the_same_expressions() {
        let rows = [
            ("cast(`kind` as char charset binary) <> 'z'", "`kind` <> 'z'"),
            ("`kind` <> 'z'", "`kind` <> 'z'"),
            ("octet_length(`kind`) > 1", "char_length(`kind`) > 1"),
            ("cast(`n` as char charset utf8mb4) = '1'", "cast(`n` as char charset utf8mb4) = '1'"),
        ];
        for (printed, expected) in rows {
            assert_eq!(compared(printed), expected);
        }
    }
}
