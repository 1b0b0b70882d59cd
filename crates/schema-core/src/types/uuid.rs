//! UUIDs.

use std::fmt;
use std::str::FromStr;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::query_builder::QueryId;
use diesel::sql_types::{SqlOrd, SqlType};
use serde::{Deserialize, Serialize};

/// A UUID: the SQL type, and also its values in Rust, so that a column `id -> Uuid` is read as an
/// `id: Uuid`. It is made from a [`uuid::Uuid`], and can be made into one.
///
/// ```
/// use schema_core::types::Uuid;
///
/// let id: Uuid = "018f4e2a-0000-7000-8000-00000000002a".parse()?;
/// assert_eq!(id, uuid::uuid!("018f4e2a-0000-7000-8000-00000000002a").into());
/// assert_eq!(id.0.get_version_num(), 7);
/// # Ok::<(), uuid::Error>(())
/// ```
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    SqlType,
    QueryId,
    AsExpression,
    FromSqlRow,
    Serialize,
    Deserialize,
)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(mysql_type(name = "String"))]
#[diesel(sqlite_type(name = "Text"))]
#[diesel(sql_type = Uuid)]
#[serde(transparent)]
pub struct Uuid(pub uuid::Uuid);

/// The texts that SQLite and MySQL store sort like the bytes.
impl SqlOrd for Uuid {}

impl From<uuid::Uuid> for Uuid {
    fn from(uuid: uuid::Uuid) -> Self {
        Self(uuid)
    }
}

impl From<Uuid> for uuid::Uuid {
    fn from(uuid: Uuid) -> Self {
        uuid.0
    }
}

impl FromStr for Uuid {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// In lower case, with hyphens: the text that SQLite and MySQL store, and that PostgreSQL prints.
impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use diesel::deserialize::{self, FromSql};
    use diesel::serialize::{self, IsNull, Output, ToSql};
    use diesel::sql_types::Text;
    use diesel::sqlite::{Sqlite, SqliteValue};

    use super::Uuid;

    impl ToSql<Uuid, Sqlite> for Uuid {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            out.set_value(self.to_string());
            Ok(IsNull::No)
        }
    }

    impl FromSql<Uuid, Sqlite> for Uuid {
        fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
            let text: String = FromSql::<Text, Sqlite>::from_sql(value)?;
            Ok(text.parse()?)
        }
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use std::io::Write as _;

    use diesel::deserialize::{self, FromSql};
    use diesel::pg::{Pg, PgValue};
    use diesel::serialize::{self, IsNull, Output, ToSql};

    use super::Uuid;

    impl ToSql<Uuid, Pg> for Uuid {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            out.write_all(self.0.as_bytes())?;
            Ok(IsNull::No)
        }
    }

    impl FromSql<Uuid, Pg> for Uuid {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            Ok(Self(uuid::Uuid::from_slice(value.as_bytes())?))
        }
    }
}

#[cfg(feature = "mysql")]
mod mysql {
    use std::io::Write as _;

    use diesel::deserialize::{self, FromSql};
    use diesel::mysql::{Mysql, MysqlValue};
    use diesel::serialize::{self, IsNull, Output, ToSql};
    use diesel::sql_types::Text;

    use super::Uuid;

    impl ToSql<Uuid, Mysql> for Uuid {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Mysql>) -> serialize::Result {
            write!(out, "{self}")?;
            Ok(IsNull::No)
        }
    }

    impl FromSql<Uuid, Mysql> for Uuid {
        fn from_sql(value: MysqlValue<'_>) -> deserialize::Result<Self> {
            let text: String = FromSql::<Text, Mysql>::from_sql(value)?;
            Ok(text.parse()?)
        }
    }
}
