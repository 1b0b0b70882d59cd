//! The arguments of `repair`.

use clap::Args;
use tenant_migrate::Repair;

use super::MigrationsArgs;

/// Finishes a migration that is half applied, by your word
///
/// Shows what is known about it: the statements that took effect, the one that was being executed,
/// and whether the schema has changed since. Then say what is left, and run the migrations again.
/// The ledger keeps what you said.
#[derive(Debug, Args)]
pub(crate) struct RepairArgs {
    /// The tenant
    pub(crate) slug: String,

    /// The version of the migration
    #[arg(value_name = "VERSION")]
    pub(crate) migration: String,

    /// The statements before this one (from 1) took effect, and no other
    #[arg(long, value_name = "N", group = "left")]
    resume_at: Option<u32>,

    /// All of it took effect
    #[arg(long, group = "left")]
    done: bool,

    /// None of it took effect, or what did was undone by hand
    #[arg(long, group = "left")]
    start_over: bool,

    #[command(flatten)]
    pub(crate) migrations: MigrationsArgs,
}

impl RepairArgs {
    /// What is left of the migration, if that was said.
    pub(crate) fn repair(&self) -> Option<Repair> {
        let flags = self.done.then_some(Repair::Done);
        let flags = flags.or_else(|| self.start_over.then_some(Repair::StartOver));
        flags.or_else(|| self.resume_at.map(Repair::ResumeAt))
    }
}
