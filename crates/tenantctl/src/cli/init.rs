//! The arguments of `init`.

use std::path::PathBuf;

use clap::Args;
use db_backend::BackendKind;

/// Writes a workspace for a new project: the schema as code, its migrations, and `cargo xtask`
///
/// Existing files are never replaced: if there is one in the way, nothing is written.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// A back end of the tenants: sqlite, postgres or mysql [default: sqlite]
    #[arg(long = "back-end", value_name = "KIND")]
    pub(crate) back_ends: Vec<BackendKind>,
    /// Depends on the crates in that folder, such as `../tenantctl/crates`, not on published ones
    #[arg(long, value_name = "DIR")]
    pub(crate) crates: Option<PathBuf>,
}
