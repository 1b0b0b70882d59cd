//! What a replay says of a folder.

use crate::finding::Finding;
use crate::rows::EmptyTable;

/// The result of a replay.
#[derive(Debug)]
pub enum Replayed {
    /// Every migration is correct up, down, and up again, as far as this says with rows in the
    /// tables.
    Passed(TriedRows),
    /// The folder is without code, and each migration is correct up. These ways down are not.
    NotBack(Vec<Finding>),
    /// It stopped at its first finding, since later ones could result from it.
    Stopped(Finding),
    /// The folder can't be read, or branches crossed in it. [`check_files`](crate::check_files)
    /// reports it.
    Skipped,
}

/// What a replay did not try, or only without rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TriedRows {
    /// The migrations that fail on rows, as their files say that they may: what happened to each.
    pub without: Vec<String>,
    /// The tables that accepted no row.
    pub empty: Vec<EmptyTable>,
    /// The migrations that nothing leads back from, which were only tried up.
    pub one_way: Vec<String>,
}
