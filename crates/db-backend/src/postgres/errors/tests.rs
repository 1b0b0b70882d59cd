//! The messages are those of PostgreSQL 15 and its client library.

use diesel::result::DatabaseErrorInformation;
use insta::assert_snapshot;

use super::*;
use crate::classify::tests::{rows, unknown};

#[test]
fn failed_connections() {
    let at =
        |rest: &str| format!("connection to server at \"127.0.0.1\", port 5432 failed: {rest}");
    let messages = [
        at("FATAL:  password authentication failed for user \"app\""),
        at("fe_sendauth: no password supplied"),
        at(
            "FATAL:  no pg_hba.conf entry for host \"10.0.0.9\", user \"app\", database \"acme\", no encryption",
        ),
        at("FATAL:  pg_hba.conf rejects connection for host \"10.0.0.9\", user \"app\""),
        at("FATAL:  pg_hba.conf lehnt Verbindung ab für Host »10.0.0.9«, Benutzer »app«"),
        at("FATAL:  role \"app\" is not permitted to log in"),
        at("FATAL:  role \"app\" does not exist"),
        at("FATAL:  permission denied for database \"acme\""),
        at("FATAL:  database \"acme\" does not exist"),
        at("FATAL:  database \"acme\" is not currently accepting connections"),
        at("FATAL:  sorry, too many clients already"),
        at(
            "FATAL:  remaining connection slots are reserved for non-replication superuser connections",
        ),
        at("FATAL:  too many connections for role \"app\""),
        at("FATAL:  the database system is starting up"),
        at("FATAL:  the database system is shutting down"),
        at("FATAL:  no more connections allowed (max_client_conn)"),
        at("FATAL:  Datenbank >>acme<< existiert nicht"),
        at("FATAL:  tut mir leid, schon zu viele Verbindungen"),
        at("ВАЖНО:  система баз данных запускается"),
        at(
            "Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?",
        ),
        at("server closed the connection unexpectedly"),
        at("timeout expired"),
        at("could not create socket: Too many open files"),
        "could not translate host name \"db.invalid\" to address: Name or service not known"
            .to_owned(),
        "invalid percent-encoded token: \"%zz\"".to_owned(),
        "invalid port number: \"99999\"".to_owned(),
    ];
    let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
    let kind_of =
        |message: &str| of_connection(message).map_or("ask".to_owned(), |kind| format!("{kind:?}"));
    assert_snapshot!(rows(&messages, kind_of), @r#"
    Denied           connection to server at "127.0.0.1", port 5432 failed: FATAL:  password authentication failed for user "app"
    Denied           connection to server at "127.0.0.1", port 5432 failed: fe_sendauth: no password supplied
    Denied           connection to server at "127.0.0.1", port 5432 failed: FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "app", database "acme", no encryption
    Denied           connection to server at "127.0.0.1", port 5432 failed: FATAL:  pg_hba.conf rejects connection for host "10.0.0.9", user "app"
    Denied           connection to server at "127.0.0.1", port 5432 failed: FATAL:  pg_hba.conf lehnt Verbindung ab für Host »10.0.0.9«, Benutzer »app«
    Denied           connection to server at "127.0.0.1", port 5432 failed: FATAL:  role "app" is not permitted to log in
    Denied           connection to server at "127.0.0.1", port 5432 failed: FATAL:  role "app" does not exist
    Denied           connection to server at "127.0.0.1", port 5432 failed: FATAL:  permission denied for database "acme"
    Missing          connection to server at "127.0.0.1", port 5432 failed: FATAL:  database "acme" does not exist
    ServerBusy       connection to server at "127.0.0.1", port 5432 failed: FATAL:  database "acme" is not currently accepting connections
    ServerBusy       connection to server at "127.0.0.1", port 5432 failed: FATAL:  sorry, too many clients already
    ServerBusy       connection to server at "127.0.0.1", port 5432 failed: FATAL:  remaining connection slots are reserved for non-replication superuser connections
    ServerBusy       connection to server at "127.0.0.1", port 5432 failed: FATAL:  too many connections for role "app"
    ServerBusy       connection to server at "127.0.0.1", port 5432 failed: FATAL:  the database system is starting up
    ServerBusy       connection to server at "127.0.0.1", port 5432 failed: FATAL:  the database system is shutting down
    ServerBusy       connection to server at "127.0.0.1", port 5432 failed: FATAL:  no more connections allowed (max_client_conn)
    ask              connection to server at "127.0.0.1", port 5432 failed: FATAL:  Datenbank >>acme<< existiert nicht
    ask              connection to server at "127.0.0.1", port 5432 failed: FATAL:  tut mir leid, schon zu viele Verbindungen
    ask              connection to server at "127.0.0.1", port 5432 failed: ВАЖНО:  система баз данных запускается
    Unreachable      connection to server at "127.0.0.1", port 5432 failed: Connection refused
    	Is the server running on that host and accepting TCP/IP connections?
    Unreachable      connection to server at "127.0.0.1", port 5432 failed: server closed the connection unexpectedly
    Unreachable      connection to server at "127.0.0.1", port 5432 failed: timeout expired
    OutOfResources   connection to server at "127.0.0.1", port 5432 failed: could not create socket: Too many open files
    Unreachable      could not translate host name "db.invalid" to address: Name or service not known
    Address          invalid percent-encoded token: "%zz"
    Address          invalid port number: "99999"
    "#);
}

#[test]
fn failed_statements() {
    let messages = [
        "canceling statement due to lock timeout",
        "canceling statement due to statement timeout",
        "could not obtain lock on row in relation \"t\"",
        "could not extend file \"base/16384/16397\": No space left on device",
        "could not create unique index \"t_a\"",
        "source database \"template1\" is being accessed by other users",
        "database \"acme\" is being accessed by other users",
        "permission denied for table t",
        "permission denied to create database",
        "must be owner of table t",
        "relation \"deadlock detected\" does not exist",
        "storniere Anfrage wegen Zeitüberschreitung einer Sperre",
        "Division durch Null",
    ];
    let kind_of = |message: &str| {
        let failed = classify::failed_statement(unknown(message), kind_of, classify::as_it_is);
        format!("{:?}", failed.kind)
    };
    assert_snapshot!(rows(&messages, kind_of), @r#"
    LockTimeout      canceling statement due to lock timeout
    StatementTimeout canceling statement due to statement timeout
    LockTimeout      could not obtain lock on row in relation "t"
    DiskFull         could not extend file "base/16384/16397": No space left on device
    Statement        could not create unique index "t_a"
    ServerBusy       source database "template1" is being accessed by other users
    LockTimeout      database "acme" is being accessed by other users
    Denied           permission denied for table t
    Denied           permission denied to create database
    Denied           must be owner of table t
    Statement        relation "deadlock detected" does not exist
    Statement        storniere Anfrage wegen Zeitüberschreitung einer Sperre
    Statement        Division durch Null
    "#);
}

/// A failed statement with a detail.
struct Detailed(&'static str);

impl DatabaseErrorInformation for Detailed {
    fn message(&self) -> &str {
        "…"
    }
    fn details(&self) -> Option<&str> {
        Some(self.0)
    }
    fn hint(&self) -> Option<&str> {
        None
    }
    fn table_name(&self) -> Option<&str> {
        None
    }
    fn column_name(&self) -> Option<&str> {
        None
    }
    fn constraint_name(&self) -> Option<&str> {
        None
    }
    fn statement_position(&self) -> Option<i32> {
        None
    }
}

#[test]
fn a_deadlock_is_told_by_who_waits_for_whom() {
    let details = [
        "Process 71 waits for ShareLock on transaction 745; blocked by process 72.\n\
         Process 72 waits for ShareLock on transaction 744; blocked by process 71.",
        "Prozess 71 wartet auf AccessExclusiveLock-Sperre auf Relation 16397 der Datenbank 16384; blockiert von Prozess 72.\n\
         Prozess 72 wartet auf ShareLock-Sperre auf Transaktion 744; blockiert von Prozess 73.\n\
         Prozess 73 wartet auf ShareLock-Sperre auf Transaktion 745; blockiert von Prozess 71.",
        "进程 71 正在等待 事务 745 上的 ShareLock；被进程 72 阻塞。\n\
         进程 72 正在等待 事务 744 上的 ShareLock；被进程 71 阻塞。",
        // No circle.
        "Process 71 waits for ShareLock on transaction 745; blocked by process 72.\n\
         Process 72 waits for ShareLock on transaction 744; blocked by process 73.",
        "Process 71 waits for ShareLock on transaction 745; blocked by process 71.",
        "Key (a)=(1) already exists.",
        "Key (a)=(1) of table 1\nKey (a)=(1) of table",
        "99999999999 1\n1 99999999999",
        "",
    ];
    let row = |detail: &'static str| {
        format!("{:<10} {detail:?}", format!("{:?}", kind_of(&Detailed(detail))))
    };
    assert_snapshot!(details.map(row).join("\n"), @r#"
    Deadlock   "Process 71 waits for ShareLock on transaction 745; blocked by process 72.\nProcess 72 waits for ShareLock on transaction 744; blocked by process 71."
    Deadlock   "Prozess 71 wartet auf AccessExclusiveLock-Sperre auf Relation 16397 der Datenbank 16384; blockiert von Prozess 72.\nProzess 72 wartet auf ShareLock-Sperre auf Transaktion 744; blockiert von Prozess 73.\nProzess 73 wartet auf ShareLock-Sperre auf Transaktion 745; blockiert von Prozess 71."
    Deadlock   "进程 71 正在等待 事务 745 上的 ShareLock；被进程 72 阻塞。\n进程 72 正在等待 事务 744 上的 ShareLock；被进程 71 阻塞。"
    Statement  "Process 71 waits for ShareLock on transaction 745; blocked by process 72.\nProcess 72 waits for ShareLock on transaction 744; blocked by process 73."
    Statement  "Process 71 waits for ShareLock on transaction 745; blocked by process 71."
    Statement  "Key (a)=(1) already exists."
    Statement  "Key (a)=(1) of table 1\nKey (a)=(1) of table"
    Statement  "99999999999 1\n1 99999999999"
    Statement  ""
    "#);
}

#[test]
fn values_are_cut_from_messages() {
    const SQL: &str =
        "ALTER TABLE t ALTER COLUMN Age TYPE integer USING ('t.age is odd: ' || age)::integer";
    let messages = [
        "invalid input syntax for type integer: \"eve\"",
        "invalid input syntax for type integer: \"ag\"",
        "invalid input syntax for type integer: \"t.age is odd: \"7\"\"",
        "invalid input syntax for type integer: \"a\" age \"b\"",
        "value \"99999999999\" is out of range for type integer",
        "ungültige Eingabesyntax für Typ integer: »eve«",
        "syntaxe en entrée invalide pour le type integer : « eve »",
        "column \"age\" of relation \"t\" does not exist",
        "Spalte »age« von Relation »t« existiert nicht",
        "la colonne « age » de la relation « t » n'existe pas",
        "column \"age\" of relation \"t\" has \"eve\" in it",
        "an unclosed \"quote",
        "division by zero",
    ];
    let cut = messages.map(|message| without_values(&DatabaseErrorKind::Unknown, message, SQL));
    assert_snapshot!(cut.join("\n"), @r#"
    invalid input syntax for type integer: "…"
    invalid input syntax for type integer: "…"
    invalid input syntax for type integer: "t.age is odd: …"
    invalid input syntax for type integer: "…"
    value "…" is out of range for type integer
    ungültige Eingabesyntax für Typ integer: »…«
    syntaxe en entrée invalide pour le type integer : «…»
    column "age" of relation "t" does not exist
    Spalte »age« von Relation »t« existiert nicht
    la colonne « age » de la relation « t » n'existe pas
    column "age" of relation "t" has "…" in it
    an unclosed "quote
    division by zero
    "#);
    let known = "duplicate key value violates unique constraint \"t_pkey\"";
    assert_eq!(without_values(&DatabaseErrorKind::UniqueViolation, known, SQL), known);
}

#[test]
fn details_are_values() {
    let failed = |kind| {
        let error = Error::DatabaseError(kind, Box::new(Detailed("Key (email)=(eve) exists.")));
        classify::failed_statement(error, kind_of, classify::as_it_is).message
    };
    assert_eq!(failed(DatabaseErrorKind::UniqueViolation), "…");
    assert_eq!(failed(DatabaseErrorKind::SerializationFailure), "…\nKey (email)=(eve) exists.");
}
