//! What SQLite keeps of a table only as the text of its `CREATE TABLE`.

use std::collections::BTreeMap;

use sql_text::{Syntax, Token, TokenKind, tokens};

use crate::error::DbError;

/// What the pragmas do not tell of a table.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Definition {
    /// The checks by name; that of a column without a name has the column's.
    pub(super) checks: BTreeMap<String, String>,
    /// The column that is `AUTOINCREMENT`.
    pub(super) auto_increment: Option<String>,
    /// Column → its `COLLATE …` and `AS (…)`.
    pub(super) extras: BTreeMap<String, String>,
    /// What follows the columns: `STRICT`, `WITHOUT ROWID`.
    pub(super) options: String,
}

/// Reads what `sqlite_schema` has for a table.
///
/// # Errors
/// Only for a text that SQLite did not write: with a quote that is never closed.
pub(super) fn read(create_table: &str) -> Result<Definition, DbError> {
    let tokens = tokens(create_table, Syntax::Sqlite)?;
    let mut definition = Definition::default();
    let Some(open) = tokens.iter().position(|token| token.is_symbol('(')) else {
        return Ok(definition);
    };
    let body_length = group_length(&tokens[open..]);
    let body = &tokens[open + 1..open + body_length - 1];
    for item in items(body) {
        definition.read_item(create_table, item);
    }
    definition.options = text_of(create_table, &tokens[open + body_length..]).to_owned();
    Ok(definition)
}

/// The condition of a partial index, from what `sqlite_schema` has for it.
///
/// # Errors
/// As [`read`].
pub(super) fn index_condition(create_index: &str) -> Result<Option<String>, DbError> {
    let tokens = tokens(create_index, Syntax::Sqlite)?;
    // The columns are in the first parenthesis, since the names are in quotes or without one.
    let columns = tokens.iter().position(|token| token.is_symbol('('));
    let rest = columns.map(|open| &tokens[open + group_length(&tokens[open..])..]);
    Ok(match rest {
        Some([keyword, condition @ ..]) if keyword.is_word(create_index, "WHERE") => {
            Some(text_of(create_index, condition).to_owned())
        }
        Some(_) | None => None,
    })
}

impl Definition {
    /// Reads one column or table constraint.
    fn read_item(&mut self, sql: &str, item: &[Token]) {
        let Some(first) = item.first() else { return };
        let is_constraint = TABLE_CONSTRAINTS.iter().any(|keyword| first.is_word(sql, keyword));
        let column = (!is_constraint).then(|| unquoted(first.text(sql)));
        let mut constraint: Option<String> = None;
        let mut at = usize::from(!is_constraint);
        while let Some(token) = item.get(at) {
            let next = item.get(at + 1);
            let group = || inner_text(sql, &item[at + 1..]);
            if token.is_word(sql, "CONSTRAINT") {
                constraint = next.map(|name| unquoted(name.text(sql)));
                at += 1;
            } else if token.is_word(sql, "CHECK") {
                let name = constraint.take().or_else(|| column.clone());
                let name = name.unwrap_or_else(|| format!("check {}", self.checks.len() + 1));
                self.checks.insert(name, group());
            } else if let Some(column) = &column {
                if token.is_word(sql, "AUTOINCREMENT") {
                    self.auto_increment = Some(column.clone());
                } else if token.is_word(sql, "COLLATE") {
                    let collation = next.map(|name| unquoted(name.text(sql))).unwrap_or_default();
                    self.add_extra(column, &format!("COLLATE {collation}"));
                } else if token.is_word(sql, "AS") {
                    self.add_extra(column, &format!("AS ({})", group()));
                }
            }
            at += 1;
            if item.get(at).is_some_and(|token| token.is_symbol('(')) {
                at += group_length(&item[at..]);
            }
        }
    }

    fn add_extra(&mut self, column: &str, text: &str) {
        let extra = self.extras.entry(column.to_owned()).or_default();
        extra.push(' ');
        extra.push_str(text);
    }
}

