//! The model: a schema as data, the same from the DSL (borrowed, `static`) and from
//! `schema/<version>.json` (owned).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Text that is `'static` from the DSL and owned from JSON.
pub type Text = Cow<'static, str>;
/// A list that is `'static` from the DSL and owned from JSON.
pub type List<T> = Cow<'static, [T]>;

/// All tables of one kind of database, in the order of their declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
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
    /// The table's former name, for as long as the rename is to be migrated.
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
    /// Whether the database numbers the rows; only for a single integer primary key.
    #[serde(default, skip_serializing_if = "is_false")]
    pub auto_increment: bool,
    /// The default, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<DefaultValue>,
    /// The column's former name, for as long as the rename is to be migrated.
    #[serde(skip)]
    pub renamed_from: Option<Text>,
}

/// A column type that every back end can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SqlType {
    /// 16-bit signed integer.
    SmallInt,
    /// 32-bit signed integer.
    Integer,
    /// 64-bit signed integer.
    BigInt,
    /// Truth value.
    Bool,
    /// 64-bit floating point number.
    Double,
    /// Text without a limit; can't be part of a key or an index, because MySQL can't index it whole.
    Text,
    /// Text of at most so many characters (1 to 16,383: what MySQL can hold in a utf8mb4 row).
    Varchar(u32),
    /// Bytes.
    Binary,
    /// An instant in UTC, to the microsecond.
    UtcTimestamp,
    /// A JSON document.
    JsonDoc,
}

/// A column's default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DefaultValue {
    /// The instant of the insert, in UTC; for [`SqlType::UtcTimestamp`] alone.
    Now,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A text, unquoted.
    Text(Text),
}

/// A secondary index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// The name; unique in the whole schema, at most 63 bytes.
    pub name: Text,
    /// The columns, in index order.
    pub columns: List<Text>,
    /// Whether two rows may not be equal in all columns.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unique: bool,
}

/// A foreign key of one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignKey {
    /// The constraint's name; unique in the whole schema, at most 63 bytes.
    pub name: Text,
    /// The column that refers.
    pub column: Text,
    /// The table referred to.
    pub foreign_table: Text,
    /// The column referred to: the whole primary key of its table, or a unique column.
    pub foreign_column: Text,
    /// What becomes of the referring row when the row referred to is deleted.
    #[serde(default, skip_serializing_if = "OnDelete::is_no_action")]
    pub on_delete: OnDelete,
}

/// What becomes of a row whose parent is deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// The deletion is refused.
    #[default]
    NoAction,
    /// The row is deleted too.
    Cascade,
    /// The column becomes NULL.
    SetNull,
}

impl OnDelete {
    fn is_no_action(&self) -> bool {
        *self == Self::NoAction
    }
}

/// A check constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The constraint's name; unique in the whole schema, at most 63 bytes.
    pub name: Text,
    /// The condition, as SQL that every back end understands.
    pub expression: Text,
}

impl Schema {
    /// A schema without tables: what the first migration starts from.
    pub const EMPTY: Self = Self { tables: Cow::Borrowed(&[]) };

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

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_empty<T: Clone>(list: &List<T>) -> bool {
    list.is_empty()
}
