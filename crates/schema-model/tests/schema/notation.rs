//! Schemas in short notation for tests, one table per line: `notes: id, body?, code*, owner>users`.

use std::fmt::Write;

use schema_model::names::{Kind, suffix_of};
use schema_model::{
    Action, Check, Column, DefaultValue, ForeignKey, Index, IndexColumn, Schema, SqlType, Table,
    Text, WithoutPartial,
};

/// Reads lines of `name: column, … | clause | … ! check / old`.
///
/// A column is a name followed by any of these, in this order: `:16` or `:Bool` (a Varchar of that
/// length, or that type, instead of a BigInt), `?` (nullable), `#` (auto_increment), `=0`
/// (default), `*` (unique), `+` (indexed), `>table` or `>table.column` (foreign key), `<old`
/// (renamed from old), `@1` (backfill). The first column is the primary key.
///
/// A clause is `primary a b`, `index a b-` or `unique a b` (`-` marks a descending column, and a
/// condition such as `where x > 0` may follow), or `key a b > table x y` (`cascade` may follow). A
/// clause may begin with a name and a `:`. `! expression` adds a check, and `! name: expression`
/// adds a check of that name. A final `/ old` renames the table.
pub(crate) fn schema(text: &str) -> Schema {
    let lines = text.split(['\n', ';']).map(str::trim).filter(|line| !line.is_empty());
    Schema::new(lines.map(table))
}

fn table(line: &str) -> Table {
    let (name, rest) = line.split_once(':').expect("`name: columns`");
    let (rest, renamed_from) = cut(rest, " / ");
    let mut checks = rest.split(" ! ");
    let mut parts = checks.next().unwrap_or_default().split(" | ");
    let mut table = Table::new(owned(name), [""; 0]);
    for text in parts.next().unwrap_or_default().split(',') {
        add_column(&mut table, text.trim());
    }
    table.primary_key = vec![table.columns[0].name.clone()].into();
    parts.for_each(|clause| add_clause(&mut table, clause.trim()));
    table.checks = checks.map(|text| check(name, text)).collect();
    table.renamed_from = renamed_from.map(owned);
    table
}

fn check(table: &str, text: &str) -> Check {
    let (name, expression) = text.split_once(": ").unwrap_or(("", text));
    let name = format!("ck_{table}_{name}");
    Check::new(name.trim_end_matches('_').to_owned(), owned(expression))
}

fn add_column(table: &mut Table, text: &str) {
    let (text, backfill) = cut(text, "@");
    let (text, renamed_from) = cut(text, "<");
    let (text, target) = cut(text, ">");
    let (text, indexed) = flag(text, '+');
    let (text, unique) = flag(text, '*');
    let (text, default) = cut(text, "=");
    let (text, auto_increment) = flag(text, '#');
    let (text, nullable) = flag(text, '?');
    let (name, sql_type) = cut(text, ":");

    let owner = table.name.clone();
    for kind in [unique.then_some(Kind::Unique), indexed.then_some(Kind::Index)] {
        table.indexes.to_mut().extend(kind.map(|kind| index(&owner, kind, [name], None)));
    }
    table.foreign_keys.to_mut().extend(target.map(|target| {
        let (foreign_table, foreign_column) = target.split_once('.').unwrap_or((target, "id"));
        foreign_key(&owner, &[name], foreign_table, [foreign_column])
    }));
    table.columns.to_mut().push(Column {
        nullable,
        auto_increment,
        default: default.map(|number| DefaultValue::Int(number.parse().expect("a number"))),
        renamed_from: renamed_from.map(owned),
        backfill: backfill.map(|text| owned(text).into()),
        ..Column::new(owned(name), sql_type.map_or(SqlType::BigInt, type_of))
    });
}

fn type_of(text: &str) -> SqlType {
    let of_length = || SqlType::Varchar(text.parse().expect("a type or a length"));
    SqlType::from_name(text).unwrap_or_else(of_length)
}

