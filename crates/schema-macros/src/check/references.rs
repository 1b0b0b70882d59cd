//! Checks foreign keys: both sides must exist and match, and every back end must support the
//! actions.

use schema_model::{Action, BackEnds, SqlType};
use sql_text::{Expression, Syntax};
use syn::Ident;

use super::columns;
use crate::declared::{Column, ForeignKey, SpannedAction, Table};
use crate::errors::Errors;
use crate::names::sql_name;

pub(super) fn check(table: &Table, tables: &[Table], back_ends: BackEnds, errors: &mut Errors) {
    for key in &table.foreign_keys {
        columns::check("the foreign key", &key.columns, table, errors);
        for (rule, word) in [(key.on_delete, "on_delete"), (key.on_update, "on_update")] {
            check_set_null(table, key, rule, word, errors);
        }
        match tables.iter().find(|parent| parent.name == key.parent) {
            Some(parent) => check_parent(table, key, parent, back_ends, errors),
            None => {
                let known: Vec<String> =
                    tables.iter().map(|table| table.name.to_string()).collect();
                let (parent, known) = (sql_name(&key.parent), known.join(", "));
                let message = format!("no table `{parent}`; expected one of {known}");
                errors.add(key.parent.span(), message);
            }
        }
    }
    if back_ends.mysql {
        check_expressions(table, errors);
    }
}

fn check_set_null(
    table: &Table,
    key: &ForeignKey,
    rule: SpannedAction,
    word: &str,
    errors: &mut Errors,
) {
    if rule.action != Action::SetNull {
        return;
    }
    let columns = key.columns.iter().filter_map(|name| table.column(name));
    for column in columns.filter(|column| column.column_type.is_some() && !column.is_nullable()) {
        let name = sql_name(&column.name);
        let message =
            format!("`{name}` can't become NULL; expected it to be Nullable, or another {word}");
        errors.add(rule.span, message);
    }
}

fn check_parent(
    table: &Table,
    key: &ForeignKey,
    parent: &Table,
    back_ends: BackEnds,
    errors: &mut Errors,
) {
    let target = &key.parent_columns;
    let are_valid = columns::check("the target of the foreign key", target, parent, errors);
    let (own_count, target_count) = (key.columns.len(), target.len());
    if own_count != target_count {
        let message = format!(
            "expected the same number of columns on both sides, not {own_count} and {target_count}"
        );
        errors.add(key.parent.span(), message);
        return;
    }
    if parent.name == table.name {
        check_self_reference(key, back_ends, errors);
    }
    // A primary key without columns could not be read and was already reported.
    let can_tell = are_valid && !parent.primary_key.is_empty();
    if can_tell && !keys(parent).any(|key| key == *target) {
        errors.add(key.target_span(), not_a_key(parent, target));
    }
    for (own, other) in key.columns.iter().zip(target) {
        if let (Some(own), Some(other)) = (table.column(own), parent.column(other)) {
            check_equal_types(own, other, errors);
            if back_ends.mysql {
                check_cascade_of_null(key, own, other, errors);
            }
        }
    }
}

fn check_self_reference(key: &ForeignKey, back_ends: BackEnds, errors: &mut Errors) {
    if key.columns == key.parent_columns {
        let message = format!("{} refers to itself", listed(&key.columns));
        errors.add(key.target_span(), message);
    }
    if back_ends.mysql && key.on_update.action != Action::NoAction {
        // https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html
        let message = "MySQL and MariaDB reject an update that would change another row of the same \
             table; expected no_action";
        errors.add(key.on_update.span, message);
    }
}

/// All keys that a foreign key can refer to.
fn keys(table: &Table) -> impl Iterator<Item = Vec<Ident>> {
    let uniques = table.indexes.iter().filter(|index| index.is_key());
    let uniques = uniques.map(|index| index.column_names().cloned().collect());
    std::iter::once(table.primary_key.clone()).chain(uniques)
}

