//! As much SQL as the tests speak.

use super::state::{SimState, SimTable};

/// Whether the statement changes the schema, and so commits by itself where DDL does.
pub(super) fn is_ddl(sql: &str) -> bool {
    !["INSERT", "DELETE", "SELECT"].contains(&words(sql).first().map_or("", String::as_str))
}

/// Applies the statement, or says what is wrong with it.
pub(super) fn apply(state: &mut SimState, sql: &str) -> Result<(), String> {
    let words = words(sql);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["CREATE", "TABLE", name, ..] => create_table(state, name, sql)?,
        ["DROP", "TABLE", name] => {
            state.tables.remove(*name).ok_or_else(|| no_table(name))?;
            state.indexes.retain(|_, table| table != name);
        }
        ["ALTER" | "REBUILD", "TABLE", table, "ADD", "COLUMN", column, ..] => {
            if !table_mut(state, table)?.columns.insert((*column).to_owned()) {
                return Err(format!("duplicate column name: {column}"));
            }
        }
        ["ALTER" | "REBUILD", "TABLE", table, "DROP", "COLUMN", column] => {
            if !table_mut(state, table)?.columns.remove(*column) {
                return Err(format!("no such column: {column}"));
            }
        }
        ["CREATE", "INDEX", name, "ON", table, ..] => {
            table_mut(state, table)?;
            if state.indexes.insert((*name).to_owned(), (*table).to_owned()).is_some() {
                return Err(format!("index {name} already exists"));
            }
        }
        ["INSERT", "INTO", table, ..] => {
            let values = sql.split_once("VALUES").map_or("", |(_, values)| values.trim());
            if !table_mut(state, table)?.rows.insert(values.to_owned()) {
                return Err(format!("UNIQUE constraint failed: {table}"));
            }
        }
        ["DELETE", "FROM", table] => table_mut(state, table)?.rows.clear(),
        ["SELECT", ..] => {}
        _ => return Err(format!("near \"{}\": syntax error", words.first().unwrap_or(&""))),
    }
    state.log.push(sql.to_owned());
    Ok(())
}

fn create_table(state: &mut SimState, name: &str, sql: &str) -> Result<(), String> {
    if state.tables.contains_key(name) {
        return Err(format!("table {name} already exists"));
    }
    let columns = sql.split_once('(').map_or("", |(_, columns)| columns).split(',');
    let columns = columns.filter_map(|column| words(column).into_iter().next()).collect();
    state.tables.insert(name.to_owned(), SimTable { columns, ..SimTable::default() });
    Ok(())
}

fn table_mut<'s>(state: &'s mut SimState, name: &str) -> Result<&'s mut SimTable, String> {
    state.tables.get_mut(name).ok_or_else(|| no_table(name))
}

fn no_table(name: &str) -> String {
    format!("no such table: {name}")
}

fn words(sql: &str) -> Vec<String> {
    let separators = |c: char| c.is_whitespace() || "(),;".contains(c);
    sql.split(separators).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
