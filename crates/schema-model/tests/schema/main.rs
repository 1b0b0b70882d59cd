//! Schemas as data and as files, and the changes between two of them.

mod diff;
mod diff_properties;
mod hazards;
mod notation;
#[path = "../../../../tests/schemas/mod.rs"]
mod schemas;
mod simulator;
mod snapshot;
mod sql_type;
mod valid;
mod words;
