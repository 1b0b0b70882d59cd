//! The names that declared things have in SQL.

use schema_model::names::{Kind, kept_mistake, mistake, suffix_of, suggestion};
use syn::Ident;
use syn::ext::IdentExt;

use crate::declared::{Check, ForeignKey, Index, OwnName, Table};
use crate::syntax::rust_name;

/// The name in SQL: `r#type` is `type`.
pub(crate) fn sql_name(ident: &Ident) -> String {
    ident.unraw().to_string()
}

pub(crate) fn index_name(table: &Table, index: &Index) -> String {
    let kind = if index.unique { Kind::Unique } else { Kind::Index };
    named(kind, table, index.name.as_ref(), index.column_names())
}

pub(crate) fn foreign_key_name(table: &Table, key: &ForeignKey) -> String {
    named(Kind::ForeignKey, table, key.name.as_ref(), key.columns.iter())
}

pub(crate) fn check_name(table: &Table, check: &Check) -> String {
    named(Kind::Check, table, Some(&check.name), std::iter::empty())
}

fn named<'a>(
    kind: Kind,
    table: &Table,
    own: Option<&OwnName>,
    columns: impl Iterator<Item = &'a Ident>,
) -> String {
    let suffix = match own {
        Some(OwnName::Whole(name)) => return name.value(),
        Some(OwnName::Suffix(name)) => sql_name(name),
        None => {
            let columns: Vec<String> = columns.map(sql_name).collect();
            suffix_of(columns.iter().map(String::as_str))
        }
    };
    kind.name(&sql_name(&table.name), &suffix)
}

/// What is wrong with a name, if anything, with a suggestion.
pub(crate) fn ident_mistake(ident: &Ident) -> Option<String> {
    let name = sql_name(ident);
    let message = mistake(&name)?;
    Some(match suggestion(&name) {
        Some(better) => format!("{message}, such as `{}`", rust_name(&better, ident.span())),
        None => message,
    })
}

/// What is wrong with the declared name of an index or a constraint, if anything.
pub(crate) fn own_mistake(name: &OwnName) -> Option<String> {
    match name {
        OwnName::Suffix(name) => ident_mistake(name),
        OwnName::Whole(name) => kept_mistake(&name.value()),
    }
}

/// The same for a name that is written as a text.
pub(crate) fn text_mistake(name: &str) -> Option<String> {
    let message = mistake(name)?;
    Some(match suggestion(name) {
        Some(better) => format!("{message}, such as `{better}`"),
        None => message,
    })
}
