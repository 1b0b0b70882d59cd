//! The one place that chooses a dialect.

use crate::dialect::Dialect;
use crate::kind::BackendKind;
use crate::mysql::Mysql;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;

impl BackendKind {
    /// How its SQL is written.
    pub fn dialect(self) -> &'static dyn Dialect {
        match self {
            Self::Sqlite => &Sqlite,
            Self::Postgres => &Postgres,
            Self::Mysql => &Mysql,
        }
    }
}
