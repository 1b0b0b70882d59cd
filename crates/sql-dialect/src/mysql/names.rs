//! MySQL and MariaDB: names.

use schema_model::names::NAME_BYTES_MAX;

/// MySQL and MariaDB. The SQL works on MySQL from 8.0.19 on (`DROP CONSTRAINT`), and on MariaDB
/// from 10.2 on. On MariaDB, renaming a column or an index needs 10.5.2, and a descending index
/// needs 10.8 (older versions make it ascending). MySQL has all three from 8.0 on.
#[derive(Debug)]
pub(crate) struct Mysql;

/// The name of a new column until the column that it replaces is dropped.
pub(super) fn temporary(column: &str) -> String {
    let mut name = format!("__new_{column}");
    while name.len() > NAME_BYTES_MAX {
        name.pop();
    }
    name
}
