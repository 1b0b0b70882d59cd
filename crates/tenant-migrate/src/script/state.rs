//! What a session has that a new session would not have.

use std::collections::BTreeMap;
use std::fmt;

use db_backend::Statement;
use serde::{Deserialize, Serialize};
use sql_text::{Pragma, SchemaAction, SessionChange, StatementKind, Target, Token, calls, tokens};

use super::unit::{Form, Unit};

/// Something that ends with the session.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// A user variable of MySQL.
    Variable(String),
    /// A temporary table.
    TemporaryTable(String),
    /// A prepared statement.
    Prepared(String),
    /// The number that the last inserted row got.
    LastInsertId,
}

/// A state that a statement uses although a run that continues there would not have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lost {
    /// The state.
    pub(crate) state: SessionState,
    /// The index of the statement that uses it.
    pub(crate) used: usize,
    /// The index of the statement that made it.
    pub(crate) made: usize,
}

/// What the statements of a migration make, use and end.
#[derive(Debug, Default)]
pub(super) struct States {
    /// For each statement: whether executing it again gives the session the same state.
    pub(super) replayable: Vec<bool>,
    /// For each statement: if it ends a state of the session, which statement made that.
    pub(super) ended: Vec<Option<usize>>,
    pub(super) lost: Vec<Lost>,
}

/// Where a state comes from.
#[derive(Clone, Copy)]
struct Origin {
    statement: usize,
    unit: usize,
    replayable: bool,
}

impl States {
    pub(super) fn read(statements: &[Statement], units: &[Unit]) -> Self {
        let mut states = Self::default();
        let mut known: BTreeMap<SessionState, Origin> = BTreeMap::new();
        // The last unit with a journal row, before the present one.
        let mut journalled = None;
        for (unit, Unit { statements: range, form }) in units.iter().enumerate() {
            for index in range.clone() {
                let statement = &statements[index];
                // What was read once can be read again.
                let tokens = tokens(&statement.sql, statement.syntax).unwrap_or_default();
                let (made, used) = (made(statement), used(statement, &tokens, &known));
                let is_lost = |origin: &Origin| {
                    !origin.replayable
                        && origin.unit != unit
                        && journalled.is_some_and(|journalled| journalled >= origin.unit)
                };
                let origins = used.iter().filter_map(|state| Some((state, known.get(state)?)));
                states.lost.extend(origins.filter(|(_, origin)| is_lost(origin)).map(
                    |(state, origin)| Lost {
                        state: state.clone(),
                        used: index,
                        made: origin.statement,
                    },
                ));
                let depends_on_query = tokens.iter().any(|token| token.is_symbol('('))
                    || used.iter().any(|state| !known.get(state).is_some_and(|at| at.replayable));
                let replayable = is_repeatable(&statement.kind) && !depends_on_query;
                states.replayable.push(replayable);
                let ended = ended(statement).and_then(|state| known.remove(&state));
                states.ended.push(ended.map(|origin| origin.statement));
                let origin = Origin { statement: index, unit, replayable };
                known.extend(made.into_iter().map(|state| (state, origin)));
            }
            if matches!(form, Form::Together | Form::Block | Form::Alone) {
                journalled = Some(unit);
            }
        }
        states
    }
}

/// Whether it changes nothing but settings, variables or prepared statements.
fn is_repeatable(kind: &StatementKind) -> bool {
    match kind {
        StatementKind::ChangesSession(SessionChange::Assigns(assignments)) => {
            let lasts = |target| matches!(target, Target::Variable | Target::Session);
            assignments.iter().all(|assignment| lasts(assignment.target))
        }
        StatementKind::ChangesSession(SessionChange::Keeps(kept)) => !kept.ends,
        StatementKind::ChangesSession(SessionChange::Pragma(Pragma { value, .. })) => {
            value.is_some()
        }
        _ => false,
    }
}

fn made(statement: &Statement) -> Vec<SessionState> {
    match &statement.kind {
        StatementKind::ChangesRows => vec![SessionState::LastInsertId],
        StatementKind::ChangesSession(SessionChange::Assigns(assignments)) => assignments
            .iter()
            .filter(|assignment| assignment.target == Target::Variable)
            .map(|assignment| SessionState::Variable(assignment.name.clone()))
            .collect(),
        StatementKind::ChangesSession(SessionChange::Temporary(change))
            if matches!(change.action, SchemaAction::Create | SchemaAction::Replace) =>
        {
            change.table.iter().map(|table| temporary_table(table)).collect()
        }
        StatementKind::ChangesSession(SessionChange::Keeps(kept)) if !kept.ends => {
            kept.name.iter().map(|name| SessionState::Prepared(name.clone())).collect()
        }
        _ => Vec::new(),
    }
}

/// The state that it ends, if there is one. `DROP TABLE` drops a temporary table as well.
fn ended(statement: &Statement) -> Option<SessionState> {
    match &statement.kind {
        StatementKind::ChangesSession(SessionChange::Keeps(kept)) if kept.ends => {
            kept.name.clone().map(SessionState::Prepared)
        }
        StatementKind::ChangesSession(SessionChange::Temporary(change))
        | StatementKind::ChangesSchema(change)
            if change.action == SchemaAction::Drop =>
        {
            change.table.as_deref().map(temporary_table)
        }
        _ => None,
    }
}

fn used(
    statement: &Statement,
    tokens: &[Token<'_>],
    known: &BTreeMap<SessionState, Origin>,
) -> Vec<SessionState> {
    let ended = ended(statement);
    let is_used = |state: &SessionState| match state {
        SessionState::Variable(name) => reads_variable(statement, tokens, name),
        SessionState::TemporaryTable(table) => {
            let is_it = |token: &Token<'_>| {
                token.name().is_some_and(|name| name.eq_ignore_ascii_case(table))
            };
            tokens.iter().any(is_it)
        }
        SessionState::Prepared(name) => {
            let [first, second, ..] = tokens else { return false };
            let is_named = second.name().is_some_and(|own| own.eq_ignore_ascii_case(name));
            first.is_any_word(&["EXECUTE", "FETCH", "MOVE"]) && is_named
        }
        SessionState::LastInsertId => calls(tokens)
            .any(|call| LAST_INSERT_ID.iter().any(|own| call.eq_ignore_ascii_case(own))),
    };
    known.keys().filter(|state| ended.as_ref() != Some(*state) && is_used(state)).cloned().collect()
}

/// Whether it does more with a variable than give it a value.
fn reads_variable(statement: &Statement, tokens: &[Token<'_>], name: &str) -> bool {
    let mentions = tokens.iter().filter(|token| token.user_variable().as_deref() == Some(name));
    let assigned = made(statement)
        .iter()
        .filter(|state| matches!(state, SessionState::Variable(own) if own == name))
        .count();
    mentions.count() > assigned
}

fn temporary_table(name: &str) -> SessionState {
    SessionState::TemporaryTable(name.to_ascii_lowercase())
}

/// Functions whose result depends on an earlier statement of the session.
const LAST_INSERT_ID: [&str; 4] = ["LAST_INSERT_ID", "LAST_INSERT_ROWID", "LASTVAL", "CURRVAL"];

impl fmt::Display for SessionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "the variable @{name}"),
            Self::TemporaryTable(table) => write!(f, "the temporary table {table}"),
            Self::Prepared(name) => write!(f, "the prepared statement {name}"),
            Self::LastInsertId => write!(f, "the number of the last inserted row"),
        }
    }
}
