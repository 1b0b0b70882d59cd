//! Schemas as code, as data and as files, and what lies between two of them.

mod diagram;
mod diff;
mod diff_properties;
mod dsl;
mod hazards;
mod notation;
mod picture;
#[path = "../../../../tests/schemas/mod.rs"]
mod schemas;
mod simulator;
mod snapshot;
mod types;
mod valid;
mod words;
