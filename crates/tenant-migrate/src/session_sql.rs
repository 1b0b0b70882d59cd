//! A team's own SQL around the work on each tenant.

use db_backend::{BackendKind, Statement};
use sql_text::StatementKind;

use crate::excerpt::excerpt;

/// What each session begins and ends with, on one back end. It belongs to a fresh session: after a
/// reconnect between two migrations, the new one begins with it again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionSql {
    pub(crate) before: Vec<Statement>,
    pub(crate) after: Vec<Statement>,
}

impl SessionSql {
    /// What a session begins with.
    pub fn before(&self) -> &[Statement] {
        &self.before
    }

    /// Reads both, each from texts of one or more statements.
    ///
    /// # Errors
    /// What is wrong with each of them: it is not SQL, or its statement would end the runner's
    /// transaction or lock, or leave the tenant's database.
    pub fn read(
        kind: BackendKind,
        before: &[String],
        after: &[String],
    ) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let mut read = |texts: &[String]| {
            let mut statements = Vec::new();
            for text in texts {
                match sql_text::split(text, kind.syntax()) {
                    Ok(read) => statements.extend(read),
                    Err(error) => problems.push(format!("`{text}`: {error}")),
                }
            }
            let refused = statements
                .iter()
                .filter_map(|one| Some(format!("`{}`: {}", excerpt(one), refusal(&one.kind)?)));
            problems.extend(refused);
            statements
        };
        let (before, after) = (read(before), read(after));
        if problems.is_empty() { Ok(Self { before, after }) } else { Err(problems) }
    }
}

/// Why a statement can't stand there.
const fn refusal(kind: &StatementKind) -> Option<&'static str> {
    match kind {
        StatementKind::ControlsTransaction(_) => {
            Some("the transactions of a run are its own; leave it out")
        }
        StatementKind::LeavesDatabase(_) => Some("it leaves the tenant's database"),
        StatementKind::LocksTables(_) => Some("it would shut out the migrations themselves"),
        StatementKind::Discards(_) => Some("it would release the migration lock"),
        StatementKind::ForClient(_) => Some("only a client program understands it"),
        StatementKind::Reads
        | StatementKind::ChangesRows
        | StatementKind::EmptiesTables
        | StatementKind::ChangesSchema(_)
        | StatementKind::ChangesSession(_)
        | StatementKind::Maintains
        | StatementKind::RunsProgram
        | StatementKind::Other => None,
    }
}
