//! Schemas as code, as data and as files, and what lies between two of them.

mod diagram;
mod diff;
mod diff_properties;
mod dsl;
mod notation;
mod picture;
mod simulator;
mod snapshot;
mod types;
mod words;
