//! Statements about transactions.

use crate::cursor::Cursor;
use crate::kind::{StatementKind, TransactionStep};
use crate::syntax::Syntax;
use crate::token::Token;

/// A statement that begins with one of the words of transactions.
pub(super) fn control(tokens: &[Token<'_>], syntax: Syntax) -> StatementKind {
    let mut cursor = Cursor::new(tokens);
    let known = WORDS.iter().find(|(word, _)| cursor.skip_word(word));
    let Some(&(_, usual)) = known else { return StatementKind::Other };
    let step = match usual {
        // MariaDB's anonymous block.
        TransactionStep::Begin if syntax == Syntax::Mysql && cursor.is_word("NOT") => {
            return StatementKind::RunsProgram;
        }
        TransactionStep::Commit | TransactionStep::Rollback if cursor.is_word("PREPARED") => {
            TransactionStep::TwoPhase
        }
        TransactionStep::Rollback => {
            cursor.skip_any_word(&["WORK", "TRANSACTION"]);
            if cursor.is_word("TO") { TransactionStep::RollbackTo } else { usual }
        }
        TransactionStep::Begin
        | TransactionStep::Commit
        | TransactionStep::RollbackTo
        | TransactionStep::Savepoint
        | TransactionStep::Release
        | TransactionStep::TwoPhase => usual,
    };
    StatementKind::ControlsTransaction(step)
}

const WORDS: [(&str, TransactionStep); 10] = [
    ("BEGIN", TransactionStep::Begin),
    // MySQL's START REPLICA is included: it has no place in a migration either.
    ("START", TransactionStep::Begin),
    ("COMMIT", TransactionStep::Commit),
    ("END", TransactionStep::Commit),
    ("ROLLBACK", TransactionStep::Rollback),
    ("ABORT", TransactionStep::Rollback),
    ("SAVEPOINT", TransactionStep::Savepoint),
    ("RELEASE", TransactionStep::Release),
    ("PREPARE", TransactionStep::TwoPhase),
    ("XA", TransactionStep::TwoPhase),
];
