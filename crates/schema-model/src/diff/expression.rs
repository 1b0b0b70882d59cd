//! What a comparison asks of an SQL expression. `sql_text` reads it.

use sql_text::{Expression, Syntax};

use crate::row_expression::RowExpression;

/// Whether the expression mentions that column, on any back end. One that can't be read may mention
/// any column.
pub(super) fn mentions(expression: &RowExpression, column: &str) -> bool {
    let read = |text| Expression::read(text, Syntax::Portable);
    expression.all().any(|text| read(text).map_or(true, |read| read.mentions(column)))
}

/// The expression with each `(old, new)` name replaced. One that can't be read stays as it is.
pub(super) fn with_renamed(expression: &RowExpression, renames: &[(&str, &str)]) -> RowExpression {
    expression.map(|text| {
        let read = Expression::read(text, Syntax::Portable);
        read.map_or_else(|_| text.to_owned(), |read| read.with_renamed(renames))
    })
}

/// The expression for people: on one line, and without its comments.
pub(super) fn on_one_line(expression: &RowExpression) -> String {
    expression.map(|text| sql_text::on_one_line(text, Syntax::Portable)).to_string()
}

#[cfg(test)]
mod tests {
    use super::{mentions, on_one_line, with_renamed};

    #[test]
    fn only_a_whole_name_outside_of_texts_is_a_column() {
        let rows = [
            ("cents > 0", "cents", true),
            ("\"cents\" > 0", "cents", true),
            ("cents_due > 0", "cents", false),
            ("abs(Cents)", "cents", true),
            ("", "cents", false),
            ("kind <> 'cents'", "cents", false),
            ("kind <> 'it''s cents' AND cents > 0", "cents", true),
            // What is part of a text, of a longer name, of a call or of SQL itself.
            ("code = x'41'", "x", false),
            ("\"a b\" > 0", "a", false),
            ("abs(b) > 0", "abs", false),
            ("CASE WHEN b > 0 THEN 1 END = 1", "end", false),
            ("\"end\" = 1", "end", true),
            ("b > 0 -- and cents", "cents", false),
            // An apostrophe in a name opens no text.
            ("\"it's\" > 0 AND cents <> 'b'", "cents", true),
            ("\"it's\" > 0 AND b <> 'cents'", "cents", false),
            // Nobody knows what this mentions.
            ("kind <> 'never closed, cents", "cents", true),
        ];
        for (expression, column, expected) in rows {
            assert_eq!(mentions(&expression.into(), column), expected, "{column} in {expression}");
        }
    }

    #[test]
    fn only_names_are_renamed() {
        let rows = [
            ("a > 0 AND \"b\" < a_b - a", "b > 0 AND \"c\" < a_b - b"),
            (
                "a <> 'a' AND 'it''s a' <> a OR a IN ('ü', '')",
                "b <> 'a' AND 'it''s a' <> b OR b IN ('ü', '')",
            ),
            ("\"it's a\" > a AND b <> 'a'", "\"it's a\" > b AND c <> 'a'"),
            ("a(a) > x'0a' AND \"a b\" > 0", "a(b) > x'0a' AND \"a b\" > 0"),
            ("a <> 'never closed", "a <> 'never closed"),
        ];
        for (expression, expected) in rows {
            let renamed = with_renamed(&expression.into(), &[("a", "b"), ("b", "c")]);
            assert_eq!(renamed, expected.into());
        }
    }

    #[test]
    fn people_read_one_line() {
        let rows = [
            ("a > 0\n    AND  b > 0", "a > 0 AND b > 0"),
            ("a > 0 -- why\n OR b = 'two  spaces'", "a > 0 OR b = 'two  spaces'"),
            ("a <> 'never\n closed", "a <> 'never closed"),
        ];
        for (expression, expected) in rows {
            assert_eq!(on_one_line(&expression.into()), expected);
        }
    }
}
