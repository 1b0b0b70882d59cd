//! What a tenant database must look like. Pure: no I/O, no clock.

extern crate self as schema_core;

pub mod diff;
pub mod model;
pub mod snapshot;
pub mod tenant;
pub mod types;

#[doc(hidden)]
pub use diesel;
pub use schema_macros::tenant_schema;
