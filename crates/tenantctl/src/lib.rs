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
mod exit;
mod failing;
pub mod hints;
pub mod output;
mod project;
pub mod render;
mod run;
pub mod scratch;
mod targets;
mod usage;
pub mod watch;
mod words;
mod workspace;

pub use cli::ScratchArgs;
pub use exit::Exit;
pub use project::{Further, Migrations, Project};
pub use usage::usage;
