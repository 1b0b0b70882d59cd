//! The back ends by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sql_text::Syntax;

/// A kind of database server. MariaDB counts as MySQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackendKind {
    /// SQLite: each tenant is a file.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MySQL or MariaDB.
    Mysql,
}

impl BackendKind {
    /// All of them, in the order of every list.
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::Mysql];

    /// The name for people and in the registry. The folder of its migrations has the same name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
        }
    }

    /// The names that a folder of its migrations may have: ours, and that of many Diesel projects.
    pub const fn folder_names(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &["sqlite"],
            Self::Postgres => &["postgres", "postgresql"],
            Self::Mysql => &["mysql"],
        }
    }

    /// How its SQL is read.
    pub const fn syntax(self) -> Syntax {
        match self {
            Self::Sqlite => Syntax::Sqlite,
            Self::Postgres => Syntax::Postgres,
            Self::Mysql => Syntax::Mysql,
        }
    }
}

impl fmt::Display for BackendKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for BackendKind {
    type Err = UnknownBackend;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| UnknownBackend(name.to_owned()))
    }
}

/// A name that no back end has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown back end `{0}`; known are sqlite, postgres and mysql")]
pub struct UnknownBackend(pub String);
