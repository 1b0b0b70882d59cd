//! A folder of migrations on disk: a stock Diesel folder for each back end, `schema/<version>.json`
//! with the schema after each version, and `CHECKSUMS`.
//!
//! - [`new_migration`] writes the next migration: from the difference between the code and the
//!   newest snapshot, for every back end, once it has executed it up, down and up again.
//! - [`check_files`] and [`replay`] find what is wrong with the migrations that are there.
//! - [`rebase`] gives a migration a new version, where two branches wrote one each.
//!
//! It prints nothing: what it returns says what was done, found or refused.

mod checksums;
mod consent;
mod error;
mod folder;
mod ground;
mod layout;
mod lineage;
mod proof;
mod rebase;
mod render;
mod replay;
mod rows;
mod sql;
mod staging;
mod writing;

pub use checksums::{reseal, seal};
pub use error::FolderError;
pub use folder::Folder;
pub use ground::Ground;
pub use layout::check_files;
pub use proof::{Proof, Proven, Rows, Unproven, prove};
pub use rebase::{Rebased, rebase};
pub use render::{render_rebased, render_written};
pub use replay::{Replayed, replay};
pub use tenant_migrate::Finding;
pub use writing::{Generated, Proofs, Request, Written, new_migration, write_snapshot};
