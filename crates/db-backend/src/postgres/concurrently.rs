//! PostgreSQL: what a `CREATE INDEX CONCURRENTLY` leaves behind if it fails.
//!
//! The index exists then, but is invalid: it costs writes, serves no query, and keeps its name
//! (<https://www.postgresql.org/docs/current/sql-createindex.html>).

use sql_text::{Cursor, Statement, Syntax, Token, TokenKind, tokens};

use crate::driver::AnyConnection;
use crate::error::DbError;

/// The invalid index that keeps that statement from creating its own, quoted and with its schema.
pub(super) fn invalid_index(
    connection: &mut AnyConnection,
    statement: &Statement,
) -> Result<Option<String>, DbError> {
    match created_concurrently(&statement.sql)? {
        Some((name, table)) => connection.text(INVALID, &[&table, &name]),
        None => Ok(None),
    }
}

/// The index is in the schema of its table.
const INVALID: &str = "SELECT i.oid::regclass::text FROM pg_index AS x \
    JOIN pg_class AS i ON i.oid = x.indexrelid \
    WHERE x.indrelid = to_regclass($1) AND i.relname = $2 AND NOT x.indisvalid";

/// The names of the index and of its table, if it is such a statement. An index without a name
/// gets another one the next time.
fn created_concurrently(sql: &str) -> Result<Option<(String, String)>, DbError> {
    let tokens = tokens(sql, Syntax::Postgres)?;
    let mut cursor = Cursor::new(&tokens);
    if !cursor.skip_word("CREATE") {
        return Ok(None);
    }
    cursor.skip_word("UNIQUE");
    if !cursor.skip_words(&["INDEX", "CONCURRENTLY"]) {
        return Ok(None);
    }
    cursor.skip_words(&["IF", "NOT", "EXISTS"]);
    let Some(name) = cursor.next().filter(|name| !name.is_word("ON")).and_then(folded) else {
        return Ok(None);
    };
    cursor.skip_word("ON");
    cursor.skip_word("ONLY");
    let table: Vec<&str> = cursor
        .take_while(|token| token.name().is_some() || token.is_symbol('.'))
        .take_while(|token| !token.is_word("USING"))
        .map(|token| token.text)
        .collect();
    Ok(Some((name, table.concat())))
}

/// The name as the catalogue has it: without quotes, it is in lower case.
fn folded(token: &Token<'_>) -> Option<String> {
    let name = token.name()?;
    Some(if token.kind == TokenKind::Word { name.to_lowercase() } else { name.into_owned() })
}

#[cfg(test)]
mod tests {
    use super::created_concurrently;
    use insta::assert_snapshot;

    #[test]
    fn the_index_and_its_table() {
        let statements = [
            "CREATE INDEX CONCURRENTLY a_b ON a (b)",
            "create unique index concurrently if not exists \"A b\" on only shop.\"A\" using btree (b)",
            "CREATE INDEX CONCURRENTLY ON a (b)",
            "CREATE INDEX a_b ON a (b)",
            "DROP INDEX CONCURRENTLY a_b",
        ];
        let found = statements.map(|sql| format!("{:?}", created_concurrently(sql)));
        assert_snapshot!(found.join("\n"), @r#"
        Ok(Some(("a_b", "a")))
        Ok(Some(("A b", "shop.\"A\"")))
        Ok(None)
        Ok(None)
        Ok(None)
        "#);
    }
}
