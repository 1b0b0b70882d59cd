//! The one table that a statement changes, and its definition.
//!
//! The whole catalogue would also tell after a crash whether a statement took effect, but on MySQL
//! and MariaDB reading it costs more than most statements: `information_schema` opens every table,
//! and reads the routines of all databases.

use sql_dialect::BackendKind;
use sql_text::{Statement, Syntax, outermost, tokens};

use crate::driver::AnyConnection;
use crate::error::DbError;

/// The definition of the table that the statement changes, empty if there is no such table; `None`
/// unless the statement certainly changes the definition of one table and nothing else. Not
/// recognising a statement only costs time.
pub(super) fn of_target(
    connection: &mut AnyConnection,
    statement: &Statement,
) -> Result<Option<String>, DbError> {
    let Some(table) = statement.kind.changed_table() else { return Ok(None) };
    let find = "SELECT table_name FROM information_schema.tables \
                WHERE table_schema = DATABASE() AND table_name = ?";
    if connection.text(find, &[table])?.is_none() {
        return Ok(Some(String::new()));
    }
    let show = format!("SHOW CREATE TABLE {}", BackendKind::Mysql.dialect().quote(table));
    let shown = connection.rows(&show, &[])?.into_iter().flatten().nth(1).flatten();
    without_counter(&shown.unwrap_or_default()).map(Some)
}

/// Leaves out the next value of an `AUTO_INCREMENT` column, which changes with the rows.
fn without_counter(definition: &str) -> Result<String, DbError> {
    let tokens = tokens(definition, Syntax::Mysql)?;
    let mut options = outermost(&tokens);
    let counter = options.find(|token| token.is_word("AUTO_INCREMENT")).map(|token| token.start);
    // `AUTO_INCREMENT=42`: three tokens, and the space after them.
    let Some(start) = counter else { return Ok(definition.to_owned()) };
    let rest = tokens.iter().skip_while(|token| token.start < start).nth(3);
    let after = rest.map_or("", |token| &definition[token.start..]);
    Ok([&definition[..start], after].concat().trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::without_counter;

    #[test]
    fn the_counter_of_a_table_is_left_out_of_its_definition() {
        let rows = [
            "CREATE TABLE `t` (\n  `a` int\n) ENGINE=InnoDB AUTO_INCREMENT=42 DEFAULT CHARSET=utf8mb4",
            "CREATE TABLE `t` (\n  `a` int\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
        ];
        assert_eq!(without_counter(rows[0]).as_deref(), Ok(rows[1]));
        assert_eq!(without_counter(rows[1]).as_deref(), Ok(rows[1]));
        // A comment that looks like the counter is not one.
        let commented =
            "CREATE TABLE `t` (\n  `a` int COMMENT ' AUTO_INCREMENT=5'\n) AUTO_INCREMENT=9";
        let rest = "CREATE TABLE `t` (\n  `a` int COMMENT ' AUTO_INCREMENT=5'\n)";
        assert_eq!(without_counter(commented).as_deref(), Ok(rest));
    }
}
