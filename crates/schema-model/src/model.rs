//! The model: a schema as data. It is the same whether it comes from the DSL (borrowed, `static`)
//! or from `schema/<version>.json` (owned).

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};

use crate::back_ends::BackEnds;
pub use crate::default_value::{DefaultMistake, DefaultValue};
pub use crate::row_expression::Text;
use crate::row_expression::{Instead, RowExpression};
use crate::sql_type::SqlType;

/// A list that is `'static` from the DSL and owned from JSON.
pub type List<T> = Cow<'static, [T]>;

/// All tables of one kind of database, in the order of their declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// The back ends that it is for. No file has them: they say which declarations are allowed.
    #[serde(skip)]
    pub back_ends: BackEnds,
    /// The tables, in the order of their declaration.
    pub tables: List<Table>,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The name, unquoted.
    pub name: Text,
    /// The columns, in the order of their declaration.
    pub columns: List<Column>,
    /// Names of the columns of the primary key, in key order; never empty.
    pub primary_key: List<Text>,
    /// Secondary indexes; a unique constraint is a unique index here.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub indexes: List<Index>,
    /// Foreign keys.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub foreign_keys: List<ForeignKey>,
    /// Check constraints.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub checks: List<Check>,
    /// The table's former name, until the rename is migrated.
    #[serde(skip)]
    pub renamed_from: Option<Text>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The name, unquoted.
    pub name: Text,
    /// The portable type.
    #[serde(rename = "type")]
    pub sql_type: SqlType,
    /// Whether NULL is allowed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub nullable: bool,
    /// Whether the database numbers the rows. Only an integer column that is the whole primary key
    /// can have this.
    #[serde(default, skip_serializing_if = "is_false")]
    pub auto_increment: bool,
    /// The default, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<DefaultValue>,
    /// The column's former name, until the rename is migrated.
    #[serde(skip)]
    pub renamed_from: Option<Text>,
    /// The value for rows that have none yet, as an expression over their other columns, until the
    /// change is migrated.
    #[serde(skip)]
    pub backfill: Option<RowExpression>,
    /// Values for the rows on which migrations are tried, in turn; empty if any values will do.
    /// They are no part of the schema, and are compared with nothing.
    #[serde(skip)]
    pub samples: List<DefaultValue>,
}

/// A secondary index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// The name; unique in the whole schema, at most 63 bytes.
    pub name: Text,
    /// The columns, in index order.
    pub columns: List<IndexColumn>,
    /// Whether no two rows may be equal in all columns.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unique: bool,
    /// The rows that it covers, if not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<Partial>,
}

/// One column of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "IndexColumnFile", into = "IndexColumnFile")]
pub struct IndexColumn {
    /// The column's name.
    pub name: Text,
    /// Whether the index is in descending order of this column.
    pub descending: bool,
}

/// In a file, a column in ascending order is only its name.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum IndexColumnFile {
    Ascending(Text),
    Descending { descending: Text },
}

/// The rows that a partial index covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "PartialFile", into = "PartialFile")]
pub struct Partial {
    /// The condition on a row. MySQL and MariaDB have none.
    pub condition: RowExpression,
    /// What MySQL and MariaDB have instead: they have no partial indexes.
    pub without_partial: WithoutPartial,
}

/// What a back end without partial indexes has instead of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WithoutPartial {
    /// An index over all rows. A unique index can't have this, because it would reject more rows.
    #[serde(rename = "full")]
    FullIndex,
    /// No index.
    #[serde(rename = "nothing")]
    NoIndex,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignKey {
    /// The constraint's name; unique in the whole schema, at most 63 bytes.
    pub name: Text,
    /// The referring columns; never empty.
    #[serde(alias = "column", deserialize_with = "one_or_many")]
    pub columns: List<Text>,
    /// The table that is referred to.
    pub foreign_table: Text,
    /// The columns that are referred to, as many as there are referring columns: the whole primary
    /// key of their table, or the columns of a unique index that is not partial, in that order.
    #[serde(alias = "foreign_column", deserialize_with = "one_or_many")]
    pub foreign_columns: List<Text>,
    /// What happens to the referring row when its parent is deleted.
    #[serde(default, skip_serializing_if = "Action::is_no_action")]
    pub on_delete: Action,
    /// What happens to the referring row when its parent's values change.
    #[serde(default, skip_serializing_if = "Action::is_no_action")]
    pub on_update: Action,
}

