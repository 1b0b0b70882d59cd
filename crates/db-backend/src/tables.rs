//! The SQL for tenantctl's own tables (history, journal and owner), and what their rows mean.

use std::collections::BTreeMap;

use crate::connection::{
    HISTORY_TABLE, History, JOURNAL_TABLE, JournalEntry, Mark, OWNER_TABLE, StrayHistory, Version,
};
use crate::driver::AnyConnection;
use crate::error::{DbError, DbErrorKind};
use crate::journal_format::{WRITTEN_BY, WRITTEN_BY_COLUMN, WrittenBy};

mod create;
pub(crate) use create::create_tables;

/// How the SQL for these tables differs between back ends.
pub(crate) struct TableSql {
    /// Creates the tables if they are missing, in one batch.
    pub(crate) create: &'static str,
    /// A query for which of the tables exist, by name. On a back end with schemas it has three more
    /// columns: the schema, if it is not the one in which tables are created; whether names without
    /// a schema can mean it; and the schema in which tables are created.
    pub(crate) present: &'static str,
    /// A query that returns a row if there is a table or view other than these.
    pub(crate) other_table: &'static str,
    /// Whether to ask which of them exist before reading them, because the error for a missing
    /// table would abort the transaction.
    pub(crate) asks_first: bool,
    /// The type to which values are cast so that they can be read as text.
    pub(crate) text: &'static str,
    /// The beginning of the clause of an `INSERT` that updates an existing row, by the name of the
    /// key's column.
    pub(crate) on_conflict: fn(&str) -> String,
    /// The text before and after a column's name that makes it refer to the value that would have
    /// been inserted.
    pub(crate) inserted: (&'static str, &'static str),
    /// How the n-th parameter is written, counted from 1.
    pub(crate) parameter: fn(usize) -> String,
}

/// Reads all of them, with one query if they exist and something is applied.
pub(crate) fn read(connection: &mut AnyConnection, sql: &TableSql) -> Result<History, DbError> {
    let history = read_tables(connection, sql)?;
    if history.stray.is_some()
        || !history.is_unapplied()
        || connection.text(sql.other_table, &[])?.is_none()
    {
        return Ok(history);
    }
    // Read again, since another runner may have committed its first migration between the two
    // queries: then the table is not somebody else's.
    let history = read_tables(connection, sql)?;
    Ok(History { has_tables: history.is_unapplied(), ..history })
}

fn read_tables(connection: &mut AnyConnection, sql: &TableSql) -> Result<History, DbError> {
    if !sql.asks_first {
        let all =
            Present { history: true, journal: true, written_by: true, owner: true, stray: None };
        match select(connection, sql, &all) {
            // A table may be missing. Otherwise the queries below fail in the same way, or find the
            // tables that another runner has created in the meantime.
            Err(error) if error.kind == DbErrorKind::Statement => {}
            read => return read,
        }
    }
    let present = present(connection, sql)?;
    match present.stray {
        None => match select(connection, sql, &present) {
            Err(error) => match newer_writer(connection, sql, &present) {
                // Whatever else it has changed, it says so there.
                Some(newer) => Ok(History { newer: Some(newer), ..History::default() }),
                None => Err(explain(error, connection, &present.tables())),
            },
            read => read,
        },
        stray => Ok(History { stray, ..History::default() }),
    }
}

/// Whoever wrote the journal, if it has a newer format than this release knows.
fn newer_writer(
    connection: &mut AnyConnection,
    sql: &TableSql,
    present: &Present,
) -> Option<WrittenBy> {
    let text = sql.text;
    let query = format!("SELECT CAST({WRITTEN_BY_COLUMN} AS {text}) FROM {JOURNAL_TABLE}");
    let rows = if present.written_by { connection.rows(&query, &[]).ok()? } else { Vec::new() };
    let writers = rows.into_iter().flatten().flatten();
    writers.filter_map(|writer| WrittenBy::read(&writer)).filter(WrittenBy::is_newer).max()
}

/// Why tables that exist can't be read: if their rows can be, their columns are not those that they
/// are created with.
fn explain(error: DbError, connection: &mut AnyConnection, tables: &[&str]) -> DbError {
    let mut has_rows = |table: &&str| connection.rows(&format!("SELECT 'x' FROM {table}"), &[]);
    if error.kind != DbErrorKind::Statement || !tables.iter().all(|table| has_rows(table).is_ok()) {
        return error;
    }
    DbError::new(
        DbErrorKind::Corrupt,
        format_args!(
            "a table that tenantctl keeps ({}) has other columns than tenantctl gave it: {error}",
            tables.join(" or ")
        ),
    )
}

/// Reads only the mark.
pub(crate) fn read_mark(
    connection: &mut AnyConnection,
    sql: &TableSql,
) -> Result<Option<Mark>, DbError> {
    let owner = present(connection, sql)?.owner;
    let only_owner = Present { owner, ..Present::default() };
    Ok(select(connection, sql, &only_owner)?.mark)
}

