//! The one table that a statement changes, and its definition.
//!
//! To tell after a crash whether a statement took effect, the whole catalogue would do, but on MySQL
//! and MariaDB reading that costs more than most statements themselves: `information_schema` opens
//! every table, and reads the routines of all databases.

use sql_dialect::BackendKind;
use sql_text::{Syntax, Token, TokenKind, tokens};

use crate::driver::AnyConnection;
use crate::error::DbError;

/// The definition of the table that the statement changes, blank where there is no such table;
/// `None` where it is not certain that the statement changes the definition of one table and
/// nothing else.
pub(super) fn of_target(
    connection: &mut AnyConnection,
    sql: &str,
) -> Result<Option<String>, DbError> {
    let Some(table) = target_table(sql) else { return Ok(None) };
    let find = "SELECT table_name FROM information_schema.tables \
                WHERE table_schema = DATABASE() AND table_name = ?";
    if connection.text(find, &[&table])?.is_none() {
        return Ok(Some(String::new()));
    }
    let show = format!("SHOW CREATE TABLE {}", BackendKind::Mysql.dialect().quote(&table));
    let shown = connection.rows(&show, &[])?.into_iter().flatten().nth(1).flatten();
    Ok(Some(without_counter(&shown.unwrap_or_default())))
}

/// Leaves out the next value of an `AUTO_INCREMENT` column, which changes with the rows.
fn without_counter(definition: &str) -> String {
    match definition.split_once(" AUTO_INCREMENT=") {
        Some((before, after)) => {
            [before, after.trim_start_matches(|c: char| c.is_ascii_digit())].concat()
        }
        None => definition.to_owned(),
    }
}

/// The table's name, where the statement is one of those that people write every day. What is not
/// recognised costs time, and nothing else.
fn target_table(sql: &str) -> Option<String> {
    let tokens = tokens(sql, Syntax::Mysql).ok()?;
    let mut words = Words { sql, tokens: &tokens };
    match (words.next_upper()?.as_str(), words.next_upper()?.as_str()) {
        ("CREATE", "TABLE") => {
            words.skip(&["IF", "NOT", "EXISTS"]);
        }
        ("ALTER" | "DROP", "TABLE") => {
            words.skip(&["IF", "EXISTS"]);
        }
        // The table is gone after it; with a comma there is another one.
        ("RENAME", "TABLE") if !words.tokens.iter().any(|token| token.is_symbol(',')) => {
            words.skip(&["IF", "EXISTS"]);
        }
        ("CREATE", "UNIQUE" | "FULLTEXT" | "SPATIAL") if words.skip(&["INDEX"]) => {
            words.skip_index_name()?;
        }
        ("CREATE" | "DROP", "INDEX") => words.skip_index_name()?,
        _ => return None,
    }
    let table = words.name()?;
    // What follows may say that it is in another database, or one of several.
    match words.tokens.first() {
        Some(token) if token.is_symbol('.') || token.is_symbol(',') => None,
        _ => Some(table),
    }
}

/// The tokens of a statement that are still to be read.
struct Words<'a> {
    sql: &'a str,
    tokens: &'a [Token],
}

