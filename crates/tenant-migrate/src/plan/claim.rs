//! Whose a database is, and whether it may become a tenant's.

use db_backend::{History, Mark, Version};

/// What the registry says about a tenant's database, which the database must not contradict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// The newest version seen in it. A hint: no tenant is skipped because of it, but a recorded
    /// version with an empty history blocks.
    pub version: Option<Version>,
    /// The mark that it bears, or gets; `None` if it is no tenant's.
    pub mark: Option<Mark>,
}

/// Which databases become a tenant's: they get its mark, under their migration lock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Claim {
    /// Those without a mark: of tenants that were registered before there were marks.
    #[default]
    Unmarked,
    /// Those without a mark that are empty: of new tenants.
    Empty,
    /// All, also those with another mark.
    Any,
}

impl Record {
    /// The mark that the database is still to get.
    pub(crate) fn missing_mark(&self, observed: &History) -> Option<&Mark> {
        self.mark.as_ref().filter(|mark| observed.mark.as_ref() != Some(*mark))
    }
}