fn not_a_key(parent: &Table, target: &[Ident]) -> String {
    let known: Vec<String> = keys(parent).map(|key| listed(&key)).collect();
    let parent = sql_name(&parent.name);
    let what = match target {
        [column] => format!("`{parent}.{}`", sql_name(column)),
        columns => format!("{} of `{parent}`", listed(columns)),
    };
    format!(
        "{what} is not a key; expected the primary key, or all columns of a `unique` without `where` \
         and `desc`, in their order: {}",
        known.join(" or ")
    )
}

fn check_equal_types(own: &Column, other: &Column, errors: &mut Errors) {
    let (Some(own_type), Some(other_type)) = (own.sql_type(), other.sql_type()) else { return };
    let Some(written) = &own.column_type else { return };
    if own_type != other_type {
        let name = sql_name(&own.name);
        let (own, other) = (described(own_type), described(other_type));
        let message = format!("`{name}` is {own}, but refers to a {other}; expected the same type");
        errors.add(written.ident.span(), message);
    }
}

/// MariaDB 10.11 rejects such a key with `errno: 150`.
fn check_cascade_of_null(key: &ForeignKey, own: &Column, other: &Column, errors: &mut Errors) {
    // A column whose type could not be read was already reported.
    let rejects_null = own.column_type.is_some() && !own.is_nullable();
    if key.on_update.action == Action::Cascade && rejects_null && other.is_nullable() {
        let (own, other) = (sql_name(&own.name), sql_name(&other.name));
        let message = format!(
            "`{own}` can't become NULL, but `{other}`, which it refers to, can, and the cascade \
             would copy that; expected both to be Nullable or neither, or another on_update"
        );
        errors.add(key.on_update.span, message);
    }
}

fn described(sql_type: SqlType) -> String {
    let name = sql_type.name();
    match sql_type.length() {
        // A length of zero means that it is missing, which was already reported.
        Some(0) | None => name.to_owned(),
        Some(length) => format!("{name} of {length} characters"),
    }
}

/// MySQL and MariaDB allow no check on a column that a foreign key may change:
/// <https://dev.mysql.com/doc/refman/8.4/en/create-table-check-constraints.html>.
fn check_expressions(table: &Table, errors: &mut Errors) {
    for check in &table.checks {
        let on_mysql = check.expression.instead.iter().find(|(name, _)| name == "mysql");
        let condition = on_mysql.map_or(&check.expression.common, |(_, own)| own);
        let text = condition.value();
        // An expression that can't be read was already reported.
        let Ok(expression) = Expression::read(&text, Syntax::Portable) else { continue };
        for key in &table.foreign_keys {
            let Some(change) = change(key) else { continue };
            let is_mentioned = |name: &&Ident| expression.mentions(&sql_name(name));
            for name in key.columns.iter().filter(is_mentioned) {
                let message = format!(
                    "`{}` may be changed by the `{change}` of its foreign key, and MySQL and \
                     MariaDB allow no check on such a column; expected a check that does not \
                     mention it, or no_action in the foreign key",
                    sql_name(name)
                );
                errors.add(condition.span(), message);
            }
        }
    }
}

/// The action that may change the columns of the key, if any.
fn change(key: &ForeignKey) -> Option<String> {
    match (key.on_delete.action, key.on_update.action) {
        (_, action @ (Action::Cascade | Action::SetNull)) => {
            Some(format!("on_update = {}", action.name()))
        }
        (action @ Action::SetNull, Action::NoAction) => {
            Some(format!("on_delete = {}", action.name()))
        }
        (Action::NoAction | Action::Cascade, Action::NoAction) => None,
    }
}

fn listed(names: &[Ident]) -> String {
    let names: Vec<String> = names.iter().map(sql_name).collect();
    match &*names {
        [name] => format!("`{name}`"),
        names => format!("`({})`", names.join(", ")),
    }
}
