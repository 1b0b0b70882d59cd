//! How SQLite, PostgreSQL and MySQL/MariaDB differ. No other room of the workspace knows.
//!
//! - [`Dialect`] is what SQL looks like on each back end; it is pure, and every build has all three.
//! - [`ServerUrl`] and [`DatabaseUrl`] are addresses that never show their password.
//! - [`AnyConnection`] is a Diesel connection to any back end; with [`dispatch!`] one query text
//!   serves them all.
//! - [`Connector`] and [`TenantConnection`] are what the migration engine drives; [`DieselConnector`]
//!   is the real one.
//! - [`admin`] creates and drops whole databases; [`Scratch`] is one to try migrations on.
//! - [`Cancel`] asks whoever works on databases to stop.

pub mod admin;
mod cancel;
pub mod catalog;
mod classify;
mod connection;
mod dialect;
mod dispatch;
mod driver;
mod error;
mod foreign_keys;
mod kind;
mod name;
mod pool;
mod scratch;
mod session;
mod split;
#[cfg(feature = "sqlite")]
mod sqlite_process;
mod transaction;
mod url;

pub use cancel::{Cancel, InFlight};
pub use connection::{
    Access, CONNECT_TIMEOUT, Capabilities, Connector, ExecutionMode, HISTORY_TABLE, History,
    JOURNAL_TABLE, JournalEntry, LOCK_TIMEOUT, STATEMENT_TIMEOUT, TenantConnection, Timeouts,
    Version,
};
pub use dialect::{Dialect, Piece};
pub use driver::AnyConnection;
pub use error::{DbError, DbErrorKind};
pub use kind::{BackendKind, UnknownBackend};
pub use pool::ConnectionManager;
pub use scratch::{Refused, Scratch};
pub use session::DieselConnector;
pub use split::Statement;
#[cfg(feature = "sqlite")]
pub use sqlite_process::tune_process;
pub use url::{DatabaseUrl, ServerUrl};

#[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
compile_error!("db-backend needs at least one of the features `sqlite`, `postgres` and `mysql`");
