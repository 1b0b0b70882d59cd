//! The command line: the only crate that prints, reads the environment, and exits.
//!
//! ```text
//! args → targets → observe → plan → run → events → report
//! ```
//!
//! A program is a [`Project`], a schema as code with its migrations, and [`Project::run`]. All words
//! for people are here: help, hints, progress, reports. The libraries below hand up facts.
//!
//! Never in here: what a back end's SQL looks like, the tables of any one schema, and what only
//! developers of this repository need.

mod call;
mod cli;
mod commands;
pub mod output;
mod project;
mod run;
pub mod scratch;
pub mod status;
mod targets;
pub mod watch;
mod workspace;

pub use cli::ScratchArgs;
pub use project::{Further, Migrations, Project};
