//! Clauses that are the same on every back end, but for the quotes.

use schema_core::model::{Check, ForeignKey, Index, OnDelete, Table, Text};

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

/// `CREATE INDEX "name" ON "table" ("a", "b")`.
pub(super) fn create_index(dialect: &dyn Dialect, table: &str, index: &Index) -> String {
    format!(
        "CREATE {}INDEX {} ON {} ({})",
        if index.unique { "UNIQUE " } else { "" },
        dialect.quote(&index.name),
        dialect.quote(table),
        names(dialect, &index.columns)
    )
}

/// `CONSTRAINT "name" CHECK (…)`.
pub(super) fn check(dialect: &dyn Dialect, check: &Check) -> String {
    format!("CONSTRAINT {} CHECK ({})", dialect.quote(&check.name), check.expression)
}

/// `CONSTRAINT "name" FOREIGN KEY ("a") REFERENCES "table" ("b") ON DELETE …`.
pub(super) fn foreign_key(dialect: &dyn Dialect, key: &ForeignKey) -> String {
    let on_delete = match key.on_delete {
        // The default; a back end prints it or not as it likes, so it is not written.
        OnDelete::NoAction => String::new(),
        OnDelete::Cascade | OnDelete::SetNull => {
            format!(" ON DELETE {}", on_delete_action(key.on_delete))
        }
    };
    format!(
        "CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({}){on_delete}",
        dialect.quote(&key.name),
        dialect.quote(&key.column),
        dialect.quote(&key.foreign_table),
        dialect.quote(&key.foreign_column)
    )
}

/// The action in upper case.
pub(super) fn on_delete_action(on_delete: OnDelete) -> &'static str {
    match on_delete {
        OnDelete::NoAction => "NO ACTION",
        OnDelete::Cascade => "CASCADE",
        OnDelete::SetNull => "SET NULL",
    }
}
