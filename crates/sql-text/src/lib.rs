//! Reads SQL text.
//!
//! This is the only place that reads SQL; no other crate looks into it with string functions:
//!
//! - [`split`]: a file as [`Statement`]s, each with its line and its [`StatementKind`], which is
//!   decided once. [`Statement::unplaced`] does the same for a statement that is not in a file.
//! - [`tokens`]: a text as [`Token`]s, with a [`Cursor`] to go through them, and [`list_items`],
//!   [`outermost`], [`text_of`], [`calls`] and [`replaced`] for common work on tokens.
//! - [`Expression`]: the names that an expression mentions, and how to replace them.
//! - [`reads_alike`]: whether two texts are the same token by token.
//! - [`on_one_line`]: a text on one line, for people.
//!
//! ```
//! use sql_text::{Syntax, split};
//!
//! let file = "-- No longer used.\nDROP /* old */ TABLE t;";
//! let statements = split(file, Syntax::Sqlite)?;
//! assert_eq!(statements[0].line, 2);
//! assert!(statements[0].kind.drops_table());
//! # Ok::<(), sql_text::Unclosed>(())
//! ```
//!
//! # Invariants
//!
//! - Comments, white space and the case of words never change a kind; MySQL's versioned comments
//!   (`/*!40101 … */`) are read as the code that they are.
//! - No text that a database accepts is refused: the only error is something that is never closed.
//! - A statement's text is a part of the file, byte for byte. Every token of the file is in exactly
//!   one statement, except for the semicolons between them.
//! - A kind states only what is certain from the text. A statement that is not recognised is
//!   [`Other`](StatementKind::Other), which may do anything.
//! - Reading takes time in proportion to the text.
//!
//! This crate must never contain: Diesel or any other dependency; features; what a schema, a tenant
//! or a migration is; how a back end writes SQL; what is allowed where (callers decide that by the
//! kind); a parser that refuses what it does not know; files, clocks, connections.

mod alike;
mod body;
mod classify;
mod client;
mod cursor;
mod expression;
mod head;
mod kind;
mod lexer;
mod names;
mod one_line;
mod routine;
mod split;
mod syntax;
mod token;
mod unclosed;

pub use alike::reads_alike;
pub use cursor::{Cursor, list_items, outermost, text_of};
pub use expression::{Expression, calls, replaced};
pub use kind::{
    Assignment, ClientText, Departure, Discard, Kept, Pragma, SchemaAction, SchemaChange,
    SchemaObject, SessionChange, StatementKind, TableLock, Target, TransactionStep, Value,
};
pub use lexer::tokens;
pub use one_line::on_one_line;
pub use split::{Statement, split};
pub use syntax::Syntax;
pub use token::{Token, TokenKind};
pub use unclosed::{Open, Unclosed};

#[cfg(test)]
mod tests;
