//! The small part of SQL that the tests use.

use sql_text::{Cursor, Syntax, Token, TokenKind, list_items, text_of, tokens};

use super::state::{SimState, SimTable};

/// The syntax that it reads.
const SYNTAX: Syntax = Syntax::Sqlite;

/// Whether it is the simulation's own `REBUILD TABLE`.
pub(super) fn is_rebuild(sql: &str) -> bool {
    tokens(sql, SYNTAX).is_ok_and(|tokens| Cursor::new(&tokens).is_word("REBUILD"))
}

/// Applies the statement, or says what is wrong with it.
pub(super) fn apply(state: &mut SimState, sql: &str) -> Result<(), String> {
    let tokens = tokens(sql, SYNTAX).map_err(|unclosed| unclosed.to_string())?;
    let words = words(&tokens);
    match words.as_slice() {
        ["CREATE", "TABLE", name, ..] => create_table(state, name, &tokens)?,
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
            let before = tokens.iter().position(|token| token.is_word("VALUES"));
            let values = before.map_or(&[][..], |at| &tokens[at + 1..]);
            if !table_mut(state, table)?.rows.insert(text_of(sql, values).to_owned()) {
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

fn create_table(state: &mut SimState, name: &str, tokens: &[Token<'_>]) -> Result<(), String> {
    if state.tables.contains_key(name) {
        return Err(format!("table {name} already exists"));
    }
    let mut rest = Cursor::new(tokens);
    while rest.peek().is_some() && !rest.is_symbol('(') {
        rest.next();
    }
    let columns = list_items(rest.group().unwrap_or_default());
    let columns = columns.filter_map(|column| Some(column.first()?.text.to_owned())).collect();
    state.tables.insert(name.to_owned(), SimTable { columns, ..SimTable::default() });
    Ok(())
}

fn table_mut<'s>(state: &'s mut SimState, name: &str) -> Result<&'s mut SimTable, String> {
    state.tables.get_mut(name).ok_or_else(|| no_table(name))
}

fn no_table(name: &str) -> String {
    format!("no such table: {name}")
}

/// The tokens as they are written, without punctuation.
fn words<'s>(tokens: &[Token<'s>]) -> Vec<&'s str> {
    let is_word = |token: &&Token<'_>| !matches!(token.kind, TokenKind::Symbol(_));
    tokens.iter().filter(is_word).map(|token| token.text).collect()
}