fn present(connection: &mut AnyConnection, sql: &TableSql) -> Result<Present, DbError> {
    let found: Vec<Found> = connection.rows(sql.present, &[])?.into_iter().map(found).collect();
    let is_there = |table: &str| {
        found.iter().any(|found| found.table == table && found.other_schema.is_none())
    };
    Ok(Present {
        history: is_there(HISTORY_TABLE),
        journal: is_there(JOURNAL_TABLE),
        written_by: is_there(&format!("{JOURNAL_TABLE}.{WRITTEN_BY_COLUMN}")),
        owner: is_there(OWNER_TABLE),
        stray: stray_history(&found),
    })
}

/// One of the tables, and where it is.
struct Found {
    table: String,
    /// The schema, if it is not the one in which tables are created.
    other_schema: Option<String>,
    /// Whether its name without a schema may mean it.
    is_visible: bool,
    /// The schema in which tables are created.
    current_schema: Option<String>,
}

fn found(row: Vec<Option<String>>) -> Found {
    let mut columns = row.into_iter();
    Found {
        table: columns.next().flatten().unwrap_or_default(),
        other_schema: columns.next().flatten(),
        is_visible: columns.next().flatten().as_deref() == Some("true"),
        current_schema: columns.next().flatten(),
    }
}

/// The histories outside of the schema in which tables are created, if there is none in it, or if
/// stock Diesel could take one of them for it.
fn stray_history(found: &[Found]) -> Option<StrayHistory> {
    let histories = || found.iter().filter(|found| found.table == HISTORY_TABLE);
    let has_own = histories().any(|found| found.other_schema.is_none());
    let strays = histories().filter(|found| !has_own || found.is_visible);
    let schemas: Vec<String> = strays.filter_map(|found| found.other_schema.clone()).collect();
    let current = found.iter().find_map(|found| found.current_schema.clone());
    (!schemas.is_empty()).then_some(StrayHistory { schemas, current, has_own })
}

/// Which of the tables exist.
#[derive(Default)]
struct Present {
    history: bool,
    journal: bool,
    /// Whether the journal has the column that an older release did not make.
    written_by: bool,
    owner: bool,
    stray: Option<StrayHistory>,
}

impl Present {
    /// Their names.
    fn tables(&self) -> Vec<&'static str> {
        let all = [
            (self.history, HISTORY_TABLE),
            (self.journal, JOURNAL_TABLE),
            (self.owner, OWNER_TABLE),
        ];
        all.into_iter().filter(|(is_there, _)| *is_there).map(|(_, table)| table).collect()
    }
}

/// Reads the tables in one statement, so that all rows are from the same moment.
fn select(
    connection: &mut AnyConnection,
    sql: &TableSql,
    present: &Present,
) -> Result<History, DbError> {
    let text = sql.text;
    let mut parts = Vec::new();
    if present.history {
        parts.push(format!(
            "SELECT CAST(version AS {text}), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, \
             CAST(run_on AS {text}), NULL FROM {HISTORY_TABLE}"
        ));
    }
    if present.journal {
        let columns = JOURNAL_COLUMNS.map(|column| format!("CAST({column} AS {text})"));
        let columns = columns.join(", ");
        let written_by = if present.written_by { WRITTEN_BY_COLUMN } else { "NULL" };
        parts.push(format!(
            "SELECT {columns}, CAST(finished_at AS {text}), CAST({written_by} AS {text}) \
             FROM {JOURNAL_TABLE}"
        ));
    }
    if present.owner {
        parts.push(format!(
            "SELECT NULL, CAST(registry AS {text}), CAST(tenant AS {text}), NULL, NULL, NULL, NULL, \
             NULL, NULL, NULL, NULL FROM {OWNER_TABLE}"
        ));
    }
    let mut applied = BTreeMap::new();
    let mut journal = Vec::new();
    let mut mark = None;
    let mut newer = None;
    if !parts.is_empty() {
        for row in connection.rows(&parts.join(" UNION ALL "), &[])? {
            match <[Option<String>; 11]>::try_from(row) {
                Ok([Some(version), None, .., run_on, _]) => {
                    applied.insert(Version(version), run_on);
                }
                Ok([None, Some(registry), Some(tenant), ..]) => {
                    let tenant = tenant.parse().map_err(|_| unreadable())?;
                    mark = Some(Mark { registry, tenant });
                }
                Ok([.., Some(writer)]) if WrittenBy::is_newer_in(&writer) => {
                    // What else it says may mean something else than it does here.
                    newer = newer.max(WrittenBy::read(&writer));
                }
                Ok([row @ .., finished_at, _]) => {
                    journal.push((entry(row).ok_or_else(unreadable)?, finished_at));
                }
                Err(_) => return Err(unreadable()),
            }
        }
    }
    // `diesel migration redo` writes a history row that is younger than the journal's, which then
    // says nothing about what was applied. As texts, times of equal form are in order.
    journal.retain(|(entry, finished_at)| {
        let run_on = applied.get(&entry.version).and_then(Option::as_ref);
        !entry.finished || finished_at.is_none() || run_on <= finished_at.as_ref()
    });
    let mut journal: Vec<JournalEntry> = journal.into_iter().map(|(entry, _)| entry).collect();
    // Sorted here and not in SQL, because collations differ and Diesel orders versions by their
    // bytes.
    let applied = applied.into_keys().collect();
    journal.sort_by(|a, b| a.version.cmp(&b.version));
    Ok(History {
        applied: present.history.then_some(applied),
        journal,
        mark,
        has_tables: false,
        stray: None,
        newer,
        is_outdated: present.journal && !present.written_by,
    })
}

