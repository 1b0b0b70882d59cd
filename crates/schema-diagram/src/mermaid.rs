//! A schema as Mermaid text: <https://mermaid.js.org/syntax/entityRelationshipDiagram.html>.

use std::fmt::Write;

use schema_model::{Column, Schema, Table};

use crate::relation::{Marks, Relation, marks, other_unique, relations, unique_columns};

/// The schema as a Mermaid `erDiagram`: each table with its columns, their types and marks (PK, FK,
/// UK), and a line for each foreign key, labelled with its columns. The line is solid if the
/// child's primary key contains these columns, and dashed otherwise.
pub fn mermaid(schema: &Schema) -> String {
    let mut text = String::from("erDiagram\n");
    for table in schema.tables.iter() {
        push(&mut text, format_args!("    {} {{", entity(&table.name)));
        for column in table.columns.iter() {
            push(&mut text, format_args!("        {}", attribute(table, column)));
        }
        push(&mut text, format_args!("    }}"));
    }
    for relation in relations(schema) {
        push(&mut text, format_args!("    {}", line(schema, &relation)));
    }
    text
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a String can't fail.
    let _ = writeln!(text, "{line}");
}

fn attribute(table: &Table, column: &Column) -> String {
    let name = word(&column.name);
    let Marks { primary, foreign, unique } = marks(table, column);
    let keys = [(primary, "PK"), (foreign, "FK"), (unique, "UK")];
    let keys: Vec<&str> = keys.into_iter().filter(|(is, _)| *is).map(|(_, key)| key).collect();

    let mut comment = Vec::new();
    if name != column.name {
        comment.push(format!("named {}", column.name));
    }
    if column.nullable {
        comment.push("nullable".to_owned());
    }
    let unique =
        other_unique(table).filter(|index| index.column_names().any(|n| *n == column.name));
    comment.extend(unique.map(|index| format!("unique {}", unique_columns(index))));

    let mut text = format!("{} {name}", column.sql_type);
    if !keys.is_empty() {
        text = format!("{text} {}", keys.join(", "));
    }
    if !comment.is_empty() {
        text = format!("{text} {}", quoted(&comment.join("; ")));
    }
    text
}

fn line(schema: &Schema, relation: &Relation<'_>) -> String {
    let parent = if relation.optional { "|o" } else { "||" };
    let child = if relation.single { "o|" } else { "o{" };
    let stroke = if relation.identifying { "--" } else { ".." };
    format!(
        "{} {parent}{stroke}{child} {} : {}",
        entity(&schema.tables[relation.parent].name),
        entity(&schema.tables[relation.child].name),
        quoted(&relation.key.columns.join(", ")),
    )
}

/// The name in quotes, because a table may have the name of one of Mermaid's many keywords.
fn entity(name: &str) -> String {
    quoted(name)
}

/// A text in quotes. Mermaid has no escapes, so characters that it can't contain are replaced.
fn quoted(text: &str) -> String {
    let is_bad = |c: char| c.is_control() || matches!(c, '"' | '%' | '\\');
    format!("\"{}\"", text.replace(is_bad, "_"))
}

/// The name of a column, which has no quotes: ASCII letters, digits and `_`, and not the name of a
/// mark.
fn word(name: &str) -> String {
    let mut word = name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "_");
    if !word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        word.insert(0, '_');
    }
    if ["PK", "FK", "UK"].iter().any(|mark| mark.eq_ignore_ascii_case(&word)) {
        word.push('_');
    }
    word
}
