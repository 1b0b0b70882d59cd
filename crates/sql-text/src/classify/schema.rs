//! Statements about the schema.

use super::session;
use crate::cursor::Cursor;
use crate::head::Head;
use crate::kind::{SchemaAction, SchemaChange, SchemaObject, SessionChange, StatementKind};
use crate::names::folded;
use crate::syntax::Syntax;
use crate::token::Token;

/// `CREATE`, `ALTER`, `DROP` and `RENAME`.
pub(super) fn change(tokens: &[Token<'_>], syntax: Syntax) -> StatementKind {
    let Some(head) = Head::read(Cursor::new(tokens)) else { return StatementKind::Other };
    let is_next = |keyword| head.word.is_some_and(|word| word.is_word(keyword));
    if head.action == SchemaAction::Drop && is_next("PREPARE") {
        return session::forgets(head.rest);
    }
    if head.action == SchemaAction::Alter && is_next("SYSTEM") {
        // It changes the server, not a schema.
        return StatementKind::Other;
    }
    let is_temporary = head.is_temporary || is_in_temporary_schema(&head, syntax);
    let named = table(&head, is_temporary, syntax);
    // Whether the content of a versioned comment is code is not known here.
    let is_certain = |rest: &[Token<'_>]| {
        let read = tokens.len() - rest.len();
        !tokens.iter().take(read + 1).any(Token::is_versioned)
    };
    let table = named.filter(|(_, rest)| is_certain(rest)).map(|(name, _)| name);
    let change = SchemaChange { action: head.action, object: head.object, table };
    if is_temporary {
        StatementKind::ChangesSession(SessionChange::Temporary(change))
    } else {
        StatementKind::ChangesSchema(change)
    }
}

/// `COMMENT`, `GRANT` and similar statements.
pub(super) const fn annotation() -> StatementKind {
    StatementKind::ChangesSchema(SchemaChange {
        action: SchemaAction::Annotate,
        object: SchemaObject::Other,
        table: None,
    })
}

/// Whether the name shows that the object is temporary: `CREATE TABLE temp.t`.
fn is_in_temporary_schema(head: &Head<'_, '_>, syntax: Syntax) -> bool {
    let mut cursor = head.rest.clone();
    skip_conditions(&mut cursor);
    is_temporary_schema(&mut cursor, syntax)
}

/// Skips the name of the schema for temporary objects and the dot after it, if both are next.
fn is_temporary_schema(cursor: &mut Cursor<'_, '_>, syntax: Syntax) -> bool {
    let schema = match syntax {
        Syntax::Sqlite => "temp",
        Syntax::Postgres => "pg_temp",
        Syntax::Mysql | Syntax::Portable => return false,
    };
    let mut ahead = cursor.clone();
    let is_next = ahead.name().is_some_and(|name| name.eq_ignore_ascii_case(schema))
        && ahead.skip_symbol('.');
    if is_next {
        *cursor = ahead;
    }
    is_next
}

/// The table's name and the tokens after it, if the statement is one of the common ones.
fn table<'t, 's>(
    head: &Head<'t, 's>,
    is_temporary: bool,
    syntax: Syntax,
) -> Option<(String, &'t [Token<'s>])> {
    let mut cursor = head.rest.clone();
    match (head.action, head.object) {
        (SchemaAction::Create | SchemaAction::Alter | SchemaAction::Drop, SchemaObject::Table) => {
            skip_conditions(&mut cursor);
        }
        // The table that it replaces is a different one.
        (SchemaAction::Replace, SchemaObject::Table) if is_temporary => {}
        // After it, no table has the old name. With a comma, it renames more than one.
        (SchemaAction::Rename, SchemaObject::Table)
            if !cursor.rest().iter().any(|token| token.is_symbol(',')) =>
        {
            skip_conditions(&mut cursor);
        }
        (SchemaAction::Create | SchemaAction::Drop, SchemaObject::Index) => {
            skip_index_name(&mut cursor)?;
        }
        (
            SchemaAction::Create
            | SchemaAction::Replace
            | SchemaAction::Alter
            | SchemaAction::Rename
            | SchemaAction::Drop
            | SchemaAction::Annotate,
            _,
        ) => return None,
    }
    if syntax == Syntax::Postgres {
        cursor.skip_word("ONLY");
    }
    is_temporary_schema(&mut cursor, syntax);
    let table = folded(cursor.next()?, syntax)?;
    // A dot means that it is in another database; a comma means that it is one of several.
    let is_one = !cursor.is_symbol('.') && !cursor.is_symbol(',');
    is_one.then_some((table, cursor.rest()))
}

fn skip_conditions(cursor: &mut Cursor<'_, '_>) {
    cursor.skip_word("CONCURRENTLY");
    if !cursor.skip_words(&["IF", "NOT", "EXISTS"]) {
        cursor.skip_words(&["IF", "EXISTS"]);
    }
}

/// Skips the name of an index and the `ON` after it.
fn skip_index_name(cursor: &mut Cursor<'_, '_>) -> Option<()> {
    skip_conditions(cursor);
    // PostgreSQL makes up a name if none is given.
    if !cursor.is_word("ON") {
        cursor.name()?;
        if cursor.skip_symbol('.') {
            cursor.name()?;
        }
    }
    cursor.skip_word("ON").then_some(())
}
