//! The beginning of a statement, as messages show it.

use db_backend::Statement;

/// Long enough to recognise a statement by, short enough for a line.
const LENGTH_MAX: usize = 60;

/// The beginning of a statement, in one line.
pub(crate) fn excerpt(statement: &Statement) -> String {
    let line = statement.on_one_line();
    match line.char_indices().nth(LENGTH_MAX) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}
