use insta::assert_snapshot;

use super::shown::kind;
use crate::{Syntax, split};

fn shown(syntax: Syntax, sql: &str) -> String {
    let statements = split(sql, syntax).unwrap();
    let row = |statement: &crate::Statement| {
        let text = statement.sql.replace('\n', "⏎").replace('\t', "→");
        format!("{}| {text} | {}", statement.line, kind(&statement.kind))
    };
    statements.iter().map(row).collect::<Vec<_>>().join("\n")
}

#[test]
fn commands_of_psql() {
    let sql = "\\restrict it's a key\n-- a dump\nSELECT 1 \\gexec\n\\connect other\n\\c other\r\n\
               CREATE TABLE t (a int); \\echo done;\nSELECT 2;\n\\unrestrict";
    assert_snapshot!(shown(Syntax::Postgres, sql), @r"
    1| \restrict it's a key | for a client: Command
    3| SELECT 1 | reads
    3| \gexec | for a client: Command
    4| \connect other | leaves: Connect
    5| \c other | leaves: Connect
    6| CREATE TABLE t (a int) | Create Table t
    6| \echo done; | for a client: Command
    7| SELECT 2 | reads
    8| \unrestrict | for a client: Command
    ");
}

#[test]
fn rows_of_copy() {
    let sql = "COPY public.t (a, b) FROM stdin;\n1\tit's\n2\tDROP TABLE t;\n\\.\n\nSELECT 1;\n\
               copy (SELECT 1 FROM t) to /* here */ stdout with csv;\nCOPY t FROM '/tmp/stdin';\n\
               COPY t FROM STDIN;\n3\t$$";
    assert_snapshot!(shown(Syntax::Postgres, sql), @r"
    1| COPY public.t (a, b) FROM stdin;⏎1→it's⏎2→DROP TABLE t;⏎\. | for a client: CopyIn
    6| SELECT 1 | reads
    7| copy (SELECT 1 FROM t) to /* here */ stdout with csv | for a client: CopyOut
    8| COPY t FROM '/tmp/stdin' | changes rows
    9| COPY t FROM STDIN;⏎3→$$ | for a client: CopyIn
    ");
}

#[test]
fn commands_of_the_mysql_client() {
    let sql = "SELECT 1;\nDELIMITER $$\nCREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN\n\
               SET NEW.a = 'it''s';\nEND$$\ndelimiter ;\nSELECT 2; source it's.sql\n\\. more.sql\n\
               \\u other\nSELECT \\N;\nDELIMITER //\nSELECT 'never closed //";
    assert_snapshot!(shown(Syntax::Mysql, sql), @r"
    1| SELECT 1 | reads
    2| DELIMITER $$⏎CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN⏎SET NEW.a = 'it''s';⏎END$$⏎delimiter ; | for a client: Delimiter
    7| SELECT 2 | reads
    7| source it's.sql | for a client: Command
    8| \. more.sql | for a client: Command
    9| \u other | leaves: Use
    10| SELECT \N | reads
    11| DELIMITER //⏎SELECT 'never closed // | for a client: Delimiter
    ");
    assert_snapshot!(shown(Syntax::Mysql, "DELIMITER ;\nCREATE TABLE delimiter (source int)"), @"
    1| DELIMITER ; | for a client: Delimiter
    2| CREATE TABLE delimiter (source int) | Create Table delimiter
    ");
}

#[test]
fn commands_of_the_sqlite_shell() {
    let sql = ".mode it's\nSELECT t.a, .5 FROM t;\n.open other.db\n-- the end\n.read more.sql";
    assert_snapshot!(shown(Syntax::Sqlite, sql), @"
    1| .mode it's | for a client: Command
    2| SELECT t.a, .5 FROM t | reads
    3| .open other.db | leaves: Connect
    5| .read more.sql | for a client: Command
    ");
}
