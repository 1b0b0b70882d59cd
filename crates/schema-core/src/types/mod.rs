//! The types of columns. Every back end has them, under different names.
//!
//! | type | values |
//! | --- | --- |
//! | `SmallInt`, `Integer`, `BigInt` | integers of 16, 32 and 64 bits |
//! | `Bool`, `Double`, `Binary` | booleans, floating point numbers, bytes |
//! | `Float` | floating point numbers of 32 bits |
//! | `Numeric(p, s)` | decimal numbers of `p` digits, `s` of them after the point: [`Decimal`] |
//! | `Json` | JSON documents as they were written: [`serde_json::Value`] |
//! | `Varchar` | text with a `max_length`; the only text that a key or an index can contain |
//! | `Text` | text without a limit |
//! | [`UtcTimestamp`] | instants in UTC, to the microsecond |
//! | [`JsonDoc`] | JSON documents |
//! | [`Uuid`] | UUIDs |
//! | `Date` | days: [`chrono::NaiveDate`] |
//! | `Time` | times of day: [`chrono::NaiveTime`], to the microsecond; SQLite keeps more |
//! | `Timestamp` | dates with a time of day: [`LocalTimestamp`] |
//! | `Nullable<…>` | any of these, or NULL |
//!
//! Most types are Diesel's own. These are defined here:
//!
//! | SQL type | Rust value | PostgreSQL | MySQL/MariaDB | SQLite |
//! | --- | --- | --- | --- | --- |
//! | [`UtcTimestamp`] | [`Timestamp`] | `timestamptz` | `datetime(6)`, in UTC | `text`, sortable |
//! | [`JsonDoc`] | [`Json`] | `jsonb` | `json` | `text` |
//! | [`Uuid`] | [`Uuid`] | `uuid` | `char(36)` | `text` with a check |
//! | `Numeric(p, s)` | [`Decimal`] | `numeric` | `decimal` | a 64-bit integer without the point |
//! | `Timestamp` | [`LocalTimestamp`] | `timestamp` | `datetime(6)` | a sortable text |
//!
//! The same Rust code queries a `table!` with these types on all three back ends. The values are
//! newtypes, because Rust's coherence rules let only Diesel implement its conversions for
//! `chrono::DateTime`, `serde_json::Value` and `uuid::Uuid`.

mod json;
mod local_timestamp;
mod numeric;
mod timestamp;
mod uuid;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod years;

pub use json::{Json, JsonDoc};
pub use local_timestamp::LocalTimestamp;
pub use numeric::{Decimal, Numeric};
pub use timestamp::{Timestamp, UtcTimestamp};

pub use self::uuid::Uuid;

/// Every type of the DSL under its name there. The tables of
/// [`tenant_schema!`](crate::tenant_schema) import this module.
#[doc(hidden)]
pub mod dsl {
    pub use diesel::sql_types::{
        BigInt, Binary, Bool, Date, Double, Float, Integer, Json, Nullable, SmallInt, Text, Time,
        Varchar,
    };

    /// The type of a declared `Numeric(p, s)`. Diesel's `table!` would allow arithmetic on a type
    /// called so, and SQLite would calculate without the points.
    pub use super::Numeric as NumericOfScale;
    pub use super::{JsonDoc, LocalTimestamp as Timestamp, UtcTimestamp, Uuid};
}
