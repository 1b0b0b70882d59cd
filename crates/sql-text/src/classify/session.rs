//! Statements about the session: settings, variables, pragmas.

use crate::cursor::{Cursor, list_items};
use crate::kind::{Assignment, Kept, Pragma, SessionChange, StatementKind, Target, Value};
use crate::syntax::Syntax;
use crate::token::{Token, TokenKind};

/// `SET`, `RESET` and `PRAGMA`.
pub(super) fn setting(tokens: &[Token<'_>], syntax: Syntax) -> StatementKind {
    let mut cursor = Cursor::new(tokens);
    let assignments = if cursor.skip_word("PRAGMA") {
        return pragma(cursor);
    } else if cursor.skip_word("RESET") {
        match syntax {
            Syntax::Postgres => vec![postgres_reset(cursor)],
            // Of replication, or of the server's caches.
            Syntax::Mysql | Syntax::Sqlite | Syntax::Portable => return StatementKind::Other,
        }
    } else {
        cursor.next();
        match syntax {
            Syntax::Postgres => vec![postgres_set(cursor)],
            Syntax::Mysql => mysql_set(&cursor),
            Syntax::Sqlite | Syntax::Portable => Vec::new(),
        }
    };
    let is_named = |assignment: &Assignment| !assignment.name.is_empty();
    if assignments.is_empty() || !assignments.iter().all(is_named) {
        StatementKind::Other
    } else {
        StatementKind::ChangesSession(SessionChange::Assigns(assignments))
    }
}

/// `PREPARE name`, `DECLARE name` and similar statements, without that word.
pub(super) fn keeps(mut cursor: Cursor<'_, '_>) -> StatementKind {
    kept(cursor.name().as_deref(), false)
}

/// `DEALLOCATE PREPARE name`, `CLOSE name` and similar statements, without the first word.
pub(super) fn forgets(mut cursor: Cursor<'_, '_>) -> StatementKind {
    cursor.skip_word("PREPARE");
    let name = cursor.name().filter(|name| !name.eq_ignore_ascii_case("ALL"));
    kept(name.as_deref(), true)
}

fn kept(name: Option<&str>, ends: bool) -> StatementKind {
    let kept = Kept { name: name.map(str::to_ascii_lowercase), ends };
    StatementKind::ChangesSession(SessionChange::Keeps(kept))
}

/// `PRAGMA schema.name = value` or `PRAGMA name(value)`, without that word.
fn pragma(mut cursor: Cursor<'_, '_>) -> StatementKind {
    let Some(mut name) = cursor.name() else { return StatementKind::Other };
    if cursor.skip_symbol('.') {
        name = cursor.name().unwrap_or_default();
    }
    let value = match cursor.group() {
        Some(arguments) => arguments,
        None if cursor.skip_symbol('=') => cursor.rest(),
        None => &[],
    };
    let parts: Vec<_> = value.iter().map(Token::unquoted).collect();
    let value = (!parts.is_empty()).then(|| parts.concat());
    let pragma = Pragma { name: name.to_ascii_lowercase(), value };
    StatementKind::ChangesSession(SessionChange::Pragma(pragma))
}

// PostgreSQL.

/// Special forms, and the settings that they change.
const SPECIAL_FORMS: [(&[&str], &str); 8] = [
    (&["TIME", "ZONE"], "timezone"),
    (&["SESSION", "AUTHORIZATION"], "session_authorization"),
    (&["SESSION", "CHARACTERISTICS"], "session characteristics"),
    (&["NAMES"], "client_encoding"),
    (&["SCHEMA"], "search_path"),
    (&["ROLE"], "role"),
    (&["TRANSACTION"], "transaction"),
    (&["CONSTRAINTS"], "constraints"),
];

/// `SET`, without that word.
fn postgres_set(mut cursor: Cursor<'_, '_>) -> Assignment {
    let mut target = Target::Session;
    if cursor.skip_word("LOCAL") {
        target = Target::Transaction;
    } else if !is_special_form(&cursor) {
        cursor.skip_word("SESSION");
    }
    let name = postgres_name(&mut cursor);
    if !cursor.skip_word("TO") {
        cursor.skip_symbol('=');
    }
    if ["transaction", "constraints"].contains(&name.as_str()) {
        target = Target::Transaction;
    }
    Assignment { name, target, value: postgres_value(cursor.rest()) }
}

/// `RESET`, without that word.
fn postgres_reset(mut cursor: Cursor<'_, '_>) -> Assignment {
    let name = postgres_name(&mut cursor);
    Assignment { name, target: Target::Session, value: Value::Default }
}

fn is_special_form(cursor: &Cursor<'_, '_>) -> bool {
    SPECIAL_FORMS.iter().any(|(words, _)| cursor.clone().skip_words(words))
}

/// Takes the name of a setting, with the dots of a custom one.
fn postgres_name(cursor: &mut Cursor<'_, '_>) -> String {
    if let Some((_, name)) = SPECIAL_FORMS.iter().find(|(words, _)| cursor.skip_words(words)) {
        return (*name).to_owned();
    }
    dotted_name(cursor)
}

/// The values are names, texts and numbers, never expressions.
fn postgres_value(tokens: &[Token<'_>]) -> Value {
    match tokens {
        [only] if only.is_word("DEFAULT") => Value::Default,
        tokens => Value::Constant(list_items(tokens).map(words_of).collect()),
    }
}

fn words_of(item: &[Token<'_>]) -> String {
    let words: Vec<_> = item.iter().map(Token::unquoted).collect();
    words.join(" ")
}

// MySQL and MariaDB.

/// `SET`, without that word. `None` if it is about accounts.
fn mysql_set(cursor: &Cursor<'_, '_>) -> Vec<Assignment> {
    if cursor.is_word("PASSWORD") || cursor.clone().skip_words(&["DEFAULT", "ROLE"]) {
        return Vec::new();
    }
    // Its value is a list, and has no `=`.
    let mut words = cursor.clone();
    let scope = SCOPES.iter().find(|(word, _)| words.skip_word(word));
    if let Some((_, name)) = WHOLE_FORMS.iter().find(|(form, _)| words.skip_words(form)) {
        let target = scope.map_or(Target::Transaction, |(_, target)| *target);
        let target = if *name == "transaction" { target } else { Target::Session };
        let value = Value::Constant(list_items(words.rest()).map(words_of).collect());
        return vec![Assignment { name: (*name).to_owned(), target, value }];
    }
    // A scope holds for all that follow it, until the next one.
    let mut target = Target::Session;
    list_items(cursor.rest()).map(|item| mysql_assignment(item, &mut target)).collect()
}

/// What takes the whole statement, and what it is called here.
const WHOLE_FORMS: [(&[&str], &str); 3] = [
    (&["TRANSACTION"], "transaction"),
    (&["ROLE"], "role"),
    (&["RESOURCE", "GROUP"], "resource group"),
];

fn mysql_assignment(item: &[Token<'_>], scope: &mut Target) -> Assignment {
    let mut cursor = Cursor::new(item);
    if let Some((_, target)) = SCOPES.iter().find(|(word, _)| cursor.skip_word(word)) {
        *scope = *target;
    }
    let (name, target) = match cursor.peek() {
        Some(token) if token.kind == TokenKind::Variable => {
            cursor.next();
            variable(token, *scope)
        }
        Some(_) | None if cursor.skip_word("NAMES") => ("names".to_owned(), Target::Session),
        Some(_) | None if cursor.skip_words(&["CHARACTER", "SET"]) => {
            ("character set".to_owned(), Target::Session)
        }
        Some(_) | None => (dotted_name(&mut cursor), *scope),
    };
    cursor.skip_symbol(':');
    cursor.skip_symbol('=');
    Assignment { name, target, value: mysql_value(cursor.rest(), target) }
}

/// The name and scope of `@name`, `@@name` or `@@global.name`.
fn variable(token: &Token<'_>, scope: Target) -> (String, Target) {
    if let Some(name) = token.user_variable() {
        return (name, Target::Variable);
    }
    let name = token.text.trim_start_matches('@').to_ascii_lowercase();
    match name.split_once('.') {
        Some((first, rest)) => {
            let known = SCOPES.iter().find(|(word, _)| first.eq_ignore_ascii_case(word));
            // Without a scope, a dot belongs to the name: `@@hot_cache.key_buffer_size`.
            known.map_or_else(|| (name.clone(), scope), |(_, target)| (rest.to_owned(), *target))
        }
        None => (name, scope),
    }
}

fn mysql_value(tokens: &[Token<'_>], target: Target) -> Value {
    let is_literal = |token: &Token<'_>| match token.kind {
        TokenKind::Text | TokenKind::Number => true,
        // A setting's value may be a word (`ON`, `utf8mb4`). A variable's is an expression, in
        // which a word may be a function: `CURRENT_TIMESTAMP`.
        TokenKind::Word => {
            target != Target::Variable || token.is_any_word(&["TRUE", "FALSE", "NULL"])
        }
        TokenKind::QuotedName | TokenKind::Variable | TokenKind::Symbol(_) => false,
    };
    let words = || vec![words_of(tokens)];
    match tokens {
        [only] if only.is_word("DEFAULT") => Value::Default,
        [only] if is_literal(only) => Value::Constant(words()),
        [sign, number] if sign.is_symbol('-') && number.kind == TokenKind::Number => {
            Value::Constant(vec![format!("-{}", number.text)])
        }
        // `SET NAMES utf8mb4 COLLATE utf8mb4_bin`.
        [names, collate, collation]
            if is_literal(names) && collate.is_word("COLLATE") && is_literal(collation) =>
        {
            Value::Constant(words())
        }
        _ => Value::Computed,
    }
}

const SCOPES: [(&str, Target); 5] = [
    ("GLOBAL", Target::Server),
    ("PERSIST", Target::Server),
    ("PERSIST_ONLY", Target::Server),
    ("SESSION", Target::Session),
    ("LOCAL", Target::Session),
];

/// Takes a name, with the parts after its dots.
fn dotted_name(cursor: &mut Cursor<'_, '_>) -> String {
    let mut name = cursor.name().unwrap_or_default().to_ascii_lowercase();
    while cursor.skip_symbol('.') {
        name.push('.');
        name.push_str(&cursor.name().unwrap_or_default().to_ascii_lowercase());
    }
    name
}
