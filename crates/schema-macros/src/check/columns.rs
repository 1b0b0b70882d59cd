//! Lists of columns: that each is there, and only once.

use syn::Ident;

use crate::declared::Table;
use crate::errors::Errors;
use crate::names::sql_name;

/// Whether they are; what is not is reported. The kind is of what lists them, such as `an index`.
pub(super) fn check(kind: &str, names: &[Ident], table: &Table, errors: &mut Errors) -> bool {
    let mut are_good = true;
    for (position, name) in names.iter().enumerate() {
        let message = if table.column(name).is_none() {
            unknown(name, table)
        } else if names.get(..position).is_some_and(|before| before.contains(name)) {
            format!("`{}` stands twice in {kind}", sql_name(name))
        } else {
            continue;
        };
        errors.add(name.span(), message);
        are_good = false;
    }
    are_good
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
