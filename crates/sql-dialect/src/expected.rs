//! The expected catalogue of a database: the part that is the same on every back end.

use schema_model::{Action, Column, ForeignKey, Index, Schema, Table, Text};

use crate::catalog::{Catalog, CatalogColumn, CatalogForeignKey, CatalogIndex, CatalogTable};
use crate::clauses;
use crate::spelling::Spelling;

/// How a back end prints the parts that the model does not fix.
pub(crate) struct Printed {
    /// The column, except for nullability.
    pub(crate) column: fn(&Column) -> CatalogColumn,
    /// Whether the catalogue keeps the names of foreign keys.
    pub(crate) names_foreign_keys: bool,
    /// How the expressions of checks and partial indexes are compared; `None` if the catalogue does
    /// not keep them as they were written.
    pub(crate) expressions: Option<Compared>,
    /// The index as the back end creates it; `None` if it creates no index.
    pub(crate) index: fn(&Index) -> Option<Index>,
}

/// The spelling of a back end, and how it compares what is spelled.
#[derive(Clone, Copy)]
pub(crate) struct Compared {
    pub(crate) spelling: &'static dyn Spelling,
    pub(crate) compared: fn(&str) -> String,
}

/// The catalogue that is expected for the schema.
pub(crate) fn expected(schema: &Schema, printed: &Printed) -> Catalog {
    let tables = schema.tables.iter();
    Catalog {
        tables: tables
            .map(|table| (table.name.to_string(), expected_table(table, printed)))
            .collect(),
        others: None,
    }
}

fn expected_table(table: &Table, printed: &Printed) -> CatalogTable {
    let column = |column: &Column| {
        let printed = CatalogColumn { nullable: column.nullable, ..(printed.column)(column) };
        (column.name.to_string(), printed)
    };
    let texts = |names: &[Text]| names.iter().map(ToString::to_string).collect();
    CatalogTable {
        columns: table.columns.iter().map(column).collect(),
        primary_key: texts(&table.primary_key),
        indexes: table
            .indexes
            .iter()
            .filter_map(printed.index)
            .map(|index| expected_index(&index, table, printed.expressions))
            .collect(),
        foreign_keys: table
            .foreign_keys
            .iter()
            .map(|key| expected_foreign_key(key, printed.names_foreign_keys))
            .collect(),
        checks: table
            .checks
            .iter()
            .map(|check| {
                let expression = printed.expressions.map(|Compared { spelling, compared }| {
                    compared(&clauses::condition(spelling, table, check))
                });
                (check.name.to_string(), expression)
            })
            .collect(),
        options: String::new(),
    }
}

fn expected_index(
    index: &Index,
    table: &Table,
    expressions: Option<Compared>,
) -> (String, CatalogIndex) {
    let columns = index
        .columns
        .iter()
        .map(|column| format!("{}{}", column.name, if column.descending { " DESC" } else { "" }));
    let condition = index.partial.as_ref().map(|partial| {
        expressions.map(|Compared { spelling, compared }| {
            compared(&spelling.expression(&partial.condition, &table.columns))
        })
    });
    let printed = CatalogIndex { columns: columns.collect(), unique: index.unique, condition };
    (index.name.to_string(), printed)
}

fn expected_foreign_key(key: &ForeignKey, named: bool) -> CatalogForeignKey {
    let on_update = match key.on_update {
        Action::NoAction => String::new(),
        Action::Cascade | Action::SetNull => {
            format!(" ON UPDATE {}", clauses::action_words(key.on_update))
        }
    };
    CatalogForeignKey {
        columns: key.columns.join(", "),
        foreign_table: key.foreign_table.to_string(),
        foreign_columns: key.foreign_columns.join(", "),
        actions: format!("{}{on_update}", clauses::action_words(key.on_delete)),
        name: named.then(|| key.name.to_string()),
    }
}
