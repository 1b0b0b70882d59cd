//! Declares renames and backfills, which are about a change and not about a state.

use schema_model::{Column, Schema, SqlType, Table, Text, ValueKind};

use super::expressions::in_expression;
use super::{owned, pick};

/// For two unrelated schemas, declares that some of what is new in the second one was renamed from
/// what was dropped from the first one.
pub(crate) fn claim_renames(from: &Schema, to: &mut Schema, choices: &[u8]) {
    let is_odd =
        |at: usize| pick(choices, at.to_le_bytes()[0]).is_some_and(|choice| choice % 2 == 1);
    let declared = to.clone();
    let gone: Vec<&Table> =
        from.tables.iter().filter(|old| declared.table(&old.name).is_none()).collect();
    let is_new = |table: &Table| from.table(&table.name).is_none();
    let new = to.tables.to_mut().iter_mut().filter(|table| is_new(table));
    for (at, (table, old)) in new.zip(gone).enumerate() {
        table.renamed_from = is_odd(at).then(|| old.name.clone());
    }
    for table in to.tables.to_mut() {
        let Some(old) = predecessor(from, table) else { continue };
        let names: Vec<Text> = table.columns.iter().map(|column| column.name.clone()).collect();
        let gone = old.columns.iter().filter(|column| !names.contains(&column.name));
        let new = table.columns.to_mut().iter_mut();
        let new = new.filter(|column| old.column(&column.name).is_none());
        for (at, (column, old)) in new.zip(gone).enumerate() {
            column.renamed_from = is_odd(at).then(|| old.name.clone());
        }
    }
}

/// Removes the renames that the macro or the diff rejects: from something that is still declared,
/// two from the same thing, or to something that existed before.
pub(crate) fn settle_renames(from: &Schema, to: &mut Schema) {
    let declared = to.clone();
    let mut claimed = Vec::new();
    for table in to.tables.to_mut() {
        let stays = |old: &Text| {
            declared.table(old).is_none()
                && (from.table(&table.name).is_none() || from.table(old).is_none())
        };
        table.renamed_from = settled(table.renamed_from.take(), stays, &mut claimed);
    }
    for table in to.tables.to_mut() {
        let old_table = predecessor(from, table);
        let names: Vec<Text> = table.columns.iter().map(|column| column.name.clone()).collect();
        let mut claimed = Vec::new();
        for column in table.columns.to_mut() {
            let was_there =
                |name: &Text| old_table.is_some_and(|table| table.column(name).is_some());
            let stays =
                |old: &Text| !names.contains(old) && (!was_there(&column.name) || !was_there(old));
            column.renamed_from = settled(column.renamed_from.take(), stays, &mut claimed);
        }
    }
}

fn settled(
    renamed_from: Option<Text>,
    stays: impl Fn(&Text) -> bool,
    claimed: &mut Vec<Text>,
) -> Option<Text> {
    let old = renamed_from.filter(|old| stays(old) && !claimed.contains(old))?;
    claimed.push(old.clone());
    Some(old)
}

fn predecessor<'a>(from: &'a Schema, table: &Table) -> Option<&'a Table> {
    from.table(&table.name).or_else(|| from.table(table.renamed_from.as_ref()?))
}

/// Gives a backfill to each column that needs one, and to some that do not.
pub(crate) fn fill(from: &Schema, to: &mut Schema, choices: &[u8]) {
    let mut numbers = choices.iter().cycle().copied();
    for table in to.tables.to_mut() {
        let Some(old_table) = predecessor(from, table) else { continue };
        let source = |column: &Column| {
            let old = column.renamed_from.as_ref().and_then(|old| old_table.column(old));
            old_table.column(&column.name).or(old)
        };
        let backfills: Vec<Option<Text>> = table
            .columns
            .iter()
            .map(|column| {
                let choice = numbers.next().unwrap_or_default();
                let old = source(column);
                let keeps = old.is_some_and(|old| old.sql_type.can_become(column.sql_type));
                let has_value =
                    column.nullable || column.default.is_some() || column.auto_increment;
                // Has no effect if the rows have a value. It may be left from an earlier change.
                let surplus = choice % 4 == 1 && !column.auto_increment;
                let wanted = surplus || !keeps && !has_value;
                wanted.then(|| backfill(column, old, table, old_table, choice))
            })
            .collect();
        for (column, backfill) in table.columns.to_mut().iter_mut().zip(backfills) {
            column.backfill = backfill.map(Into::into);
        }
    }
}

/// The values of another column of that type that stays or is dropped, or of the replaced column
/// itself, or a constant.
fn backfill(
    column: &Column,
    replaced: Option<&Column>,
    table: &Table,
    old_table: &Table,
    choice: u8,
) -> Text {
    let constant = constant(column.sql_type);
    let flag = replaced.filter(|old| old.sql_type.values() == ValueKind::Truth);
    if let (Some(flag), ValueKind::Text) = (flag, column.sql_type.values()) {
        return format!("CASE WHEN {} THEN '1' ELSE '0' END", in_expression(&flag.name)).into();
    }
    let same_shape =
        |other: &&Column| other.sql_type == column.sql_type && other.name != column.name;
    let stays = |other: &&Column| {
        let old = other.renamed_from.as_ref().and_then(|old| old_table.column(old));
        let old = old_table.column(&other.name).or(old);
        // A value that replaces NULL can't be read yet.
        old.is_some_and(|old| old.sql_type == other.sql_type && (other.nullable || !old.nullable))
    };
    let is_dropped = |old: &&Column| {
        let kept =
            |new: &Column| new.name == old.name || new.renamed_from.as_ref() == Some(&old.name);
        !table.columns.iter().any(kept)
    };
    let staying = table.columns.iter().filter(same_shape).filter(stays);
    let dropped = old_table.columns.iter().filter(same_shape).filter(is_dropped);
    let others: Vec<&Column> = staying.chain(dropped).collect();
    match pick(&others, choice / 4).filter(|_| choice.is_multiple_of(2)) {
        Some(other) if other.nullable => {
            format!("coalesce({}, {constant})", in_expression(&other.name)).into()
        }
        Some(other) => in_expression(&other.name).into(),
        None => owned(constant),
    }
}

/// A literal that every back end reads as a value of that type.
fn constant(sql_type: SqlType) -> &'static str {
    match sql_type.values() {
        ValueKind::Number => "1",
        ValueKind::Truth => "TRUE",
        ValueKind::Text => "'1'",
        ValueKind::Other => sql_type.placeholder(),
    }
}
