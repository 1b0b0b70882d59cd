//! A schema as the text that declares it.

use std::fmt::Write as _;

use crate::back_ends::BackEnds;
use crate::model::{Action, Column, ForeignKey, Index, Schema, Table, WithoutPartial};
use crate::names::{Kind, mistake, suffix_of};
use crate::row_expression::{RowExpression, Text};

/// The tables as the DSL declares them, without the call of the macro around them. Renames and
/// backfills are left out, because they describe a change and not a state.
///
/// ```
/// use schema_model::declaration::tables;
/// use schema_model::{Column, Schema, SqlType, Table};
///
/// let notes = Table::new("notes", ["id"]).columns([
///     Column::new("id", SqlType::BigInt).auto_increment(),
///     Column::new("type", SqlType::Varchar(20)).nullable(),
/// ]);
/// assert_eq!(tables(&Schema::new([notes])), "\
/// notes (id) {
///     #[auto_increment]
///     id -> BigInt,
///     #[max_length = 20]
///     r#type -> Nullable<Varchar>,
/// }
/// ");
/// ```
pub fn tables(schema: &Schema) -> String {
    let back_ends = schema.back_ends;
    let names: Vec<&str> = back_ends.names().collect();
    let header = format!("back_ends = [{}];\n", names.join(", "));
    let header = (back_ends != BackEnds::ALL).then_some(header);
    let tables = schema.tables.iter().map(|one| table(one, back_ends));
    header.into_iter().chain(tables).collect::<Vec<_>>().join("\n")
}

fn table(table: &Table, back_ends: BackEnds) -> String {
    let mut text = String::new();
    let mut line = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    let (single, several): (Vec<&ForeignKey>, Vec<&ForeignKey>) =
        table.foreign_keys.iter().partition(|key| key.columns.len() == 1);
    // A column has one reference at most.
    let of_column = |column: &Column| single.iter().find(|key| key.columns[0] == column.name);
    let on_column = |key: &&&ForeignKey| {
        let column = table.column(&key.columns[0]);
        column.and_then(of_column).is_some_and(|first| first.name == key.name)
    };
    table.indexes.iter().for_each(|one| line(index(table, one, back_ends)));
    let others = single.iter().filter(|key| !on_column(key)).chain(&several);
    others.for_each(|key| {
        let [columns, parents] = [&key.columns, &key.foreign_columns].map(|names| list(names));
        let parent = identifier(&key.foreign_table);
        line(format!("#[foreign_key({columns} -> {parent}{parents}{})]", arguments(table, key)));
    });
    for check in table.checks.iter() {
        let name = own_name(table, Kind::Check, &check.name);
        line(format!("#[check({name}, {})]", expression(&check.expression)));
    }
    line(format!("{} {} {{", identifier(&table.name), list(&table.primary_key)));
    for column in table.columns.iter() {
        attributes(column).into_iter().for_each(|attribute| line(format!("    {attribute}")));
        if let Some(key) = of_column(column) {
            let parent = identifier(&key.foreign_table);
            let target = format!("{parent}.{}", identifier(&key.foreign_columns[0]));
            line(format!("    #[references({target}{})]", arguments(table, key)));
        }
        let name = match column.sql_type.digits() {
            Some(_) => column.sql_type.to_string(),
            None => column.sql_type.name().to_owned(),
        };
        let sql_type = if column.nullable { format!("Nullable<{name}>") } else { name };
        line(format!("    {} -> {sql_type},", identifier(&column.name)));
    }
    line("}".to_owned());
    text
}

fn attributes(column: &Column) -> Vec<String> {
    let mut attributes = Vec::new();
    if column.auto_increment {
        attributes.push("#[auto_increment]".to_owned());
    }
    if let Some(length) = column.sql_type.length() {
        attributes.push(format!("#[max_length = {length}]"));
    }
    if let Some(default) = &column.default {
        attributes.push(format!("#[default({default})]"));
    }
    attributes
}

fn index(table: &Table, index: &Index, back_ends: BackEnds) -> String {
    let kind = if index.unique { Kind::Unique } else { Kind::Index };
    let columns = index.columns.iter().map(|column| {
        let descending = if column.descending { " desc" } else { "" };
        format!("{}{descending}", identifier(&column.name))
    });
    let mut text = columns.collect::<Vec<_>>().join(", ");
    if let Some(partial) = &index.partial {
        let elsewhere = match partial.without_partial {
            WithoutPartial::FullIndex => "full",
            WithoutPartial::NoIndex => "none",
        };
        let condition = expression(&partial.condition);
        let elsewhere =
            if back_ends.mysql { format!(", mysql = {elsewhere}") } else { String::new() };
        write!(text, ", where = {condition}{elsewhere}").unwrap_or_default();
    }
    text.push_str(&name(table, kind, &index.name, index.column_names()));
    format!("#[{}({text})]", if index.unique { "unique" } else { "index" })
}

/// What follows the target of a foreign key.
fn arguments(table: &Table, key: &ForeignKey) -> String {
    let mut text = String::new();
    for (argument, action) in [("on_delete", key.on_delete), ("on_update", key.on_update)] {
        if action != Action::NoAction {
            write!(text, ", {argument} = {}", action.name()).unwrap_or_default();
        }
    }
    text + &name(table, Kind::ForeignKey, &key.name, key.columns.iter())
}

/// `, name = …`, unless the name is the one that the columns give.
fn name<'a>(
    table: &Table,
    kind: Kind,
    name: &Text,
    columns: impl Iterator<Item = &'a Text>,
) -> String {
    if *name == kind.name(&table.name, &suffix_of(columns.map(AsRef::as_ref))) {
        return String::new();
    }
    format!(", name = {}", own_name(table, kind, name))
}

/// The name without what every generated name of that kind begins with; or all of it, quoted.
fn own_name(table: &Table, kind: Kind, name: &Text) -> String {
    let suffix = name.strip_prefix(&kind.name(&table.name, ""));
    match suffix.filter(|suffix| mistake(suffix).is_none()) {
        Some(suffix) if kind.name(&table.name, suffix) == *name => identifier(suffix),
        _ => format!("{name:?}"),
    }
}

fn expression(expression: &RowExpression) -> String {
    let mut text = format!("{:?}", expression.common);
    for (back_end, own) in expression.instead.iter() {
        write!(text, ", {back_end} = {own:?}").unwrap_or_default();
    }
    text
}

fn list(names: &[Text]) -> String {
    format!("({})", names.iter().map(|name| identifier(name)).collect::<Vec<_>>().join(", "))
}

/// Words that Rust reads as names only after `r#`.
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

fn identifier(name: &str) -> String {
    match name {
        _ if KEYWORDS.contains(&name) => format!("r#{name}"),
        _ => name.to_owned(),
    }
}
