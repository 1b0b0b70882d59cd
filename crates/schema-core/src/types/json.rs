//! JSON documents.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::query_builder::QueryId;
use diesel::sql_types::SqlType;
use serde::{Deserialize, Serialize};

/// The SQL type of a JSON document; its values are [`Json`].
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 3802, array_oid = 3807))]
#[diesel(mysql_type(name = "String"))]
#[diesel(sqlite_type(name = "Text"))]
pub struct JsonDoc;

/// A JSON document. Equal documents may be stored as different texts, because PostgreSQL and MySQL
/// order the keys of objects in their own way. So compare documents in Rust and not in SQL.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow, Serialize, Deserialize)]
#[diesel(sql_type = JsonDoc)]
#[serde(transparent)]
pub struct Json(pub serde_json::Value);

impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        Self(value)
    }
}

/// Uses Diesel's own conversions for the JSON type of the back end, which is text on SQLite.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
macro_rules! delegate_to_diesel {
    ($backend:ty, $json:ty) => {
        impl diesel::serialize::ToSql<JsonDoc, $backend> for Json {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, $backend>,
            ) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<$json, $backend>::to_sql(&self.0, out)
            }
        }

        impl diesel::deserialize::FromSql<JsonDoc, $backend> for Json {
            fn from_sql(
                value: <$backend as diesel::backend::Backend>::RawValue<'_>,
            ) -> diesel::deserialize::Result<Self> {
                diesel::deserialize::FromSql::<$json, $backend>::from_sql(value).map(Self)
            }
        }
    };
}

#[cfg(feature = "sqlite")]
delegate_to_diesel!(diesel::sqlite::Sqlite, diesel::sql_types::Json);
#[cfg(feature = "postgres")]
delegate_to_diesel!(diesel::pg::Pg, diesel::sql_types::Jsonb);
#[cfg(feature = "mysql")]
delegate_to_diesel!(diesel::mysql::Mysql, diesel::sql_types::Json);
