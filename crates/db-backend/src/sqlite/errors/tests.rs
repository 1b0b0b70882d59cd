//! The messages are those of the bundled SQLite.

use insta::assert_snapshot;

use super::*;
use crate::classify::tests::{rows, unknown};

#[test]
fn failed_connections() {
    let messages = ["unable to open database file", "out of memory"];
    let kind_of = |message: &str| format!("{:?}", of_connection(message));
    assert_snapshot!(rows(&messages, kind_of), @"
    Missing          unable to open database file
    Unreachable      out of memory
    ");
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
        "malformed database schema (t)",
        "disk I/O error",
        "database or disk is full",
        "no such table: database is locked",
    ];
    let kind_of = |message: &str| format!("{:?}", of_statement(unknown(message), "").kind);
    assert_snapshot!(rows(&messages, kind_of), @"
    LockTimeout      database is locked
    LockTimeout      database table is locked: t
    StatementTimeout interrupted
    ReadOnly         attempt to write a readonly database
    Missing          unable to open database file
    Corrupt          file is not a database
    Corrupt          database disk image is malformed
    Corrupt          malformed database schema (t)
    Corrupt          disk I/O error
    DiskFull         database or disk is full
    Statement        no such table: database is locked
    ");
}
