//! The SQL of the history and the journal table, and what their rows mean.

use crate::connection::{HISTORY_TABLE, History, JOURNAL_TABLE, JournalEntry, Version};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};

/// How that SQL differs between back ends.
pub(crate) struct TableSql {
    /// Creates both tables where they are missing: one batch.
    pub(crate) create: &'static str,
    /// Which of the two tables there are: their names.
    pub(crate) present: &'static str,
    /// A row for a table or view other than these two, if there is one.
    pub(crate) other_table: &'static str,
    /// Whether to ask which of the two there are before reading them, where the error for a missing
    /// table would spoil the transaction.
    pub(crate) asks_first: bool,
    /// What any value is cast to, to be read as text.
    pub(crate) text: &'static str,
    /// Begins the part of an `INSERT` that says what is done to a row that exists.
    pub(crate) on_conflict: &'static str,
    /// The value of a column that would have been inserted, around the column's name.
    pub(crate) inserted: (&'static str, &'static str),
    /// The n-th parameter, counted from 1, in place of `?`.
    pub(crate) parameter: fn(usize) -> String,
}

/// Reads history and journal: one query where both tables are there and say something.
pub(crate) fn read(connection: &mut AnyConnection, sql: &TableSql) -> Result<History, DbError> {
    let mut history = read_tables(connection, sql)?;
    if history.applied.as_ref().is_none_or(Vec::is_empty) {
        history.has_tables = connection.text(sql.other_table, &[])?.is_some();
    }
    Ok(history)
}

fn read_tables(connection: &mut AnyConnection, sql: &TableSql) -> Result<History, DbError> {
    if !sql.asks_first {
        match select(connection, sql, Present { history: true, journal: true }) {
            // Perhaps a table is missing. If none is, what follows fails in the same way, or finds
            // what another runner has created since.
            Err(error) if error.kind == DbErrorKind::Statement => {}
            read => return read,
        }
    }
    let names: Vec<String> =
        connection.rows(sql.present, &[])?.into_iter().flatten().flatten().collect();
    let is_there = |table: &str| names.iter().any(|name| name == table);
    let present = Present { history: is_there(HISTORY_TABLE), journal: is_there(JOURNAL_TABLE) };
    select(connection, sql, present)
}

/// Which of the two tables there are.
#[derive(Clone, Copy)]
struct Present {
    history: bool,
    journal: bool,
}

/// Both tables in one statement, so that they are of one moment.
fn select(
    connection: &mut AnyConnection,
    sql: &TableSql,
    present: Present,
) -> Result<History, DbError> {
    let text = sql.text;
    let mut parts = Vec::new();
    if present.history {
        parts.push(format!(
            "SELECT CAST(version AS {text}), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
             FROM {HISTORY_TABLE}"
        ));
    }
    if present.journal {
        let columns = JOURNAL_COLUMNS.map(|column| format!("CAST({column} AS {text})"));
        parts.push(format!("SELECT {} FROM {JOURNAL_TABLE}", columns.join(", ")));
    }
    let mut applied = Vec::new();
    let mut journal = Vec::new();
    if !parts.is_empty() {
        for row in connection.rows(&parts.join(" UNION ALL "), &[])? {
            match <[Option<String>; 9]>::try_from(row) {
                Ok([Some(version), None, ..]) => applied.push(Version(version)),
                Ok(row) => journal.push(entry(row).ok_or_else(unreadable)?),
                Err(_) => return Err(unreadable()),
            }
        }
    }
    // Here, and not in SQL, because collations differ and Diesel orders versions by their bytes.
    applied.sort();
    journal.sort_by(|a, b| a.version.cmp(&b.version));
    Ok(History { applied: present.history.then_some(applied), journal, has_tables: false })
}

/// The columns of a journal row, in the order of [`JournalEntry`]. The table has two more, for the
/// people who read it: when the migration was begun and finished.
const JOURNAL_COLUMNS: [&str; 9] = [
    "version",
    "checksum",
    "statements_total",
    "statements_done",
    "done_checksum",
    "in_flight",
    "finished",
    "run_id",
    "duration_ms",
];

