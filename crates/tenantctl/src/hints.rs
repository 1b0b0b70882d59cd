//! What to do about errors, outcomes and findings. Each enum of the libraries is matched
//! exhaustively in one place, so that a new kind does not compile before somebody has thought of
//! its hint.

mod advice;
mod folder;
mod outcome;
mod registry;
#[cfg(test)]
mod tests;

use migration_folder::FolderError;
use system_db::{InvalidSlug, RegistryError};
use tenant_manager::ManagerError;

use crate::exit::Exit;
use crate::usage::UsageError;

pub use advice::Advice;
pub use folder::{folder, remedy};
pub use outcome::{blocker, database, failure, obstacle, outcome, refusal, stuck};
pub use registry::{goal, manager, registry, slug};

/// What to do about an error, and how the program ends with it.
pub fn advice(error: &anyhow::Error) -> Advice {
    if let Some(usage) = error.downcast_ref::<UsageError>() {
        Advice { hint: usage.hint.clone(), exit: Exit::Usage }
    } else if let Some(error) = error.downcast_ref::<FolderError>() {
        folder(error)
    } else if let Some(error) = error.downcast_ref::<ManagerError>() {
        manager(error)
    } else if let Some(error) = error.downcast_ref::<RegistryError>() {
        registry(error)
    } else if let Some(error) = error.downcast_ref::<InvalidSlug>() {
        slug(error)
    } else {
        Advice::unexpected(None)
    }
}
