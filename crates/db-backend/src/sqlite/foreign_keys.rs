//! The check that SQLite skips while foreign keys are suspended.

use std::collections::BTreeMap;

use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};

/// The rows that refer to no row, each with how often it does. A table `WITHOUT ROWID` has only
/// its number of them.
#[derive(Debug, Default)]
pub(crate) struct Orphans(BTreeMap<Orphan, usize>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Orphan {
    table: String,
    rowid: Option<String>,
    parent: String,
}

/// As many as a person needs to find the others.
const SHOWN_MAX: usize = 3;

impl Orphans {
    /// Those that there are now.
    pub(crate) fn read(connection: &mut AnyConnection) -> Result<Self, DbError> {
        let rows = connection.rows(
            "SELECT \"table\", CAST(rowid AS TEXT), parent FROM pragma_foreign_key_check",
            &[],
        )?;
        let mut orphans = Self::default();
        for row in rows {
            if let Ok([Some(table), rowid, Some(parent)]) = <[Option<String>; 3]>::try_from(row) {
                *orphans.0.entry(Orphan { table, rowid, parent }).or_default() += 1;
            }
        }
        Ok(orphans)
    }

    /// Fails if there are now any besides these, which were there before a migration.
    pub(crate) fn check_no_others(&self, connection: &mut AnyConnection) -> Result<(), DbError> {
        let mut made = Self::read(connection)?;
        made.0.retain(|orphan, count| *count > self.0.get(orphan).copied().unwrap_or(0));
        match made.in_words() {
            None => Ok(()),
            Some(words) => {
                let message = format_args!("foreign keys are violated: {words}");
                Err(DbError::new(DbErrorKind::Statement, message))
            }
        }
    }

    /// A few of them, in words, if there are any.
    pub(crate) fn in_words(&self) -> Option<String> {
        let shown: Vec<String> = self
            .0
            .keys()
            .take(SHOWN_MAX)
            .map(|Orphan { table, rowid, parent }| {
                let row = rowid.as_deref().unwrap_or("?");
                format!("row {row} of {table} refers to no row of {parent}")
            })
            .collect();
        (!shown.is_empty()).then(|| shown.join("; "))
    }
}
