//! Clauses that are the same on every back end, but for the quotes.

use schema_model::{Action, Check, Column, DefaultValue, ForeignKey, Index, Table, Text};

use super::Dialect;

/// `"a", "b"`.
pub(super) fn names(dialect: &dyn Dialect, names: &[Text]) -> String {
    names.iter().map(|name| dialect.quote(name)).collect::<Vec<_>>().join(", ")
}

/// A text in quotes, with the quotes inside doubled.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `CREATE TABLE "name" (…)` with one definition a line.
pub(super) fn create_table(dialect: &dyn Dialect, name: &str, definitions: &[String]) -> String {
    format!("CREATE TABLE {} (\n    {}\n)", dialect.quote(name), definitions.join(",\n    "))
}

/// `ALTER TABLE "name" …` with one action a line.
pub(super) fn alter_table(dialect: &dyn Dialect, name: &str, actions: &[String]) -> String {
    format!("ALTER TABLE {}\n    {}", dialect.quote(name), actions.join(",\n    "))
}

/// `DROP TABLE "name"`.
pub(super) fn drop_table(dialect: &dyn Dialect, name: &str) -> String {
    format!("DROP TABLE {}", dialect.quote(name))
}

/// `PRIMARY KEY ("a", "b")`.
pub(super) fn primary_key(dialect: &dyn Dialect, table: &Table) -> String {
    format!("PRIMARY KEY ({})", names(dialect, &table.primary_key))
}

/// `"a", "b" DESC`.
pub(super) fn index_columns(dialect: &dyn Dialect, index: &Index) -> String {
    let columns = index.columns.iter().map(|column| {
        let direction = if column.descending { " DESC" } else { "" };
        format!("{}{direction}", dialect.quote(&column.name))
    });
    columns.collect::<Vec<_>>().join(", ")
}

/// `CREATE INDEX "name" ON "table" ("a", "b") WHERE …`.
pub(super) fn create_index(dialect: &dyn Dialect, table: &str, index: &Index) -> String {
    let condition = index.partial.as_ref().map(|partial| dialect.expression(&partial.condition));
    let condition = condition.map(|condition| format!(" WHERE {condition}"));
    format!(
        "CREATE {}INDEX {} ON {} ({}){}",
        if index.unique { "UNIQUE " } else { "" },
        dialect.quote(&index.name),
        dialect.quote(table),
        index_columns(dialect, index),
        condition.unwrap_or_default()
    )
}

/// `CONSTRAINT "name" CHECK (…)`.
pub(super) fn check(dialect: &dyn Dialect, check: &Check) -> String {
    let (name, expression) = (dialect.quote(&check.name), dialect.expression(&check.expression));
    format!("CONSTRAINT {name} CHECK ({expression})")
}

/// `CONSTRAINT "name" FOREIGN KEY ("a") REFERENCES "table" ("b") ON DELETE …`.
pub(super) fn foreign_key(dialect: &dyn Dialect, key: &ForeignKey) -> String {
    format!(
        "CONSTRAINT {} FOREIGN KEY ({}) {}",
        dialect.quote(&key.name),
        names(dialect, &key.columns),
        references(dialect, key),
    )
}

/// `REFERENCES "table" ("b") ON DELETE …`.
pub(super) fn references(dialect: &dyn Dialect, key: &ForeignKey) -> String {
    // No action is the default; a back end prints it or not as it likes, so it is not written.
    let rule = |event: &str, action: Action| match action {
        Action::NoAction => String::new(),
        Action::Cascade | Action::SetNull => format!(" ON {event} {}", action_words(action)),
    };
    format!(
        "REFERENCES {} ({}){}{}",
        dialect.quote(&key.foreign_table),
        names(dialect, &key.foreign_columns),
        rule("DELETE", key.on_delete),
        rule("UPDATE", key.on_update),
    )
}

/// The action in upper case.
pub(super) fn action_words(action: Action) -> &'static str {
    match action {
        Action::NoAction => "NO ACTION",
        Action::Cascade => "CASCADE",
        Action::SetNull => "SET NULL",
    }
}

/// The value of the rows that have none, for a column that is to have one: its backfill, or its
/// default as the back end writes it.
pub(super) fn fill(
    dialect: &dyn Dialect,
    column: &Column,
    default: fn(&DefaultValue) -> String,
) -> Option<String> {
    let backfill = column.backfill.as_ref().map(|expression| dialect.expression(expression));
    backfill.or_else(|| column.default.as_ref().map(default))
}
