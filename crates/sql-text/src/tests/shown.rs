//! Kinds in a short form, for snapshots.

use crate::{
    Assignment, Pragma, SchemaChange, SessionChange, Statement, StatementKind, Syntax, Target,
    Value,
};

use super::ALL;

/// Each statement with its kind, or with its kind on each back end if they differ.
pub(super) fn table(statements: &[&str]) -> String {
    columns(statements, |sql| {
        let kinds = ALL.map(|(syntax, name)| (name, kind_of(sql, syntax)));
        if kinds.iter().all(|(_, kind)| *kind == kinds[0].1) {
            kinds[0].1.clone()
        } else {
            kinds.map(|(name, kind)| format!("{name}: {kind}")).join(" | ")
        }
    })
}

/// Each statement with its kind on one back end.
pub(super) fn table_of(syntax: Syntax, statements: &[&str]) -> String {
    columns(statements, |sql| kind_of(sql, syntax))
}

/// Each statement, with what `say` returns for it.
pub(super) fn columns(statements: &[&str], say: impl Fn(&str) -> String) -> String {
    let on_one_line = |sql: &str| sql.replace('\n', "⏎");
    let width = statements.iter().map(|sql| sql.chars().count()).max().unwrap_or_default();
    let row = |sql: &&str| format!("{:<width$}  {}", on_one_line(sql), say(sql));
    statements.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn kind_of(sql: &str, syntax: Syntax) -> String {
    kind(&Statement::unplaced(sql, syntax).kind)
}

pub(super) fn kind(kind: &StatementKind) -> String {
    match kind {
        StatementKind::Reads => "reads".to_owned(),
        StatementKind::ChangesRows => "changes rows".to_owned(),
        StatementKind::EmptiesTables => "empties tables".to_owned(),
        StatementKind::ChangesSchema(change) => schema(change),
        StatementKind::ChangesSession(change) => session(change),
        StatementKind::ControlsTransaction(step) => format!("transaction: {step:?}"),
        StatementKind::LeavesDatabase(departure) => format!("leaves: {departure:?}"),
        StatementKind::LocksTables(lock) => format!("locks tables: {lock:?}"),
        StatementKind::Discards(discard) => format!("discards: {discard:?}"),
        StatementKind::Maintains => "maintains".to_owned(),
        StatementKind::ForClient(text) => format!("for a client: {text:?}"),
        StatementKind::RunsProgram => "runs a program".to_owned(),
        StatementKind::Other => "other".to_owned(),
    }
}

fn schema(change: &SchemaChange) -> String {
    let table = change.table.as_deref().unwrap_or("-");
    format!("{:?} {:?} {table}", change.action, change.object)
}

fn session(change: &SessionChange) -> String {
    match change {
        SessionChange::Assigns(assignments) => {
            assignments.iter().map(assignment).collect::<Vec<_>>().join(", ")
        }
        SessionChange::Pragma(Pragma { name, value }) => match value {
            Some(value) => format!("pragma {name} = {value}"),
            None => format!("pragma {name}"),
        },
        SessionChange::Temporary(change) => format!("temporary: {}", schema(change)),
        SessionChange::Keeps(kept) => {
            let verb = if kept.ends { "forgets" } else { "keeps" };
            format!("{verb} {}", kept.name.as_deref().unwrap_or("all"))
        }
    }
}

fn assignment(assignment: &Assignment) -> String {
    let scope = match assignment.target {
        Target::Variable => "@",
        Target::Session => "",
        Target::Transaction => "local ",
        Target::Server => "global ",
    };
    let value = match &assignment.value {
        Value::Constant(values) => format!("{values:?}"),
        Value::Default => "default".to_owned(),
        Value::Computed => "?".to_owned(),
    };
    format!("{scope}{} = {value}", assignment.name)
}
