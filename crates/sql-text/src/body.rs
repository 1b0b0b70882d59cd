//! Bodies of routines and triggers: statements in a statement.

use crate::cursor::Cursor;
use crate::head::Head;
use crate::kind::{SchemaAction, SchemaObject};
use crate::syntax::Bodies;
use crate::token::Token;

/// The blocks of a statement that are open at the current position.
pub(crate) struct Blocks {
    bodies: Bodies,
    /// Whether it is known that the statement can have a body.
    has_body: bool,
    open: Vec<Block>,
}

/// One open block.
struct Block {
    /// The byte that it begins at, and its first word in upper case.
    opened_by: (usize, String),
    /// `CASE` as a value: it holds no statements.
    is_expression: bool,
}

impl Blocks {
    pub(crate) const fn new(bodies: Bodies) -> Self {
        Self { bodies, has_body: false, open: Vec::new() }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// The position of the outermost block that is still open, and its first word.
    pub(crate) fn first_open(&self) -> Option<&(usize, String)> {
        self.open.first().map(|block| &block.opened_by)
    }

    /// Reads the last of these tokens: the statement up to the token `after`.
    pub(crate) fn read(&mut self, tokens: &[Token<'_>], after: Option<&Token<'_>>) {
        let Some((last, before)) = tokens.split_last() else { return };
        if last.is_any_word(&BLOCK_WORDS) && self.can_have_body(tokens, after) {
            self.read_word(before.last(), last, after);
        }
    }

    /// Whether the statement can contain other statements.
    fn can_have_body(&mut self, tokens: &[Token<'_>], after: Option<&Token<'_>>) -> bool {
        self.has_body = self.has_body
            || match tokens {
                // MariaDB's anonymous block; a plain BEGIN begins a transaction.
                [begin] => {
                    self.bodies == Bodies::StoredProgram
                        && begin.is_word("BEGIN")
                        && after.is_some_and(|token| token.is_word("NOT"))
                }
                tokens => has_body(tokens, self.bodies),
            };
        self.has_body
    }

    /// Reads one word of the body. The words of blocks are not reserved on every back end, so such
    /// a word is a name in a position where only a name is possible.
    fn read_word(
        &mut self,
        before: Option<&Token<'_>>,
        word: &Token<'_>,
        after: Option<&Token<'_>>,
    ) {
        let is_named = is_any(before, &['.', '@']);
        let is_loop_or_branch =
            self.bodies == Bodies::StoredProgram && word.is_any_word(&LOOPS_AND_BRANCHES);
        let is_after_end = before.is_some_and(|token| token.is_word("END"));
        let begins_statement = self.begins_statement(before);
        if is_named || (is_after_end && (word.is_word("CASE") || is_loop_or_branch)) {
            // A name, or the second word of `END IF`.
        } else if word.is_word("CASE") {
            self.push(word, !begins_statement);
        } else if is_any(before, &OPERATORS) {
            // A name: `= end`, `, begin`.
        } else if word.is_word("END") {
            self.open.pop();
        } else if word.is_word("BEGIN") {
            let is_atomic = after.is_some_and(|token| token.is_word("ATOMIC"));
            if self.bodies != Bodies::Atomic || is_atomic {
                self.push(word, false);
            }
        } else if is_loop_or_branch && begins_statement {
            self.push(word, false);
        }
    }

    fn push(&mut self, word: &Token<'_>, is_expression: bool) {
        let opened_by = (word.start, word.text.to_ascii_uppercase());
        self.open.push(Block { opened_by, is_expression });
    }

    /// Whether a statement of the body begins after that token: there `IF` is a branch, and not
    /// the function or a part of `IF EXISTS`.
    fn begins_statement(&self, before: Option<&Token<'_>>) -> bool {
        let in_expression = self.open.last().is_some_and(|block| block.is_expression);
        let follows = is_any(before, &[';', ':'])
            || before.is_some_and(|token| token.is_any_word(&STATEMENT_FOLLOWS));
        follows && !in_expression
    }
}

fn has_body(tokens: &[Token<'_>], bodies: Bodies) -> bool {
    let Some(head) = Head::read(Cursor::new(tokens)) else { return false };
    let objects: &[SchemaObject] = match bodies {
        Bodies::Trigger => &[SchemaObject::Trigger],
        Bodies::Atomic => &[SchemaObject::Routine],
        Bodies::StoredProgram => {
            &[SchemaObject::Trigger, SchemaObject::Routine, SchemaObject::Event]
        }
    };
    match head.action {
        SchemaAction::Create | SchemaAction::Replace | SchemaAction::Alter => {
            objects.contains(&head.object)
        }
        SchemaAction::Rename | SchemaAction::Drop | SchemaAction::Annotate => false,
    }
}

fn is_any(token: Option<&Token<'_>>, symbols: &[char]) -> bool {
    token.is_some_and(|token| symbols.iter().any(|symbol| token.is_symbol(*symbol)))
}

/// Symbols that only an operand can follow.
const OPERATORS: [char; 13] = ['.', ',', '(', '=', '<', '>', '+', '-', '*', '/', '%', '|', '&'];
/// Statements of a stored program that end with `END` and their own first word.
const LOOPS_AND_BRANCHES: [&str; 5] = ["IF", "LOOP", "WHILE", "REPEAT", "FOR"];
/// Every word that opens or closes a block.
const BLOCK_WORDS: [&str; 8] = ["BEGIN", "END", "CASE", "IF", "LOOP", "WHILE", "REPEAT", "FOR"];
/// The words that a statement of a stored program can follow; `ROW` ends a trigger's head.
const STATEMENT_FOLLOWS: [&str; 7] = ["BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT", "ROW"];
