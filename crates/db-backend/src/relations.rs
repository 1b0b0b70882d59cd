//! Collects what a back end's queries say of tables and views.

use std::collections::BTreeMap;

use sql_dialect::relations::{
    Reference, Relation, RelationColumn, RelationKind, RelationName, Relations,
};

/// The rows read so far.
pub(crate) struct RelationsRead {
    /// The schema that they are of, if it is not the default one.
    schema: Option<String>,
    relations: BTreeMap<String, Relation>,
    /// By the table that refers, and the constraint's own name or number.
    references: BTreeMap<(RelationName, String), Reference>,
}

/// A column of a foreign key. A table is a schema, if it is not the default one, and a name.
pub(crate) struct ReferenceRow {
    pub(crate) table: (Option<String>, String),
    /// What tells the foreign key from the others of its table.
    pub(crate) key: String,
    pub(crate) column: String,
    pub(crate) foreign_table: (Option<String>, String),
    pub(crate) foreign_column: String,
}

impl RelationsRead {
    /// Nothing yet of that schema; `None` is the default one.
    pub(crate) fn of(schema: Option<String>) -> Self {
        Self { schema, relations: BTreeMap::new(), references: BTreeMap::new() }
    }

    /// Adds a table or a view. A name that begins with two underscores is not for clients.
    pub(crate) fn add(&mut self, name: String, kind: RelationKind, comment: Option<String>) {
        if name.starts_with("__") {
            return;
        }
        let relation = Relation {
            name: RelationName { name: name.clone(), schema: self.schema.clone() },
            kind,
            columns: Vec::new(),
            primary_key: Vec::new(),
            comment,
        };
        self.relations.insert(name, relation);
    }

    /// Adds the next column to one of them.
    pub(crate) fn add_column(&mut self, relation: &str, column: RelationColumn) {
        if let Some(relation) = self.relations.get_mut(relation) {
            relation.columns.push(column);
        }
    }

    /// Adds the next column to the primary key of one of them.
    pub(crate) fn add_to_key(&mut self, table: &str, column: String) {
        if let Some(table) = self.relations.get_mut(table) {
            table.primary_key.push(column);
        }
    }

    /// Adds the next column of a foreign key.
    pub(crate) fn add_reference(&mut self, row: ReferenceRow) {
        let named = |(schema, name)| RelationName { name, schema };
        let table = named(row.table);
        let foreign_table = named(row.foreign_table);
        let new = Reference {
            table: table.clone(),
            foreign_table,
            columns: Vec::new(),
            foreign_columns: Vec::new(),
        };
        let reference = self.references.entry((table, row.key)).or_insert(new);
        reference.columns.push(row.column);
        reference.foreign_columns.push(row.foreign_column);
    }

    /// All that was read.
    pub(crate) fn relations(self) -> Relations {
        Relations {
            relations: self.relations.into_values().collect(),
            references: self.references.into_values().collect(),
        }
    }
}
