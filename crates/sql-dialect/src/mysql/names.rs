//! MySQL and MariaDB: names, and the names in expressions.

use schema_model::names::NAME_BYTES_MAX;
use sql_text::{Expression, Syntax, TokenKind};

use crate::spelling::Spelling;

/// MySQL and MariaDB. The SQL works on MySQL from 8.0.19 on (`DROP CONSTRAINT`), and on MariaDB
/// from 10.2 on. On MariaDB, renaming a column or an index needs 10.5.2, and a descending index
/// needs 10.8 (older versions make it ascending). MySQL has all three from 8.0 on.
#[derive(Debug)]
pub(crate) struct Mysql;

impl Spelling for Mysql {
    fn quote(&self, identifier: &str) -> String {
        format!("`{}`", identifier.replace('`', "``"))
    }

    fn expression(&self, declared: &str) -> String {
        expression(declared)
    }
}

/// Double quotes enclose a text here, unless the server's SQL mode says otherwise, so names get
/// backticks. An expression with a quote that is never closed stays as it is: the server refuses
/// it.
fn expression(declared: &str) -> String {
    match Expression::read(declared, Syntax::Portable) {
        Ok(expression) => expression.replaced(|token| {
            let is_quoted = token.kind == TokenKind::QuotedName && token.text.starts_with('"');
            is_quoted.then(|| Mysql.quote(&token.unquoted()))
        }),
        Err(_) => declared.to_owned(),
    }
}

/// The name of a new column until the column that it replaces is dropped.
pub(super) fn temporary(column: &str) -> String {
    let mut name = format!("__new_{column}");
    while name.len() > NAME_BYTES_MAX {
        name.pop();
    }
    name
}

#[cfg(test)]
mod tests {
    use super::expression;

    #[test]
    fn names_in_double_quotes_are_no_texts() {
        let rows = [
            (r#""order" > 0 AND "a" < b"#, "`order` > 0 AND `a` < b"),
            (r#"kind <> 'say "hi"' OR "kind" = ''"#, r#"kind <> 'say "hi"' OR `kind` = ''"#),
            (
                r#"`order` <> 'it''s "' AND /* "b" */ "c`" > 0"#,
                r#"`order` <> 'it''s "' AND /* "b" */ `c``` > 0"#,
            ),
            (r#"kind <> "never closed"#, r#"kind <> "never closed"#),
        ];
        for (declared, expected) in rows {
            assert_eq!(expression(declared), expected);
        }
    }
}
