//! The parts of a table that SQLite only keeps as the text of its `CREATE TABLE`.

use std::collections::BTreeMap;

use sql_dialect::sqlite;
use sql_text::{Cursor, Syntax, Token, list_items, text_of, tokens};

use crate::error::DbError;

/// The parts of a table that no pragma reports.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Definition {
    /// The checks by name. A column's check without a name has the column's name.
    pub(super) checks: BTreeMap<String, String>,
    /// The column that is `AUTOINCREMENT`.
    pub(super) auto_increment: Option<String>,
    /// Column → its `COLLATE …` and `AS (…)`.
    pub(super) extras: BTreeMap<String, String>,
    /// What follows the columns: `STRICT`, `WITHOUT ROWID`.
    pub(super) options: String,
}

/// Reads a table's text in `sqlite_schema`.
///
/// # Errors
/// Only for a text that SQLite did not write: one with a quote that is never closed.
pub(super) fn read(create_table: &str) -> Result<Definition, DbError> {
    let tokens = tokens(create_table, Syntax::Sqlite)?;
    let mut definition = Definition::default();
    let mut rest = Cursor::new(&tokens);
    if let Some(body) = body(&mut rest) {
        for item in list_items(body) {
            definition.read_item(create_table, item);
        }
        definition.options = text_of(create_table, rest.rest()).to_owned();
    }
    Ok(definition)
}

/// The condition of a partial index, from its text in `sqlite_schema`.
///
/// # Errors
/// As [`read`].
pub(super) fn index_condition(create_index: &str) -> Result<Option<String>, DbError> {
    let tokens = tokens(create_index, Syntax::Sqlite)?;
    let mut rest = Cursor::new(&tokens);
    let has_condition = body(&mut rest).is_some() && rest.skip_word("WHERE");
    Ok(has_condition.then(|| sqlite::compared(text_of(create_index, rest.rest()))))
}

/// What is in the first parenthesis: the columns, since a parenthesis in a name before it is in
/// quotes.
fn body<'t, 's>(rest: &mut Cursor<'t, 's>) -> Option<&'t [Token<'s>]> {
    while rest.peek().is_some() && !rest.is_symbol('(') {
        rest.next();
    }
    rest.group()
}

impl Definition {
    /// Reads one column or table constraint.
    fn read_item(&mut self, sql: &str, item: &[Token<'_>]) {
        let mut rest = Cursor::new(item);
        let is_constraint = rest.peek().is_some_and(|first| first.is_any_word(&TABLE_CONSTRAINTS));
        let column = if is_constraint { None } else { rest.next().map(unquoted) };
        let mut constraint: Option<String> = None;
        while let Some(token) = rest.next() {
            if token.is_word("CONSTRAINT") {
                constraint = rest.next().map(unquoted);
            } else if token.is_word("CHECK") {
                let name = constraint.take().or_else(|| column.clone());
                let name = name.unwrap_or_else(|| format!("check {}", self.checks.len() + 1));
                let check = group(sql, &mut rest);
                let check = match &column {
                    Some(column) => sqlite::compared_check(column, &check),
                    None => sqlite::compared(&check),
                };
                self.checks.insert(name, check);
            } else if let Some(column) = &column {
                if token.is_word("AUTOINCREMENT") {
                    self.auto_increment = Some(column.clone());
                } else if token.is_word("COLLATE") {
                    let collation = rest.next().map(unquoted).unwrap_or_default();
                    self.add_extra(column, &format!("COLLATE {collation}"));
                } else if token.is_word("AS") {
                    let expression = group(sql, &mut rest);
                    self.add_extra(column, &format!("AS ({expression})"));
                }
            }
            // A parenthesis belongs to the word before it.
            rest.group();
        }
    }

    fn add_extra(&mut self, column: &str, text: &str) {
        let extra = self.extras.entry(column.to_owned()).or_default();
        extra.push(' ');
        extra.push_str(text);
    }
}

/// The words that begin a table constraint. A column with such a name is in quotes.
const TABLE_CONSTRAINTS: [&str; 5] = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];

/// The text inside the next parenthesis.
fn group(sql: &str, rest: &mut Cursor<'_, '_>) -> String {
    text_of(sql, rest.group().unwrap_or_default()).to_owned()
}

fn unquoted(name: &Token<'_>) -> String {
    name.unquoted().into_owned()
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
