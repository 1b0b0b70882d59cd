//! Whether a squashed migration leads where its members lead: to the same schema, and to the same
//! rows.

use std::collections::BTreeMap;

use db_backend::{DbError, Refused, Scratch};
use sql_dialect::catalog::Catalog;
use tenant_migrate::Migration;

use crate::error::FolderError;
use crate::host::{ScratchHost, migrate};

/// How many rows a sentence shows.
const ROWS_SHOWN_MAX: usize = 3;

/// An empty database that was migrated: first by the squashed migration or its members, then by the
/// migrations after those.
pub(crate) struct Reached {
    squashed: State,
    newest: State,
}

/// What is in a database.
struct State {
    catalog: Catalog,
    /// The rows of each table, sorted.
    rows: BTreeMap<String, Vec<String>>,
}

impl Reached {
    /// Migrates an empty database, and reads what is in it.
    ///
    /// # Errors
    /// A scratch database that fails. The inner error is a refused statement.
    pub(crate) fn by(
        host: &ScratchHost,
        first: &dyn Fn(&mut Scratch) -> Result<(), Refused>,
        then: &[&Migration],
    ) -> Result<Result<Self, Refused>, FolderError> {
        let failed = |cause| host.failed(cause);
        let mut scratch = host.folder_scratch()?;
        let begun = time(&mut scratch).map_err(failed)?;
        if let Err(refused) = first(&mut scratch) {
            return Ok(Err(refused));
        }
        let squashed = State::read(&mut scratch, &begun).map_err(failed)?;
        if let Err(refused) = migrate(&mut scratch, then.iter().copied()) {
            return Ok(Err(refused));
        }
        let newest = State::read(&mut scratch, &begun).map_err(failed)?;
        Ok(Ok(Self { squashed, newest }))
    }

    /// Whether any table has a row, once the members are applied.
    pub(crate) fn has_rows(&self) -> bool {
        self.squashed.rows.values().any(|rows| !rows.is_empty())
    }

    /// Where `other` leads elsewhere: a sentence for each difference.
    pub(crate) fn differences(&self, other: &Self, host: &ScratchHost) -> Vec<String> {
        let differences = other.squashed.differences(&self.squashed, host);
        if !differences.is_empty() {
            return differences;
        }
        let later = other.newest.differences(&self.newest, host);
        later.into_iter().map(|one| format!("after the newest migration, {one}")).collect()
    }
}

impl State {
    fn read(scratch: &mut Scratch, begun: &str) -> Result<Self, DbError> {
        let catalog = scratch.catalog()?;
        let dialect = scratch.dialect();
        let mut rows = BTreeMap::new();
        for (name, table) in &catalog.tables {
            let columns: Vec<String> = table
                .columns
                .keys()
                .map(|column| dialect.exact_text(&dialect.quote(column)))
                .collect();
            if columns.is_empty() {
                continue;
            }
            let query = format!("SELECT {} FROM {}", columns.join(", "), dialect.quote(name));
            let found = scratch.connection().rows(&query, &[])?;
            let ended = if found.is_empty() { String::new() } else { time(scratch)? };
            let shown = |cell: Option<String>| match cell {
                None => "NULL".to_owned(),
                Some(cell) if is_between(&cell, begun, &ended) => "(the time)".to_owned(),
                Some(cell) => cell,
            };
            let row = |row: Vec<Option<String>>| row.into_iter().map(shown).collect::<Vec<_>>();
            let mut found: Vec<String> = found.into_iter().map(|r| row(r).join(", ")).collect();
            found.sort();
            rows.insert(name.clone(), found);
        }
        Ok(Self { catalog, rows })
    }

    fn differences(&self, expected: &Self, host: &ScratchHost) -> Vec<String> {
        let mut differences = self.catalog.differences(&expected.catalog, host.kind());
        for (table, rows) in &expected.rows {
            let own = self.rows.get(table).map(Vec::as_slice).unwrap_or_default();
            differences.extend(row_difference(table, "lacks", &missing(rows, own)));
            differences.extend(row_difference(table, "has also", &missing(own, rows)));
        }
        differences
    }
}

fn row_difference(table: &str, verb: &str, rows: &[&str]) -> Option<String> {
    let shown: Vec<String> =
        rows.iter().take(ROWS_SHOWN_MAX).map(|row| format!("({row})")).collect();
    let more = match rows.len().saturating_sub(ROWS_SHOWN_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let noun = if rows.len() == 1 { "the row" } else { "the rows" };
    (!rows.is_empty()).then(|| format!("table {table} {verb} {noun} {}{more}", shown.join(", ")))
}

/// The rows of `all` that are not in `some`, both sorted, each as often as it is missing.
fn missing<'r>(all: &'r [String], some: &[String]) -> Vec<&'r str> {
    let mut some = some.iter().peekable();
    let mut missing = Vec::new();
    for row in all {
        while some.next_if(|other| *other < row).is_some() {}
        if some.next_if(|other| *other == row).is_none() {
            missing.push(row.as_str());
        }
    }
    missing
}

/// The time of the database's server, to the second.
fn time(scratch: &mut Scratch) -> Result<String, DbError> {
    let query = scratch.dialect().now();
    let time = scratch.connection().text(query, &[])?.unwrap_or_default();
    Ok(time.chars().take(TO_THE_SECOND).collect())
}

/// The length of `2026-03-01 12:00:00`.
const TO_THE_SECOND: usize = 19;
/// The length of `2026-03-01`.
const TO_THE_DAY: usize = 10;

/// Whether a value is a time or a day of those between, so that it depends on when the database was
/// migrated.
fn is_between(value: &str, begun: &str, ended: &str) -> bool {
    let value = value.trim_matches('\'').replace('T', " ");
    let length = if value.len() == TO_THE_DAY { TO_THE_DAY } else { TO_THE_SECOND };
    match (value.get(..length), begun.get(..length), ended.get(..length)) {
        (Some(value), Some(begun), Some(ended)) => begun <= value && value <= ended,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_values_of_the_time_itself_depend_on_it() {
        let (begun, ended) = ("2026-03-01 12:00:00", "2026-03-01 12:00:05");
        let cases = [
            ("'2026-03-01 12:00:00'", true),
            ("2026-03-01 12:00:05.999999+00", true),
            ("2026-03-01T12:00:03Z", true),
            ("2026-03-01", true),
            ("2026-03-01 11:59:59", false),
            ("2026-03-01 12:00:06", false),
            ("2026-03-02", false),
            ("12:00:03", false),
            ("", false),
            ("2026-03-01 é", false),
        ];
        for (value, expected) in cases {
            assert_eq!(is_between(value, begun, ended), expected, "{value}");
        }
        assert!(!is_between("2026-03-01", begun, ""));
    }

    #[test]
    fn rows_are_missing_as_often_as_they_are_not_there() {
        let rows = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let cases = [("a b b c", "b", "a b c"), ("a", "a b", ""), ("a a", "a", "a")];
        for (all, some, expected) in cases {
            assert_eq!(missing(&rows(all), &rows(some)).join(" "), expected, "{all} - {some}");
        }
    }
}
