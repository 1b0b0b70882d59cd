//! A back end in memory, with faults on demand: what the engine must survive, without a server.
//!
//! It knows tables, columns, indexes and rows as far as the tests' SQL goes, transactions with
//! savepoints, the migration lock, and for each style what a real back end of that style commits
//! when. Every call that the engine makes is counted, and a fault can be ordered for each.

mod connection;
mod connector;
mod database;
mod sql;
mod state;
mod style;

pub use connector::SimConnector;
pub use database::Fault;
pub use state::{SimState, SimTable};
pub use style::SimStyle;
