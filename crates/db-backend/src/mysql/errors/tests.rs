//! The messages are those of MariaDB 10.11 and its client library.

use insta::assert_snapshot;

use super::*;
use crate::classify::tests::{rows, unknown};

#[test]
fn failed_connections() {
    let messages = [
        "Access denied for user 'app'@'localhost' (using password: YES)",
        "Access denied for user 'app'@'localhost' to database 'acme'",
        "Host '10.0.0.9' is not allowed to connect to this MariaDB server",
        "Too many connections",
        "User 'app' has exceeded the 'max_user_connections' resource (current value: 1)",
        "Can't connect to server on '127.0.0.1' (115)",
        "Can't connect to local server through socket '/run/mysqld/mysqld.sock' (2)",
        "Can't connect to MySQL server on '127.0.0.1:3306' (111)",
        "Can't create TCP/IP socket (24)",
        "Lost connection to server at 'reading initial communication packet', system error: 0",
        "Unknown server host 'db.invalid' (-2)",
        "TLS/SSL error: self-signed certificate",
        "Benutzer 'app'@'localhost' hat keine Zugriffsberechtigung (verwendetes Passwort: Ja)",
        "Zu viele Verbindungen",
        "Benutzer 'app' hat die Ressourcenbeschränkung 'max_user_connections' überschritten (aktueller Wert: 1)",
    ];
    let kind_of = |message: &str| format!("{:?}", of_connection(message));
    assert_snapshot!(rows(&messages, kind_of), @"
    Denied           Access denied for user 'app'@'localhost' (using password: YES)
    Denied           Access denied for user 'app'@'localhost' to database 'acme'
    Denied           Host '10.0.0.9' is not allowed to connect to this MariaDB server
    ServerBusy       Too many connections
    ServerBusy       User 'app' has exceeded the 'max_user_connections' resource (current value: 1)
    Unreachable      Can't connect to server on '127.0.0.1' (115)
    Unreachable      Can't connect to local server through socket '/run/mysqld/mysqld.sock' (2)
    Unreachable      Can't connect to MySQL server on '127.0.0.1:3306' (111)
    OutOfResources   Can't create TCP/IP socket (24)
    Unreachable      Lost connection to server at 'reading initial communication packet', system error: 0
    Unreachable      Unknown server host 'db.invalid' (-2)
    Unreachable      TLS/SSL error: self-signed certificate
    Denied           Benutzer 'app'@'localhost' hat keine Zugriffsberechtigung (verwendetes Passwort: Ja)
    Denied           Zu viele Verbindungen
    ServerBusy       Benutzer 'app' hat die Ressourcenbeschränkung 'max_user_connections' überschritten (aktueller Wert: 1)
    ");
}

#[test]
fn failed_statements() {
    let messages = [
        "Access denied for user 'app'@'localhost' to database 'acme'",
        "INSERT command denied to user 'app'@'localhost' for table `acme`.`t`",
        "Unknown database 'acme'",
        "Lock wait timeout exceeded; try restarting transaction",
        "Query execution was interrupted (max_statement_time exceeded)",
        "Deadlock found when trying to get lock; try restarting transaction",
        "The table 't' is full",
        "The MariaDB server is running with the --read-only option so it cannot execute this statement",
        "Cannot execute statement in a READ ONLY transaction",
        "Lost connection to server during query",
        "Server has gone away",
        "Server shutdown in progress",
        "Table 'acme.t' already exists",
        "Tabelle 'acme.t' existiert bereits",
    ];
    let kind_of = |message: &str| {
        let failed = classify::failed_statement(unknown(message), kind_of, classify::as_it_is);
        format!("{:?}", failed.kind)
    };
    assert_snapshot!(rows(&messages, kind_of), @"
    Denied           Access denied for user 'app'@'localhost' to database 'acme'
    Denied           INSERT command denied to user 'app'@'localhost' for table `acme`.`t`
    Missing          Unknown database 'acme'
    LockTimeout      Lock wait timeout exceeded; try restarting transaction
    StatementTimeout Query execution was interrupted (max_statement_time exceeded)
    Deadlock         Deadlock found when trying to get lock; try restarting transaction
    DiskFull         The table 't' is full
    ReadOnly         The MariaDB server is running with the --read-only option so it cannot execute this statement
    ReadOnly         Cannot execute statement in a READ ONLY transaction
    ConnectionLost   Lost connection to server during query
    ConnectionLost   Server has gone away
    ConnectionLost   Server shutdown in progress
    Statement        Table 'acme.t' already exists
    Statement        Tabelle 'acme.t' existiert bereits
    ");
}

#[test]
fn values_are_cut_from_messages() {
    let messages = [
        "Truncated incorrect INTEGER value: 't.a does not fit: eve'",
        "Truncated incorrect INTEGER value: 't.a is NULL in a row'",
        "Duplicate entry 'eve@x.org' for key 'email'",
        "Duplicate entry 'it's for key 'a'-7' for key 't.uq'",
        "Incorrect integer value: 'eve' for column `acme`.`t`.`a` at row 1",
        "Incorrect datetime value: 'eve' for function str_to_date",
        "Incorrect DATE value: 'eve'",
        "Truncated incorrect DOUBLE value: 'eve's'",
        "Invalid utf8mb4 character string: 'eve'",
        "Table has no partition for value 7",
        "Data too long for column 'a' at row 1",
        "Table 'acme.t' already exists",
        "Incorrect index name 'a'",
        "a 'word' of SIGNAL",
    ];
    const SQL: &str = "SELECT concat('t.a does not fit: ', a), 't.a is NULL in a row'";
    assert_snapshot!(messages.map(|message| without_values(message, SQL)).join("\n"), @"
    Truncated incorrect INTEGER value: 't.a does not fit: …'
    Truncated incorrect INTEGER value: 't.a is NULL in a row'
    Duplicate entry '…' for key 'email'
    Duplicate entry '…' for key 't.uq'
    Incorrect integer value: '…' for column `acme`.`t`.`a` at row 1
    Incorrect datetime value: '…' for function str_to_date
    Incorrect DATE value: '…'
    Truncated incorrect DOUBLE value: '…'
    Invalid utf8mb4 character string: '…'
    Table has no partition for value …
    Data too long for column 'a' at row 1
    Table 'acme.t' already exists
    Incorrect index name 'a'
    a 'word' of SIGNAL
    ");
}
