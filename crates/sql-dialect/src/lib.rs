//! How SQLite, PostgreSQL and MySQL/MariaDB write a schema: rendering, names, types, and what the
//! catalogue of a database is then expected to say. Pure; every build has all three.
//!
//! - [`BackendKind`] names a back end, and [`BackendKind::dialect`] is how its SQL is written.
//! - [`catalog`] is what a catalogue says, in a form that can be compared.
//!
//! Each back end has a folder with the same files: `names`, `types`, `tables`, `alter`, `catalog`.
//! What only one of them needs has a file of its own (`rebuild`; `guards`, `supports`).
//!
//! # Invariants
//!
//! - Equal changes give equal statements, in an order that works.
//! - An identifier is always in quotes, and no text of the schema is ever outside of them.
//!
//! This crate must never contain Diesel, a connection, or a feature flag.

pub mod catalog;
mod choose;
mod clauses;
mod dialect;
mod expected;
mod kind;
pub mod mysql;
mod phases;
pub mod postgres;
mod spelling;
mod sqlite;

pub use dialect::{Dialect, Piece};
pub use kind::{BackendKind, UnknownBackend};
pub use spelling::Spelling;
