//! A schema in the syntax of the DSL.

use std::fmt::Write;

use schema_model::{Action, Column, ForeignKey, Index, Schema, Table, Text, WithoutPartial};

use super::repair::{foreign_key_name, index_name, word_of};

/// The schema as text that can be pasted into `tenant_schema!`.
pub(crate) fn describe(schema: &Schema) -> String {
    let tables: Vec<String> = schema.tables.iter().map(table).collect();
    tables.join("\n")
}

fn table(table: &Table) -> String {
    let mut lines = Vec::new();
    lines.extend(table.renamed_from.iter().map(|old| format!("#[renamed_from = {old:?}]")));
    lines.extend(table.indexes.iter().map(|one| index(&table.name, one)));
    lines.extend(table.foreign_keys.iter().map(|one| foreign_key(&table.name, one)));
    lines.extend(table.checks.iter().map(|check| {
        let name = word_of(&check.name).unwrap_or(&check.name);
        format!("#[check({}, {:?})]", ident(name), check.expression.common)
    }));
    lines.push(format!("{} ({}) {{", ident(&table.name), idents(&table.primary_key)));
    lines.extend(table.columns.iter().map(column));
    lines.push("}".to_owned());
    lines.iter().fold(String::new(), |mut text, line| {
        writeln!(text, "{line}").expect("memory");
        text
    })
}

fn column(column: &Column) -> String {
    let mut attributes = Vec::new();
    attributes.extend(column.renamed_from.iter().map(|old| format!("renamed_from = {old:?}")));
    attributes.extend(column.backfill.iter().map(|value| format!("backfill({:?})", value.common)));
    let name = match column.sql_type.digits() {
        Some(_) => column.sql_type.to_string(),
        None => column.sql_type.name().to_owned(),
    };
    attributes.extend(column.sql_type.length().map(|length| format!("max_length = {length}")));
    if column.auto_increment {
        attributes.push("auto_increment".to_owned());
    }
    attributes.extend(column.default.as_ref().map(|default| format!("default({default})")));
    let mut text = String::from("    ");
    for attribute in attributes {
        write!(text, "#[{attribute}] ").expect("memory");
    }
    let sql_type = if column.nullable { format!("Nullable<{name}>") } else { name };
    format!("{text}{} -> {sql_type},", ident(&column.name))
}

fn index(table: &str, index: &Index) -> String {
    let columns = index.columns.iter().map(|column| {
        let order = if column.descending { " desc" } else { "" };
        format!("{}{order}", ident(&column.name))
    });
    let mut words: Vec<String> = columns.collect();
    if let Some(partial) = &index.partial {
        let instead = match partial.without_partial {
            WithoutPartial::FullIndex => "full",
            WithoutPartial::NoIndex => "none",
        };
        words.push(format!("where = {:?}, mysql = {instead}", partial.condition.common));
    }
    words.extend(own_name(&index.name, &index_name(table, index, None)));
    let attribute = if index.unique { "unique" } else { "index" };
    format!("#[{attribute}({})]", words.join(", "))
}

fn foreign_key(table: &str, key: &ForeignKey) -> String {
    let mut words = vec![format!(
        "({}) -> {}({})",
        idents(&key.columns),
        ident(&key.foreign_table),
        idents(&key.foreign_columns)
    )];
    for (word, action) in [("on_delete", key.on_delete), ("on_update", key.on_update)] {
        if action != Action::NoAction {
            words.push(format!("{word} = {}", action.name()));
        }
    }
    words.extend(own_name(&key.name, &foreign_key_name(table, key, None)));
    format!("#[foreign_key({})]", words.join(", "))
}

/// The argument for a name that is not made from the columns.
fn own_name(name: &str, usual: &str) -> Option<String> {
    (name != usual).then(|| format!("name = {}", ident(word_of(name).unwrap_or(name))))
}

fn idents(names: &[Text]) -> String {
    names.iter().map(|name| ident(name)).collect::<Vec<_>>().join(", ")
}

/// Two of the names are keywords of Rust.
fn ident(name: &str) -> String {
    let raw = if ["type", "where"].contains(&name) { "r#" } else { "" };
    format!("{raw}{name}")
}