/// What happens to a row whose parent is deleted or changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The deletion or change is rejected.
    #[default]
    NoAction,
    /// The row is deleted or changed as well.
    Cascade,
    /// The referring columns become NULL.
    SetNull,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Cascade, Self::SetNull, Self::NoAction];

    /// The action's name in the DSL and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoAction => "no_action",
            Self::Cascade => "cascade",
            Self::SetNull => "set_null",
        }
    }

    fn is_no_action(&self) -> bool {
        *self == Self::NoAction
    }
}

/// A check constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "CheckFile", into = "CheckFile")]
pub struct Check {
    /// The constraint's name; unique in the whole schema, at most 63 bytes.
    pub name: Text,
    /// The condition.
    pub expression: RowExpression,
}

impl Schema {
    /// A schema without tables, which the first migration starts from.
    pub const EMPTY: Self = Self { back_ends: BackEnds::ALL, tables: Cow::Borrowed(&[]) };

    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}

impl Table {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl Index {
    /// The names of its columns, in index order.
    pub fn column_names(&self) -> impl Iterator<Item = &Text> {
        self.columns.iter().map(|column| &column.name)
    }

    /// Whether it makes the values of exactly these columns unique among all rows, so that a
    /// foreign key can refer to them.
    pub fn is_key_of(&self, columns: &[Text]) -> bool {
        let ascending = self.columns.iter().all(|column| !column.descending);
        self.unique && self.partial.is_none() && ascending && self.column_names().eq(columns)
    }
}

impl From<IndexColumnFile> for IndexColumn {
    fn from(file: IndexColumnFile) -> Self {
        match file {
            IndexColumnFile::Ascending(name) => Self { name, descending: false },
            IndexColumnFile::Descending { descending } => {
                Self { name: descending, descending: true }
            }
        }
    }
}

impl From<IndexColumn> for IndexColumnFile {
    fn from(column: IndexColumn) -> Self {
        if column.descending {
            Self::Descending { descending: column.name }
        } else {
            Self::Ascending(column.name)
        }
    }
}

/// A check in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckFile {
    name: Text,
    expression: Text,
    #[serde(default, skip_serializing_if = "Instead::is_empty")]
    instead: Instead,
}

impl From<CheckFile> for Check {
    fn from(CheckFile { name, expression: common, instead }: CheckFile) -> Self {
        Self { name, expression: RowExpression { common, instead } }
    }
}

impl From<Check> for CheckFile {
    fn from(Check { name, expression }: Check) -> Self {
        Self { name, expression: expression.common, instead: expression.instead }
    }
}

/// The rows of a partial index in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartialFile {
    condition: Text,
    #[serde(default, skip_serializing_if = "Instead::is_empty")]
    instead: Instead,
    #[serde(rename = "elsewhere")]
    without_partial: WithoutPartial,
}

impl From<PartialFile> for Partial {
    fn from(PartialFile { condition: common, instead, without_partial }: PartialFile) -> Self {
        Self { condition: RowExpression { common, instead }, without_partial }
    }
}

impl From<Partial> for PartialFile {
    fn from(Partial { condition, without_partial }: Partial) -> Self {
        Self { condition: condition.common, instead: condition.instead, without_partial }
    }
}

/// In the first files, a foreign key had one column, which was not in a list.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<List<Text>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(Text),
        Many(List<Text>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(name) => Cow::Owned(vec![name]),
        OneOrMany::Many(names) => names,
    })
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_empty<T: Clone>(list: &List<T>) -> bool {
    list.is_empty()
}
