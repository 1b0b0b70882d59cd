//! MySQL and MariaDB: how an index of the schema is created here.

use schema_model::{Index, WithoutPartial};

use super::names::Mysql;
use crate::clauses;
use crate::spelling::Spelling;

/// The index as it is created here, where an index always covers all rows. `None` if the schema
/// declares no index for this case.
pub(super) fn index(index: &Index) -> Option<Index> {
    match index.partial.as_ref().map(|partial| partial.without_partial) {
        Some(WithoutPartial::NoIndex) => None,
        Some(WithoutPartial::FullIndex) | None => Some(Index { partial: None, ..index.clone() }),
    }
}

pub(super) fn index_key(index: &Index) -> String {
    key(&index.name, index.unique, &clauses::index_columns(&Mysql, index))
}

pub(super) fn key(name: &str, unique: bool, columns: &str) -> String {
    format!("{}KEY {} ({columns})", if unique { "UNIQUE " } else { "" }, Mysql.quote(name))
}
