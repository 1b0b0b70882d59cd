//! PostgreSQL: names.

use schema_model::names::NAME_BYTES_MAX;
use schema_model::{Instead, Text};

use crate::spelling::Spelling;

/// PostgreSQL.
#[derive(Debug)]
pub(crate) struct Postgres;

impl Spelling for Postgres {
    fn quote(&self, identifier: &str) -> String {
        format!("\"{}\"", identifier.replace('"', "\"\""))
    }

    fn instead<'i>(&self, instead: &'i Instead) -> Option<&'i Text> {
        instead.postgres.as_ref()
    }
}

/// The name that PostgreSQL gives to the primary key of a table. Like its `makeObjectName`, it cuts
/// the name of the table to make room for the ending.
pub fn primary_key(table: &str) -> String {
    const ENDING: &str = "_pkey";
    format!("{}{ENDING}", cut(table, NAME_BYTES_MAX - ENDING.len()))
}

/// The name of a new column until the column that it replaces is dropped.
pub(super) fn temporary(name: &str) -> String {
    cut(&format!("__new_{name}"), NAME_BYTES_MAX).to_owned()
}

/// At most that many bytes from the beginning. It never ends within a character.
fn cut(name: &str, bytes_max: usize) -> &str {
    let is_end = |end: &usize| name.is_char_boundary(*end);
    let end = (0..=bytes_max.min(name.len())).rev().find(is_end).unwrap_or_default();
    &name[..end]
}

#[cfg(test)]
mod tests {
    use super::{primary_key, temporary};

    #[test]
    fn long_names_are_cut_between_characters() {
        let rows = [
            (primary_key("people"), "people_pkey".to_owned()),
            (primary_key(&"a".repeat(58)), format!("{}_pkey", "a".repeat(58))),
            (primary_key(&"a".repeat(60)), format!("{}_pkey", "a".repeat(58))),
            (primary_key(&format!("a{}", "ü".repeat(30))), format!("a{}_pkey", "ü".repeat(28))),
            (temporary("age"), "__new_age".to_owned()),
            (temporary(&"a".repeat(60)), format!("__new_{}", "a".repeat(57))),
        ];
        for (name, expected) in rows {
            assert_eq!(name, expected);
        }
    }
}
