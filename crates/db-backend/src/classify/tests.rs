//! The messages are those of real servers (PostgreSQL 15, MariaDB 10.11) and of the bundled SQLite.

use diesel::ConnectionError;
use diesel::result::{DatabaseErrorKind, Error};
use insta::assert_snapshot;

use super::*;

fn rows(messages: &[&str], kind_of: impl Fn(&str) -> DbErrorKind) -> String {
    let row = |message: &&str| format!("{:<16} {message}", format!("{:?}", kind_of(message)));
    messages.iter().map(row).collect::<Vec<_>>().join("\n")
}

#[test]
fn failed_connections() {
    let url: DatabaseUrl = "postgres://app:s3cret@localhost/acme".parse().expect("well formed");
    let messages = [
        "unable to open database file",
        "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  password authentication failed for user \"app\"",
        "connection to server at \"127.0.0.1\", port 5432 failed: fe_sendauth: no password supplied",
        "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  no pg_hba.conf entry for host \"10.0.0.9\", user \"app\", database \"acme\", no encryption",
        "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  role \"app\" is not permitted to log in",
        "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  role \"app\" does not exist",
        "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  permission denied for database \"acme\"",
        "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  database \"acme\" does not exist",
        "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  database \"acme\" is not currently accepting connections",
        "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  sorry, too many clients already",
        "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  remaining connection slots are reserved for non-replication superuser connections",
        "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  too many connections for role \"app\"",
        "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  the database system is starting up",
        "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  the database system is shutting down",
        "connection to server at \"127.0.0.1\", port 5433 failed: Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?",
        "connection to server at \"127.0.0.1\", port 5433 failed: server closed the connection unexpectedly",
        "connection to server at \"10.0.0.9\", port 5432 failed: timeout expired",
        "could not translate host name \"db.invalid\" to address: Name or service not known",
        "invalid percent-encoded token: \"%zz\"",
        "invalid port number: \"99999\"",
        "Access denied for user 'app'@'localhost' (using password: YES)",
        "Access denied for user 'app'@'localhost' to database 'acme'",
        "Host '10.0.0.9' is not allowed to connect to this MariaDB server",
        "Too many connections",
        "User 'app' has exceeded the 'max_user_connections' resource (current value: 1)",
        "Can't connect to server on '127.0.0.1' (115)",
        "Unknown server host 'db.invalid' (-2)",
    ];
    let kind_of = |message: &str| {
        connection_error(&url, &ConnectionError::BadConnection(message.to_owned())).kind
    };
    assert_snapshot!(rows(&messages, kind_of), @r#"
        Missing          unable to open database file
        Denied           connection to server at "127.0.0.1", port 5432 failed: FATAL:  password authentication failed for user "app"
        Denied           connection to server at "127.0.0.1", port 5432 failed: fe_sendauth: no password supplied
        Denied           connection to server at "127.0.0.1", port 5432 failed: FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "app", database "acme", no encryption
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
        Unreachable      connection to server at "127.0.0.1", port 5433 failed: Connection refused
        	Is the server running on that host and accepting TCP/IP connections?
        Unreachable      connection to server at "127.0.0.1", port 5433 failed: server closed the connection unexpectedly
        Unreachable      connection to server at "10.0.0.9", port 5432 failed: timeout expired
        Unreachable      could not translate host name "db.invalid" to address: Name or service not known
        Address          invalid percent-encoded token: "%zz"
        Address          invalid port number: "99999"
        Denied           Access denied for user 'app'@'localhost' (using password: YES)
        Denied           Access denied for user 'app'@'localhost' to database 'acme'
        Denied           Host '10.0.0.9' is not allowed to connect to this MariaDB server
        ServerBusy       Too many connections
        ServerBusy       User 'app' has exceeded the 'max_user_connections' resource (current value: 1)
        Unreachable      Can't connect to server on '127.0.0.1' (115)
        Unreachable      Unknown server host 'db.invalid' (-2)
        "#);
}

#[test]
fn failed_statements() {
    let messages = [
        "database is locked",
        "database table is locked: t",
        "interrupted",
        "attempt to write a readonly database",
        "unable to open database file",
        "file is not a database",
        "database disk image is malformed",
        "disk I/O error",
        "database or disk is full",
        "no such table: database is locked",
        "canceling statement due to lock timeout",
        "canceling statement due to statement timeout",
        "deadlock detected",
        "could not serialize access due to concurrent update",
        "could not extend file \"base/16384/16397\": No space left on device",
        "could not create unique index \"t_a\"",
        "source database \"template1\" is being accessed by other users",
        "database \"acme\" is being accessed by other users",
        "permission denied for table t",
        "permission denied to create database",
        "must be owner of table t",
        "terminating connection due to administrator command",
        "server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally",
        "no connection to the server",
        "relation \"deadlock detected\" does not exist",
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
    ];
    let kind_of = |message: &str| {
        let information = Box::new(message.to_owned());
        DbError::from(Error::DatabaseError(DatabaseErrorKind::Unknown, information)).kind
    };
    assert_snapshot!(rows(&messages, kind_of), @r#"
        LockTimeout      database is locked
        LockTimeout      database table is locked: t
        StatementTimeout interrupted
        ReadOnly         attempt to write a readonly database
        Missing          unable to open database file
        Corrupt          file is not a database
        Corrupt          database disk image is malformed
        Corrupt          disk I/O error
        DiskFull         database or disk is full
        Statement        no such table: database is locked
        LockTimeout      canceling statement due to lock timeout
        StatementTimeout canceling statement due to statement timeout
        Deadlock         deadlock detected
        Deadlock         could not serialize access due to concurrent update
        DiskFull         could not extend file "base/16384/16397": No space left on device
        Statement        could not create unique index "t_a"
        ServerBusy       source database "template1" is being accessed by other users
        LockTimeout      database "acme" is being accessed by other users
        Denied           permission denied for table t
        Denied           permission denied to create database
        Denied           must be owner of table t
        ConnectionLost   terminating connection due to administrator command
        ConnectionLost   server closed the connection unexpectedly
        	This probably means the server terminated abnormally
        ConnectionLost   no connection to the server
        Statement        relation "deadlock detected" does not exist
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
        "#);
}

#[test]
fn what_the_data_says_is_not_taken_for_the_database() {
    let information = Box::new("deadlock detected".to_owned());
    let error =
        DbError::from(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, information));
    assert_eq!(error.kind, DbErrorKind::Statement);
}
