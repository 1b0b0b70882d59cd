//! A file of SQL as single statements.

use crate::Unclosed;
use crate::lexer::{self, Lexicon, Token, TokenKind, tokens};

/// One statement of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The text byte for byte, without the closing semicolon and the comments around it.
    pub sql: String,
    /// The line of the file that it begins on, from 1.
    pub line: u32,
}

/// How a back end's files differ: what a token is, and where a semicolon does not split.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grammar {
    pub(crate) lexicon: Lexicon,
    /// What holds the statements of a routine's or trigger's body.
    pub(crate) bodies: Bodies,
    /// A semicolon in parentheses does not split (the actions of a PostgreSQL rule).
    pub(crate) parentheses_hold: bool,
}

/// What a body of statements looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bodies {
    /// `BEGIN … END` of a trigger.
    Trigger,
    /// `BEGIN ATOMIC … END` of a function or procedure; other bodies are quoted.
    Atomic,
    /// `BEGIN … END` of any stored program, with `IF … END IF` and loops.
    StoredProgram,
}

/// Splits a file into statements.
///
/// # Errors
/// [`Unclosed`] with the line of a quote, comment or body that is never closed.
pub(crate) fn split(sql: &str, grammar: &Grammar) -> Result<Vec<Statement>, Unclosed> {
    let tokens = tokens(sql, &grammar.lexicon)?;
    let mut statements = Vec::new();
    let mut rest = tokens.as_slice();
    // Counted from one statement to the next, so that a long file is read once.
    let mut counted_to = 0;
    let mut line = 1;
    while !rest.is_empty() {
        let length = statement_length(sql, rest, grammar)?;
        let (statement, after) = rest.split_at(length);
        if let (Some(first), Some(last)) = (statement.first(), statement.last()) {
            line += lexer::line_at(&sql[counted_to..], first.span.start - counted_to) - 1;
            counted_to = first.span.start;
            statements
                .push(Statement { sql: sql[first.span.start..last.span.end].to_owned(), line });
        }
        rest = after.get(1..).unwrap_or_default();
    }
    Ok(statements)
}

/// How many tokens of `tokens` stand before the semicolon that ends the first statement.
fn statement_length(sql: &str, tokens: &[Token], grammar: &Grammar) -> Result<usize, Unclosed> {
    let has_body = has_body(sql, tokens, grammar.bodies);
    let mut blocks = Blocks { sql, bodies: grammar.bodies, open: Vec::new() };
    let mut parentheses = 0_usize;
    let mut before: Option<&Token> = None;
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Symbol(';') if blocks.open.is_empty() && parentheses == 0 => {
                return Ok(index);
            }
            TokenKind::Symbol('(') if grammar.parentheses_hold => parentheses += 1,
            TokenKind::Symbol(')') => parentheses = parentheses.saturating_sub(1),
            TokenKind::Word if has_body => blocks.read(before, token, tokens.get(index + 1)),
            TokenKind::Word | TokenKind::Quoted | TokenKind::Symbol(_) => {}
        }
        before = Some(token);
    }
    match blocks.open.first() {
        None => Ok(tokens.len()),
        Some(block) => Err(Unclosed {
            line: lexer::line_at(sql, block.opened_by.span.start),
            message: format!("this {} has no END", block.opened_by.text(sql).to_ascii_uppercase()),
        }),
    }
}

/// Whether the statement can hold statements of its own. Only `BEGIN` and its like then do hold
/// some, so it does no harm that a table's first column named `event` is taken for an event.
fn has_body(sql: &str, tokens: &[Token], bodies: Bodies) -> bool {
    let [first, second, ..] = tokens else { return false };
    if bodies == Bodies::StoredProgram && first.is_word(sql, "BEGIN") {
        // MariaDB's anonymous block; a plain BEGIN begins a transaction.
        return second.is_word(sql, "NOT");
    }
    let objects: &[&str] = match bodies {
        Bodies::Trigger => &["TRIGGER"],
        Bodies::Atomic => &["FUNCTION", "PROCEDURE"],
        Bodies::StoredProgram => &["TRIGGER", "FUNCTION", "PROCEDURE", "EVENT"],
    };
    let is_ddl = first.is_word(sql, "CREATE") || first.is_word(sql, "ALTER");
    is_ddl
        && tokens
            .iter()
            .take(HEAD_TOKENS_MAX)
            .take_while(|token| !token.is_symbol(';'))
            .any(|token| objects.iter().any(|object| token.is_word(sql, object)))
}

/// `CREATE OR REPLACE DEFINER = CURRENT_USER ( ) AGGREGATE FUNCTION` has nine.
const HEAD_TOKENS_MAX: usize = 9;

/// The blocks of a body that are open at some place.
struct Blocks<'s> {
    sql: &'s str,
    bodies: Bodies,
    open: Vec<Block<'s>>,
}

/// One open block.
struct Block<'s> {
    opened_by: &'s Token,
    /// `CASE` as a value: it holds no statements.
    is_expression: bool,
}

impl<'s> Blocks<'s> {
    /// Reads one word of the body. The words of blocks are not reserved on every back end, so one
    /// that stands where only a name can is a name.
    fn read(&mut self, before: Option<&Token>, word: &'s Token, after: Option<&Token>) {
        let is = |keyword| word.is_word(self.sql, keyword);
        let is_after = |keyword| before.is_some_and(|token| token.is_word(self.sql, keyword));
        let is_named = is_any(before, &['.', '@']);
        let is_loop_or_branch =
            self.bodies == Bodies::StoredProgram && LOOPS_AND_BRANCHES.iter().any(|word| is(word));
        let begins_statement = self.begins_statement(before);
        if is_named || (is_after("END") && (is("CASE") || is_loop_or_branch)) {
            // A name, or the second word of `END IF`.
        } else if is("CASE") {
            self.open.push(Block { opened_by: word, is_expression: !begins_statement });
        } else if is_any(before, &OPERATORS) {
            // A name: `= end`, `, begin`.
        } else if is("END") {
            self.open.pop();
        } else if is("BEGIN") {
            let is_atomic = after.is_some_and(|token| token.is_word(self.sql, "ATOMIC"));
            if self.bodies != Bodies::Atomic || is_atomic {
                self.open.push(Block { opened_by: word, is_expression: false });
            }
        } else if is_loop_or_branch && begins_statement {
            self.open.push(Block { opened_by: word, is_expression: false });
        }
    }

    /// Whether a statement of the body begins after that token: there `IF` is a branch, and not
    /// the function or a part of `IF EXISTS`.
    fn begins_statement(&self, before: Option<&Token>) -> bool {
        let in_expression = self.open.last().is_some_and(|block| block.is_expression);
        let follows = is_any(before, &[';', ':'])
            || before.is_some_and(|token| {
                STATEMENT_FOLLOWS.iter().any(|keyword| token.is_word(self.sql, keyword))
            });
        follows && !in_expression
    }
}

fn is_any(token: Option<&Token>, symbols: &[char]) -> bool {
    token.is_some_and(|token| symbols.iter().any(|symbol| token.is_symbol(*symbol)))
}

/// What only an operand can follow.
const OPERATORS: [char; 13] = ['.', ',', '(', '=', '<', '>', '+', '-', '*', '/', '%', '|', '&'];
/// Statements of a stored program that end with `END` and their own first word.
const LOOPS_AND_BRANCHES: [&str; 5] = ["IF", "LOOP", "WHILE", "REPEAT", "FOR"];
/// The words that a statement of a stored program can follow; `ROW` ends a trigger's head.
const STATEMENT_FOLLOWS: [&str; 7] = ["BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT", "ROW"];
