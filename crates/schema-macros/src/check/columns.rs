//! Checks lists of columns: each column must exist, and may be listed only once.

use syn::Ident;

use crate::declared::Table;
use crate::errors::Errors;
use crate::names::sql_name;

/// Reports each column that does not exist or is listed twice. Returns true if there is no such
/// column. The kind says what lists the columns, such as `an index`.
pub(super) fn check(kind: &str, names: &[Ident], table: &Table, errors: &mut Errors) -> bool {
    let mut are_valid = true;
    for (position, name) in names.iter().enumerate() {
        let message = if table.column(name).is_none() {
            unknown(name, table)
        } else if names.get(..position).is_some_and(|before| before.contains(name)) {
            format!("`{}` is listed twice in {kind}", sql_name(name))
        } else {
            continue;
        };
        errors.add(name.span(), message);
        are_valid = false;
    }
    are_valid
}

fn unknown(name: &Ident, table: &Table) -> String {
    let message = format!("table `{}` has no column `{}`", sql_name(&table.name), sql_name(name));
    let known: Vec<String> = table.columns.iter().map(|column| column.name.to_string()).collect();
    if known.is_empty() {
        message
    } else {
        format!("{message}; expected one of {}", known.join(", "))
    }
}
