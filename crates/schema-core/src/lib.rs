//! The tenants' tables: the DSL that declares them, and portable Diesel types with their Rust
//! values.
//!
//! A schema is declared once, with [`tenant_schema!`]: Diesel's own `table!` syntax, and attributes
//! for what Diesel can't express. The declaration gives the Diesel tables that services query with,
//! the same on every back end, and a [`model::Schema`] for the tools that compare, render and draw
//! it. The schema of every tenant is [`tenant::SCHEMA`].
//!
//! # Invariants
//!
//! - The Diesel tables and the model come from one declaration, so they never differ.
//! - Every back end of the schema can hold a declaration that compiles.
//! - A value is read as it was written, and the same Rust code writes and reads it on every back
//!   end.
//! - No I/O, and no clock except [`types::Timestamp::now`].
//!
//! This crate must never contain SQL of a back end, pictures, or anything else that only tools
//! need, because services link it. Nor does it contain facts about a type or rules for names, which
//! are [`model`]'s, or tables other than the tenants'.
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
//! // The model, and the changes that lead to it from an empty database:
//! assert_eq!(SCHEMA.tables[1].indexes[0].name, "ix_invoices_customer_id_created_at");
//! let changes = diff(&Schema::EMPTY, &SCHEMA).expect("tables can always be created");
//! assert!(matches!(&changes[0], Change::CreateTable(new) if new.table.name == "customers"));
//! ```
//!
//! # The syntax
//!
//! Each table is `name (primary_key, …) { column -> Type, … }`, with the [`types`] of this crate. A
//! crate that declares a schema depends on `diesel` and on this crate.
//!
//! Attributes on a table:
//!
//! - `#[index(a, b desc)]`: an index named `ix_<table>_a_b`. With `desc`, the greatest value comes
//!   first.
//! - `#[unique(a, b desc)]`: a unique index named `uq_<table>_a_b`.
//! - `#[index(a, where = "condition", mysql = full)]`: an index over the rows that satisfy the
//!   condition, which is SQL that SQLite and PostgreSQL understand.
//! - `#[unique(a, where = "condition", mysql = none)]`: the same, and no two of these rows are
//!   equal in `a`.
//! - `#[foreign_key((a, b) -> table(x, y))]`: a foreign key named `fk_<table>_a_b`.
//! - `#[check(name, "expression")]`: a check constraint named `ck_<table>_<name>`.
//! - `#[renamed_from = "old"]`: the table's former name.
//!
//! Attributes on a column:
//!
//! - `#[max_length = N]`: for `Varchar`, 1 to 16,383 characters; at most 768 in a key.
//! - `#[auto_increment]`: the database numbers the rows. For a single integer primary key.
//! - `#[default(now)]`, `#[default(0)]`, `#[default("text")]`, `#[default(true)]`: the default.
//! - `#[unique]`: the same as `#[unique(column)]` on the table.
//! - `#[references(table.column)]`: the same as `#[foreign_key((this) -> table(column))]` on the
//!   table.
//! - `#[renamed_from = "old"]`: the column's former name.
//! - `#[backfill("expression")]`: the value for existing rows, as SQL over their other columns. For
//!   a column that is new and not `Nullable`, that is no longer `Nullable`, or whose values can't
//!   be converted to its new type.
//! - `#[sample("text", "other")]`, `#[sample(10, 20)]`: values for the rows on which migrations are
//!   tried, if a check rejects those that are found for it.
//!
//! Arguments at the end of an index, a unique or a foreign key, in any order:
//!
//! - `name = short`: the name is `ix_<table>_short`, `uq_<table>_short` or `fk_<table>_short`
//!   instead. Two over the same columns need it.
//! - `name = "Whole name"`: exactly that name, which a database has already; in a check,
//!   `#[check("Whole name", "expression")]`. On SQLite, a foreign key keeps no name.
//! - `mysql = full` or `mysql = none`: what MySQL and MariaDB have instead of a partial index,
//!   which they don't support: an index over all rows, or no index. It is required with `where`. A
//!   unique can only have `none`, because it would reject more if it covered all rows.
//! - `on_delete = …`, `on_update = …`: what happens to the referring rows when the row that they
//!   refer to is deleted or its values change. With `no_action`, the default, the change is
//!   rejected. With `cascade`, they are deleted or changed as well. With `set_null`, their columns
//!   become NULL.
//!
//! An expression must be one whole expression without comments, and mean the same on every back
//! end: `||` is refused, because it means OR on MySQL and MariaDB. Or single back ends have their
//! own: `#[check(name, "…", mysql = "…")]`, `#[backfill("…", sqlite = "…", postgres = "…")]`,
//! `#[index(a, where = "…", postgres = "…", mysql = full)]`.
//!
//! # Fewer back ends
//!
//! A schema that begins with `back_ends = [postgres];`, or with several of `sqlite`, `postgres` and
//! `mysql`, gets migrations only for these, and what only the others can't do is allowed: without
//! `mysql`, a `Text` can have a default and be part of a key or an index, and a partial index needs
//! no `mysql = …`. With a single back end, an expression that does not mean the same everywhere is
//! written as it stands.
//!
//! # What every back end can do
//!
//! - A foreign key refers to a whole primary key, or to all columns of a `unique` without `where`
//!   and `desc`, in their order and with the same types.
//! - `set_null` requires all its columns to be `Nullable`. A table that refers to itself can't have
//!   an `on_update`, and a check can't mention a column that a foreign key may change, because
//!   [MySQL][keys] and MariaDB would reject it.
//! - Diesel joins two tables without an `on` if there is one foreign key between them and it refers
//!   from one column to a primary key. Otherwise the query needs an `on`.
//!
//! # Names
//!
//! Names of tables and columns consist of a to z, 0 to 9 and `_`, begin with a letter, and have at
//! most 63 bytes. Words of SQL are allowed, because the tools quote all names. In your own
//! expressions, such a name needs double quotes, which the tools turn into the quotes of MySQL; a
//! text needs single quotes. Keywords of Rust are written with `r#`: `r#type` is `type` in the
//! database.
//!
//! A generated name of more than 63 bytes is truncated and ends in a hash of the whole name.
//! Mistakes are compile errors; all are reported together, each at its own place.
//!
//! [keys]: https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html

