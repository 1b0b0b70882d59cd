//! Statements about rows, and what else a query may do.

use crate::cursor::{Cursor, list_items, outermost};
use crate::kind::{
    Assignment, ClientText, SchemaAction, SchemaChange, SchemaObject, SessionChange, StatementKind,
    Target, Value,
};
use crate::names::folded;
use crate::syntax::Syntax;
use crate::token::{Token, TokenKind};

/// `SELECT`, `WITH` and similar statements.
pub(super) fn query(tokens: &[Token<'_>], syntax: Syntax) -> StatementKind {
    if let Some(kind) = into(tokens, syntax) {
        return kind;
    }
    if changes_rows(tokens) {
        return StatementKind::ChangesRows;
    }
    let assignments = match syntax {
        Syntax::Postgres => set_configs(tokens),
        Syntax::Mysql => assigned_variables(tokens),
        Syntax::Sqlite | Syntax::Portable => Vec::new(),
    };
    if assignments.is_empty() {
        StatementKind::Reads
    } else {
        StatementKind::ChangesSession(SessionChange::Assigns(assignments))
    }
}

/// `COPY`, without that word.
pub(super) fn copy(tokens: &[Token<'_>]) -> StatementKind {
    let mut words = outermost(tokens).skip_while(|token| !token.is_any_word(&["FROM", "TO"]));
    let (direction, place) = (words.next(), words.next());
    match (direction, place) {
        (_, Some(place)) if place.is_word("STDIN") => StatementKind::ForClient(ClientText::CopyIn),
        (_, Some(place)) if place.is_word("STDOUT") => {
            StatementKind::ForClient(ClientText::CopyOut)
        }
        (Some(direction), _) if direction.is_word("FROM") => StatementKind::ChangesRows,
        // It writes a file of the server.
        (Some(_) | None, _) => StatementKind::Other,
    }
}

/// MySQL's `LOAD`, without that word.
pub(super) fn load(cursor: &Cursor<'_, '_>) -> StatementKind {
    if cursor.is_word("DATA") || cursor.is_word("XML") {
        StatementKind::ChangesRows
    } else {
        StatementKind::Other
    }
}

/// Whether the statement after `WITH` changes rows, or one of its parts does.
fn changes_rows(tokens: &[Token<'_>]) -> bool {
    let is_part = |three: &[Token<'_>]| {
        three[0].is_any_word(&["AS", "MATERIALIZED"])
            && three[1].is_symbol('(')
            && three[2].is_any_word(&["INSERT", "UPDATE", "DELETE", "MERGE"])
    };
    if tokens.windows(3).any(is_part) {
        return true;
    }
    if !tokens.first().is_some_and(|token| token.is_word("WITH")) {
        return false;
    }
    // `WITH update AS (…)` is a name: it follows the word, or a comma.
    let outer: Vec<&Token<'_>> = outermost(tokens).collect();
    let is_verb = |pair: &&[&Token<'_>]| {
        let is_name = pair[0].is_any_word(&["WITH", "RECURSIVE"]) || pair[0].is_symbol(',');
        !is_name && pair[1].is_any_word(&VERBS)
    };
    outer.windows(2).find(is_verb).is_some_and(|pair| {
        pair[1].is_any_word(&["INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"])
    })
}

/// What `SELECT … INTO` does.
fn into(tokens: &[Token<'_>], syntax: Syntax) -> Option<StatementKind> {
    let is_into = |pair: &[Token<'_>]| {
        let is_other = pair[0].is_any_word(&["INSERT", "MERGE", "IGNORE", "REPLACE", "AS"]);
        pair[1].is_word("INTO") && !is_other && !pair[0].is_symbol('.')
    };
    let at = tokens.windows(2).position(is_into)?;
    let cursor = Cursor::new(&tokens[at + 2..]);
    match syntax {
        Syntax::Postgres => Some(into_table(cursor)),
        Syntax::Mysql => Some(into_variables(cursor.rest())),
        Syntax::Sqlite | Syntax::Portable => None,
    }
}

/// PostgreSQL's `SELECT … INTO TEMPORARY TABLE t`.
fn into_table(mut cursor: Cursor<'_, '_>) -> StatementKind {
    let mut is_temporary = false;
    loop {
        if cursor.skip_any_word(&["TEMPORARY", "TEMP"]) {
            is_temporary = true;
        } else if !cursor.skip_any_word(&["LOCAL", "GLOBAL", "UNLOGGED", "TABLE"]) {
            break;
        }
    }
    let table = cursor.next().and_then(|name| folded(name, Syntax::Postgres));
    let table = table.filter(|_| !cursor.is_symbol('.'));
    let change = SchemaChange { action: SchemaAction::Create, object: SchemaObject::Table, table };
    if is_temporary {
        StatementKind::ChangesSession(SessionChange::Temporary(change))
    } else {
        StatementKind::ChangesSchema(change)
    }
}

/// MySQL's `SELECT … INTO @a, @b`, but not `INTO` a file.
fn into_variables(tokens: &[Token<'_>]) -> StatementKind {
    let mut assignments = Vec::new();
    let mut cursor = Cursor::new(tokens);
    while let Some(name) = cursor.peek().and_then(Token::user_variable) {
        assignments.push(computed(name));
        cursor.next();
        if !cursor.skip_symbol(',') {
            break;
        }
    }
    match assignments.is_empty() {
        true => StatementKind::Other,
        false => StatementKind::ChangesSession(SessionChange::Assigns(assignments)),
    }
}

/// The variables in `@a := …`.
fn assigned_variables(tokens: &[Token<'_>]) -> Vec<Assignment> {
    let assigned = |three: &[Token<'_>]| {
        let is_assigned = three[1].is_symbol(':') && three[2].is_symbol('=');
        three[0].user_variable().filter(|_| is_assigned).map(computed)
    };
    tokens.windows(3).filter_map(assigned).collect()
}

const fn computed(name: String) -> Assignment {
    Assignment { name, target: Target::Variable, value: Value::Computed }
}

/// The settings in `set_config('name', 'value', is_local)`.
fn set_configs(tokens: &[Token<'_>]) -> Vec<Assignment> {
    let mut assignments = Vec::new();
    let mut cursor = Cursor::new(tokens);
    while let Some(token) = cursor.next() {
        if token.is_word("SET_CONFIG")
            && let Some(arguments) = cursor.clone().group()
        {
            assignments.push(set_config(arguments));
        }
    }
    assignments
}

fn set_config(arguments: &[Token<'_>]) -> Assignment {
    let text = |item: Option<&[Token<'_>]>| match item {
        Some([only]) if only.kind == TokenKind::Text => Some(only.unquoted().into_owned()),
        Some(_) | None => None,
    };
    let mut items = list_items(arguments);
    let name = text(items.next()).unwrap_or_default().to_ascii_lowercase();
    let value = text(items.next());
    let is_local = items.next().is_some_and(|item| matches!(item, [only] if only.is_word("TRUE")));
    Assignment {
        name,
        target: if is_local { Target::Transaction } else { Target::Session },
        value: value.map_or(Value::Computed, |value| Value::Constant(vec![value])),
    }
}

/// What a statement after `WITH` can begin with.
const VERBS: [&str; 8] =
    ["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "VALUES", "TABLE"];
