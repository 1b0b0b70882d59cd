//! Units of scripts, as rows of SQL.

use insta::assert_snapshot;
use sql_text::{Syntax, split};

use super::{Form, Script};

/// Each unit in a line: how it is executed, and its statements.
fn units(syntax: Syntax, sql: &str) -> String {
    let statements = split(sql, syntax).expect("whole quotes");
    let script = Script::new(&statements, syntax != Syntax::Mysql);
    let mut lines: Vec<String> = Vec::new();
    for unit in script.units_from(0) {
        let texts: Vec<&str> =
            statements[unit.statements.clone()].iter().map(|one| one.sql.as_str()).collect();
        lines.push(format!("{:?}: {}", unit.form, texts.join("; ")));
    }
    let unmatched = script.unmatched().map(|one| format!("unmatched: {}", one.sql));
    lines.extend(unmatched);
    let lost = script.lost().iter();
    lines.extend(lost.map(|lost| format!("lost: {} in {}", lost.state, statements[lost.used].sql)));
    lines.join("\n")
}

#[test]
fn rows_and_variables_are_one_unit() {
    assert_snapshot!(units(
        Syntax::Mysql,
        "INSERT INTO plan VALUES (1); SET @plan = LAST_INSERT_ID(); DO SLEEP(3);
         INSERT INTO seat VALUES (@plan); ALTER TABLE seat ADD note TEXT; UPDATE seat SET note = ''"
    ), @"
    Together: INSERT INTO plan VALUES (1); SET @plan = LAST_INSERT_ID(); DO SLEEP(3); INSERT INTO seat VALUES (@plan)
    Alone: ALTER TABLE seat ADD note TEXT
    Together: UPDATE seat SET note = ''
    ");
}

#[test]
fn rows_with_their_tables_locked_are_a_unit() {
    let file = "LOCK TABLES t WRITE, u READ; INSERT INTO t SELECT a FROM u; UNLOCK TABLES;
                LOCK TABLES t WRITE; ALTER TABLE t ADD b INT; UNLOCK TABLES";
    assert_snapshot!(units(Syntax::Mysql, file), @"
    TablesLocked: LOCK TABLES t WRITE, u READ; INSERT INTO t SELECT a FROM u; UNLOCK TABLES
    Alone: LOCK TABLES t WRITE
    Alone: ALTER TABLE t ADD b INT
    Alone: UNLOCK TABLES
    ");
}

#[test]
fn a_block_is_a_unit_unless_the_database_ends_it_earlier() {
    let file = "BEGIN; INSERT INTO t VALUES (1); DROP TABLE u; COMMIT; START TRANSACTION;
                DELETE FROM t; SAVEPOINT s; COMMIT";
    assert_snapshot!(units(Syntax::Postgres, file), @"
    Block: BEGIN; INSERT INTO t VALUES (1); DROP TABLE u; COMMIT
    Block: START TRANSACTION; DELETE FROM t; SAVEPOINT s; COMMIT
    ");
    assert_snapshot!(units(Syntax::Mysql, file), @"
    Skipped: BEGIN
    Together: INSERT INTO t VALUES (1)
    Alone: DROP TABLE u
    Skipped: COMMIT
    Block: START TRANSACTION; DELETE FROM t; SAVEPOINT s; COMMIT
    ");
}

#[test]
fn half_a_block_is_unmatched() {
    assert_snapshot!(units(Syntax::Postgres, "COMMIT; BEGIN; BEGIN; INSERT INTO t VALUES (1)"), @"
    Alone: COMMIT
    Alone: BEGIN
    Alone: BEGIN
    Together: INSERT INTO t VALUES (1)
    unmatched: COMMIT
    unmatched: BEGIN
    unmatched: BEGIN
    ");
    assert_snapshot!(units(Syntax::Mysql, "SET autocommit = 0; DELETE FROM t; COMMIT; ROLLBACK"), @"
    InSession: SET autocommit = 0
    Together: DELETE FROM t
    Skipped: COMMIT
    Alone: ROLLBACK
    unmatched: ROLLBACK
    ");
}

#[test]
fn what_a_session_would_lose_is_found() {
    assert_snapshot!(units(
        Syntax::Mysql,
        "CREATE TEMPORARY TABLE old AS SELECT * FROM t; ALTER TABLE t ADD b INT;
         INSERT INTO t SELECT * FROM OLD; DROP TEMPORARY TABLE old"
    ), @"
    InSession: CREATE TEMPORARY TABLE old AS SELECT * FROM t
    Alone: ALTER TABLE t ADD b INT
    Together: INSERT INTO t SELECT * FROM OLD; DROP TEMPORARY TABLE old
    lost: the temporary table old in INSERT INTO t SELECT * FROM OLD
    ");
    assert_snapshot!(units(
        Syntax::Mysql,
        "SET @n = (SELECT count(*) FROM t); ALTER TABLE t ADD b INT; UPDATE t SET b = @n"
    ), @"
    InSession: SET @n = (SELECT count(*) FROM t)
    Alone: ALTER TABLE t ADD b INT
    Together: UPDATE t SET b = @n
    lost: the variable @n in UPDATE t SET b = @n
    ");
    assert_snapshot!(units(
        Syntax::Mysql,
        "INSERT INTO t VALUES (1); ALTER TABLE t ADD b INT; INSERT INTO u VALUES (LAST_INSERT_ID())"
    ), @"
    Together: INSERT INTO t VALUES (1)
    Alone: ALTER TABLE t ADD b INT
    Together: INSERT INTO u VALUES (LAST_INSERT_ID())
    lost: the number of the last inserted row in INSERT INTO u VALUES (LAST_INSERT_ID())
    ");
}

/// Dumps save settings in variables, and files that may run twice prepare what they execute.
#[test]
fn what_a_new_session_can_get_again_is_not_lost() {
    assert_snapshot!(units(
        Syntax::Mysql,
        "/*!40014 SET @OLD=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */; SET @size = 5;
         CREATE TABLE t (a INT); INSERT INTO t VALUES (@size);
         /*!40014 SET FOREIGN_KEY_CHECKS=@OLD */"
    ), @"
    InSession: /*!40014 SET @OLD=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */; SET @size = 5
    Alone: CREATE TABLE t (a INT)
    Together: INSERT INTO t VALUES (@size); /*!40014 SET FOREIGN_KEY_CHECKS=@OLD */
    ");
    assert_snapshot!(units(
        Syntax::Mysql,
        "SET @sql = (SELECT if(count(*) = 0, 'ALTER TABLE t ADD b INT', 'DO 0') FROM t);
         PREPARE s FROM @sql; EXECUTE s; DEALLOCATE PREPARE s;
         CREATE TEMPORARY TABLE x (a INT); INSERT INTO u SELECT a FROM x; DROP TABLE x"
    ), @"
    InSession: SET @sql = (SELECT if(count(*) = 0, 'ALTER TABLE t ADD b INT', 'DO 0') FROM t); PREPARE s FROM @sql
    Alone: EXECUTE s
    InSession: DEALLOCATE PREPARE s; CREATE TEMPORARY TABLE x (a INT)
    Together: INSERT INTO u SELECT a FROM x
    Alone: DROP TABLE x
    ");
}

/// The statements that a run executes again, and those that it executes, if it continues there.
fn resumed(sql: &str, done: usize) -> String {
    let statements = split(sql, Syntax::Mysql).expect("whole quotes");
    let script = Script::new(&statements, false);
    let left = script.units_from(done);
    let again = left.first().map(|unit| script.replayed_before(unit)).into_iter().flatten();
    let again: Vec<&str> = again.map(|one| one.sql.as_str()).collect();
    let left = left.iter().filter(|unit| unit.form != Form::Skipped);
    let left = left.flat_map(|unit| unit.statements.clone());
    let left = left.filter(|index| !script.ends_what_is_gone(*index, done));
    let left: Vec<&str> = left.map(|index| statements[index].sql.as_str()).collect();
    format!("{} | {}", again.join("; "), left.join("; "))
}

#[test]
fn a_run_continues_with_the_settings_that_stood_before() {
    let file = "SET foreign_key_checks = 0; SET @n = (SELECT 1); INSERT INTO t VALUES (@n);
                CREATE TABLE a (b INT); PREPARE s FROM 'DO 0'; EXECUTE s; DEALLOCATE PREPARE s;
                DROP TABLE a";
    assert_snapshot!(resumed(file, 0), @" | SET foreign_key_checks = 0; SET @n = (SELECT 1); INSERT INTO t VALUES (@n); CREATE TABLE a (b INT); PREPARE s FROM 'DO 0'; EXECUTE s; DEALLOCATE PREPARE s; DROP TABLE a");
    assert_snapshot!(resumed(file, 3), @"SET foreign_key_checks = 0 | CREATE TABLE a (b INT); PREPARE s FROM 'DO 0'; EXECUTE s; DEALLOCATE PREPARE s; DROP TABLE a");
    assert_snapshot!(resumed(file, 5), @"SET foreign_key_checks = 0 | PREPARE s FROM 'DO 0'; EXECUTE s; DROP TABLE a");
    assert_snapshot!(resumed(file, 6), @"SET foreign_key_checks = 0; PREPARE s FROM 'DO 0' | DROP TABLE a");
    assert_snapshot!(resumed(file, 8), @" |");
}