/// Brings the journal of an older release to the form of this one. Called under the lock.
pub(crate) fn upgrade_journal(connection: &mut AnyConnection) -> Result<(), DbError> {
    connection
        .execute(&format!("ALTER TABLE {JOURNAL_TABLE} ADD COLUMN {WRITTEN_BY_COLUMN} VARCHAR(64)"))
}

/// The columns of a journal row, in the order of [`JournalEntry`]. The table has three more: when
/// the migration was started and finished, for human readers, and who wrote the row.
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
            "a row of {HISTORY_TABLE}, {JOURNAL_TABLE} or {OWNER_TABLE} has a value that tenantctl \
             never writes"
        ),
    )
}

/// Adds a version to the history.
pub(crate) fn add_to_history(
    connection: &mut AnyConnection,
    sql: &TableSql,
    version: &Version,
) -> Result<(), DbError> {
    let insert = format!("INSERT INTO {HISTORY_TABLE} (version) VALUES ({})", (sql.parameter)(1));
    connection.write(&insert, &[&version.0]).map(drop)
}

/// Removes a version from the history or the journal.
pub(crate) fn remove(
    connection: &mut AnyConnection,
    sql: &TableSql,
    table: &str,
    version: &Version,
) -> Result<(), DbError> {
    let delete = format!("DELETE FROM {table} WHERE version = {}", (sql.parameter)(1));
    connection.write(&delete, &[&version.0]).map(drop)
}

/// Writes a journal row, replacing an older one. Texts are parameters, so that nothing in them
/// needs quoting.
pub(crate) fn write_journal(
    connection: &mut AnyConnection,
    sql: &TableSql,
    entry: &JournalEntry,
) -> Result<(), DbError> {
    let null = || "NULL".to_owned();
    let mut texts: Vec<&str> = Vec::new();
    let mut parameter = |text| {
        texts.push(text);
        (sql.parameter)(texts.len())
    };
    let values = [
        parameter(&entry.version.0),
        parameter(&entry.checksum),
        entry.statements_total.to_string(),
        entry.statements_done.to_string(),
        parameter(&entry.done_checksum),
        entry.in_flight.as_deref().map_or_else(null, &mut parameter),
        u8::from(entry.finished).to_string(),
        parameter(&entry.run_id),
        entry.duration_ms.to_string(),
        if entry.finished { "CURRENT_TIMESTAMP".to_owned() } else { null() },
        format!("'{WRITTEN_BY}'"),
    ];
    let columns = JOURNAL_COLUMNS.into_iter().chain(["finished_at", WRITTEN_BY_COLUMN]);
    let columns: Vec<&str> = columns.collect();
    connection.write(&insert_or_update(sql, JOURNAL_TABLE, &columns, &values), &texts).map(drop)
}

/// Writes the only row of the owner table, replacing an older one.
pub(crate) fn write_mark(
    connection: &mut AnyConnection,
    sql: &TableSql,
    mark: &Mark,
) -> Result<(), DbError> {
    let values = [
        ONLY_ROW.to_owned(),
        (sql.parameter)(1),
        mark.tenant.to_string(),
        "CURRENT_TIMESTAMP".to_owned(),
    ];
    let insert = insert_or_update(sql, OWNER_TABLE, &OWNER_COLUMNS, &values);
    connection.write(&insert, &[&mark.registry]).map(drop)
}

/// The columns of the owner table.
const OWNER_COLUMNS: [&str; 4] = ["id", "registry", "tenant", "marked_at"];
/// The key of the owner table's row, so that there can't be two.
const ONLY_ROW: &str = "1";

/// An `INSERT` that updates the row that exists already. The first column is the key.
fn insert_or_update(sql: &TableSql, table: &str, columns: &[&str], values: &[String]) -> String {
    let (before, after) = sql.inserted;
    let updates: Vec<String> =
        columns[1..].iter().map(|column| format!("{column} = {before}{column}{after}")).collect();
    format!(
        "INSERT INTO {table} ({}) VALUES ({}) {} {}",
        columns.join(", "),
        values.join(", "),
        (sql.on_conflict)(columns[0]),
        updates.join(", "),
    )
}