/// The words that begin a table constraint. A column of such a name is in quotes.
const TABLE_CONSTRAINTS: [&str; 5] = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];

/// The parts of a list between its commas, not counting those in parentheses.
fn items(body: &[Token]) -> impl Iterator<Item = &[Token]> {
    let mut depth = 0_usize;
    body.split(move |token| {
        match token.kind {
            TokenKind::Symbol('(') => depth += 1,
            TokenKind::Symbol(')') => depth = depth.saturating_sub(1),
            TokenKind::Word | TokenKind::Quoted | TokenKind::Symbol(_) => {}
        }
        depth == 0 && token.is_symbol(',')
    })
}

/// How many tokens the parenthesis that `tokens` begins with has, with both its ends.
fn group_length(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    let end = tokens.iter().position(|token| {
        match token.kind {
            TokenKind::Symbol('(') => depth += 1,
            TokenKind::Symbol(')') => depth = depth.saturating_sub(1),
            TokenKind::Word | TokenKind::Quoted | TokenKind::Symbol(_) => {}
        }
        depth == 0
    });
    end.map_or(tokens.len(), |end| end + 1)
}

/// The text inside the parenthesis that `tokens` begins with.
fn inner_text<'s>(sql: &'s str, tokens: &[Token]) -> String {
    let length = group_length(tokens);
    let inner: &[Token] = tokens.get(1..length.saturating_sub(1)).unwrap_or_default();
    let text: &'s str = text_of(sql, inner);
    text.to_owned()
}

/// The text from the first token to the last.
fn text_of<'s>(sql: &'s str, tokens: &[Token]) -> &'s str {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => &sql[first.span.start..last.span.end],
        _ => "",
    }
}

fn unquoted(name: &str) -> String {
    let close = match name.chars().next() {
        Some('[') => ']',
        Some(quote @ ('"' | '`' | '\'')) => quote,
        _ => return name.to_owned(),
    };
    let inner = name[1..].strip_suffix(close).unwrap_or(&name[1..]);
    inner.replace(&format!("{close}{close}"), &close.to_string())
}

#[cfg(test)]
mod tests {
    use insta::{assert_debug_snapshot, assert_snapshot};

    #[test]
    fn conditions_of_indexes() {
        let indexes = [
            r#"CREATE INDEX "a (" ON b (c, d DESC) WHERE (c > 0) AND d <> ')' -- not e"#,
            r#"CREATE INDEX "where" ON b ("c" COLLATE NOCASE)"#,
        ];
        let conditions = indexes.map(|sql| format!("{:?}", super::index_condition(sql).unwrap()));
        assert_snapshot!(conditions.join("\n"), @r#"
        Some("(c > 0) AND d <> ')'")
        None
        "#);
    }

    #[test]
    fn everything_that_the_pragmas_leave_out() {
        let sql = r#"CREATE TABLE "t, (" (
            id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, -- a, b (
            "key" VARCHAR(9) COLLATE NOCASE CHECK (length("key") <= 9 AND "key" <> ')'),
            [sum] DECIMAL(10, 2) GENERATED ALWAYS AS (id * (2 + 1)) STORED,
            "check" TEXT DEFAULT ('CHECK (1)'),
            CONSTRAINT "it""s" CHECK (id IN (1, 2)),
            CHECK (id > 0),
            UNIQUE ("key", "check")
        ) STRICT, WITHOUT ROWID"#;
        assert_debug_snapshot!(super::read(sql).unwrap(), @r#"
        Definition {
            checks: {
                "check 3": "id > 0",
                "it\"s": "id IN (1, 2)",
                "key": "length(\"key\") <= 9 AND \"key\" <> ')'",
            },
            auto_increment: Some(
                "id",
            ),
            extras: {
                "key": " COLLATE NOCASE",
                "sum": " AS (id * (2 + 1))",
            },
            options: "STRICT, WITHOUT ROWID",
        }
        "#);
    }
}
