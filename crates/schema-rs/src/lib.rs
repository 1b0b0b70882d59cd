//! What Diesel's `schema.rs` says: its text for a database, by the rules of `diesel print-schema`,
//! and how it differs from the text that a team has.
//!
//! - [`DieselToml`] reads what a team tells Diesel, and where its migrations are.
//! - [`print()`] writes the text for the [`Relations`](sql_dialect::relations::Relations) of a
//!   database, and [`patched`] applies a team's `patch_file` to it.
//! - [`differences`] compares two texts by what they mean.
//!
//! A difference between back ends is in its file in `backends/`.
//!
//! # Invariants
//!
//! - The same relations and options always give the same text, formatted as `rustfmt` would.
//! - What `diesel print-schema` of the present release would write, this writes too.
//!
//! This crate must never contain Diesel itself, a connection, or what a migration is.

mod backends;
mod column_type;
mod diesel_toml;
mod differences;
mod names;
mod parse;
mod patch;
mod plan;
mod rules;
mod write;

pub use diesel_toml::{
    ColumnSorting, DEFAULT_KEY, DIESEL_TOML, DieselToml, DieselTomlError, Docs, Filter,
    PrintSchema, SameQuery,
};
pub use differences::{Difference, Unreadable, differences};
pub use patch::{PatchError, patched};
pub use plan::{PrintError, Unprintable};
pub use write::print;
