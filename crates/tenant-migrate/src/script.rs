//! A migration's statements as the units that a database can make atomic.
//!
//! This matters where no transaction holds the whole migration: each unit then has one journal row,
//! and a run that was interrupted continues at the beginning of a unit.

mod state;
mod unit;

use db_backend::Statement;
use sql_text::{Assignment, SessionChange, StatementKind, TableLock, Target, TransactionStep};

pub(crate) use state::Lost;
pub use state::SessionState;
use state::States;
pub(crate) use unit::{Form, Unit};

/// A migration's statements in units.
#[derive(Debug)]
pub(crate) struct Script<'m> {
    statements: &'m [Statement],
    units: Vec<Unit>,
    states: States,
    unmatched: Vec<usize>,
}

impl<'m> Script<'m> {
    /// Reads the statements for a back end whose transactions can hold DDL, or not.
    pub(crate) fn new(statements: &'m [Statement], transactional_ddl: bool) -> Self {
        let mut builder = Builder { statements, transactional_ddl, units: Vec::new(), at: 0 };
        let unmatched = builder.read();
        let units = builder.units;
        let states = States::read(statements, &units);
        Self { statements, units, states, unmatched }
    }

    /// The statements that begin or end a transaction without a counterpart, or roll one back.
    pub(crate) fn unmatched(&self) -> impl Iterator<Item = &'m Statement> {
        self.unmatched.iter().map(|index| &self.statements[*index])
    }

    /// Whether the statement with that index is in a transaction of the file's own.
    pub(crate) fn is_in_block(&self, index: usize) -> bool {
        self.form_of(index) == Some(Form::Block)
    }

    /// Whether the statement with that index locks or unlocks tables, with only rows in between.
    pub(crate) fn locks_for_rows(&self, index: usize) -> bool {
        self.form_of(index) == Some(Form::TablesLocked)
    }

    fn form_of(&self, index: usize) -> Option<Form> {
        self.units.iter().find(|unit| unit.contains(index)).map(|unit| unit.form)
    }

    /// What the session has that a statement uses after a unit that is journalled: a run that
    /// continues there would not have it.
    pub(crate) fn lost(&self) -> &[Lost] {
        &self.states.lost
    }

    /// The units that are left if the first `done` statements have taken effect. Units before that
    /// place which only change the session are among them, unless a journalled one follows them.
    pub(crate) fn units_from(&self, done: usize) -> &[Unit] {
        let first = self.units.iter().position(|unit| unit.statements.end > done);
        let mut first = first.unwrap_or(self.units.len());
        while first > 0 && self.units[first - 1].form == Form::InSession {
            first -= 1;
        }
        &self.units[first..]
    }

    /// The statements before that unit that a new session needs again: constant settings.
    pub(crate) fn replayed_before(&self, unit: &Unit) -> impl Iterator<Item = &'m Statement> {
        let before = 0..unit.statements.start;
        before.filter(|index| self.states.replayable[*index]).map(|index| &self.statements[index])
    }

    /// Whether that statement ends something that was created before `begun`, the first statement
    /// of this session: then there is nothing to end.
    pub(crate) fn ends_what_is_gone(&self, statement: usize, begun: usize) -> bool {
        self.states.ended[statement].is_some_and(|created| created < begun)
    }
}

/// Whether a statement can be in a transaction of ours with others: it neither commits nor needs to
/// be outside of one.
fn joins(kind: &StatementKind) -> bool {
    match kind {
        StatementKind::ChangesSession(change) => match change {
            SessionChange::Assigns(assignments) => assignments.iter().all(joins_as_setting),
            SessionChange::Temporary(_) | SessionChange::Keeps(_) => true,
            // Some have no effect in a transaction, without an error.
            SessionChange::Pragma(_) => false,
        },
        StatementKind::ControlsTransaction(step) => match step {
            TransactionStep::Savepoint | TransactionStep::Release | TransactionStep::RollbackTo => {
                true
            }
            TransactionStep::Begin
            | TransactionStep::Commit
            | TransactionStep::Rollback
            | TransactionStep::TwoPhase => false,
        },
        StatementKind::Reads | StatementKind::ChangesRows => true,
        StatementKind::EmptiesTables
        | StatementKind::ChangesSchema(_)
        | StatementKind::LeavesDatabase(_)
        | StatementKind::LocksTables(_)
        | StatementKind::Discards(_)
        | StatementKind::Maintains
        | StatementKind::ForClient(_)
        | StatementKind::RunsProgram
        | StatementKind::Other => false,
    }
}

fn joins_as_setting(assignment: &Assignment) -> bool {
    match assignment.target {
        Target::Variable => true,
        Target::Session => !OUTSIDE_TRANSACTIONS.contains(&assignment.name.as_str()),
        // It would last for as long as our transaction, instead of for no time at all.
        Target::Transaction | Target::Server => false,
    }
}

