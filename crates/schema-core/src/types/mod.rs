//! The types of columns, which every back end has, though under different names.
//!
//! | type | values |
//! | --- | --- |
//! | `SmallInt`, `Integer`, `BigInt` | integers of 16, 32 and 64 bits |
//! | `Bool`, `Double`, `Binary` | truth values, floating point numbers, bytes |
//! | `Varchar` | text with a `max_length`; the only text that a key or an index can hold |
//! | `Text` | text without a limit |
//! | [`UtcTimestamp`] | instants in UTC, to the microsecond |
//! | [`JsonDoc`] | JSON documents |
//! | `Nullable<…>` | any of them, or NULL |
//!
//! Most are Diesel's own. Of these two, the Rust values are defined here as well:
//!
//! | SQL type | Rust value | PostgreSQL | MySQL/MariaDB | SQLite |
//! | --- | --- | --- | --- | --- |
//! | [`UtcTimestamp`] | [`Timestamp`] | `timestamptz` | `datetime(6)`, in UTC | `text`, sortable |
//! | [`JsonDoc`] | [`Json`] | `jsonb` | `json` | `text` |
//!
//! One `table!` with these types is queried by the same Rust code on all three back ends. The
//! values are newtypes, because Rust's coherence rules let only Diesel implement its conversions
//! for `chrono::DateTime` and `serde_json::Value`.

mod json;
mod timestamp;

pub use json::{Json, JsonDoc};
pub use timestamp::{Timestamp, UtcTimestamp};

/// Every type of the DSL under its name there; what the tables of
/// [`tenant_schema!`](crate::tenant_schema) import.
#[doc(hidden)]
pub mod dsl {
    pub use diesel::sql_types::{
        BigInt, Binary, Bool, Double, Integer, Nullable, SmallInt, Text, Varchar,
    };

    pub use super::{JsonDoc, UtcTimestamp};
}
