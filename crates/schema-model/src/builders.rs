//! Builders for schemas that code makes without a declaration: tests, benches, tools. The defaults
//! are the most common case: a column is NOT NULL and has no default, a foreign key has no action.
//!
//! A builder in the plural adds to a list; [`Table::column`] and [`Schema::table`] look one up.
//!
//! Nothing is checked here. `tenant_schema!` knows what a declaration can say.

use crate::back_ends::BackEnds;
use crate::model::{
    Action, Check, Column, DefaultValue, ForeignKey, Index, IndexColumn, List, Partial, Schema,
    Table, Text, WithoutPartial,
};
use crate::row_expression::RowExpression;
use crate::sql_type::SqlType;

impl Schema {
    /// A schema with these tables.
    ///
    /// ```
    /// use schema_model::{Action, Check, Column, ForeignKey, Index, Schema, SqlType, Table};
    ///
    /// let users = Table::new("users", ["id"])
    ///     .columns([Column::new("id", SqlType::BigInt).auto_increment()]);
    /// let notes = Table::new("notes", ["id"])
    ///     .columns([
    ///         Column::new("id", SqlType::BigInt).auto_increment(),
    ///         Column::new("owner_id", SqlType::BigInt).nullable(),
    ///         Column::new("size", SqlType::Integer).default(0),
    ///     ])
    ///     .indexes([Index::new("ix_notes_size", ["size"])])
    ///     .foreign_keys([
    ///         ForeignKey::new("fk_notes_owner_id", ["owner_id"], "users", ["id"])
    ///             .on_delete(Action::SetNull),
    ///     ])
    ///     .checks([Check::new("ck_notes_positive", "size >= 0")]);
    /// let schema = Schema::new([users, notes]);
    /// assert_eq!(schema.table("notes").map(|notes| notes.columns.len()), Some(3));
    /// ```
    pub fn new(tables: impl IntoIterator<Item = Table>) -> Self {
        Self { back_ends: BackEnds::ALL, tables: tables.into_iter().collect() }
    }

    /// The same for these back ends.
    #[must_use]
    pub fn for_back_ends(self, back_ends: BackEnds) -> Self {
        Self { back_ends, ..self }
    }
}

impl Table {
    /// A table whose primary key has these columns. They still have to be [added](Self::columns).
    pub fn new(
        name: impl Into<Text>,
        primary_key: impl IntoIterator<Item = impl Into<Text>>,
    ) -> Self {
        Self {
            name: name.into(),
            columns: List::default(),
            primary_key: list(primary_key),
            indexes: List::default(),
            foreign_keys: List::default(),
            checks: List::default(),
            renamed_from: None,
        }
    }

    /// Adds columns after those that the table already has.
    #[must_use]
    pub fn columns(mut self, columns: impl IntoIterator<Item = Column>) -> Self {
        self.columns.to_mut().extend(columns);
        self
    }

    /// Adds indexes.
    #[must_use]
    pub fn indexes(mut self, indexes: impl IntoIterator<Item = Index>) -> Self {
        self.indexes.to_mut().extend(indexes);
        self
    }

    /// Adds foreign keys.
    #[must_use]
    pub fn foreign_keys(mut self, foreign_keys: impl IntoIterator<Item = ForeignKey>) -> Self {
        self.foreign_keys.to_mut().extend(foreign_keys);
        self
    }

    /// Adds checks.
    #[must_use]
    pub fn checks(mut self, checks: impl IntoIterator<Item = Check>) -> Self {
        self.checks.to_mut().extend(checks);
        self
    }

    /// Sets the table's former name.
    #[must_use]
    pub fn renamed_from(mut self, old: impl Into<Text>) -> Self {
        self.renamed_from = Some(old.into());
        self
    }
}

impl Column {
    /// A column that is NOT NULL and has no default.
    ///
    /// ```
    /// use schema_model::{Column, DefaultValue, SqlType};
    ///
    /// let made_at = Column::new("made_at", SqlType::UtcTimestamp).default(DefaultValue::Now);
    /// let title = Column::new("title", SqlType::Varchar(200)).nullable().renamed_from("subject");
    /// let backfill = "CASE WHEN paid THEN 1 ELSE 0 END";
    /// let level = Column::new("level", SqlType::SmallInt).backfill(backfill);
    /// assert!(title.nullable && !made_at.nullable && !level.nullable);
    /// ```
    pub fn new(name: impl Into<Text>, sql_type: SqlType) -> Self {
        Self {
            name: name.into(),
            sql_type,
            nullable: false,
            auto_increment: false,
            default: None,
            renamed_from: None,
            backfill: None,
            samples: List::Borrowed(&[]),
        }
    }

