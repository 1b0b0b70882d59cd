//! What a schema is: tables, columns, keys, indexes and constraints as data, and what changes
//! between two schemas.
//!
//! - The model ([`Schema`] and its parts) is the same whether it comes from the DSL (borrowed,
//!   `static`), from `schema/<version>.json` (owned; [`snapshot`] reads and writes those files) or
//!   from builders such as [`Table::new`].
//! - [`SqlType`] holds what is known about each column type on every back end.
//! - [`declaration`] writes a schema as the DSL declares it.
//! - [`names`] says which names are allowed, and makes the names of indexes and constraints.
//! - [`diff`](mod@diff) says what changes between two schemas, what the change may lose, and which
//!   schema leads back.
//!
//! # Invariants
//!
//! - Equal input gives equal output. No I/O, no clock, and nothing depends on a back end: where
//!   back ends differ, only what all [`BackEnds`] of the schema can do is allowed.
//! - What holds for a column type on every back end is stated once, in `sql_type.rs`. Other code
//!   asks there instead of matching on types.
//! - A snapshot that is read and written again has the same bytes, and every snapshot that was ever
//!   published can be read.
//! - A generated name never changes: published migrations and every database contain it.
//!
//! This crate must never contain Diesel, SQL that only some back ends understand, a decision that
//! depends on the back end (except for what the DSL itself states: `mysql = full`), string
//! functions that look into SQL (`sql-text` reads it), or tokens and spans of a declaration, which
//! belong to `schema-macros`.

mod back_ends;
mod builders;
pub mod declaration;
mod default_value;
pub mod diff;
mod model;
pub mod names;
mod row_expression;
pub mod snapshot;
mod sql_type;

pub use back_ends::BackEnds;
pub use model::*;
pub use row_expression::{FUNCTIONS, Instead, RowExpression};
pub use sql_type::{AllowedDefault, Digits, SqlType, ValueKind};
