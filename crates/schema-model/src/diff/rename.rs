//! Which table or column continues which: the one of the same name, or else the one that it was
//! renamed from, if that one existed and is no longer declared.

use crate::model::{Column, ForeignKey, Schema, Table, Text};

/// The table of `from` that `new`, a table of `to`, continues.
pub(super) fn predecessor<'a>(from: &'a Schema, to: &Schema, new: &Table) -> Option<&'a Table> {
    from.table(&new.name).or_else(|| {
        let old = new.renamed_from.as_ref().filter(|old| to.table(old).is_none())?;
        from.table(old)
    })
}

/// The column of `from` that `new`, a column of `to`, continues.
pub(super) fn column_predecessor<'a>(
    from: &'a Table,
    to: &Table,
    new: &Column,
) -> Option<&'a Column> {
    from.column(&new.name).or_else(|| {
        let old = new.renamed_from.as_ref().filter(|old| to.column(old).is_none())?;
        from.column(old)
    })
}

/// Whether the old column can't become the new one and keep its values.
pub(super) fn is_replaced(old: &Column, new: &Column) -> bool {
    !old.sql_type.can_become(new.sql_type)
}

/// `from` with its tables and columns under their new names everywhere except in expressions.
/// Dropped tables and columns keep their names, and so do replaced columns, indexes and
/// constraints.
pub(super) fn in_new_names(from: &Schema, to: &Schema) -> Schema {
    let renames = Renames { from, to };
    let tables = from.tables.iter().map(|old| {
        let rename = |name: &mut Text| *name = renames.column(&old.name, name);
        let mut table = old.clone();
        table.name = renames.table(&old.name);
        table.columns.to_mut().iter_mut().for_each(|column| rename(&mut column.name));
        table.primary_key.to_mut().iter_mut().for_each(rename);
        for index in table.indexes.to_mut() {
            index.columns.to_mut().iter_mut().for_each(|column| rename(&mut column.name));
        }
        for key in table.foreign_keys.to_mut() {
            key.columns.to_mut().iter_mut().for_each(rename);
            renames.target(key);
        }
        table
    });
    Schema { back_ends: to.back_ends, tables: tables.collect() }
}

struct Renames<'a> {
    from: &'a Schema,
    to: &'a Schema,
}

impl Renames<'_> {
    /// The table that continues the old one of that name.
    fn successor(&self, old: &str) -> Option<&Table> {
        self.to
            .tables
            .iter()
            .find(|new| predecessor(self.from, self.to, new).is_some_and(|table| table.name == old))
    }

    fn table(&self, old: &Text) -> Text {
        self.successor(old).map_or_else(|| old.clone(), |new| new.name.clone())
    }

    fn column(&self, old_table: &str, old: &Text) -> Text {
        let successor = || {
            let (from, to) = (self.from.table(old_table)?, self.successor(old_table)?);
            to.columns.iter().find(|new| {
                column_predecessor(from, to, new)
                    .is_some_and(|column| column.name == *old && !is_replaced(column, new))
            })
        };
        successor().map_or_else(|| old.clone(), |new| new.name.clone())
    }

    fn target(&self, key: &mut ForeignKey) {
        for column in key.foreign_columns.to_mut() {
            *column = self.column(&key.foreign_table, column);
        }
        key.foreign_table = self.table(&key.foreign_table);
    }
}
