//! Schemas in short, for tests: one table a line, such as `notes: id, body?, code*, owner>users`.

use std::borrow::Cow;
use std::fmt::Write;

use schema_model::{
    Action, Check, Column, DefaultValue, ForeignKey, Index, IndexColumn, List, Partial, Schema,
    SqlType, Table, Text, WithoutPartial,
};

/// Reads lines of `name: column, … | clause | … ! check / old`.
///
/// A column is a name and any of these, in this order: `:16` or `:Bool` (a Varchar so long, or that
/// type, instead of a BigInt), `?` (nullable), `#` (auto_increment), `=0` (default), `*` (unique),
/// `+` (indexed), `>table` or `>table.column` (foreign key), `<old` (renamed from old), `@1`
/// (backfill). The first column is the primary key.
///
/// A clause is `primary a b`, `index a b-` or `unique a b` (`-` is for a descending column; `where x > 0`
/// may follow), or `key a b > table x y` (`cascade` may follow); one name for it may stand before a `:`. A
/// last `/ old` renames the table, and `! expression` adds a check, `! name: expression` one of that
/// name.
pub(crate) fn schema(text: &str) -> Schema {
    let lines = text.split(['\n', ';']).map(str::trim).filter(|line| !line.is_empty());
    Schema { tables: lines.map(table).collect() }
}

fn table(line: &str) -> Table {
    let (name, rest) = line.split_once(':').expect("`name: columns`");
    let (rest, renamed_from) = cut(rest, " / ");
    let mut checks = rest.split(" ! ");
    let mut parts = checks.next().unwrap_or_default().split(" | ");
    let mut table = Table {
        name: owned(name),
        columns: Cow::default(),
        primary_key: Cow::default(),
        indexes: Cow::default(),
        foreign_keys: Cow::default(),
        checks: Cow::default(),
        renamed_from: renamed_from.map(owned),
    };
    for text in parts.next().unwrap_or_default().split(',') {
        add_column(&mut table, text.trim());
    }
    table.primary_key = Cow::Owned(vec![table.columns[0].name.clone()]);
    parts.for_each(|clause| add_clause(&mut table, clause.trim()));
    table.checks = checks.map(|text| check(name, text)).collect();
    table
}

fn check(table: &str, text: &str) -> Check {
    let (name, expression) = text.split_once(": ").unwrap_or(("", text));
    let name = format!("ck_{table}_{name}");
    Check { name: owned(name.trim_end_matches('_')), expression: owned(expression) }
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
    let columns = || names([name].into_iter());
    table.indexes.to_mut().extend(unique.then(|| index(&owner, true, &columns(), None)));
    table.indexes.to_mut().extend(indexed.then(|| index(&owner, false, &columns(), None)));
    table.foreign_keys.to_mut().extend(target.map(|target| {
        let (foreign_table, foreign_column) = target.split_once('.').unwrap_or((target, "id"));
        ForeignKey {
            name: owned(&format!("fk_{owner}_{name}")),
            columns: columns(),
            foreign_table: owned(foreign_table),
            foreign_columns: names([foreign_column].into_iter()),
            on_delete: Action::NoAction,
            on_update: Action::NoAction,
        }
    }));
    table.columns.to_mut().push(Column {
        name: owned(name),
        sql_type: sql_type.map_or(SqlType::BigInt, type_of),
        nullable,
        auto_increment,
        default: default.map(|number| DefaultValue::Int(number.parse().expect("a number"))),
        renamed_from: renamed_from.map(owned),
        backfill: backfill.map(owned),
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
    let kind = words.next().expect("a clause");
    match kind {
        "primary" => table.primary_key = names(words),
        "key" => {
            let (columns, target) = head.split_once(" > ").expect("`key a > table x`");
            let columns = names(columns.split_whitespace().skip(1));
            let (target, cascades) = match target.strip_suffix(" cascade") {
                Some(target) => (target, Action::Cascade),
                None => (target, Action::NoAction),
            };
            let mut target = target.split_whitespace();
            let usual = format!("fk_{}_{}", table.name, columns.join("_"));
            table.foreign_keys.to_mut().push(ForeignKey {
                name: own_name.map_or_else(|| owned(&usual), owned),
                columns,
                foreign_table: owned(target.next().expect("a table")),
                foreign_columns: names(target),
                on_delete: cascades,
                on_update: Action::NoAction,
            });
        }
        _ => {
            let mut index = index(&table.name, kind == "unique", &names(words), condition);
            index.name = own_name.map_or(index.name, owned);
            table.indexes.to_mut().push(index);
        }
    }
}

fn index(table: &str, unique: bool, columns: &[Text], condition: Option<&str>) -> Index {
    let prefix = if unique { "uq" } else { "ix" };
    let columns = columns.iter().map(|text| {
        let (name, descending) = flag(text, '-');
        IndexColumn { name: owned(name), descending }
    });
    let columns: List<IndexColumn> = columns.collect();
    let ends: Vec<&str> = columns.iter().map(|column| &*column.name).collect();
    Index {
        name: owned(&format!("{prefix}_{table}_{}", ends.join("_"))),
        unique,
        partial: condition
            .map(|text| Partial { condition: owned(text), elsewhere: WithoutPartial::NoIndex }),
        columns,
    }
}

fn names<'a>(words: impl Iterator<Item = &'a str>) -> List<Text> {
    words.map(owned).collect()
}

fn cut<'a>(text: &'a str, at: &str) -> (&'a str, Option<&'a str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn flag(text: &str, mark: char) -> (&str, bool) {
    text.strip_suffix(mark).map_or((text, false), |before| (before, true))
}

fn owned(text: &str) -> Cow<'static, str> {
    Cow::Owned(text.trim().to_owned())
}

/// A schema as text, everything in it, one thing a line.
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
        text += &format!(" where {}, elsewhere {:?}", partial.condition, partial.elsewhere);
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
