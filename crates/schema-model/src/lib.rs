//! What a schema is: tables, columns, keys, indexes and constraints as data, and what lies between two
//! of them.
//!
//! - The model ([`Schema`] and its parts) is the same from the DSL (borrowed, `static`), from
//!   `schema/<version>.json` (owned; [`snapshot`] reads and writes those files) and from its builders
//!   ([`Table::new`] and so on).
//! - [`SqlType`] says what is known of each column type, whatever the back end.
//! - [`names`] says which names are allowed, and what indexes and constraints are called.
//! - [`diff`](mod@diff) says what changes between two schemas, what that may lose, and what leads back.
//!
//! # Invariants
//!
//! - Equal input gives equal output. No I/O, no clock, and nothing depends on a back end: where back ends
//!   differ, what holds is what all of them can do.
//! - What holds of a column type on every back end is said once, in `sql_type.rs`. Other code asks there,
//!   and does not match on types to know it.
//! - A snapshot that was read and written again has the same bytes, and each one that was ever
//!   published can be read.
//! - A generated name never changes: it stands in published migrations and in every database.
//!
//! This crate must never contain Diesel, SQL that only some back end understands, a decision that hangs
//! on the back end (except for what the DSL itself says: `mysql = full`), or tokens and spans of a
//! declaration, which are `schema-macros`'.

mod builders;
pub mod diff;
mod model;
pub mod names;
pub mod snapshot;
mod sql_type;

pub use model::*;
pub use sql_type::{AllowedDefault, SqlType, ValueKind};
