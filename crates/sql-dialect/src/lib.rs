//! How SQLite, PostgreSQL and MySQL/MariaDB write a schema: rendering, names, types, and the
//! catalogue that is then expected of a database. Everything is pure. Every build has all three.
//!
//! - [`BackendKind`] names a back end, and [`BackendKind::dialect`] writes its SQL.
//! - [`catalog`] describes the catalogue of a database in a form that can be compared, and
//!   [`relations`] what its clients see of it.
//! - [`import`](mod@import) finds the declared schema that a database has.
//!
//! Each back end has a folder with the same files: `names`, `types`, `tables`, `alter`, `catalog`.
//! Code that only one of them needs has its own file (`rebuild`; `expressions`, `guards`,
//! `supports`).
//!
//! # Invariants
//!
//! - The same changes always give the same statements, in an order that works.
//! - Identifiers and texts of the schema are always in quotes.
//!
//! This crate must never contain Diesel, a connection, or a feature flag.

pub mod catalog;
mod choose;
mod clauses;
mod dialect;
mod expected;
pub mod import;
mod kind;
pub mod mysql;
mod phases;
pub mod postgres;
pub mod relations;
mod spelling;
pub mod sqlite;

pub use dialect::{Dialect, Piece};
pub use kind::{BackendKind, UnknownBackend};
pub use spelling::Spelling;
