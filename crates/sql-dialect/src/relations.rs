//! The tables and views of a database as its clients see them: columns in their order, and types
//! by the names that a client's library maps. What only DDL can tell apart is in the
//! [catalogue](crate::catalog).

use schema_model::{Column, Schema, Table, Text};

/// The tables and views of one database, or of one schema in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Relations {
    /// The tables and views, ordered by the bytes of their names, without those that begin with two
    /// underscores.
    pub relations: Vec<Relation>,
    /// The foreign keys.
    pub references: Vec<Reference>,
}

/// The name of a table or view.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RelationName {
    /// The name, unquoted.
    pub name: String,
    /// Its schema, if that is not the default one.
    pub schema: Option<String>,
}

/// A table or a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Its name.
    pub name: RelationName,
    /// What it is.
    pub kind: RelationKind,
    /// The columns, in their order.
    pub columns: Vec<RelationColumn>,
    /// The columns of the primary key, in key order; empty if it has none.
    pub primary_key: Vec<String>,
    /// The comment on it.
    pub comment: Option<String>,
}

/// What a relation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationKind {
    /// A table.
    Table,
    /// A table whose rows have no number of their own (SQLite's `WITHOUT ROWID`).
    TableWithoutRowid,
    /// A view.
    View,
}

/// One column of a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationColumn {
    /// The name, unquoted.
    pub name: String,
    /// The type by its own name: as declared (SQLite), without its parameters (PostgreSQL; that of
    /// an array begins with `_`), or with all of them (MySQL and MariaDB). Of a domain, the type
    /// that it is based on.
    pub sql_type: String,
    /// The schema of the type (PostgreSQL).
    pub type_schema: Option<String>,
    /// The domain and its schema (PostgreSQL).
    pub domain: Option<(String, String)>,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// The greatest number of characters that it can hold, if its declaration says so.
    pub length_max: Option<u64>,
    /// The comment on it.
    pub comment: Option<String>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The table that refers.
    pub table: RelationName,
    /// The table referred to.
    pub foreign_table: RelationName,
    /// The columns that refer.
    pub columns: Vec<String>,
    /// The columns referred to.
    pub foreign_columns: Vec<String>,
}

impl Relations {
    /// The table or view of that name.
    pub fn get(&self, name: &RelationName) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.name == *name)
    }
}

impl Relation {
    /// Whether it is a view.
    pub fn is_view(&self) -> bool {
        self.kind == RelationKind::View
    }
}

/// The type of a column of a back end, as in a [`RelationColumn`].
pub(crate) struct RelationType {
    pub(crate) name: String,
    pub(crate) schema: Option<&'static str>,
    pub(crate) length_max: Option<u32>,
}

/// The relations of a database that has exactly this schema, with the types that the back end's
/// columns have.
pub(crate) fn expected(schema: &Schema, sql_type: impl Fn(&Column) -> RelationType) -> Relations {
    let name = |name: &Text| RelationName { name: name.to_string(), schema: None };
    let texts = |names: &[Text]| names.iter().map(ToString::to_string).collect();
    let column = |column: &Column| {
        let sql_type = sql_type(column);
        RelationColumn {
            name: column.name.to_string(),
            sql_type: sql_type.name,
            type_schema: sql_type.schema.map(ToOwned::to_owned),
            domain: None,
            nullable: column.nullable,
            length_max: sql_type.length_max.map(u64::from),
            comment: None,
        }
    };
    let mut relations: Vec<Relation> = Vec::new();
    let mut references = Vec::new();
    for table in schema.tables.iter() {
        let Table { columns, primary_key, foreign_keys, .. } = table;
        relations.push(Relation {
            name: name(&table.name),
            kind: RelationKind::Table,
            columns: columns.iter().map(column).collect(),
            primary_key: texts(primary_key),
            comment: None,
        });
        references.extend(foreign_keys.iter().map(|key| Reference {
            table: name(&table.name),
            foreign_table: name(&key.foreign_table),
            columns: texts(&key.columns),
            foreign_columns: texts(&key.foreign_columns),
        }));
    }
    relations.sort_by(|left, right| left.name.cmp(&right.name));
    Relations { relations, references }
}
