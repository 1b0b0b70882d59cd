//! A folder of migrations on disk: a stock Diesel folder for each back end, `schema/<version>.json`
//! with the schema after each version, and `CHECKSUMS`.
//!
//! - [`new_migration`] writes the next migration for every back end, from the difference between
//!   the code and the newest snapshot, after executing it up, down and up again.
//! - [`check_files`] and [`replay`] find what is wrong with the existing migrations.
//! - [`rebase`] gives a migration a new version, if two branches each added one.
//! - [`amend`], [`remove`] and [`rename`] take back a migration that is not published.
//!
//! # Invariants
//!
//! - A migration that is not a draft is written only if it passed its proof on every scratch host,
//!   and then all its files are written, or none.
//! - A published migration never changes: `CHECKSUMS` has a line for each of its files.
//! - What is wrong with a folder is a finding, not an error.
//!
//! This crate must never contain printing, the environment, or a word of the command line: what it
//! returns says what was done, found or refused.

mod broken;
mod by_hand;
mod checksums;
mod condition;
mod consent;
mod draft;
mod error;
mod finding;
mod folder;
mod generated;
mod host;
mod import;
mod layout;
mod lineage;
mod lines;
mod proof;
mod rebase;
mod replay;
mod replayed;
mod rows;
mod samples;
mod schema_rs;
mod sql;
mod squash;
mod squash_proof;
mod staging;
mod taking_back;
mod writing;

pub use broken::{Broken, FailedUse, Usage};
pub use checksums::{GIT_ATTRIBUTES, check_version, is_in_the_way, seal};
pub use consent::MAY_FAIL;
pub use draft::{Proofs, Proved};
pub use error::{FolderError, Unproven};
pub use finding::{Finding, Remedy};
pub use folder::Folder;
pub use host::ScratchHost;
pub use import::{import, write_baseline};
pub use layout::check_files;
pub use proof::{Proof, Proven, Rows, prove};
pub use rebase::{Rebased, RebasedMigration, rebase};
pub use replay::replay;
pub use replayed::{Replayed, TriedRows};
pub use rows::EmptyTable;
pub use schema_rs::check_schema_rs;
pub use squash::{Squashed, SquashedFrom, check_squashed, squash};
pub use staging::Staging;
pub use taking_back::{Moved, amend, remove, rename};
pub use writing::{Content, Generated, Request, Written, new_migration, write_snapshot};
