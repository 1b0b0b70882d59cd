//! The system database: which servers and tenants exist, and the ledger of runs.
//!
//! It is an SQLite file by default, and a PostgreSQL or MySQL/MariaDB database by URL. Its own
//! schema is declared with the tenants' DSL and brought up by the tenants' engine.
//!
//! # Invariants
//!
//! - A change of a tenant's state names the state before it, so that it never overwrites a change
//!   that was made meanwhile.
//! - What belongs together is written in one transaction, and no statement takes more rows than
//!   every back end can bind.
//! - A [`Slug`] can't leave its folder, its database name or its quoting.
//! - A server's address is printed without its password.
//! - A system database has an id from the first time that it is opened.
//!
//! # Never in here
//!
//! This crate must never contain:
//!
//! - How a fleet is run. The engine is used for one thing: this database's own schema.
//! - Connections to tenants' databases.
//! - Printing, the environment, flags and subcommands.

mod error;
mod identity;
mod ledger;
mod model;
mod open;
mod registry;
pub mod schema;
mod servers;
mod slug;
mod tenants;

pub use error::RegistryError;
pub use model::{NewTenant, RunOutcome, RunRecord, Server, Tenant, TenantState, UnknownState};
pub use open::POOL_SIZE;
pub use registry::{QUERY_TIMEOUT, Registry, default_timeouts};
pub use slug::{InvalidSlug, SLUG_MAX, Slug};
