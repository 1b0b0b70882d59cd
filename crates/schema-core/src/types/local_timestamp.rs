//! Dates with a time of day and without a time zone, to the microsecond.

use std::fmt;

use chrono::{DateTime, NaiveDateTime};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::query_builder::QueryId;
use diesel::sql_types::ops::{Add, Sub};
use diesel::sql_types::{Interval, SqlOrd, SqlType};
use serde::{Deserialize, Serialize};

/// A date with a time of day and without a time zone, to the microsecond: the SQL type, which the
/// DSL calls `Timestamp`, and also its values in Rust. It is made from a [`NaiveDateTime`], and can
/// be made into one.
///
/// Diesel's own `Timestamp` is another SQL type, of which MariaDB makes NULL before 1970 and after
/// 2038.
///
/// Years from 1000 to 9999 can be stored, the range that MySQL documents for its `datetime`.
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
#[diesel(postgres_type(oid = 1114, array_oid = 1115))]
#[diesel(mysql_type(name = "DateTime"))]
#[diesel(sqlite_type(name = "Text"))]
#[diesel(sql_type = LocalTimestamp)]
#[serde(from = "NaiveDateTime", into = "NaiveDateTime")]
pub struct LocalTimestamp(NaiveDateTime);

impl SqlOrd for LocalTimestamp {}

// Diesel's `table!` gives these operators to every type of that name in the DSL.

impl Add for LocalTimestamp {
    type Rhs = Interval;
    type Output = Self;
}

impl Sub for LocalTimestamp {
    type Rhs = Interval;
    type Output = Self;
}

/// Truncates to the microsecond.
impl From<NaiveDateTime> for LocalTimestamp {
    fn from(timestamp: NaiveDateTime) -> Self {
        // Counting also turns chrono's leap seconds into times that databases know. The count fits
        // for every timestamp of chrono, so the fallback is never used.
        let counted = DateTime::from_timestamp_micros(timestamp.and_utc().timestamp_micros());
        Self(counted.map_or(timestamp, |counted| counted.naive_utc()))
    }
}

impl From<LocalTimestamp> for NaiveDateTime {
    fn from(timestamp: LocalTimestamp) -> Self {
        timestamp.0
    }
}

/// `2026-03-01 12:00:00.250`: with no more groups of three digits after the point than it needs,
/// which is what SQLite stores, and what sorts like the timestamps.
impl fmt::Display for LocalTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d %H:%M:%S%.f"))
    }
}

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod conversions {
    use chrono::NaiveDateTime;

    use super::LocalTimestamp;
    use crate::types::years;

    impl LocalTimestamp {
        fn storable(&self) -> Result<&NaiveDateTime, String> {
            years::check(&self.0).map(|()| &self.0)
        }
    }

    /// Uses Diesel's own conversions for that type of the back end.
    macro_rules! delegate_to_diesel {
        ($backend:ty, $sql_type:ty) => {
            impl diesel::serialize::ToSql<LocalTimestamp, $backend> for LocalTimestamp {
                fn to_sql<'b>(
                    &'b self,
                    out: &mut diesel::serialize::Output<'b, '_, $backend>,
                ) -> diesel::serialize::Result {
                    diesel::serialize::ToSql::<$sql_type, $backend>::to_sql(self.storable()?, out)
                }
            }

            impl diesel::deserialize::FromSql<LocalTimestamp, $backend> for LocalTimestamp {
                fn from_sql(
                    value: <$backend as diesel::backend::Backend>::RawValue<'_>,
                ) -> diesel::deserialize::Result<Self> {
                    let read: NaiveDateTime =
                        diesel::deserialize::FromSql::<$sql_type, $backend>::from_sql(value)?;
                    Ok(read.into())
                }
            }
        };
    }

    #[cfg(feature = "sqlite")]
    delegate_to_diesel!(diesel::sqlite::Sqlite, diesel::sql_types::Timestamp);
    #[cfg(feature = "postgres")]
    delegate_to_diesel!(diesel::pg::Pg, diesel::sql_types::Timestamp);
    #[cfg(feature = "mysql")]
    delegate_to_diesel!(diesel::mysql::Mysql, diesel::sql_types::Datetime);
}
