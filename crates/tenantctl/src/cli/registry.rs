//! The arguments of `registry`.

use clap::Subcommand;

use super::Format;

/// Shows which registry this is, and gives a copy an id of its own
#[derive(Debug, Subcommand)]
pub(crate) enum RegistryCommand {
    /// Shows the registry's id, which is in the mark of each tenant's database
    Show {
        /// Output format
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Gives a registry that is a copy of another one an id of its own
    ///
    /// The databases of its tenants still belong to the other registry. Until they are taken over,
    /// this one does not migrate them.
    Fork,
}
