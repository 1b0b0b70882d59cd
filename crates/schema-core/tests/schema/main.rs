//! Schemas as code, as data and as files, and what lies between two of them.

mod diff;
mod dsl;
mod hazards;
mod notation;
mod snapshot;
mod types;
