//! What a schema is: tables, columns, keys and indexes as data, and what lies between two of them.
//! Pure: no I/O and no clock.
//!
//! - The model ([`Schema`] and its parts) is the same from the DSL (borrowed, `static`) and from
//!   `schema/<version>.json` (owned); [`snapshot`] reads and writes those files.
//! - [`diff`](mod@diff) says what changes between two schemas, what that may lose, and what leads back.
//!
//! # Invariants
//!
//! - Equal input gives equal output; nothing depends on a back end.
//! - A snapshot that was read and written again has the same bytes.
//!
//! This crate must never contain Diesel, SQL of a back end, or the name of one beyond what the DSL
//! itself says (`mysql = full`).

mod builders;
pub mod diff;
mod model;
pub mod names;
pub mod snapshot;
mod sql_type;

pub use model::*;
pub use sql_type::{AllowedDefault, SqlType, ValueKind};
