//! Connects to SQLite, PostgreSQL and MySQL/MariaDB.
//!
//! - [`ServerUrl`] and [`DatabaseUrl`] are addresses that never show their password.
//! - [`AnyConnection`] is a Diesel connection to any back end; with [`dispatch!`] one query text
//!   serves them all.
//! - [`Connector`] and [`TenantConnection`] are what the migration engine drives;
//!   [`DieselConnector`] is the real one.
//! - [`admin`] creates and drops whole databases; [`Scratch`] is one to try migrations on.
//! - [`Cancel`] asks work on databases to stop; [`watched`] gives up on work that gets no answer.
//!
//! Each back end has a folder with the same files: `connect`, `errors`, `lock`, `tables` (history
//! and journal), `catalog`, `relations`, `databases`. Code that only one back end needs has its own
//! file.
//!
//! # Invariants
//!
//! - Nothing outside this crate and `sql-dialect` matches on the back end, except to choose one of
//!   three things by name.
//! - Reading never writes: a history is observed without creating its table.
//! - No error contains a credential.
//! - The kind of a failure does not depend on the server's language if Diesel's own kinds, the
//!   catalogue or a setting of the session can tell it. A failure of unknown kind is not retried.
//!
//! This crate must never contain what a tenant is, nor a schema's SQL.

pub mod admin;
mod backend;
mod backends;
mod cancel;
mod classify;
mod connection;
mod dispatch;
mod driver;
mod error;
#[cfg(any(feature = "sqlite", feature = "mysql"))]
mod exhausted;
mod journal_format;
#[cfg(feature = "mysql")]
mod mysql;
mod name;
mod pool;
#[cfg(feature = "postgres")]
mod postgres;
mod private;
mod reading;
mod relations;
mod scratch;
mod scratch_database;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod server;
mod session;
#[cfg(feature = "sqlite")]
mod sqlite;
mod tables;
mod transaction;
mod url;
mod values;
mod watch;
mod watched;

pub use backend::ViewSql;
pub use backends::{TextTable, is_compiled_in};
pub use cancel::{Cancel, InFlight};
pub use connection::{
    ANSWER_GRACE, Access, CONNECT_TIMEOUT, Capabilities, Connector, ExecutionMode, HISTORY_TABLE,
    History, JOURNAL_TABLE, JournalEntry, LOCK_TIMEOUT, Mark, OWNER_TABLE, STATEMENT_TIMEOUT,
    StrayHistory, TenantConnection, Timeouts, Version,
};
pub use driver::AnyConnection;
pub use error::{DbError, DbErrorKind};
pub use journal_format::WrittenBy;
pub use pool::ConnectionManager;
pub use private::create_private_folder;
pub use scratch::{Refused, Scratch, Trial};
pub use scratch_database::ScratchDatabase;
pub use session::DieselConnector;
#[cfg(feature = "sqlite")]
pub use sqlite::tune_process;
pub use url::{DatabaseUrl, ServerUrl, hide_password};
pub use values::show_values;
pub use watch::{WATCH_INTERVAL, Watch, given_up_calls, watched};
pub use watched::connect_watched;

pub use sql_dialect::catalog::{Catalog, CatalogColumn, CatalogTable};
pub use sql_dialect::import::Imported;
pub use sql_dialect::{BackendKind, UnknownBackend};
pub use sql_text::Statement;

#[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
compile_error!("db-backend needs at least one of the features `sqlite`, `postgres` and `mysql`");
