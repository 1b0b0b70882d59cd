//! Instants in UTC, to the microsecond.

use std::fmt;

use chrono::{DateTime, Utc};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::query_builder::QueryId;
use diesel::sql_types::{SqlOrd, SqlType};
use serde::{Deserialize, Serialize};

/// The SQL type of an instant; its values are [`Timestamp`]s.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(mysql_type(name = "DateTime"))]
#[diesel(sqlite_type(name = "Text"))]
pub struct UtcTimestamp;

impl SqlOrd for UtcTimestamp {}

/// An instant in UTC, to the microsecond. Every back end keeps this precision, so a value that is
/// read back equals the value that was written.
///
/// Years from 1000 to 9999 can be stored, the range that MySQL documents for its `datetime`.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    AsExpression,
    FromSqlRow,
    Serialize,
    Deserialize,
)]
#[diesel(sql_type = UtcTimestamp)]
#[serde(from = "DateTime<Utc>", into = "DateTime<Utc>")]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// The current time.
    pub fn now() -> Self {
        Utc::now().into()
    }
}

/// Truncates to the microsecond.
impl From<DateTime<Utc>> for Timestamp {
    fn from(instant: DateTime<Utc>) -> Self {
        // Counting from the epoch also turns chrono's leap seconds into instants that databases
        // know. The count fits for every instant of chrono, so the fallback is never used.
        Self(DateTime::from_timestamp_micros(instant.timestamp_micros()).unwrap_or(instant))
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.0
    }
}

/// `2026-03-01 12:00:00.000000`: the 26 characters that SQLite stores, which sort like the
/// instants.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d %H:%M:%S%.6f"))
    }
}

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod conversions {
    use chrono::{DateTime, Utc};
    use diesel::deserialize::{self, FromSql};
    use diesel::serialize::{self, Output, ToSql};

    use super::{Timestamp, UtcTimestamp};
    use crate::types::years;

    impl Timestamp {
        fn storable(&self) -> Result<&DateTime<Utc>, String> {
            years::check(&self.0).map(|()| &self.0)
        }
    }

    #[cfg(feature = "sqlite")]
    mod sqlite {
        use diesel::serialize::IsNull;
        use diesel::sql_types::TimestamptzSqlite;
        use diesel::sqlite::{Sqlite, SqliteValue};

        use super::{
            DateTime, FromSql, Output, Timestamp, ToSql, Utc, UtcTimestamp, deserialize, serialize,
        };

        // Diesel itself writes as many digits as the value needs, and such texts do not sort.
        impl ToSql<UtcTimestamp, Sqlite> for Timestamp {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                self.storable()?;
                out.set_value(self.to_string());
                Ok(IsNull::No)
            }
        }

        // This also reads what `CURRENT_TIMESTAMP` writes, as UTC.
        impl FromSql<UtcTimestamp, Sqlite> for Timestamp {
            fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                let instant: DateTime<Utc> = FromSql::<TimestamptzSqlite, Sqlite>::from_sql(value)?;
                Ok(instant.into())
            }
        }
    }

    #[cfg(feature = "postgres")]
    mod postgres {
        use diesel::pg::{Pg, PgValue};
        use diesel::sql_types::Timestamptz;

        use super::{
            DateTime, FromSql, Output, Timestamp, ToSql, Utc, UtcTimestamp, deserialize, serialize,
        };

        impl ToSql<UtcTimestamp, Pg> for Timestamp {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                ToSql::<Timestamptz, Pg>::to_sql(self.storable()?, out)
            }
        }

        impl FromSql<UtcTimestamp, Pg> for Timestamp {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                let instant: DateTime<Utc> = FromSql::<Timestamptz, Pg>::from_sql(value)?;
                Ok(instant.into())
            }
        }
    }

    #[cfg(feature = "mysql")]
    mod mysql {
        use chrono::NaiveDateTime;
        use diesel::mysql::{Mysql, MysqlValue};
        use diesel::sql_types::Datetime;

        use super::{FromSql, Output, Timestamp, ToSql, UtcTimestamp, deserialize, serialize};

        // A `datetime` has no time zone, and the session's time zone never converts it. Ours are in
        // UTC.
        impl ToSql<UtcTimestamp, Mysql> for Timestamp {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Mysql>) -> serialize::Result {
                let written = self.storable()?.naive_utc();
                ToSql::<Datetime, Mysql>::to_sql(&written, &mut out.reborrow())
            }
        }

        impl FromSql<UtcTimestamp, Mysql> for Timestamp {
            fn from_sql(value: MysqlValue<'_>) -> deserialize::Result<Self> {
                let read: NaiveDateTime = FromSql::<Datetime, Mysql>::from_sql(value)?;
                Ok(read.and_utc().into())
            }
        }
    }
}
