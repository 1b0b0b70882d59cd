//! What is never applied as it stands, and why.

use std::fmt;

use db_backend::{BackendKind, Capabilities, Statement};
use serde::{Deserialize, Serialize};
use sql_text::{
    ClientText, Departure, Discard, SessionChange, StatementKind, TableLock, Target,
    TransactionStep,
};

use crate::excerpt::excerpt;
use crate::script::{Script, SessionState};

/// A place of a file that keeps its migration from being applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The line, from 1; 0 if it is about the whole file.
    pub line: u32,
    /// The beginning of the statement, in one line; empty if it is about the whole file.
    pub statement: String,
    /// Why.
    pub reason: RefusalReason,
}

/// Why a migration is never applied as it stands: it would damage something, leave the tenant's
/// database, or end half applied.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum RefusalReason {
    /// The file is blank. In a history, such a migration is fine.
    Blank,
    /// The file is not UTF-8.
    Encoding {
        /// What it is instead, if that can be told.
        found: Option<String>,
    },
    /// The file exists, but can't be read.
    Unreadable {
        /// The error of the operating system.
        error: String,
    },
    /// A quote, comment or body is never closed.
    Unclosed {
        /// Which.
        what: String,
    },
    /// It controls the transaction that also holds the migration's row in the history.
    ControlsTransaction,
    /// It begins or ends a transaction without a counterpart, or rolls one back.
    UnmatchedTransaction,
    /// It goes to another database, or brings one in.
    LeavesDatabase,
    /// Only a client program understands it.
    ForClient {
        /// Whether it brings rows: `COPY … FROM stdin`.
        has_rows: bool,
    },
    /// It discards the session, and the migration lock with it.
    DiscardsSession,
    /// It locks tables by name around more than rows, which shuts out history and journal.
    LocksTables,
    /// It uses what a run that continues here would not have.
    LosesState {
        /// What.
        state: SessionState,
        /// The line that made it.
        made: u32,
    },
    /// The statement is longer than the server takes.
    TooLong {
        /// Its length in bytes.
        length: u64,
        /// The server's limit in bytes.
        limit: u64,
    },
}

impl Refusal {
    /// About the whole file.
    pub(crate) const fn of_file(reason: RefusalReason) -> Self {
        Self { line: 0, statement: String::new(), reason }
    }

    /// About one of its statements.
    pub(crate) fn at(statement: &Statement, reason: RefusalReason) -> Self {
        Self { line: statement.line, statement: excerpt(statement), reason }
    }
}

/// Everything in these statements that keeps them from being applied, in the order of the file.
pub(crate) fn refusals(
    kind: BackendKind,
    statements: &[Statement],
    run_in_transaction: bool,
) -> Vec<Refusal> {
    let transactional_ddl = Capabilities::of(kind).transactional_ddl;
    let in_transaction = run_in_transaction && transactional_ddl;
    let script = Script::new(statements, transactional_ddl);
    let each = statements.iter().enumerate().filter_map(|(index, statement)| {
        let reason = reason_of(&statement.kind, in_transaction)?;
        let is_fine = reason == RefusalReason::LocksTables && script.locks_for_rows(index);
        (!is_fine).then(|| Refusal::at(statement, reason))
    });
    let mut refusals: Vec<Refusal> = each.collect();
    if !in_transaction {
        let unmatched = script.unmatched();
        refusals.extend(unmatched.map(|one| Refusal::at(one, RefusalReason::UnmatchedTransaction)));
        refusals.extend(script.lost().iter().map(|lost| {
            let made = statements[lost.made].line;
            let reason = RefusalReason::LosesState { state: lost.state.clone(), made };
            Refusal::at(&statements[lost.used], reason)
        }));
        refusals.sort_by_key(|refusal| refusal.line);
    }
    refusals
}

/// The statements that are longer than the server takes.
pub(crate) fn too_long(statements: &[Statement], limit: u64) -> Vec<Refusal> {
    let lengths = statements.iter().map(|statement| (statement, statement.sql.len() as u64));
    let found = lengths.filter(|(_, length)| *length > limit);
    found
        .map(|(statement, length)| Refusal::at(statement, RefusalReason::TooLong { length, limit }))
        .collect()
}

/// A statement that has no effect where it stands, and no error either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithoutEffect {
    /// The line, from 1.
    pub line: u32,
    /// The beginning of the statement, in one line.
    pub statement: String,
    /// Whether it would have one outside of a transaction, and not inside of one.
    pub in_transaction: bool,
}

/// The statements that have no effect where they stand.
pub(crate) fn without_effect(
    kind: BackendKind,
    statements: &[Statement],
    run_in_transaction: bool,
) -> Vec<WithoutEffect> {
    let in_transaction = run_in_transaction && Capabilities::of(kind).transactional_ddl;
    let found: Vec<&Statement> = match (kind, in_transaction) {
        (BackendKind::Sqlite, true) => statements.iter().filter(is_passed_over).collect(),
        (BackendKind::Postgres, false) => {
            let script = Script::new(statements, true);
            let alone = statements.iter().enumerate().filter(|(at, _)| !script.is_in_block(*at));
            alone.map(|(_, statement)| statement).filter(is_for_transaction).collect()
        }
        (BackendKind::Sqlite | BackendKind::Postgres | BackendKind::Mysql, _) => Vec::new(),
    };
    let described = found.into_iter().map(|statement| WithoutEffect {
        line: statement.line,
        statement: excerpt(statement),
        in_transaction,
    });
    described.collect()
}

/// Whether SQLite passes it over in silence within a transaction.
fn is_passed_over(statement: &&Statement) -> bool {
    let pragma = statement.kind.pragma().filter(|pragma| pragma.value.is_some());
    pragma.is_some_and(|pragma| OUTSIDE_TRANSACTIONS.contains(&pragma.name.as_str()))
}

