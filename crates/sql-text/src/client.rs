//! Text that only a client program understands, and where it ends.

use crate::kind::{ClientText, Departure, StatementKind};
use crate::syntax::Client;
use crate::token::Token;

/// If a statement's first token begins text for a client: where that text ends, and what it does.
/// `None` if the statement is for the database.
pub(crate) fn text_for_client(
    sql: &str,
    first: &Token<'_>,
    client: Client,
) -> Option<(usize, StatementKind)> {
    let command = StatementKind::ForClient(ClientText::Command);
    let rest = &sql[first.end()..];
    let kind = match client {
        Client::Psql if first.is_symbol('\\') => match word(rest) {
            "c" | "connect" => StatementKind::LeavesDatabase(Departure::Connect),
            _ => command,
        },
        Client::Sqlite if first.is_symbol('.') => match word(rest) {
            "open" => StatementKind::LeavesDatabase(Departure::Connect),
            _ => command,
        },
        Client::Mysql if first.is_symbol('\\') => match word(rest) {
            "u" => StatementKind::LeavesDatabase(Departure::Use),
            "r" => StatementKind::LeavesDatabase(Departure::Connect),
            _ => command,
        },
        Client::Mysql if first.is_word("DELIMITER") => {
            let kind = StatementKind::ForClient(ClientText::Delimiter);
            return Some((delimiters_end(sql, first.start), kind));
        }
        Client::Mysql if first.is_word("CONNECT") => {
            StatementKind::LeavesDatabase(Departure::Connect)
        }
        Client::Mysql if first.is_word("SOURCE") => command,
        Client::Psql | Client::Sqlite | Client::Mysql | Client::None => return None,
    };
    Some((line_end(sql, first.start), kind))
}

/// Whether that token begins text for the client at any position, and so ends a statement.
pub(crate) fn ends_statement(token: &Token<'_>, client: Client) -> bool {
    client == Client::Psql && token.is_symbol('\\')
}

/// The end of the rows of a `COPY … FROM stdin`, which begin on the line after `from`.
pub(crate) fn rows_end(sql: &str, from: usize) -> usize {
    let mut at = line_end(sql, from);
    while at < sql.len() {
        let line = at + 1;
        at = line_end(sql, line);
        if sql[line..at].trim_end() == "\\." {
            break;
        }
    }
    at
}

/// The position from which the delimiter is the semicolon again.
fn delimiters_end(sql: &str, from: usize) -> usize {
    let mut line = from;
    loop {
        let end = line_end(sql, line);
        let mut words = sql[line..end].split_whitespace();
        let is_delimiter = words.next().is_some_and(|word| word.eq_ignore_ascii_case("DELIMITER"));
        if end == sql.len() || (is_delimiter && words.next() == Some(";")) {
            return end;
        }
        line = end + 1;
    }
}

/// The end of the line that `from` is in, before its line break.
fn line_end(sql: &str, from: usize) -> usize {
    sql[from..].find('\n').map_or(sql.len(), |length| from + length)
}

/// The letters that `rest` begins with.
fn word(rest: &str) -> &str {
    &rest[..rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len())]
}
