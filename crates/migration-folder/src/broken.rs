//! What a migration breaks of what was written by hand.

use std::fmt;

use db_backend::DbError;

/// Something written by hand that a migration breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The use that fails.
    pub failure: FailedUse,
    /// Whether it worked before the migration; otherwise the migration itself created it.
    pub worked_before: bool,
    /// The triggers that the migration created, if one of them may be the reason.
    pub triggers: Vec<String>,
    /// The name of the database product.
    pub product: &'static str,
}

/// A use of the database that fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedUse {
    /// What was done.
    pub usage: Usage,
    /// With which view or table.
    pub place: String,
    /// What the database reported.
    pub error: DbError,
    /// Whether it can never work, since something that it uses does not exist. Otherwise something
    /// may mean to reject the row.
    pub is_broken: bool,
}

/// How a view or a table is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// All rows of a view are selected.
    Select,
    /// A row is inserted into a table.
    Insert,
    /// It is updated.
    Update,
    /// It is deleted.
    Delete,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FailedUse { usage, place, error, .. } = &self.failure;
        match usage {
            Usage::Select => write!(f, "view `{place}`")?,
            Usage::Insert => write!(f, "an insert into `{place}`")?,
            Usage::Update => write!(f, "an update of `{place}`")?,
            Usage::Delete => write!(f, "a delete from `{place}`")?,
        }
        let verb = if self.worked_before { "no longer works" } else { "does not work" };
        write!(f, " {verb} on {}: {error}", self.product)?;
        match &*self.triggers {
            [] => Ok(()),
            triggers => write!(f, " (it creates {})", triggers.join(", ")),
        }
    }
}
