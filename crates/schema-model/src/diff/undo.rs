//! The schema that leads back to the former one.

use super::rename::{column_predecessor, predecessor};
use crate::model::{Column, Schema};
use crate::row_expression::RowExpression;

/// `from`, declared so that [`diff`](super::diff()) from `to` leads back to it: the renames are
/// reversed, and columns whose values are lost and that can't be NULL get an invented value.
pub fn undone(from: &Schema, to: &Schema) -> Schema {
    let mut undone = from.clone();
    for table in undone.tables.to_mut() {
        let successor = to
            .tables
            .iter()
            .find(|new| predecessor(from, to, new).is_some_and(|old| old.name == table.name));
        let old = from.table(&table.name);
        table.renamed_from = None;
        for column in table.columns.to_mut() {
            column.renamed_from = None;
            column.backfill = invented(column);
        }
        let (Some(new), Some(old)) = (successor, old) else { continue };
        table.renamed_from = (new.name != table.name).then(|| new.name.clone());
        for column in table.columns.to_mut() {
            let heir = new.columns.iter().find(|heir| {
                column_predecessor(old, new, heir).is_some_and(|source| source.name == column.name)
            });
            column.renamed_from =
                heir.filter(|heir| heir.name != column.name).map(|heir| heir.name.clone());
            // A column that still exists keeps its values. No NULL may become an invented value.
            let stays = heir.is_some_and(|heir| heir.sql_type.can_become(column.sql_type));
            if stays {
                column.backfill = None;
            }
        }
    }
    undone
}

/// A literal for every row, if there is no better value.
fn invented(column: &Column) -> Option<RowExpression> {
    let has_value = column.nullable || column.auto_increment || column.default.is_some();
    (!has_value).then(|| column.sql_type.placeholder().into())
}
