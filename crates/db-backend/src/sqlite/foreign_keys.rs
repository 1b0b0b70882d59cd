//! The check that SQLite skips while foreign keys are suspended.

use std::collections::{BTreeMap, BTreeSet};

use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};

/// What is wrong with the foreign keys of a database.
#[derive(Debug, Default)]
pub(crate) struct Orphans {
    /// The rows that refer to no row, each with how often it does. A table `WITHOUT ROWID` has only
    /// its number of them.
    rows: BTreeMap<Orphan, usize>,
    /// The tables whose rows can't be checked, since a foreign key is about no key, and what SQLite
    /// says.
    unchecked: BTreeMap<String, String>,
    /// The tables that there are.
    tables: BTreeSet<String>,
    /// The tables that refer to a table that does not exist, and its name.
    dangling: BTreeSet<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Orphan {
    table: String,
    rowid: Option<String>,
    parent: String,
}

const VIOLATIONS: &str = "SELECT \"table\", CAST(rowid AS TEXT), parent FROM";

/// As many as a person needs to find the others.
const SHOWN_MAX: usize = 3;

impl Orphans {
    /// Those that there are now.
    pub(crate) fn read(connection: &mut AnyConnection) -> Result<Self, DbError> {
        let mut orphans = Self { tables: tables(connection)?, ..Self::default() };
        orphans.dangling = references(connection)?;
        orphans.dangling.retain(|(_, parent)| !orphans.tables.contains(parent));
        let rows = match connection.rows(&format!("{VIOLATIONS} pragma_foreign_key_check"), &[]) {
            Ok(rows) => rows,
            Err(error) if error.kind == DbErrorKind::Statement => {
                orphans.check_each_table(connection)?
            }
            Err(error) => return Err(error),
        };
        for row in rows {
            if let Ok([Some(table), rowid, Some(parent)]) = <[Option<String>; 3]>::try_from(row) {
                *orphans.rows.entry(Orphan { table, rowid, parent }).or_default() += 1;
            }
        }
        Ok(orphans)
    }

    /// One table at a time, so that one whose keys are wrong does not hide the others.
    fn check_each_table(
        &mut self,
        connection: &mut AnyConnection,
    ) -> Result<Vec<Vec<Option<String>>>, DbError> {
        let mut rows = Vec::new();
        for table in &self.tables {
            match connection.rows(&format!("{VIOLATIONS} pragma_foreign_key_check(?)"), &[table]) {
                Ok(found) => rows.extend(found),
                Err(error) if error.kind == DbErrorKind::Statement => {
                    self.unchecked.insert(table.clone(), error.message);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(rows)
    }

    /// Fails if there are now any besides these, which were there before a migration.
    ///
    /// A table that refers to a dropped one is fine, as it is for SQLite, if no row does: it may be
    /// dropped next. But if a table was renamed and then dropped, the references followed it
    /// (<https://www.sqlite.org/lang_altertable.html#alter_table_rename>), and nothing can be
    /// inserted any more.
    pub(crate) fn check_no_others(&self, connection: &mut AnyConnection) -> Result<(), DbError> {
        let mut made = Self::read(connection)?;
        made.rows.retain(|orphan, count| *count > self.rows.get(orphan).copied().unwrap_or(0));
        made.dangling.retain(|(table, parent)| {
            self.tables.contains(table)
                && !self.tables.contains(parent)
                && !self.dangling.contains(&(table.clone(), parent.clone()))
        });
        made.unchecked.retain(|table, _| !self.unchecked.contains_key(table));
        if let Some((_, message)) = made.unchecked.pop_first() {
            return Err(DbError::new(DbErrorKind::Statement, message));
        }
        let message = match (made.dangling.first(), made.in_words()) {
            (Some((table, parent)), _) => format!(
                "table {table} now refers to {parent}, which does not exist: renaming a table takes \
                 the references to it along, unless `PRAGMA legacy_alter_table = ON` comes before"
            ),
            (None, Some(words)) => format!("foreign keys are violated: {words}"),
            (None, None) => return Ok(()),
        };
        Err(DbError::new(DbErrorKind::Statement, message))
    }

    /// A few of them, in words, if there are any.
    pub(crate) fn in_words(&self) -> Option<String> {
        let shown: Vec<String> = self
            .rows
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

/// The names of all tables. Capitals do not matter in them.
fn tables(connection: &mut AnyConnection) -> Result<BTreeSet<String>, DbError> {
    let sql = "SELECT lower(name) FROM sqlite_schema WHERE type = 'table'";
    Ok(connection.rows(sql, &[])?.into_iter().flatten().flatten().collect())
}

/// Which table refers to which.
fn references(connection: &mut AnyConnection) -> Result<BTreeSet<(String, String)>, DbError> {
    let sql = "SELECT lower(sqlite_schema.name), lower(\"table\") \
               FROM sqlite_schema, pragma_foreign_key_list(sqlite_schema.name) WHERE sqlite_schema.type = 'table'";
    let rows = connection.rows(sql, &[])?.into_iter();
    let pair = |row| match <[Option<String>; 2]>::try_from(row) {
        Ok([Some(table), Some(parent)]) => Some((table, parent)),
        Ok(_) | Err(_) => None,
    };
    Ok(rows.filter_map(pair).collect())
}