fn add_clause(table: &mut Table, text: &str) {
    let (head, own_name) = text.split_once(": ").map_or((text, None), |(a, b)| (b, Some(a)));
    let (head, condition) = cut(head, " where ");
    let mut words = head.split_whitespace();
    match words.next().expect("a clause") {
        "primary" => table.primary_key = words.map(owned).collect(),
        "key" => {
            let (columns, target) = head.split_once(" > ").expect("`key a > table x`");
            let columns: Vec<&str> = columns.split_whitespace().skip(1).collect();
            let (target, on_delete) = match target.strip_suffix(" cascade") {
                Some(target) => (target, Action::Cascade),
                None => (target, Action::NoAction),
            };
            let mut target = target.split_whitespace();
            let foreign_table = target.next().expect("a table");
            let mut key =
                foreign_key(&table.name, &columns, foreign_table, target).on_delete(on_delete);
            key.name = own_name.map_or(key.name, owned);
            table.foreign_keys.to_mut().push(key);
        }
        kind => {
            let kind = if kind == "unique" { Kind::Unique } else { Kind::Index };
            let mut index = index(&table.name, kind, words, condition);
            index.name = own_name.map_or(index.name, owned);
            table.indexes.to_mut().push(index);
        }
    }
}

fn foreign_key<'a>(
    table: &str,
    columns: &[&str],
    foreign_table: &str,
    foreign_columns: impl IntoIterator<Item = &'a str>,
) -> ForeignKey {
    let name = Kind::ForeignKey.name(table, &suffix_of(columns.iter().copied()));
    let columns = columns.iter().map(|column| owned(column));
    let foreign_columns = foreign_columns.into_iter().map(owned);
    ForeignKey::new(name, columns, owned(foreign_table), foreign_columns)
}

fn index<'a>(
    table: &str,
    kind: Kind,
    columns: impl IntoIterator<Item = &'a str>,
    condition: Option<&str>,
) -> Index {
    let columns = columns.into_iter().map(|text| match text.strip_suffix('-') {
        Some(name) => IndexColumn::descending(owned(name)),
        None => owned(text).into(),
    });
    let columns: Vec<IndexColumn> = columns.collect();
    let name = kind.name(table, &suffix_of(columns.iter().map(|column| &*column.name)));
    let index = Index { unique: kind == Kind::Unique, ..Index::new(name, columns) };
    match condition {
        Some(condition) => index.partial(owned(condition), WithoutPartial::NoIndex),
        None => index,
    }
}

fn cut<'a>(text: &'a str, at: &str) -> (&'a str, Option<&'a str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn flag(text: &str, mark: char) -> (&str, bool) {
    text.strip_suffix(mark).map_or((text, false), |before| (before, true))
}

fn owned(text: &str) -> Text {
    text.trim().to_owned().into()
}

/// Everything in a schema as text, one thing per line.
pub(crate) fn describe(schema: &Schema) -> String {
    let mut text = String::new();
    for table in schema.tables.iter() {
        let mut line = |part: String| writeln!(text, "{part}").expect("memory");
        line(format!("{} ({})", table.name, table.primary_key.join(", ")));
        table.columns.iter().for_each(|column| line(format!("  {}", described_column(column))));
        table.indexes.iter().for_each(|index| line(format!("  {}", described_index(index))));
        table.foreign_keys.iter().for_each(|key| line(format!("  {}", described_key(key))));
        for check in table.checks.iter() {
            line(format!("  check {}: {}", check.name, check.expression));
        }
        if let Some(old) = &table.renamed_from {
            line(format!("  was {old}"));
        }
    }
    text
}

fn described_column(column: &Column) -> String {
    let mut text = format!("{} {:?}", column.name, column.sql_type);
    if !column.nullable {
        text += " not null";
    }
    if column.auto_increment {
        text += " auto_increment";
    }
    if let Some(default) = &column.default {
        text += &format!(" default {default:?}");
    }
    if let Some(old) = &column.renamed_from {
        text += &format!(" (was {old})");
    }
    if let Some(expression) = &column.backfill {
        text += &format!(" (from {expression})");
    }
    text
}

fn described_index(index: &Index) -> String {
    let kind = if index.unique { "unique" } else { "index" };
    let columns: Vec<String> = index
        .columns
        .iter()
        .map(|column| format!("{}{}", column.name, if column.descending { " desc" } else { "" }))
        .collect();
    let mut text = format!("{kind} {} ({})", index.name, columns.join(", "));
    if let Some(partial) = &index.partial {
        text += &format!(" where {}, else {:?}", partial.condition, partial.without_partial);
    }
    text
}

fn described_key(key: &ForeignKey) -> String {
    let ForeignKey { name, columns, foreign_table, foreign_columns, on_delete, on_update } = key;
    let (columns, foreign_columns) = (columns.join(", "), foreign_columns.join(", "));
    let mut text = format!("{name}: ({columns}) -> {foreign_table} ({foreign_columns})");
    for (event, action) in [("delete", on_delete), ("update", on_update)] {
        if *action != Action::NoAction {
            text += &format!(" on {event} {action:?}");
        }
    }
    text
}
