//! The tables and views of a database as its clients see them: columns in their order, and types
//! by the names that a client's library maps. What only DDL can tell apart is in the
//! [catalogue](crate::catalog).

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