extern crate self as schema_core;

pub mod tenant;
pub mod types;

#[doc(hidden)]
pub use diesel;
pub use schema_macros::tenant_schema;
/// The model of a schema.
pub use schema_model as model;

/// What PostgreSQL makes of a table can be in one query with whatever the table can.
#[cfg(feature = "postgres")]
#[doc(hidden)]
#[macro_export]
macro_rules! __in_same_query_on_postgres {
    ($table:ident) => {
        impl<S> $crate::diesel::query_source::TableNotEqual<$table::table>
            for $crate::diesel::query_builder::Only<S>
        where
            S: $crate::diesel::query_source::TableNotEqual<$table::table>,
            $crate::diesel::query_builder::Only<S>: $crate::diesel::Table,
        {
        }
        impl<S> $crate::diesel::query_source::TableNotEqual<$crate::diesel::query_builder::Only<S>>
            for $table::table
        where
            $table::table: $crate::diesel::query_source::TableNotEqual<S>,
            S: $crate::diesel::Table,
            $crate::diesel::query_builder::Only<S>: $crate::diesel::Table,
        {
        }
        impl<S, M> $crate::diesel::query_source::TableNotEqual<$table::table>
            for $crate::diesel::query_builder::Tablesample<S, M>
        where
            S: $crate::diesel::query_source::TableNotEqual<$table::table>,
            $crate::diesel::query_builder::Tablesample<S, M>: $crate::diesel::Table,
            M: $crate::diesel::internal::table_macro::TablesampleMethod,
        {
        }
        impl<S, M>
            $crate::diesel::query_source::TableNotEqual<
                $crate::diesel::query_builder::Tablesample<S, M>,
            > for $table::table
        where
            $table::table: $crate::diesel::query_source::TableNotEqual<S>,
            S: $crate::diesel::Table,
            $crate::diesel::query_builder::Tablesample<S, M>: $crate::diesel::Table,
            M: $crate::diesel::internal::table_macro::TablesampleMethod,
        {
        }
    };
}

/// Only PostgreSQL has these.
#[cfg(not(feature = "postgres"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __in_same_query_on_postgres {
    ($table:ident) => {};
}
