//! Checks that a partial index says what MySQL and MariaDB have instead, if the schema is for them.

use schema_model::BackEnds;

use crate::declared::Table;
use crate::errors::Errors;

pub(super) fn check(table: &Table, back_ends: BackEnds, errors: &mut Errors) {
    for index in &table.indexes {
        let Some(partial) = &index.partial else { continue };
        match partial.choice {
            None if back_ends.mysql => {
                let choice = partial_choice(index.unique);
                let message = format!(
                    "MySQL and MariaDB have no partial indexes; expected `where` together with {choice}"
                );
                errors.add(partial.span, message);
            }
            Some(span) if !back_ends.mysql => {
                errors.add(span, "the schema is not for mysql");
            }
            Some(_) | None => {}
        }
    }
}

/// What a partial index can say about back ends without such indexes.
pub(crate) fn partial_choice(unique: bool) -> &'static str {
    if unique {
        "`mysql = none` (no unique index there)"
    } else {
        "`mysql = full` (an index over all rows there) or `mysql = none` (no index there)"
    }
}
