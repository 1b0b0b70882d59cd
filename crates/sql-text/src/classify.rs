//! Decides the kind of a statement from its tokens.

mod rows;
mod schema;
mod session;
mod transaction;

use crate::cursor::Cursor;
use crate::kind::{Departure, Discard, StatementKind, TableLock};
use crate::lexer;
use crate::syntax::Syntax;
use crate::token::{Token, TokenKind};

/// What the statement does.
pub(crate) fn classify(tokens: &[Token<'_>], syntax: Syntax) -> StatementKind {
    let Some(tokens) = executed(tokens, syntax) else { return StatementKind::Reads };
    let mut cursor = Cursor::new(tokens);
    while cursor.skip_symbol('(') {}
    let is_bare = cursor.rest().len() == tokens.len();
    let Some(first) = cursor.next() else { return StatementKind::Other };
    match first.text.to_ascii_uppercase().as_str() {
        "SELECT" | "VALUES" | "TABLE" | "WITH" => rows::query(tokens, syntax),
        // Only a query can be in parentheses.
        _ if !is_bare => StatementKind::Other,
        "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "MERGE" => StatementKind::ChangesRows,
        "TRUNCATE" => StatementKind::EmptiesTables,
        "SHOW" => StatementKind::Reads,
        "COPY" => rows::copy(cursor.rest()),
        "LOAD" if syntax == Syntax::Mysql => rows::load(&cursor),
        "DO" if syntax == Syntax::Mysql => rows::query(tokens, syntax),
        "DO" => program(cursor.rest()),
        "CALL" => StatementKind::RunsProgram,
        "CREATE" | "DROP" if is_about_databases(&cursor, syntax) => {
            StatementKind::LeavesDatabase(Departure::WholeDatabase)
        }
        "CREATE" | "ALTER" | "DROP" | "RENAME" => schema::change(tokens, syntax),
        "COMMENT" | "GRANT" | "REVOKE" | "SECURITY" | "REASSIGN" | "IMPORT" => schema::annotation(),
        "SET" | "RESET" | "PRAGMA" => session::setting(tokens, syntax),
        "PREPARE" if cursor.is_word("TRANSACTION") => transaction::control(tokens, syntax),
        "PREPARE" | "DECLARE" | "LISTEN" => session::keeps(cursor),
        "DEALLOCATE" | "CLOSE" | "UNLISTEN" => session::forgets(cursor),
        "BEGIN" | "START" | "COMMIT" | "END" | "ROLLBACK" | "ABORT" | "SAVEPOINT" | "RELEASE"
        | "XA" => transaction::control(tokens, syntax),
        "USE" => StatementKind::LeavesDatabase(Departure::Use),
        "ATTACH" => StatementKind::LeavesDatabase(Departure::Attach),
        "DETACH" => StatementKind::LeavesDatabase(Departure::Detach),
        "LOCK" => lock(&cursor, syntax),
        "UNLOCK" if cursor.skip_any_word(&TABLES) => {
            StatementKind::LocksTables(TableLock::Unlocked)
        }
        "DISCARD" if cursor.is_word("ALL") => StatementKind::Discards(Discard::All),
        "DISCARD" => StatementKind::Discards(Discard::Part),
        "VACUUM" | "ANALYZE" | "ANALYSE" | "REINDEX" | "CLUSTER" | "REFRESH" | "OPTIMIZE"
        | "CHECK" | "CHECKSUM" | "REPAIR" | "CHECKPOINT" | "NOTIFY" => StatementKind::Maintains,
        _ => StatementKind::Other,
    }
}

/// The statement that is executed, without the words that only say how: `EXPLAIN ANALYZE DELETE`
/// deletes. `None` if a statement is only explained.
fn executed<'t, 's>(tokens: &'t [Token<'s>], syntax: Syntax) -> Option<&'t [Token<'s>]> {
    let mut cursor = Cursor::new(tokens);
    loop {
        let before = cursor.rest();
        if cursor.skip_any_word(&["EXPLAIN", "DESCRIBE", "DESC"]) {
            let options = cursor.group();
            let is_analyze = |token: &Token<'_>| token.is_any_word(&["ANALYZE", "ANALYSE"]);
            let is_executed = match options {
                Some(options) => options.iter().any(is_analyze),
                None => cursor.skip_any_word(&["ANALYZE", "ANALYSE"]),
            };
            if !is_executed || syntax == Syntax::Sqlite {
                return None;
            }
            cursor.skip_word("VERBOSE");
            skip_format(&mut cursor);
        } else if syntax == Syntax::Mysql && cursor.skip_words(&["SET", "STATEMENT"]) {
            // MariaDB: settings for one statement only.
            while cursor.group().is_some()
                || cursor.next().is_some_and(|token| !token.is_word("FOR"))
            {}
        } else if syntax == Syntax::Mysql && cursor.skip_word("ANALYZE") {
            // MariaDB executes it; `ANALYZE TABLE` is another statement.
            skip_format(&mut cursor);
            if !cursor.peek().is_some_and(|token| token.is_any_word(&ANALYZED)) {
                return Some(before);
            }
        } else {
            return Some(before);
        }
    }
}

fn skip_format(cursor: &mut Cursor<'_, '_>) {
    if cursor.skip_word("FORMAT") {
        cursor.skip_symbol('=');
        cursor.next();
    }
}

/// PostgreSQL's `DO`, without that word. Only a body with a `COMMIT` or `ROLLBACK`, or with a
/// `CALL` that may have one, can end before it is complete and keep a part.
fn program(tokens: &[Token<'_>]) -> StatementKind {
    let ends_transaction = |token: &Token<'_>| {
        token.kind == TokenKind::Text
            && lexer::tokens(&token.unquoted(), Syntax::Postgres).is_ok_and(|body| {
                body.iter().any(|token| token.is_any_word(&["COMMIT", "ROLLBACK", "CALL"]))
            })
    };
    match tokens.iter().any(ends_transaction) {
        true => StatementKind::RunsProgram,
        false => StatementKind::Other,
    }
}

/// Whether `CREATE` or `DROP` is about a whole database, which MySQL also calls a schema. MariaDB
/// has `CREATE OR REPLACE DATABASE`.
fn is_about_databases(cursor: &Cursor<'_, '_>, syntax: Syntax) -> bool {
    let mut cursor = cursor.clone();
    cursor.skip_words(&["OR", "REPLACE"]);
    cursor.is_word("DATABASE") || (syntax == Syntax::Mysql && cursor.is_word("SCHEMA"))
}

fn lock(cursor: &Cursor<'_, '_>, syntax: Syntax) -> StatementKind {
    match syntax {
        Syntax::Postgres => StatementKind::LocksTables(TableLock::UntilCommit),
        Syntax::Mysql if cursor.peek().is_some_and(|token| token.is_any_word(&TABLES)) => {
            StatementKind::LocksTables(TableLock::UntilUnlocked)
        }
        Syntax::Mysql | Syntax::Sqlite | Syntax::Portable => StatementKind::Other,
    }
}

const TABLES: [&str; 2] = ["TABLES", "TABLE"];
const ANALYZED: [&str; 6] = ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "REPLACE"];