fn entry(row: [Option<String>; 9]) -> Option<JournalEntry> {
    let [version, checksum, total, done, done_checksum, in_flight, finished, run_id, duration] =
        row;
    Some(JournalEntry {
        version: Version(version?),
        checksum: checksum?,
        statements_total: total?.parse().ok()?,
        statements_done: done?.parse().ok()?,
        done_checksum: done_checksum?,
        in_flight,
        finished: finished? != "0",
        run_id: run_id?,
        duration_ms: duration?.parse().ok()?,
    })
}

fn unreadable() -> DbError {
    DbError::new(
        DbErrorKind::Corrupt,
        format_args!(
            "a row of {JOURNAL_TABLE} or {HISTORY_TABLE} has a value that is none of ours"
        ),
    )
}

/// Adds a version to the history.
pub(crate) fn add_to_history(
    connection: &mut AnyConnection,
    sql: &TableSql,
    version: &Version,
) -> Result<(), DbError> {
    let insert = format!("INSERT INTO {HISTORY_TABLE} (version) VALUES (?)");
    write(connection, sql, &insert, &[&version.0])
}

/// Removes a version from the history or the journal.
pub(crate) fn remove(
    connection: &mut AnyConnection,
    sql: &TableSql,
    table: &str,
    version: &Version,
) -> Result<(), DbError> {
    write(connection, sql, &format!("DELETE FROM {table} WHERE version = ?"), &[&version.0])
}

/// Writes a journal row, or over it.
pub(crate) fn write_journal(
    connection: &mut AnyConnection,
    sql: &TableSql,
    entry: &JournalEntry,
) -> Result<(), DbError> {
    let (before, after) = sql.inserted;
    let written = JOURNAL_COLUMNS.into_iter().chain(["finished_at"]);
    let updates: Vec<String> = written
        .clone()
        .filter(|column| *column != "version")
        .map(|column| format!("{column} = {before}{column}{after}"))
        .collect();
    let insert = format!(
        "INSERT INTO {JOURNAL_TABLE} ({}) \
         VALUES (?, ?, {}, {}, ?, {}, {}, ?, {}, {}) {} {}",
        written.collect::<Vec<_>>().join(", "),
        entry.statements_total,
        entry.statements_done,
        if entry.in_flight.is_some() { "?" } else { "NULL" },
        u8::from(entry.finished),
        entry.duration_ms,
        if entry.finished { "CURRENT_TIMESTAMP" } else { "NULL" },
        sql.on_conflict,
        updates.join(", "),
    );
    let mut texts = vec![&*entry.version.0, &*entry.checksum, &*entry.done_checksum];
    texts.extend(entry.in_flight.as_deref());
    texts.push(&entry.run_id);
    write(connection, sql, &insert, &texts)
}

/// Executes a statement whose texts are parameters, so that nothing in them needs quoting.
fn write(
    connection: &mut AnyConnection,
    sql: &TableSql,
    statement: &str,
    texts: &[&str],
) -> Result<(), DbError> {
    let mut parts = statement.split('?');
    let mut numbered = parts.next().unwrap_or_default().to_owned();
    for (index, part) in parts.enumerate() {
        numbered.push_str(&(sql.parameter)(index + 1));
        numbered.push_str(part);
    }
    connection.write(&numbered, texts).map(drop)
}

/// Creates both tables where they are missing, the history exactly as Diesel does.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
macro_rules! create_tables {
    ($before_history:literal, $before_journal:literal, $end:literal) => {
        concat!(
            $before_history,
            "__diesel_schema_migrations (\
             version VARCHAR(50) PRIMARY KEY NOT NULL, \
             run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP); ",
            $before_journal,
            "__tenantctl_journal (\
             version VARCHAR(50) PRIMARY KEY NOT NULL, \
             checksum VARCHAR(64) NOT NULL, \
             statements_total INTEGER NOT NULL, \
             statements_done INTEGER NOT NULL, \
             done_checksum VARCHAR(64) NOT NULL, \
             in_flight VARCHAR(64), \
             finished SMALLINT NOT NULL, \
             run_id VARCHAR(64) NOT NULL, \
             duration_ms BIGINT NOT NULL, \
             started_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, \
             finished_at TIMESTAMP NULL)",
            $end,
        )
    };
}
pub(crate) use create_tables;
