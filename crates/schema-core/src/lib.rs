//! The tenants' tables: the DSL that declares them, and portable Diesel types with their Rust values.
//!
//! A schema is declared once, with [`tenant_schema!`]: Diesel's own `table!` syntax, and attributes
//! for what Diesel can't say. That yields the Diesel tables that services query with, the same on
//! every back end, and a [`model::Schema`] for the tools that compare, render and draw it. The schema
//! of every tenant is [`tenant::SCHEMA`].
//!
//! # Invariants
//!
//! - The Diesel tables and the model come from one declaration, so they never differ.
//! - A declaration that compiles is one that every back end can hold.
//! - A value is read as it was written, and the same Rust code writes and reads it on every back end.
//! - No I/O, and no clock except [`types::Timestamp::now`].
//!
//! This crate must never contain SQL of a back end, pictures, or anything else that only tools need: it
//! is what services link. Nor does it contain facts of a type or rules for names, which are [`model`]'s,
//! or tables other than the tenants'.
//!
//! # Examples
//!
//! ```
//! use diesel::prelude::*;
//! use schema_core::model::diff::{Change, diff};
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
//! assert!(matches!(&changes[0], Change::CreateTable(new) if new.table.name == "customers"));
//! ```
//!
//! # The syntax
//!
//! `name (primary_key, …) { column -> Type, … }` for each table, with one of the [`types`]. A crate that
//! declares a schema depends on `diesel` and on this crate.
//!
//! | on a table | |
//! | --- | --- |
//! | `#[index(a, b desc)]` | an index, named `ix_<table>_a_b`; `desc` has the greatest value first |
//! | `#[unique(a, b desc)]` | a unique index, named `uq_<table>_a_b` |
//! | `#[index(a, where = "condition", mysql = full)]` | an index over the rows that satisfy the condition, which is SQL that SQLite and PostgreSQL understand |
//! | `#[unique(a, where = "condition", mysql = none)]` | the same, and no two of these rows are equal in `a` |
//! | `#[foreign_key((a, b) -> table(x, y))]` | a foreign key, named `fk_<table>_a_b` |
//! | `#[check(name, "expression")]` | a check constraint, named `ck_<table>_<name>` |
//! | `#[renamed_from = "old"]` | the table's former name |
//!
//! | on a column | |
//! | --- | --- |
//! | `#[max_length = N]` | for `Varchar`: 1 to 16,383 characters, in a key at most 768 |
//! | `#[auto_increment]` | the database numbers the rows; for a single integer primary key |
//! | `#[default(now)]`, `#[default(0)]`, `#[default("text")]`, `#[default(true)]` | the default |
//! | `#[unique]` | the same as `#[unique(column)]` on the table |
//! | `#[references(table.column)]` | the same as `#[foreign_key((this) -> table(column))]` on the table |
//! | `#[renamed_from = "old"]` | the column's former name |
//! | `#[backfill("expression")]` | the value of the rows that are there, as SQL over their other columns, where the column is new and not `Nullable`, no longer `Nullable`, or of a type that its values can't be converted to |
//!
//! | at the end of an index, a unique or a foreign key, in any order | |
//! | --- | --- |
//! | `name = short` | named `ix_<table>_short`, `uq_<table>_short` or `fk_<table>_short` instead; two over the same columns need it |
//! | `mysql = full`, `mysql = none` | MySQL and MariaDB can't index a part of the rows, so `where` has to come with what they have instead: an index over all rows, or none. A unique can only have `none`, since over all rows it would refuse more |
//! | `on_delete = …`, `on_update = …` | what becomes of the referring rows when the row referred to is deleted, or its values change: `no_action` (the default: it is refused), `cascade` (they go or change too) or `set_null` |
//!
//! # What every back end can do
//!
//! - A foreign key refers to a whole primary key, or to all columns of a `unique` without `where`
//!   and `desc`, in their order and of the same types.
//! - `set_null` wants all its columns to be `Nullable`. A table that refers to itself takes no
//!   `on_update`, and a check can't mention a column that a foreign key may change, since
//!   [MySQL][keys] and MariaDB would refuse it.
//! - Diesel joins two tables by itself where one foreign key lies between them, and it leads from one
//!   column to a primary key; otherwise the query says `on`.
//!
//! # Names
//!
//! Names of tables and columns are of a to z, 0 to 9 and `_`, begin with a letter, and have at most 63
//! bytes. Words of SQL are names like any other, since the tools quote them all; in an expression of
//! your own they need double quotes, which the tools turn into those of MySQL (a text has single
//! ones). Keywords of Rust are written with `r#`: `r#type` is `type` in the database.
//!
//! A generated name of more than 63 bytes is cut and ends in a hash of the whole. Mistakes are
//! compile errors, all at once, each at its own place.
//!
//! [keys]: https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html

extern crate self as schema_core;

pub mod tenant;
pub mod types;

#[doc(hidden)]
pub use diesel;
pub use schema_macros::tenant_schema;
/// What a schema is.
pub use schema_model as model;