impl Words<'_> {
    fn next_upper(&mut self) -> Option<String> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        (first.kind == TokenKind::Word).then(|| first.text(self.sql).to_ascii_uppercase())
    }

    /// Skips these keywords, if all of them are next.
    fn skip(&mut self, keywords: &[&str]) -> bool {
        let are_next = self.tokens.len() >= keywords.len()
            && self.tokens.iter().zip(keywords).all(|(token, word)| token.is_word(self.sql, word));
        if are_next {
            self.tokens = &self.tokens[keywords.len()..];
        }
        are_next
    }

    /// Skips the name of an index and the `ON` after it.
    fn skip_index_name(&mut self) -> Option<()> {
        self.skip(&["IF", "NOT", "EXISTS"]);
        self.skip(&["IF", "EXISTS"]);
        self.name()?;
        self.skip(&["ON"]).then_some(())
    }

    fn name(&mut self) -> Option<String> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        let text = first.text(self.sql);
        match first.kind {
            TokenKind::Word => Some(text.to_owned()),
            TokenKind::Quoted => {
                let inner = text.strip_prefix('`')?.strip_suffix('`')?;
                Some(inner.replace("``", "`"))
            }
            TokenKind::Symbol(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{target_table, without_counter};
    use insta::assert_snapshot;

    #[test]
    fn statements_and_the_table_that_they_change() {
        let statements = [
            "CREATE TABLE t (a int)",
            "create table if not exists `a``b` (a int)",
            "CREATE TABLE t LIKE other",
            "CREATE TABLE elsewhere.t (a int)",
            "CREATE TABLE \"t\" (a int)",
            "CREATE OR REPLACE TABLE t (a int)",
            "CREATE TEMPORARY TABLE t (a int)",
            "ALTER TABLE /* why */ t ADD COLUMN b int, ADD COLUMN c int",
            "ALTER TABLE t RENAME TO u",
            "ALTER TABLE `t` RENAME COLUMN `a` TO `b`, RENAME INDEX `i` TO `j`",
            "ALTER TABLE t CHANGE COLUMN a b int NOT NULL AUTO_INCREMENT, DROP PRIMARY KEY, ADD PRIMARY KEY (b)",
            "ALTER TABLE t DROP FOREIGN KEY f, DROP CONSTRAINT c, DROP INDEX i",
            "ALTER DATABASE CHARACTER SET utf8mb4",
            "DROP TABLE t",
            "DROP TABLE IF EXISTS t RESTRICT",
            "DROP TABLE t, u",
            "CREATE INDEX `t_a` ON `t` (`a`)",
            "CREATE UNIQUE INDEX t_a ON t (a)",
            "CREATE INDEX t_a USING BTREE ON t (a)",
            "DROP INDEX t_a ON t",
            "RENAME TABLE t TO u",
            "RENAME TABLE IF EXISTS t TO u",
            "RENAME TABLE t TO u, u TO t",
            "RENAME TABLE elsewhere.t TO u",
            "UPDATE t SET a = 1",
            "CREATE VIEW v AS SELECT a FROM t",
            "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
            "TRUNCATE t",
            "/*!40101 CREATE TABLE t (a int) */",
            "CREATE",
            "",
        ];
        let shown = |sql: &&str| {
            let table = target_table(sql).unwrap_or_else(|| "-".to_owned());
            format!("{table:<4} {sql}").trim_end().to_owned()
        };
        assert_snapshot!(statements.iter().map(shown).collect::<Vec<_>>().join("\n"), @r#"
        t    CREATE TABLE t (a int)
        a`b  create table if not exists `a``b` (a int)
        t    CREATE TABLE t LIKE other
        -    CREATE TABLE elsewhere.t (a int)
        -    CREATE TABLE "t" (a int)
        -    CREATE OR REPLACE TABLE t (a int)
        -    CREATE TEMPORARY TABLE t (a int)
        t    ALTER TABLE /* why */ t ADD COLUMN b int, ADD COLUMN c int
        t    ALTER TABLE t RENAME TO u
        t    ALTER TABLE `t` RENAME COLUMN `a` TO `b`, RENAME INDEX `i` TO `j`
        t    ALTER TABLE t CHANGE COLUMN a b int NOT NULL AUTO_INCREMENT, DROP PRIMARY KEY, ADD PRIMARY KEY (b)
        t    ALTER TABLE t DROP FOREIGN KEY f, DROP CONSTRAINT c, DROP INDEX i
        -    ALTER DATABASE CHARACTER SET utf8mb4
        t    DROP TABLE t
        t    DROP TABLE IF EXISTS t RESTRICT
        -    DROP TABLE t, u
        t    CREATE INDEX `t_a` ON `t` (`a`)
        t    CREATE UNIQUE INDEX t_a ON t (a)
        -    CREATE INDEX t_a USING BTREE ON t (a)
        t    DROP INDEX t_a ON t
        t    RENAME TABLE t TO u
        t    RENAME TABLE IF EXISTS t TO u
        -    RENAME TABLE t TO u, u TO t
        -    RENAME TABLE elsewhere.t TO u
        -    UPDATE t SET a = 1
        -    CREATE VIEW v AS SELECT a FROM t
        -    CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1
        -    TRUNCATE t
        -    /*!40101 CREATE TABLE t (a int) */
        -    CREATE
        -
        "#);
    }

    #[test]
    fn the_counter_of_a_table_is_left_out_of_its_definition() {
        let rows = [
            "CREATE TABLE `t` (\n  `a` int\n) ENGINE=InnoDB AUTO_INCREMENT=42 DEFAULT CHARSET=utf8mb4",
            "CREATE TABLE `t` (\n  `a` int\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
        ];
        assert_eq!(without_counter(rows[0]), rows[1]);
        assert_eq!(without_counter(rows[1]), rows[1]);
    }
}