/// Settings that MySQL does not change within a transaction, or that end one.
const OUTSIDE_TRANSACTIONS: [&str; 8] = [
    "autocommit",
    "binlog_direct_non_transactional_updates",
    "binlog_format",
    "gtid_next",
    "role",
    "session characteristics",
    "sql_log_bin",
    "transaction",
];

/// Whether it only changes what ends with the session.
fn is_in_session(kind: &StatementKind) -> bool {
    match kind {
        StatementKind::ChangesSession(SessionChange::Assigns(assignments)) => {
            assignments.iter().all(|assignment| assignment.target != Target::Server)
        }
        StatementKind::ChangesSession(
            SessionChange::Temporary(_) | SessionChange::Keeps(_) | SessionChange::Pragma(_),
        ) => true,
        _ => false,
    }
}

const fn step(kind: &StatementKind) -> Option<TransactionStep> {
    match kind {
        StatementKind::ControlsTransaction(step) => Some(*step),
        _ => None,
    }
}

struct Builder<'m> {
    statements: &'m [Statement],
    transactional_ddl: bool,
    units: Vec<Unit>,
    at: usize,
}

impl Builder<'_> {
    /// Returns the statements that control a transaction without a counterpart.
    fn read(&mut self) -> Vec<usize> {
        let mut unmatched = Vec::new();
        while let Some(statement) = self.statements.get(self.at) {
            if let Some(length) = self.tables_locked() {
                self.push(length, Form::TablesLocked);
                continue;
            }
            match step(&statement.kind) {
                Some(TransactionStep::Begin) => match self.end_of_block() {
                    Some(end) => self.block(end),
                    None => {
                        unmatched.push(self.at);
                        self.push(1, Form::Alone);
                    }
                },
                // MySQL: what `autocommit = 0` holds together ends here, as our unit does.
                Some(TransactionStep::Commit) if !self.transactional_ddl => {
                    self.push(1, Form::Skipped);
                }
                Some(
                    TransactionStep::Commit | TransactionStep::Rollback | TransactionStep::TwoPhase,
                ) => {
                    unmatched.push(self.at);
                    self.push(1, Form::Alone);
                }
                Some(
                    TransactionStep::Savepoint
                    | TransactionStep::Release
                    | TransactionStep::RollbackTo,
                )
                | None => self.run(self.statements.len()),
            }
        }
        unmatched
    }

    /// How many statements there are from a lock on tables here to its end, if all that is in
    /// between can be in one transaction.
    fn tables_locked(&self) -> Option<usize> {
        let is = |index: usize, lock: TableLock| {
            self.statements.get(index).map(|statement| &statement.kind)
                == Some(&StatementKind::LocksTables(lock))
        };
        if !is(self.at, TableLock::UntilUnlocked) {
            return None;
        }
        let inner = self.statements[self.at + 1..].iter();
        let inner = inner.take_while(|statement| joins(&statement.kind)).count();
        is(self.at + 1 + inner, TableLock::Unlocked).then_some(inner + 2)
    }

    /// The index of the `COMMIT` of the block that begins here, if nothing in between controls the
    /// transaction as well.
    fn end_of_block(&self) -> Option<usize> {
        let is_control = |statement: &Statement| match step(&statement.kind) {
            Some(
                TransactionStep::Savepoint | TransactionStep::Release | TransactionStep::RollbackTo,
            )
            | None => false,
            Some(_) => true,
        };
        let rest = &self.statements[self.at + 1..];
        let end = rest.iter().position(is_control)?;
        let is_commit = step(&rest[end].kind) == Some(TransactionStep::Commit);
        is_commit.then_some(self.at + 1 + end)
    }

    fn block(&mut self, end: usize) {
        let inner = &self.statements[self.at + 1..end];
        if self.transactional_ddl || inner.iter().all(|statement| joins(&statement.kind)) {
            self.push(end + 1 - self.at, Form::Block);
            return;
        }
        self.push(1, Form::Skipped);
        while self.at < end {
            self.run(end);
        }
        self.push(1, Form::Skipped);
    }

    /// The longest unit that begins here and ends before `end`.
    fn run(&mut self, end: usize) {
        let rest = &self.statements[self.at..end];
        let joined = rest.iter().take_while(|statement| joins(&statement.kind));
        let is_quiet = |statement: &Statement| is_in_session(&statement.kind);
        match joined.count() {
            0 if is_quiet(&rest[0]) => self.push(1, Form::InSession),
            0 => self.push(1, Form::Alone),
            length => {
                let quiet = rest[..length].iter().take_while(|one| is_quiet(one)).count();
                // The first of them need no transaction.
                if quiet > 0 {
                    self.push(quiet, Form::InSession);
                }
                if length > quiet {
                    self.push(length - quiet, Form::Together);
                }
            }
        }
    }

    fn push(&mut self, length: usize, form: Form) {
        self.units.push(Unit { statements: self.at..self.at + length, form });
        self.at += length;
    }
}

#[cfg(test)]
mod tests;
