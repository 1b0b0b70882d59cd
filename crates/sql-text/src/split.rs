//! Splits a file of SQL into statements.

use crate::body::Blocks;
use crate::classify::classify;
use crate::client::{ends_statement, rows_end, text_for_client};
use crate::kind::{ClientText, StatementKind};
use crate::lexer::{Lexer, line_at};
use crate::one_line::on_one_line;
use crate::routine::may_change_session;
use crate::syntax::{Grammar, Syntax};
use crate::token::Token;
use crate::unclosed::{Open, Unclosed};

/// One statement of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The text byte for byte, without the closing semicolon and the comments around it.
    pub sql: String,
    /// The line of the file that it begins on, from 1; 0 if it is not in a file.
    pub line: u32,
    /// What it does.
    pub kind: StatementKind,
    /// Whether the statements after it may find another session than a new one: because of its
    /// kind, because a routine that it calls may do anything, or because it changes what new
    /// sessions begin with.
    pub may_change_session: bool,
    /// The SQL that it is written in.
    pub syntax: Syntax,
}

impl Statement {
    /// A statement that is not in a file. If the text is not exactly one statement, its kind is
    /// [`Other`](StatementKind::Other).
    pub fn unplaced(sql: &str, syntax: Syntax) -> Self {
        let statement = Self {
            sql: sql.to_owned(),
            line: 0,
            kind: StatementKind::Other,
            may_change_session: true,
            syntax,
        };
        match split(sql, syntax).as_deref() {
            Ok([Self { kind, may_change_session, .. }]) => {
                Self { kind: kind.clone(), may_change_session: *may_change_session, ..statement }
            }
            Ok(_) | Err(_) => statement,
        }
    }

    /// The statement on one line, for people; see [`on_one_line`].
    pub fn on_one_line(&self) -> String {
        on_one_line(&self.sql, self.syntax)
    }
}

/// Splits a file into statements, with their kinds.
///
/// # Errors
/// A quote, comment or body that is never closed.
pub fn split(sql: &str, syntax: Syntax) -> Result<Vec<Statement>, Unclosed> {
    let mut file = File { sql, syntax, lexer: Lexer::new(sql, &syntax.grammar().lexicon) };
    let mut statements = Vec::new();
    // Counted from one statement to the next, so that a long file is read once.
    let mut counted_to = 0;
    let mut line = 1;
    while let Some(found) = file.statement()? {
        line += line_at(&sql[counted_to..], found.start - counted_to) - 1;
        counted_to = found.start;
        let sql = sql[found.start..found.end].to_owned();
        let Found { kind, may_change_session, .. } = found;
        statements.push(Statement { sql, line, kind, may_change_session, syntax });
    }
    Ok(statements)
}

/// A file that is being read.
struct File<'s> {
    sql: &'s str,
    syntax: Syntax,
    lexer: Lexer<'s>,
}

/// The position of a statement, and what it does.
struct Found {
    start: usize,
    end: usize,
    kind: StatementKind,
    may_change_session: bool,
}

impl<'s> File<'s> {
    /// The next statement.
    fn statement(&mut self) -> Result<Option<Found>, Unclosed> {
        let grammar = self.syntax.grammar();
        let first = loop {
            match self.lexer.next()? {
                None => return Ok(None),
                Some(token) if is_end(&token) => {}
                Some(token) => break token,
            }
        };
        if let Some((end, kind)) = text_for_client(self.sql, &first, grammar.client) {
            self.lexer.jump(end);
            let length = self.sql[first.start..end].trim_end().len();
            let (start, end) = (first.start, first.start + length);
            return Ok(Some(Found { start, end, kind, may_change_session: true }));
        }
        let (tokens, closed_at) = self.rest_of_statement(first, grammar)?;
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return Ok(None) };
        let kind = classify(&tokens, self.syntax);
        let mut found = Found {
            start: first.outer().start,
            end: last.outer().end,
            may_change_session: may_change_session(&kind, &tokens, self.syntax),
            kind,
        };
        if let Some(from) = closed_at
            && found.kind == StatementKind::ForClient(ClientText::CopyIn)
        {
            found.end = rows_end(self.sql, from);
            self.lexer.jump(found.end);
        }
        Ok(Some(found))
    }

    /// The tokens up to the semicolon that ends the statement, and the position of that semicolon.
    fn rest_of_statement(
        &mut self,
        first: Token<'s>,
        grammar: &Grammar,
    ) -> Result<(Vec<Token<'s>>, Option<usize>), Unclosed> {
        let mut tokens = Vec::new();
        let mut blocks = Blocks::new(grammar.bodies);
        let mut parentheses = 0_usize;
        let mut next = Some(first);
        while let Some(token) = next {
            if is_end(&token) && blocks.is_empty() && parentheses == 0 {
                return Ok((tokens, Some(token.start)));
            }
            if ends_statement(&token, grammar.client) {
                self.lexer.jump(token.start);
                break;
            }
            if grammar.parentheses_hold && token.is_symbol('(') {
                parentheses += 1;
            } else if token.is_symbol(')') {
                parentheses = parentheses.saturating_sub(1);
            }
            tokens.push(token);
            blocks.read(&tokens, self.lexer.peek()?);
            next = self.lexer.next()?;
        }
        match blocks.first_open() {
            None => Ok((tokens, None)),
            Some((start, word)) => {
                let what = Open::Block(word.clone());
                Err(Unclosed { line: line_at(self.sql, *start), what })
            }
        }
    }
}

/// Whether it is a semicolon that can end a statement.
fn is_end(token: &Token<'_>) -> bool {
    token.is_symbol(';') && !token.is_versioned()
}
