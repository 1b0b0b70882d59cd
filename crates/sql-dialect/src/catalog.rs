//! What a database's catalogue says of its tables, in the database's own words, and what it is
//! expected to say for a declared schema. Comparing the two needs no scratch server.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

mod differences;

/// Everything that DDL can change in one database, except for tenantctl's own tables. Nothing here
/// depends on rows, so a digest of it tells whether a DDL statement took effect.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Catalog {
    /// The tables by name.
    pub tables: BTreeMap<String, CatalogTable>,
    /// Views, triggers, routines and similar objects: `"<kind> <name>"` → definition. A schema does
    /// not declare them, so its expected catalogue has `None`, which accepts any of them.
    pub others: Option<BTreeMap<String, String>>,
}

/// One table. Columns are stored by name, since an added column is last wherever it is declared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CatalogTable {
    /// The columns by name.
    pub columns: BTreeMap<String, CatalogColumn>,
    /// The columns of the primary key, in key order.
    pub primary_key: Vec<String>,
    /// The secondary indexes by name, without those that the back end creates by itself.
    pub indexes: BTreeMap<String, CatalogIndex>,
    /// The foreign keys.
    pub foreign_keys: BTreeSet<CatalogForeignKey>,
    /// The checks: name → expression. `None` accepts any expression, since some back ends rewrite
    /// expressions.
    pub checks: BTreeMap<String, Option<String>>,
    /// What else differs from a generated table: engine, collation, partitions, comment.
    pub options: String,
}

/// One column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CatalogColumn {
    /// The type as the catalogue prints it, and what else differs from a generated column:
    /// collation, generation, comment.
    pub sql_type: String,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// The default, as the catalogue prints it.
    pub default: Option<String>,
    /// Whether the database numbers the rows.
    pub auto_increment: bool,
}

/// One secondary index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CatalogIndex {
    /// The columns in index order, each with `DESC` or what differs from a generated index (a
    /// length). If the index is more than columns, one entry: its whole definition.
    pub columns: Vec<String>,
    /// Whether it is unique.
    pub unique: bool,
    /// The condition of a partial index. `Some(None)` accepts any condition, since some back ends
    /// rewrite expressions.
    pub condition: Option<Option<String>>,
}

/// One foreign key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct CatalogForeignKey {
    /// The columns that refer, comma-separated.
    pub columns: String,
    /// The table referred to.
    pub foreign_table: String,
    /// The columns referred to, comma-separated.
    pub foreign_columns: String,
    /// The action on delete, in upper case: `NO ACTION`, `CASCADE`, `SET NULL`; then `ON UPDATE`
    /// and its action, if there is one, and what else differs from a generated foreign key.
    pub actions: String,
    /// The name; `None` on SQLite, whose catalogue does not keep it.
    pub name: Option<String>,
}
