//! What a tenant database must look like. Pure: no I/O, no clock but [`types::Timestamp::now`].
//!
//! A schema is declared once, with [`tenant_schema!`]: Diesel's own `table!` syntax, and attributes
//! for what Diesel can't say. That yields the Diesel tables that services query with, the same on
//! every back end, and a [`model::Schema`] for the tools, which [`diff`](mod@diff) compares,
//! [`snapshot`] writes to files and [`diagram`] draws. The schema of every tenant is [`tenant::SCHEMA`].
//!
//! ```
//! use diesel::prelude::*;
//! use schema_core::diff::{Change, diff};
//! use schema_core::model::Schema;
//! use schema_core::types::Timestamp;
//!
//! schema_core::tenant_schema! {
//!     /// Who pays.
//!     customers (id) {
//!         #[auto_increment]
//!         id -> BigInt,
//!         #[unique]
//!         #[max_length = 200]
//!         email -> Varchar,
//!         details -> Nullable<JsonDoc>,
//!     }
//!
//!     #[index(customer_id, created_at)]
//!     #[check(positive, "cents > 0")]
//!     invoices (id) {
//!         #[auto_increment]
//!         id -> BigInt,
//!         #[references(customers.id, on_delete = cascade)]
//!         customer_id -> BigInt,
//!         cents -> BigInt,
//!         #[default(now)]
//!         created_at -> UtcTimestamp,
//!     }
//! }
//!
//! // Diesel's query builder, on any back end:
//! let earlier = invoices::table
//!     .inner_join(customers::table)
//!     .filter(invoices::created_at.lt(Timestamp::now()))
//!     .select((customers::email, invoices::cents));
//!
//! // The model, and the way there from an empty database:
//! assert_eq!(SCHEMA.tables[1].indexes[0].name, "ix_invoices_customer_id_created_at");
//! let changes = diff(&Schema::EMPTY, &SCHEMA).expect("tables can always be created");
//! assert!(matches!(&changes[0], Change::CreateTable(table) if table.name == "customers"));
//! ```
//!
//! # The syntax
//!
//! `name (primary_key, …) { column -> Type, … }` for each table. A crate that declares a schema
//! depends on `diesel` and on this crate.
//!
//! | types | |
//! | --- | --- |
//! | `SmallInt`, `Integer`, `BigInt` | integers of 16, 32 and 64 bits |
//! | `Bool`, `Double`, `Binary` | truth values, floating point numbers, bytes |
//! | `Varchar` | text with a `max_length`; the only text that a key or an index can hold |
//! | `Text` | text without a limit |
//! | `UtcTimestamp`, `JsonDoc` | see [`types`] |
//! | `Nullable<…>` | any of them, or NULL |
//!
//! | on a table | |
//! | --- | --- |
//! | `#[index(a, b)]` | an index, named `ix_<table>_a_b` |
//! | `#[unique(a, b)]` | a unique index, named `uq_<table>_a_b` |
//! | `#[check(name, "expression")]` | a check constraint, named `ck_<table>_<name>` |
//! | `#[renamed_from = "old"]` | the table's former name |
//!
//! | on a column | |
//! | --- | --- |
//! | `#[max_length = N]` | for `Varchar`: 1 to 16,383 characters, in a key at most 768 |
//! | `#[auto_increment]` | the database numbers the rows; for a single integer primary key |
//! | `#[default(now)]`, `#[default(0)]`, `#[default("text")]`, `#[default(true)]` | the default |
//! | `#[unique]` | the same as `#[unique(column)]` on the table |
//! | `#[references(table.column, on_delete = cascade)]` | a foreign key, named `fk_<table>_<column>`; also `set_null` and `no_action`, which is the default |
//! | `#[renamed_from = "old"]` | the column's former name |
//!
//! A generated name of more than 63 bytes is cut and ends in a hash of the whole. Mistakes are
//! compile errors, all at once, each at its own place.

extern crate self as schema_core;

pub mod diagram;
pub mod diff;
pub mod model;
pub mod snapshot;
pub mod tenant;
pub mod types;

#[doc(hidden)]
pub use diesel;
pub use schema_macros::tenant_schema;
