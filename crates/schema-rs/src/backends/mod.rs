//! The back ends. Each has a file with the same headings.

mod mysql;
mod postgres;
mod sqlite;

use sql_dialect::BackendKind;

use crate::rules::SchemaRs;

/// How `schema.rs` reads on that one.
pub(crate) fn schema_rs(kind: BackendKind) -> &'static dyn SchemaRs {
    match kind {
        BackendKind::Sqlite => &sqlite::Sqlite,
        BackendKind::Postgres => &postgres::Postgres,
        BackendKind::Mysql => &mysql::Mysql,
    }
}