/// Whether it is about the present transaction: `SET LOCAL`.
fn is_for_transaction(statement: &&Statement) -> bool {
    let StatementKind::ChangesSession(SessionChange::Assigns(assignments)) = &statement.kind else {
        return false;
    };
    assignments.iter().any(|assignment| assignment.target == Target::Transaction)
}

/// Pragmas that SQLite passes over in silence within a transaction
/// (<https://www.sqlite.org/pragma.html>).
const OUTSIDE_TRANSACTIONS: [&str; 4] = ["auto_vacuum", "encoding", "journal_mode", "page_size"];

/// `line 3 (PRAGMA journal_mode = WAL): it has no effect within a transaction`.
impl fmt::Display for WithoutEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, statement, in_transaction } = self;
        let place = if *in_transaction { "within" } else { "outside of" };
        write!(f, "line {line} ({statement}): it has no effect {place} a transaction")
    }
}

/// Why a statement of that kind is refused, whatever is around it.
fn reason_of(kind: &StatementKind, in_transaction: bool) -> Option<RefusalReason> {
    match kind {
        StatementKind::ControlsTransaction(step) => match step {
            TransactionStep::Savepoint | TransactionStep::Release | TransactionStep::RollbackTo => {
                None
            }
            TransactionStep::Begin
            | TransactionStep::Commit
            | TransactionStep::Rollback
            | TransactionStep::TwoPhase => {
                in_transaction.then_some(RefusalReason::ControlsTransaction)
            }
        },
        StatementKind::LeavesDatabase(
            Departure::Use
            | Departure::Attach
            | Departure::Detach
            | Departure::Connect
            | Departure::WholeDatabase,
        ) => Some(RefusalReason::LeavesDatabase),
        StatementKind::ForClient(text) => {
            Some(RefusalReason::ForClient { has_rows: *text == ClientText::CopyIn })
        }
        StatementKind::Discards(Discard::All) => Some(RefusalReason::DiscardsSession),
        StatementKind::LocksTables(TableLock::UntilUnlocked | TableLock::Unlocked) => {
            Some(RefusalReason::LocksTables)
        }
        StatementKind::Reads
        | StatementKind::ChangesRows
        | StatementKind::EmptiesTables
        | StatementKind::ChangesSchema(_)
        | StatementKind::ChangesSession(_)
        | StatementKind::LocksTables(TableLock::UntilCommit)
        | StatementKind::Discards(Discard::Part)
        | StatementKind::Maintains
        | StatementKind::RunsProgram
        | StatementKind::Other => None,
    }
}

/// `line 3 (USE other): it goes to another database`.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}", self.reason),
            line => write!(f, "line {line} ({}): {}", self.statement, self.reason),
        }
    }
}

impl fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => write!(f, "the file is blank"),
            Self::Encoding { found: Some(found) } => {
                write!(f, "the file is not UTF-8, but {found}")
            }
            Self::Encoding { found: None } => write!(f, "the file is not UTF-8"),
            Self::Unreadable { error } => write!(f, "the file can't be read: {error}"),
            Self::Unclosed { what } => write!(f, "{what}"),
            Self::ControlsTransaction => {
                write!(f, "it controls the transaction that also holds the history")
            }
            Self::UnmatchedTransaction => {
                write!(f, "it begins or ends a transaction without a counterpart")
            }
            Self::LeavesDatabase => write!(f, "it leaves the tenant's database"),
            Self::ForClient { has_rows: false } => write!(f, "only a client understands it"),
            Self::ForClient { has_rows: true } => write!(f, "only a client can send its rows"),
            Self::DiscardsSession => {
                write!(f, "it discards the session, and the migration lock with it")
            }
            Self::LocksTables => {
                write!(f, "it locks tables by name around more than rows")
            }
            Self::LosesState { state, made } => write!(
                f,
                "it uses {state} of line {made}, which a run that continues here does not have"
            ),
            Self::TooLong { length, limit } => {
                write!(f, "the statement has {length} bytes, and the server takes {limit} at most")
            }
        }
    }
}

/// The text of a file, or why it can't be read as SQL, with the part of it that can.
pub(crate) fn decode(bytes: Vec<u8>) -> (String, Option<RefusalReason>) {
    let found = encoding(&bytes);
    match String::from_utf8(bytes) {
        // PostgreSQL and MySQL can't hold a NUL, and UTF-16 is full of them.
        Ok(text) if !text.contains('\0') => (text, None),
        Ok(text) => (text, Some(RefusalReason::Encoding { found })),
        Err(error) => {
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            (text, Some(RefusalReason::Encoding { found }))
        }
    }
}

/// What bytes that are not UTF-8 are instead, if that can be told.
fn encoding(bytes: &[u8]) -> Option<String> {
    let zeros = |offset: usize| {
        let every_other = bytes.iter().skip(offset).step_by(2);
        every_other.take(ENOUGH_TO_TELL).filter(|byte| **byte == 0).count()
    };
    let found = match bytes {
        [0xff, 0xfe, ..] => "UTF-16LE",
        [0xfe, 0xff, ..] => "UTF-16BE",
        _ if zeros(1) > zeros(0) => "UTF-16LE",
        _ if zeros(0) > zeros(1) => "UTF-16BE",
        // A mixture is damaged UTF-8 rather than something else.
        _ if bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii()) => return None,
        _ => "probably Windows-1252 or ISO-8859-1",
    };
    Some(found.to_owned())
}

/// Characters of which most are ASCII if it is SQL.
const ENOUGH_TO_TELL: usize = 100;
