//! The command line. No other crate of the product prints, reads the environment, or exits.
//!
//! ```text
//! args → targets → observe → plan → run → events → report
//! ```
//!
//! A program is a [`Project`] (a schema as code with its migrations) and a call of
//! [`Project::run`]. All words for people are here: help, hints, progress, reports. The libraries
//! below report facts.
//!
//! # Invariants
//!
//! - Each kind of error, outcome and finding has its hint in one exhaustive match in [`hints`].
//! - [`render`] is pure: it returns text, and its caller prints it.
//! - The exit code says how a command ended ([`Exit`]), and its numbers never change.
//! - A closed or full stdout or stderr never stops a run and never changes its exit code.
//!
//! This crate must never contain the SQL of a back end, the tables of any one schema, or anything
//! that only developers of this repository need.

mod built_in;
mod cli;
mod commands;
mod descriptors;
mod exit;
pub mod hints;
mod hooks;
pub mod interrupt;
mod invocation;
mod migrated;
pub mod output;
mod passwords;
mod progress;
mod project;
mod published;
pub mod render;
mod report_error;
mod run;
pub mod scratch;
mod settings;
mod targets;
mod usage;
mod words;
mod workspace;

pub use cli::ScratchArgs;
pub use exit::Exit;
pub use project::{ExtraCommands, Migrations, NamedSchemas, Project};
pub use usage::usage_error;

#[doc(hidden)]
pub use migrated::assert_migrated as __assert_migrated;
#[doc(hidden)]
pub use migration_embed::folders as __embedded;
/// The types that [`migrations!`] fills.
#[doc(hidden)]
pub mod __types {
    pub use tenant_migrate::{EmbeddedFolder, EmbeddedMigration};
}
