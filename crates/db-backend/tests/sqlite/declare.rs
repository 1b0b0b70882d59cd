//! Schemas in few words.

use std::borrow::Cow;

use schema_model::{
    Action, Check, Column, DefaultValue, ForeignKey, Index, IndexColumn, Partial, Schema, SqlType,
    Table, Text, WithoutPartial,
};

pub(super) fn schema(tables: Vec<Table>) -> Schema {
    Schema { tables: tables.into() }
}

/// A table whose primary key is its first column.
pub(super) fn table(name: &'static str, columns: Vec<Column>) -> Table {
    Table {
        name: name.into(),
        primary_key: vec![columns[0].name.clone()].into(),
        columns: columns.into(),
        indexes: Cow::Borrowed(&[]),
        foreign_keys: Cow::Borrowed(&[]),
        checks: Cow::Borrowed(&[]),
        renamed_from: None,
    }
}

/// A column that is NOT NULL.
pub(super) fn column(name: &'static str, sql_type: SqlType) -> Column {
    Column {
        name: name.into(),
        sql_type,
        nullable: false,
        auto_increment: false,
        default: None,
        renamed_from: None,
        backfill: None,
    }
}

/// A numbered `id`.
pub(super) fn id() -> Column {
    Column { auto_increment: true, ..column("id", SqlType::BigInt) }
}

/// What can be added to a column.
pub(super) trait ColumnWith: Sized {
    fn null(self) -> Self;
    fn auto(self) -> Self;
    fn or(self, default: DefaultValue) -> Self;
    fn was(self, name: &'static str) -> Self;
    fn filled(self, backfill: &'static str) -> Self;
}

impl ColumnWith for Column {
    fn null(self) -> Self {
        Self { nullable: true, ..self }
    }

    fn auto(self) -> Self {
        Self { auto_increment: true, ..self }
    }

    fn or(self, default: DefaultValue) -> Self {
        Self { default: Some(default), ..self }
    }

    fn was(self, name: &'static str) -> Self {
        Self { renamed_from: Some(name.into()), ..self }
    }

    fn filled(self, backfill: &'static str) -> Self {
        Self { backfill: Some(backfill.into()), ..self }
    }
}

/// What can be added to a table. Lists of columns are separated by commas.
pub(super) trait TableWith: Sized {
    fn key(self, columns: &'static str) -> Self;
    fn formerly(self, name: &'static str) -> Self;
    fn index(self, name: &'static str, columns: &'static str) -> Self;
    fn unique(self, name: &'static str, columns: &'static str) -> Self;
    /// Makes the last index partial.
    fn only(self, condition: &'static str) -> Self;
    fn check(self, name: &'static str, expression: &'static str) -> Self;
    fn refers(self, name: &'static str, columns: &'static str, to: &'static str) -> Self;
    /// Gives the last foreign key its actions.
    fn on(self, delete: Action, update: Action) -> Self;
}

impl TableWith for Table {
    fn key(self, columns: &'static str) -> Self {
        Self { primary_key: names(columns).collect(), ..self }
    }

    fn formerly(self, name: &'static str) -> Self {
        Self { renamed_from: Some(name.into()), ..self }
    }

    fn index(mut self, name: &'static str, columns: &'static str) -> Self {
        let columns = names(columns).map(|name| match name.strip_suffix(" DESC") {
            Some(name) => IndexColumn { name: name.to_owned().into(), descending: true },
            None => IndexColumn { name, descending: false },
        });
        let columns = columns.collect();
        self.indexes.to_mut().push(Index {
            name: name.into(),
            columns,
            unique: false,
            partial: None,
        });
        self
    }

    fn unique(self, name: &'static str, columns: &'static str) -> Self {
        let mut table = self.index(name, columns);
        table.indexes.to_mut().last_mut().expect("just added").unique = true;
        table
    }

    fn only(mut self, condition: &'static str) -> Self {
        self.indexes.to_mut().last_mut().expect("an index").partial =
            Some(Partial { condition: condition.into(), without_partial: WithoutPartial::NoIndex });
        self
    }

    fn check(mut self, name: &'static str, expression: &'static str) -> Self {
        self.checks.to_mut().push(Check { name: name.into(), expression: expression.into() });
        self
    }

    fn refers(mut self, name: &'static str, columns: &'static str, to: &'static str) -> Self {
        let (foreign_table, foreign_columns) = to.split_once('.').expect("table.columns");
        self.foreign_keys.to_mut().push(ForeignKey {
            name: name.into(),
            columns: names(columns).collect(),
            foreign_table: foreign_table.into(),
            foreign_columns: names(foreign_columns).collect(),
            on_delete: Action::NoAction,
            on_update: Action::NoAction,
        });
        self
    }

    fn on(mut self, delete: Action, update: Action) -> Self {
        let key = self.foreign_keys.to_mut().last_mut().expect("a foreign key");
        (key.on_delete, key.on_update) = (delete, update);
        self
    }
}

fn names(list: &'static str) -> impl Iterator<Item = Text> {
    list.split(", ").map(Text::from)
}
