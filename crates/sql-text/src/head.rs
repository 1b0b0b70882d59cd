//! The head of a statement about the schema: `CREATE OR REPLACE TEMPORARY VIEW`.

use crate::cursor::Cursor;
use crate::kind::{SchemaAction, SchemaObject};
use crate::token::{Token, TokenKind};

/// The words before the name.
pub(crate) struct Head<'t, 's> {
    pub(crate) action: SchemaAction,
    pub(crate) object: SchemaObject,
    pub(crate) is_temporary: bool,
    /// The word for the object, if there is one.
    pub(crate) word: Option<&'t Token<'s>>,
    /// What follows it.
    pub(crate) rest: Cursor<'t, 's>,
}

impl<'t, 's> Head<'t, 's> {
    /// Reads it, if a statement of that form begins here.
    pub(crate) fn read(mut cursor: Cursor<'t, 's>) -> Option<Self> {
        let mut action = ACTIONS.iter().find(|(word, _)| cursor.is_word(word))?.1;
        cursor.next();
        let mut is_temporary = false;
        loop {
            if cursor.skip_words(&["OR", "REPLACE"]) {
                action = SchemaAction::Replace;
            } else if cursor.skip_any_word(&["TEMPORARY", "TEMP"]) {
                is_temporary = true;
            } else if cursor.skip_word("DEFINER") {
                skip_account(&mut cursor);
            } else if cursor.skip_word("ALGORITHM") {
                cursor.skip_symbol('=');
                cursor.next();
            } else if cursor.skip_words(&["SQL", "SECURITY"]) {
                cursor.next();
            } else if !cursor.skip_any_word(&MODIFIERS) {
                break;
            }
        }
        let word = cursor.next();
        let known = |(words, _): &&(&[&str], _)| word.is_some_and(|word| word.is_any_word(words));
        let object = OBJECTS.iter().find(known).map_or(SchemaObject::Other, |(_, object)| *object);
        Some(Self { action, object, is_temporary, word, rest: cursor })
    }
}

/// Skips `= 'name'@'host'`, `= CURRENT_USER()` and the like.
fn skip_account(cursor: &mut Cursor<'_, '_>) {
    cursor.skip_symbol('=');
    cursor.next();
    cursor.group();
    if cursor.skip_symbol('@') {
        // A host without quotes may have dots and dashes.
        while let Some(host) = cursor.next() {
            let goes_on = cursor.peek().is_some_and(|next| {
                host.touches(next) && (next.kind == TokenKind::Word || is_part_of_host(next.kind))
            });
            if !goes_on {
                break;
            }
        }
    }
}

const fn is_part_of_host(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Symbol('.' | '-') | TokenKind::Number)
}

const ACTIONS: [(&str, SchemaAction); 4] = [
    ("CREATE", SchemaAction::Create),
    ("ALTER", SchemaAction::Alter),
    ("DROP", SchemaAction::Drop),
    ("RENAME", SchemaAction::Rename),
];

/// Words that may come before the kind of object and do not change it.
const MODIFIERS: [&str; 16] = [
    "UNIQUE",
    "FULLTEXT",
    "SPATIAL",
    "VECTOR",
    "UNLOGGED",
    "VIRTUAL",
    "FOREIGN",
    "MATERIALIZED",
    "RECURSIVE",
    "AGGREGATE",
    "CONSTRAINT",
    "GLOBAL",
    "LOCAL",
    "IGNORE",
    "ONLINE",
    "OFFLINE",
];

const OBJECTS: [(&[&str], SchemaObject); 6] = [
    (&["TABLE", "TABLES"], SchemaObject::Table),
    (&["INDEX"], SchemaObject::Index),
    (&["VIEW"], SchemaObject::View),
    (&["TRIGGER"], SchemaObject::Trigger),
    (&["FUNCTION", "PROCEDURE", "ROUTINE"], SchemaObject::Routine),
    (&["EVENT"], SchemaObject::Event),
];
