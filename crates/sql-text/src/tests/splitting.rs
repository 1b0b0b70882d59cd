use insta::assert_snapshot;

use super::ALL;
use crate::Syntax::{Mysql, Postgres, Sqlite};
use crate::{Statement, Syntax};

/// The statements with their lines, or the error.
fn split(syntax: Syntax, sql: &str) -> String {
    match crate::split(sql, syntax) {
        Ok(statements) => statements.iter().map(shown).collect::<Vec<_>>().join("\n"),
        Err(error) => format!("error: {error}"),
    }
}

fn shown(statement: &Statement) -> String {
    format!("{}| {}", statement.line, statement.sql.replace('\n', "⏎"))
}

/// The same text on each back end.
fn split_by_all(sql: &str) -> String {
    let rows = ALL.map(|(syntax, name)| format!("{name}:\n{}", split(syntax, sql)));
    rows.join("\n")
}
#[test]
fn statements_and_their_lines() {
    let sql = "\u{feff}-- comment; of the file\n\nCREATE TABLE a (b int); /* ; */ SELECT 1;\r\n;;\n\n\
               -- last\nSELECT\n  2 -- without semicolon\n";
    assert_snapshot!(split(Sqlite, sql), @"
    3| CREATE TABLE a (b int)
    3| SELECT 1
    7| SELECT⏎  2
    ");
}

#[test]
fn nothing_to_execute() {
    for sql in ["", " \n\t", "-- only a comment", "/* ; */ ; ;", "--\n--", "\u{feff}"] {
        for (syntax, name) in ALL {
            assert_eq!(split(syntax, sql), "", "{name}: {sql:?}");
        }
    }
}

#[test]
fn quotes_hold_semicolons() {
    assert_snapshot!(split_by_all(r#"SELECT 'a;''b', "c;""d"; SELECT 'é;', U&"x;y"; SELECT x'3B'"#), @r#"
    sqlite:
    1| SELECT 'a;''b', "c;""d"
    1| SELECT 'é;', U&"x;y"
    1| SELECT x'3B'
    postgres:
    1| SELECT 'a;''b', "c;""d"
    1| SELECT 'é;', U&"x;y"
    1| SELECT x'3B'
    mysql:
    1| SELECT 'a;''b', "c;""d"
    1| SELECT 'é;', U&"x;y"
    1| SELECT x'3B'
    "#);
}

#[test]
fn sqlite_quotes() {
    assert_snapshot!(split(Sqlite, r"SELECT [a;b], `c;``d`, 'back\'; SELECT 2"), @r#"
    1| SELECT [a;b], `c;``d`, 'back\'
    1| SELECT 2
    "#);
}

#[test]
fn postgres_quotes() {
    let sql = r"SELECT E'it\';s', e'\\'; SELECT 'back\'; SELECT $$a;'$b$;$$, $t$;$$;$t$, $1, f$$; SELECT /* /* ; */ ; */ (row)._field";
    assert_snapshot!(split(Postgres, sql), @r#"
    1| SELECT E'it\';s', e'\\'
    1| SELECT 'back\'
    1| SELECT $$a;'$b$;$$, $t$;$$;$t$, $1, f$$
    1| SELECT /* /* ; */ ; */ (row)._field
    "#);
}

#[test]
fn mysql_quotes_and_comments() {
    let sql = "SELECT 'it\\';s', \"a\\\";\", `b\\`; # comment ;\nSELECT 5--1; -- comment ;\n\
               SELECT 1 --\n; /*!40101 SET NAMES utf8mb4; */; /*M! SELECT 2 */; /* ; */";
    assert_snapshot!(split(Mysql, sql), @r#"
    1| SELECT 'it\';s', "a\";", `b\`
    2| SELECT 5--1
    3| SELECT 1
    4| /*!40101 SET NAMES utf8mb4; */
    4| /*M! SELECT 2 */
    "#);
}

#[test]
fn what_is_never_closed() {
    let texts = ["SELECT 1;\nSELECT 'a", "\n\nSELECT \"a'", "SELECT 1 /* a ; b", "\nSELECT `a;"];
    let rows: Vec<String> =
        texts.iter().map(|sql| format!("{sql:?}\n{}", split(Mysql, sql))).collect();
    assert_snapshot!(rows.join("\n"), @r#"
    "SELECT 1;\nSELECT 'a"
    error: line 2: this quote is never closed
    "\n\nSELECT \"a'"
    error: line 3: this quote is never closed
    "SELECT 1 /* a ; b"
    error: line 1: this comment is never closed
    "\nSELECT `a;"
    error: line 2: this quote is never closed
    "#);
    assert_snapshot!(split(Postgres, "SELECT 1;\nDO $x$ BEGIN; $y$"), @"error: line 2: this quote is never closed");
    assert_snapshot!(split(Mysql, "CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW\nBEGIN\nSELECT 1;\n"), @"error: line 2: this BEGIN has no END");
}

#[test]
fn sqlite_triggers() {
    let sql = "CREATE TEMP TRIGGER IF NOT EXISTS t AFTER UPDATE ON a WHEN CASE 1 WHEN 1 THEN 2 END\n\
               BEGIN\n  UPDATE a SET b = CASE WHEN new.begin THEN 'x' ELSE CASE 1 WHEN 2 THEN 3 END END;\n\
               INSERT INTO c VALUES (new.end);\nEND; SELECT 1; BEGIN; COMMIT";
    assert_snapshot!(split(Sqlite, sql), @"
    1| CREATE TEMP TRIGGER IF NOT EXISTS t AFTER UPDATE ON a WHEN CASE 1 WHEN 1 THEN 2 END⏎BEGIN⏎  UPDATE a SET b = CASE WHEN new.begin THEN 'x' ELSE CASE 1 WHEN 2 THEN 3 END END;⏎INSERT INTO c VALUES (new.end);⏎END
    5| SELECT 1
    5| BEGIN
    5| COMMIT
    ");
}

#[test]
fn postgres_bodies_and_rules() {
    let sql = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;\n\
               CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;\n\
               CREATE RULE r AS ON INSERT TO a DO ALSO (SELECT 1; SELECT 2);\nBEGIN; COMMIT";
    assert_snapshot!(split(Postgres, sql), @"
    1| CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END
    2| CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$
    3| CREATE RULE r AS ON INSERT TO a DO ALSO (SELECT 1; SELECT 2)
    4| BEGIN
    4| COMMIT
    ");
}

#[test]
fn mysql_stored_programs() {
    let sql = "CREATE DEFINER=`root`@`localhost` PROCEDURE p(IN x int)\nbegin\n\
               DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;\n\
               DECLARE c CURSOR FOR SELECT 1;\n\
               l: LOOP IF x > 1 THEN LEAVE l; ELSEIF x THEN SET x = IF(x, 1, 2); END IF; END LOOP l;\n\
               WHILE x DO SET x = CASE WHEN x THEN IF(x, 1, 2) ELSE REPEAT('a', 2) END; END WHILE;\n\
               CASE x WHEN 1 THEN SELECT 1; ELSE BEGIN SELECT 2; END; END CASE;\n\
               REPEAT SET x = x - 1; UNTIL x = 0 END REPEAT;\nEND; SELECT 1;\n\
               CREATE TRIGGER IF NOT EXISTS t BEFORE INSERT ON a FOR EACH ROW IF NEW.b THEN SET NEW.b = 1; END IF;\n\
               CREATE TRIGGER u BEFORE INSERT ON a FOR EACH ROW SET NEW.b = CASE WHEN 1 THEN 2 END;\n\
               CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN SELECT 1; SELECT 2; END;\n\
               CREATE TABLE event (event int, begin int, end int);\n\
               BEGIN NOT ATOMIC SELECT 1; SELECT 2; END; BEGIN; COMMIT";
    assert_snapshot!(split(Mysql, sql), @"
    1| CREATE DEFINER=`root`@`localhost` PROCEDURE p(IN x int)⏎begin⏎DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;⏎DECLARE c CURSOR FOR SELECT 1;⏎l: LOOP IF x > 1 THEN LEAVE l; ELSEIF x THEN SET x = IF(x, 1, 2); END IF; END LOOP l;⏎WHILE x DO SET x = CASE WHEN x THEN IF(x, 1, 2) ELSE REPEAT('a', 2) END; END WHILE;⏎CASE x WHEN 1 THEN SELECT 1; ELSE BEGIN SELECT 2; END; END CASE;⏎REPEAT SET x = x - 1; UNTIL x = 0 END REPEAT;⏎END
    9| SELECT 1
    10| CREATE TRIGGER IF NOT EXISTS t BEFORE INSERT ON a FOR EACH ROW IF NEW.b THEN SET NEW.b = 1; END IF
    11| CREATE TRIGGER u BEFORE INSERT ON a FOR EACH ROW SET NEW.b = CASE WHEN 1 THEN 2 END
    12| CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN SELECT 1; SELECT 2; END
    13| CREATE TABLE event (event int, begin int, end int)
    14| BEGIN NOT ATOMIC SELECT 1; SELECT 2; END
    14| BEGIN
    14| COMMIT
    ");
}
