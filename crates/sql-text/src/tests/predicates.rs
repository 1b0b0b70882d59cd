use insta::assert_snapshot;

use super::ALL;
use super::shown::columns;
use crate::{Statement, StatementKind, Syntax};

fn kind(sql: &str, syntax: Syntax) -> StatementKind {
    Statement::unplaced(sql, syntax).kind
}

/// The back ends for which `is_so` is true, each by the first letter of its name.
fn by_back_end(sql: &str, is_so: impl Fn(&Statement) -> bool) -> String {
    let letter = |(syntax, name): (Syntax, &str)| {
        if is_so(&Statement::unplaced(sql, syntax)) { &name[..1] } else { "-" }.to_owned()
    };
    ALL.map(letter).concat()
}

#[test]
fn only_statements_about_rows_share_a_transaction_with_their_journal_row() {
    let statements = [
        "INSERT INTO t VALUES (1)",
        "update t set a = 1",
        "Delete From t",
        "REPLACE INTO t VALUES (1)",
        "MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE",
        "WITH old AS (SELECT 1) DELETE FROM t",
        "WITH\n old AS (SELECT 1) INSERT INTO t SELECT * FROM old",
        "(SELECT 1)",
        "\n  select fill()",
        "/* why */ SELECT 1",
        "SELECTED",
        "CREATE TABLE t (a int)",
        "CREATE INDEX CONCURRENTLY i ON t (a)",
        "TRUNCATE t",
        "CALL fill()",
        "DO $$ BEGIN COMMIT; END $$",
        "SET foreign_key_checks = 0",
        "PRAGMA journal_mode = WAL",
        "VACUUM",
        "LOCK TABLES t WRITE",
        "BEGIN",
        "COMMIT",
        "/*!40101 SET NAMES utf8 */",
        "",
        // User variables count as rows: they are used together.
        "SET @id = LAST_INSERT_ID()",
        "SELECT max(id) INTO @id FROM t",
        "SET @id = 1, foreign_key_checks = 0",
        "DO SLEEP(3)",
        "SELECT 1 INTO t",
        "EXPLAIN SELECT 1",
        "SHOW TABLES",
    ];
    let shown = columns(&statements, |sql| {
        by_back_end(sql, |statement| statement.kind.only_touches_rows())
    });
    assert_snapshot!(shown, @"
    INSERT INTO t VALUES (1)                                 spm
    update t set a = 1                                       spm
    Delete From t                                            spm
    REPLACE INTO t VALUES (1)                                spm
    MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE    spm
    WITH old AS (SELECT 1) DELETE FROM t                     spm
    WITH⏎ old AS (SELECT 1) INSERT INTO t SELECT * FROM old  spm
    (SELECT 1)                                               spm
    ⏎  select fill()                                         spm
    /* why */ SELECT 1                                       spm
    SELECTED                                                 ---
    CREATE TABLE t (a int)                                   ---
    CREATE INDEX CONCURRENTLY i ON t (a)                     ---
    TRUNCATE t                                               ---
    CALL fill()                                              ---
    DO $$ BEGIN COMMIT; END $$                               ---
    SET foreign_key_checks = 0                               ---
    PRAGMA journal_mode = WAL                                ---
    VACUUM                                                   ---
    LOCK TABLES t WRITE                                      ---
    BEGIN                                                    ---
    COMMIT                                                   ---
    /*!40101 SET NAMES utf8 */                               ---
                                                             ---
    SET @id = LAST_INSERT_ID()                               --m
    SELECT max(id) INTO @id FROM t                           s-m
    SET @id = 1, foreign_key_checks = 0                      ---
    DO SLEEP(3)                                              --m
    SELECT 1 INTO t                                          s--
    EXPLAIN SELECT 1                                         spm
    SHOW TABLES                                              spm
    ");
}

#[test]
fn what_drops_or_creates_a_table() {
    let statements = [
        "DROP TABLE t",
        "DROP /* old */ TABLE t",
        "drop\ntable if exists main.t",
        "DROP TABLE t, u",
        "CREATE OR REPLACE TABLE t (a int)",
        "CREATE TABLE t AS SELECT 1",
        "SELECT 1 INTO t",
        "DROP TEMPORARY TABLE t",
        "CREATE TEMP TABLE t (a int)",
        "DROP INDEX t",
        "DROP VIEW t",
        "EXPLAIN DROP TABLE t",
        "ALTER TABLE t DROP a",
        "SELECT 'DROP TABLE t'",
    ];
    let say = |sql: &str| {
        let drops = by_back_end(sql, |statement| statement.kind.drops_table());
        format!("{drops} {}", by_back_end(sql, |statement| statement.kind.creates_table()))
    };
    assert_snapshot!(columns(&statements, say), @"
    DROP TABLE t                       spm ---
    DROP /* old */ TABLE t             spm ---
    drop⏎table if exists main.t        spm ---
    DROP TABLE t, u                    spm ---
    CREATE OR REPLACE TABLE t (a int)  spm spm
    CREATE TABLE t AS SELECT 1         --- spm
    SELECT 1 INTO t                    --- -p-
    DROP TEMPORARY TABLE t             --- ---
    CREATE TEMP TABLE t (a int)        --- ---
    DROP INDEX t                       --- ---
    DROP VIEW t                        --- ---
    EXPLAIN DROP TABLE t               --- ---
    ALTER TABLE t DROP a               --- ---
    SELECT 'DROP TABLE t'              --- ---
    ");
}

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
        let kind = kind(sql, Syntax::Mysql);
        format!("{:<4} {sql}", kind.changed_table().unwrap_or("-")).trim_end().to_owned()
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
fn what_may_change_the_session() {
    let statements = [
        "SELECT 1",
        "INSERT INTO t VALUES (1)",
        "TRUNCATE t",
        "CREATE TABLE t (a int)",
        "BEGIN",
        "SAVEPOINT a",
        "SET a = 1",
        "SET @a = 1",
        "SELECT @a := 1",
        "SELECT set_config('a', 'b', false)",
        "PRAGMA foreign_keys",
        "CREATE TEMPORARY TABLE t (a int)",
        "PREPARE s FROM 'SELECT 1'",
        "USE other",
        "LOCK TABLES t WRITE",
        "UNLOCK TABLES",
        "DISCARD ALL",
        "CALL p()",
        "VACUUM",
        "SELECT count(*), lower(a) FROM t",
        "SELECT refill()",
        "SELECT pg_advisory_unlock_all()",
        "INSERT INTO t (a, b) VALUES (1, now()) ON CONFLICT (a) DO NOTHING",
        "INSERT INTO shop.t (a) SELECT own_number() FROM u",
        "UPDATE t SET a = coalesce(a, 1) WHERE a IN (1, 2)",
        "ALTER ROLE app SET search_path = attic",
        "ALTER TYPE mood ADD VALUE 'calm'",
    ];
    let say = |sql: &str| by_back_end(sql, |statement| statement.may_change_session);
    assert_snapshot!(columns(&statements, say), @"
    SELECT 1                                                           ---
    INSERT INTO t VALUES (1)                                           ---
    TRUNCATE t                                                         ---
    CREATE TABLE t (a int)                                             ---
    BEGIN                                                              ---
    SAVEPOINT a                                                        ---
    SET a = 1                                                          spm
    SET @a = 1                                                         spm
    SELECT @a := 1                                                     --m
    SELECT set_config('a', 'b', false)                                 -pm
    PRAGMA foreign_keys                                                spm
    CREATE TEMPORARY TABLE t (a int)                                   spm
    PREPARE s FROM 'SELECT 1'                                          spm
    USE other                                                          spm
    LOCK TABLES t WRITE                                                s-m
    UNLOCK TABLES                                                      spm
    DISCARD ALL                                                        spm
    CALL p()                                                           spm
    VACUUM                                                             ---
    SELECT count(*), lower(a) FROM t                                   ---
    SELECT refill()                                                    -pm
    SELECT pg_advisory_unlock_all()                                    -pm
    INSERT INTO t (a, b) VALUES (1, now()) ON CONFLICT (a) DO NOTHING  ---
    INSERT INTO shop.t (a) SELECT own_number() FROM u                  -pm
    UPDATE t SET a = coalesce(a, 1) WHERE a IN (1, 2)                  ---
    ALTER ROLE app SET search_path = attic                             spm
    ALTER TYPE mood ADD VALUE 'calm'                                   ---
    ");
}

#[test]
fn what_switches_a_pragma_on() {
    let values = [
        "", "=ON", "=off", "=1", "= 0", "(yes)", "('True')", "=-1", "=2", "=banana", "=extra",
        "=\"no\"",
    ];
    let statements: Vec<String> =
        values.iter().map(|value| format!("PRAGMA foreign_keys{value}")).collect();
    let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
    let say = |sql: &str| {
        let kind = kind(sql, Syntax::Sqlite);
        format!("{:?}", kind.pragma().map(crate::Pragma::switch))
    };
    // These are the results of SQLite 3.40.
    assert_snapshot!(columns(&statements, say), @r#"
    PRAGMA foreign_keys          Some(None)
    PRAGMA foreign_keys=ON       Some(Some(true))
    PRAGMA foreign_keys=off      Some(Some(false))
    PRAGMA foreign_keys=1        Some(Some(true))
    PRAGMA foreign_keys= 0       Some(Some(false))
    PRAGMA foreign_keys(yes)     Some(Some(true))
    PRAGMA foreign_keys('True')  Some(Some(true))
    PRAGMA foreign_keys=-1       Some(Some(false))
    PRAGMA foreign_keys=2        Some(Some(true))
    PRAGMA foreign_keys=banana   Some(Some(false))
    PRAGMA foreign_keys=extra    Some(Some(false))
    PRAGMA foreign_keys="no"     Some(Some(false))
    "#);
}