    /// Allows NULL.
    #[must_use]
    pub fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Makes the database number the rows.
    #[must_use]
    pub fn auto_increment(mut self) -> Self {
        self.auto_increment = true;
        self
    }

    /// Sets the default.
    #[must_use]
    pub fn default(mut self, default: impl Into<DefaultValue>) -> Self {
        self.default = Some(default.into());
        self
    }

    /// Sets the column's former name.
    #[must_use]
    pub fn renamed_from(mut self, old: impl Into<Text>) -> Self {
        self.renamed_from = Some(old.into());
        self
    }

    /// Sets the expression for the rows that have no value yet.
    #[must_use]
    pub fn backfill(mut self, expression: impl Into<RowExpression>) -> Self {
        self.backfill = Some(expression.into());
        self
    }
}

impl Column {
    /// Sets the values for the rows on which migrations are tried.
    #[must_use]
    pub fn samples(mut self, samples: impl IntoIterator<Item = DefaultValue>) -> Self {
        self.samples = samples.into_iter().collect();
        self
    }
}

impl From<bool> for DefaultValue {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<i64> for DefaultValue {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<&'static str> for DefaultValue {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl Index {
    /// An index over these columns and all rows.
    ///
    /// ```
    /// use schema_model::{Index, IndexColumn, WithoutPartial};
    ///
    /// let by_kind = Index::new("ix_notes_kind", ["kind"]);
    /// let latest = Index::new("ix_notes_at_id", [IndexColumn::descending("at"), "id".into()]);
    /// let one_draft = Index::unique("uq_notes_draft", ["owner_id"])
    ///     .partial("draft = TRUE", WithoutPartial::NoIndex);
    /// assert!(one_draft.unique && !latest.unique && by_kind.partial.is_none());
    /// ```
    pub fn new(
        name: impl Into<Text>,
        columns: impl IntoIterator<Item = impl Into<IndexColumn>>,
    ) -> Self {
        Self { name: name.into(), columns: list(columns), unique: false, partial: None }
    }

    /// A unique index over these columns and all rows.
    pub fn unique(
        name: impl Into<Text>,
        columns: impl IntoIterator<Item = impl Into<IndexColumn>>,
    ) -> Self {
        Self { unique: true, ..Self::new(name, columns) }
    }

    /// Restricts the index to the rows that satisfy the condition, and says what a back end without
    /// partial indexes has instead.
    #[must_use]
    pub fn partial(
        mut self,
        condition: impl Into<RowExpression>,
        without_partial: WithoutPartial,
    ) -> Self {
        self.partial = Some(Partial { condition: condition.into(), without_partial });
        self
    }
}

impl IndexColumn {
    /// A column whose greatest value comes first.
    pub fn descending(name: impl Into<Text>) -> Self {
        Self { name: name.into(), descending: true }
    }
}

/// A column in the usual order.
impl<T: Into<Text>> From<T> for IndexColumn {
    fn from(name: T) -> Self {
        Self { name: name.into(), descending: false }
    }
}

impl ForeignKey {
    /// A foreign key from these columns to a key of another table that has as many columns.
    ///
    /// ```
    /// use schema_model::{Action, ForeignKey};
    ///
    /// let columns = ["branch", "office"];
    /// let key = ForeignKey::new("fk_tickets_office", columns, "offices", ["branch", "number"])
    ///     .on_delete(Action::SetNull)
    ///     .on_update(Action::Cascade);
    /// assert_eq!(key.columns.len(), key.foreign_columns.len());
    /// ```
    pub fn new(
        name: impl Into<Text>,
        columns: impl IntoIterator<Item = impl Into<Text>>,
        foreign_table: impl Into<Text>,
        foreign_columns: impl IntoIterator<Item = impl Into<Text>>,
    ) -> Self {
        Self {
            name: name.into(),
            columns: list(columns),
            foreign_table: foreign_table.into(),
            foreign_columns: list(foreign_columns),
            on_delete: Action::NoAction,
            on_update: Action::NoAction,
        }
    }

    /// Sets what happens to the rows whose parent is deleted.
    #[must_use]
    pub fn on_delete(mut self, action: Action) -> Self {
        self.on_delete = action;
        self
    }

    /// Sets what happens to the rows whose parent's values change.
    #[must_use]
    pub fn on_update(mut self, action: Action) -> Self {
        self.on_update = action;
        self
    }
}

impl Check {
    /// A check that every row satisfies the condition.
    pub fn new(name: impl Into<Text>, expression: impl Into<RowExpression>) -> Self {
        Self { name: name.into(), expression: expression.into() }
    }
}

fn list<T: Clone>(items: impl IntoIterator<Item = impl Into<T>>) -> List<T> {
    items.into_iter().map(Into::into).collect()
}
