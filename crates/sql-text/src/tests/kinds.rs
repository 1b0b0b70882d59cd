use insta::assert_snapshot;

use super::shown::{table, table_of};
use super::statements::{
    CHANGES_ROWS, CHANGES_SCHEMA, CONTROLS_TRANSACTION, EMPTIES_TABLES, LEAVES_DATABASE, LOCKS,
    MAINTAINS, MYSQL_SETTINGS, OTHER, POSTGRES_SETTINGS, PRAGMAS, READS, TEMPORARY,
};
use crate::Syntax;

#[test]
fn what_only_reads() {
    assert_snapshot!(table(READS), @r#"
    SELECT 1                                                                            reads
    (SELECT 1)                                                                          reads
    ((SELECT 1) UNION (SELECT 2))                                                       reads
    ⏎  select fill()                                                                    reads
    VALUES (1), (2)                                                                     reads
    TABLE t                                                                             reads
    SHOW TABLES                                                                         reads
    WITH old AS (SELECT 1) SELECT * FROM old                                            reads
    WITH update AS (SELECT 1) SELECT * FROM update                                      reads
    WITH RECURSIVE delete (n) AS (SELECT 1), insert AS (SELECT 2) SELECT n FROM delete  reads
    WITH a AS (SELECT 1) (SELECT 2)                                                     reads
    SELECT a AS into, b.into FROM b                                                     reads
    SELECT 'INSERT INTO t', "DROP TABLE t"                                              reads
    SELECT * FROM t FOR UPDATE                                                          reads
    EXPLAIN DROP TABLE t                                                                reads
    EXPLAIN DELETE FROM t                                                               reads
    EXPLAIN QUERY PLAN DELETE FROM t                                                    reads
    EXPLAIN (VERBOSE, FORMAT json) DELETE FROM t                                        reads
    DESCRIBE t                                                                          reads
    "#);
}

#[test]
fn what_changes_rows() {
    assert_snapshot!(table(CHANGES_ROWS), @r#"
    INSERT INTO t VALUES (1)                                                   changes rows
    INSERT INTO t (a) SELECT a FROM u                                          changes rows
    update t set a = 1                                                         changes rows
    Delete From t                                                              changes rows
    REPLACE INTO t VALUES (1)                                                  changes rows
    MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE                      changes rows
    WITH old AS (SELECT 1) DELETE FROM t                                       changes rows
    WITH⏎ old AS (SELECT 1) INSERT INTO t SELECT * FROM old                    changes rows
    WITH RECURSIVE a (n) AS (SELECT 1), b AS (SELECT 2) UPDATE t SET a = 1     changes rows
    WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone                changes rows
    WITH gone AS NOT MATERIALIZED (UPDATE t SET a = 1 RETURNING *) TABLE gone  changes rows
    INSERT INTO t VALUES ('; DROP TABLE t')                                    changes rows
    EXPLAIN ANALYZE DELETE FROM t                                              sqlite: reads | postgres: changes rows | mysql: changes rows
    EXPLAIN (ANALYZE, VERBOSE) WITH a AS (SELECT 1) INSERT INTO t SELECT 1     sqlite: reads | postgres: changes rows | mysql: changes rows
    COPY t (a, b) FROM '/tmp/rows'                                             changes rows
    LOAD DATA INFILE 'rows' INTO TABLE t                                       sqlite: other | postgres: other | mysql: changes rows
    ANALYZE FORMAT=JSON UPDATE t SET a = 1                                     sqlite: maintains | postgres: maintains | mysql: changes rows
    SET STATEMENT max_statement_time = 1 FOR DELETE FROM t                     sqlite: other | postgres: statement = ["max_statement_time = 1 FOR DELETE FROM t"] | mysql: changes rows
    "#);
}

#[test]
fn what_empties_tables() {
    assert_snapshot!(table(EMPTIES_TABLES), @"
    TRUNCATE t                   empties tables
    TRUNCATE TABLE t, u CASCADE  empties tables
    ");
}

#[test]
fn what_changes_the_schema() {
    assert_snapshot!(table(CHANGES_SCHEMA), @r#"
    CREATE TABLE t (a int)                                                                    Create Table t
    CREATE TABLE t AS SELECT 1 AS a                                                           Create Table t
    CREATE TABLE IF NOT EXISTS t AS SELECT * FROM u                                           Create Table t
    CREATE UNLOGGED TABLE t (a int)                                                           Create Table t
    CREATE VIRTUAL TABLE t USING fts5 (a)                                                     Create Table t
    CREATE OR REPLACE TABLE t (a int)                                                         Replace Table -
    CREATE TABLE T (a int)                                                                    sqlite: Create Table T | postgres: Create Table t | mysql: Create Table T
    CREATE TABLE "T" (a int)                                                                  sqlite: Create Table T | postgres: Create Table T | mysql: Create Table -
    CREATE TABLE [T] (a int)                                                                  sqlite: Create Table T | postgres: Create Table - | mysql: Create Table -
    CREATE TABLE main.t (a int)                                                               Create Table -
    drop⏎table t                                                                              Drop Table t
    DROP /* old */ TABLE IF EXISTS t                                                          Drop Table t
    DROP TABLE t, u                                                                           Drop Table -
    DROP TABLE t CASCADE                                                                      Drop Table t
    DROP TABLES t                                                                             Drop Table t
    DROP FOREIGN TABLE t                                                                      Drop Table t
    ALTER TABLE t ADD COLUMN b int                                                            Alter Table t
    ALTER TABLE ONLY t ADD COLUMN b int                                                       sqlite: Alter Table ONLY | postgres: Alter Table t | mysql: Alter Table ONLY
    ALTER TABLE IF EXISTS t RENAME TO u                                                       Alter Table t
    RENAME TABLE t TO u                                                                       Rename Table t
    CREATE UNIQUE INDEX i ON t (a)                                                            Create Index t
    CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)                                        Create Index t
    CREATE INDEX ON t (a)                                                                     Create Index t
    CREATE INDEX i ON main.t (a)                                                              Create Index -
    CREATE INDEX main.i ON t (a)                                                              Create Index t
    DROP INDEX i                                                                              Drop Index -
    DROP INDEX CONCURRENTLY i                                                                 Drop Index -
    DROP INDEX i ON t                                                                         Drop Index t
    CREATE VIEW v AS SELECT a FROM t                                                          Create View -
    CREATE OR REPLACE VIEW v AS SELECT 1                                                      Replace View -
    CREATE ALGORITHM=MERGE DEFINER=`root`@`10.0.0.%` SQL SECURITY INVOKER VIEW v AS SELECT 1  sqlite: Create View - | postgres: Create Other - | mysql: Create View -
    CREATE MATERIALIZED VIEW v AS SELECT 1                                                    Create View -
    DROP VIEW v                                                                               Drop View -
    CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW DELETE FROM u                             Create Trigger -
    CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()                        Create Trigger -
    CREATE FUNCTION f() RETURNS int RETURN 1                                                  Create Routine -
    CREATE OR REPLACE DEFINER = root@localhost AGGREGATE FUNCTION f() RETURNS int RETURN 1    Replace Routine -
    CREATE DEFINER=CURRENT_USER() PROCEDURE p() SELECT 1                                      Create Routine -
    DROP PROCEDURE p                                                                          Drop Routine -
    CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t                                   Create Event -
    CREATE TYPE mood AS ENUM ('a')                                                            Create Other -
    ALTER TYPE mood ADD VALUE 'b'                                                             Alter Other -
    CREATE DATABASE d                                                                         leaves: WholeDatabase
    ALTER DATABASE CHARACTER SET utf8mb4                                                      Alter Other -
    CREATE SCHEMA s CREATE TABLE t (a int)                                                    sqlite: Create Other - | postgres: Create Other - | mysql: leaves: WholeDatabase
    CREATE USER u                                                                             Create Other -
    COMMENT ON TABLE t IS 'DROP TABLE t'                                                      Annotate Other -
    GRANT SELECT ON t TO u                                                                    Annotate Other -
    REVOKE ALL ON t FROM u                                                                    Annotate Other -
    SELECT a INTO t FROM u                                                                    sqlite: reads | postgres: Create Table t | mysql: other
    (SELECT 1 INTO UNLOGGED TABLE T)                                                          sqlite: reads | postgres: Create Table t | mysql: other
    SELECT 1 INTO public.t                                                                    sqlite: reads | postgres: Create Table - | mysql: other
    WITH gone AS (DELETE FROM u RETURNING *) SELECT * INTO t FROM gone                        sqlite: changes rows | postgres: Create Table t | mysql: other
    CREATE                                                                                    Create Other -
    "#);
}

#[test]
fn what_postgres_sets() {
    assert_snapshot!(table_of(Syntax::Postgres, POSTGRES_SETTINGS), @r#"
    SET search_path = attic, "Old"                                              search_path = ["attic", "Old"]
    SET search_path TO DEFAULT                                                  search_path = default
    SET LOCAL statement_timeout TO '2s'                                         local statement_timeout = ["2s"]
    SET SESSION x.y = on                                                        x.y = ["on"]
    SET TIME ZONE 'UTC'                                                         timezone = ["UTC"]
    SET SESSION TIME ZONE DEFAULT                                               timezone = default
    SET SESSION AUTHORIZATION root                                              session_authorization = ["root"]
    SET LOCAL SESSION AUTHORIZATION DEFAULT                                     local session_authorization = default
    SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY                        session characteristics = ["AS TRANSACTION READ ONLY"]
    SET ROLE owner                                                              role = ["owner"]
    SET NAMES 'utf8'                                                            client_encoding = ["utf8"]
    SET SCHEMA 's'                                                              search_path = ["s"]
    SET CONSTRAINTS ALL DEFERRED                                                local constraints = ["ALL DEFERRED"]
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY                   local transaction = ["ISOLATION LEVEL READ COMMITTED", "READ ONLY"]
    RESET search_path                                                           search_path = default
    RESET ALL                                                                   all = default
    RESET SESSION AUTHORIZATION                                                 session_authorization = default
    SELECT pg_catalog.set_config('search_path', '', false)                      search_path = [""]
    SELECT set_config('Role', name, true), set_config ('a', 'b', false) FROM t  local role = ?, a = ["b"]
    SET                                                                         other
    "#);
}

#[test]
fn what_mysql_sets() {
    assert_snapshot!(table_of(Syntax::Mysql, MYSQL_SETTINGS), @r#"
    SET foreign_key_checks = 0                                                      foreign_key_checks = ["0"]
    SET NAMES utf8mb4 COLLATE utf8mb4_bin                                           names = ["utf8mb4 COLLATE utf8mb4_bin"]
    SET CHARACTER SET utf8mb4, @a = 1                                               character set = ["utf8mb4"], @a = ["1"]
    SET ROLE owner                                                                  role = ["owner"]
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY                       local transaction = ["ISOLATION LEVEL READ COMMITTED", "READ ONLY"]
    SET GLOBAL TRANSACTION READ ONLY                                                global transaction = ["READ ONLY"]
    SET GLOBAL a = 1, b = 2, SESSION c = 3                                          global a = ["1"], global b = ["2"], c = ["3"]
    SET @@global.a = 1, @@b = 2, @@session.c = DEFAULT, @@hot.key_buffer_size = -1  global a = ["1"], b = ["2"], c = default, hot.key_buffer_size = ["-1"]
    SET sql_mode = CONCAT(@@sql_mode, ',ANSI')                                      sql_mode = ?
    SET @id = LAST_INSERT_ID()                                                      @id = ?
    SET @Plan := 1, @`a b` = 'x', @now = CURRENT_TIMESTAMP, @d = NULL               @plan = ["1"], @a b = ["x"], @now = ?, @d = ["NULL"]
    SET @old = @@foreign_key_checks, FOREIGN_KEY_CHECKS = 0                         @old = ?, foreign_key_checks = ["0"]
    SET FOREIGN_KEY_CHECKS = @old                                                   foreign_key_checks = ?
    SELECT a, b INTO @a, @b FROM t                                                  @a = ?, @b = ?
    SELECT @n := @n + 1 FROM t                                                      @n = ?
    SELECT @n + 1, @@version FROM t                                                 reads
    DO @n := 1                                                                      @n = ?
    SELECT a INTO OUTFILE 'rows' FROM t                                             other
    SET PASSWORD FOR u = 'x'                                                        other
    SET DEFAULT ROLE ALL TO u                                                       other
    RESET MASTER                                                                    other
    SET                                                                             other
    "#);
}

#[test]
fn pragmas() {
    assert_snapshot!(table_of(Syntax::Sqlite, PRAGMAS), @r#"
    PRAGMA foreign_keys                  pragma foreign_keys
    PRAGMA foreign_keys=OFF              pragma foreign_keys = OFF
    pragma main . Foreign_Keys ( 'on' )  pragma foreign_keys = on
    PRAGMA cache_size = -2000            pragma cache_size = -2000
    PRAGMA table_info("t")               pragma table_info = t
    PRAGMA                               other
    "#);
}

#[test]
fn what_ends_with_the_session() {
    assert_snapshot!(table(TEMPORARY), @"
    CREATE TEMPORARY TABLE t (a int)                          temporary: Create Table t
    CREATE OR REPLACE TEMPORARY TABLE t (a int)               temporary: Replace Table t
    CREATE TEMP VIEW v AS SELECT 1                            temporary: Create View -
    CREATE LOCAL TEMPORARY TABLE IF NOT EXISTS t AS SELECT 1  temporary: Create Table t
    CREATE TABLE temp.t (a int)                               sqlite: temporary: Create Table t | postgres: Create Table - | mysql: Create Table -
    CREATE TABLE pg_temp.t (a int)                            sqlite: Create Table - | postgres: temporary: Create Table t | mysql: Create Table -
    CREATE INDEX temp.i ON t (a)                              sqlite: temporary: Create Index t | postgres: Create Index t | mysql: Create Index t
    DROP TEMPORARY TABLE IF EXISTS t                          temporary: Drop Table t
    SELECT 1 AS a INTO TEMP t                                 sqlite: reads | postgres: temporary: Create Table t | mysql: other
    PREPARE s FROM 'USE other'                                keeps s
    DEALLOCATE s                                              forgets s
    DROP PREPARE s                                            forgets s
    DECLARE c CURSOR WITH HOLD FOR SELECT 1                   keeps c
    LISTEN channel                                            keeps channel
    ");
}

#[test]
fn what_controls_the_transaction() {
    assert_snapshot!(table(CONTROLS_TRANSACTION), @"
    BEGIN                                     transaction: Begin
    begin immediate transaction               transaction: Begin
    BEGIN WORK                                transaction: Begin
    BEGIN NOT ATOMIC SELECT 1; SELECT 2; END  sqlite: other | postgres: other | mysql: runs a program
    START TRANSACTION READ ONLY               transaction: Begin
    COMMIT                                    transaction: Commit
    COMMIT AND CHAIN                          transaction: Commit
    COMMIT PREPARED 'x'                       transaction: TwoPhase
    END TRANSACTION                           transaction: Commit
    ROLLBACK                                  transaction: Rollback
    ROLLBACK WORK TO SAVEPOINT a              transaction: RollbackTo
    ROLLBACK TO a                             transaction: RollbackTo
    ROLLBACK PREPARED 'x'                     transaction: TwoPhase
    ABORT                                     transaction: Rollback
    SAVEPOINT a                               transaction: Savepoint
    RELEASE SAVEPOINT a                       transaction: Release
    PREPARE TRANSACTION 'x'                   transaction: TwoPhase
    XA START 'x'                              transaction: TwoPhase
    ");
}

#[test]
fn what_leaves_the_database() {
    assert_snapshot!(table(LEAVES_DATABASE), @"
    USE other                            leaves: Use
    ATTACH DATABASE 'other.db' AS other  leaves: Attach
    DETACH other                         leaves: Detach
    ");
}

#[test]
fn what_locks_tables_and_discards() {
    assert_snapshot!(table(LOCKS), @"
    LOCK TABLES t WRITE, u READ            sqlite: other | postgres: locks tables: UntilCommit | mysql: locks tables: UntilUnlocked
    LOCK TABLE t IN ACCESS EXCLUSIVE MODE  sqlite: other | postgres: locks tables: UntilCommit | mysql: locks tables: UntilUnlocked
    LOCK t                                 sqlite: other | postgres: locks tables: UntilCommit | mysql: other
    LOCK INSTANCE FOR BACKUP               sqlite: other | postgres: locks tables: UntilCommit | mysql: other
    UNLOCK TABLES                          locks tables: Unlocked
    DISCARD ALL                            discards: All
    DISCARD TEMP                           discards: Part
    ");
}

#[test]
fn what_maintains() {
    assert_snapshot!(table(MAINTAINS), @"
    VACUUM                                    maintains
    VACUUM INTO 'copy.db'                     maintains
    ANALYZE t (a)                             maintains
    ANALYZE TABLE t                           maintains
    REINDEX INDEX i                           maintains
    CLUSTER t                                 maintains
    REFRESH MATERIALIZED VIEW CONCURRENTLY v  maintains
    OPTIMIZE TABLE t                          maintains
    NOTIFY channel                            maintains
    ");
}

#[test]
fn what_may_do_anything() {
    assert_snapshot!(table(OTHER), @"
    CALL fill()                    runs a program
    DO $$ BEGIN COMMIT; END $$     sqlite: other | postgres: runs a program | mysql: other
    DO SLEEP(3)                    sqlite: other | postgres: other | mysql: reads
    EXECUTE s                      other
    EXECUTE IMMEDIATE 'USE other'  other
    ALTER SYSTEM SET a = 1         other
    FLUSH TABLES WITH READ LOCK    other
    COPY t TO '/tmp/rows'          other
    LOAD INDEX INTO CACHE t        other
    SELECTED                       other
    (DROP TABLE t)                 other
    REBUILD TABLE t                other
    1                              other
                                   other
    ");
}

#[test]
fn versioned_comments_are_code() {
    let statements = [
        "/*!40101 SET NAMES utf8 */",
        "/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */",
        "/*!40101 SET character_set_client = @saved_cs_client */",
        "/*M!100100 CREATE TABLE t (a int) */",
        "CREATE /*!50000 TEMPORARY */ TABLE t (a int)",
        "CREATE TABLE /*!32312 IF NOT EXISTS*/ t (a int)",
        "CREATE TABLE t (a int) /*!50100 PARTITION BY HASH (a) */",
        "/*!40000 ALTER TABLE `t` DISABLE KEYS */",
        "/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; SET NEW.b = '*/'; END */",
        "/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */",
        "/*! COMMIT */",
        "/*!USE other */",
        "INSERT /*!50000 IGNORE */ INTO t VALUES (1)",
        "DROP /*+ hint */ TABLE t",
        "DROP /*!50000 TABLE /* nested */ t */",
        "/*M!999999\\- enable the sandbox mode */ DROP TABLE t",
        "/*!40101 SELECT 1; */",
    ];
    assert_snapshot!(table_of(Syntax::Mysql, &statements), @r#"
    /*!40101 SET NAMES utf8 */                                                                                                                                names = ["utf8"]
    /*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */                                                                        @old_foreign_key_checks = ?, foreign_key_checks = ["0"]
    /*!40101 SET character_set_client = @saved_cs_client */                                                                                                   character_set_client = ?
    /*M!100100 CREATE TABLE t (a int) */                                                                                                                      Create Table -
    CREATE /*!50000 TEMPORARY */ TABLE t (a int)                                                                                                              temporary: Create Table -
    CREATE TABLE /*!32312 IF NOT EXISTS*/ t (a int)                                                                                                           Create Table -
    CREATE TABLE t (a int) /*!50100 PARTITION BY HASH (a) */                                                                                                  Create Table t
    /*!40000 ALTER TABLE `t` DISABLE KEYS */                                                                                                                  Alter Table -
    /*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; SET NEW.b = '*/'; END */  Create Trigger -
    /*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */                                                                                               other
    /*! COMMIT */                                                                                                                                             transaction: Commit
    /*!USE other */                                                                                                                                           leaves: Use
    INSERT /*!50000 IGNORE */ INTO t VALUES (1)                                                                                                               changes rows
    DROP /*+ hint */ TABLE t                                                                                                                                  Drop Table t
    DROP /*!50000 TABLE /* nested */ t */                                                                                                                     Drop Table -
    /*M!999999\- enable the sandbox mode */ DROP TABLE t                                                                                                      Drop Table t
    /*!40101 SELECT 1; */                                                                                                                                     reads
    "#);
    // Elsewhere they are comments.
    let elsewhere = table_of(Syntax::Postgres, &["DROP /*!40101 VIEW */ TABLE t", "/*! COMMIT */"]);
    assert_snapshot!(elsewhere, @"
    DROP /*!40101 VIEW */ TABLE t  Drop Table t
    /*! COMMIT */                  other
    ");
}
