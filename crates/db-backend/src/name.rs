//! Which names a database may have on each back end, so that no name can escape its folder or its
//! server.

use crate::error::DbError;
use schema_model::names::NAME_BYTES_MAX;
use sql_dialect::BackendKind;

/// Checks a database's name.
///
/// # Errors
/// [`DbErrorKind::Address`](crate::DbErrorKind::Address), which says what is wrong with it.
pub(crate) fn check(kind: BackendKind, name: &str) -> Result<(), DbError> {
    let fault = match kind {
        BackendKind::Sqlite => sqlite_fault(name),
        BackendKind::Postgres => postgres_fault(name),
        BackendKind::Mysql => mysql_fault(name),
    };
    match fault {
        None => Ok(()),
        Some(fault) => Err(DbError::address(format_args!(
            "{name:?} can't be the name of a {kind} database: {fault}"
        ))),
    }
}

/// The suffixes of files that SQLite and this crate put beside a database file. A tenant with
/// such a suffix would be mistaken for one of these files.
const SIDECARS: [&str; 4] = ["-journal", "-wal", "-shm", LOCK_SUFFIX];

/// The suffix of the file on which a migration in many transactions holds its lock.
pub(crate) const LOCK_SUFFIX: &str = ".migrate-lock";

fn sqlite_fault(name: &str) -> Option<&'static str> {
    // Redundant parts (`a//b`, `a/./b`) would give one file two names, so that it could be
    // registered twice.
    let stays_inside = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':']);
    match name {
        "" => Some("it is empty"),
        _ if name.contains(char::is_control) => Some("it has a control character"),
        _ if !name.split('/').all(stays_inside) => Some("it does not stay inside its folder"),
        _ if name.split('/').any(|part| part.len() > 255) => Some("it is longer than 255 bytes"),
        _ if SIDECARS.iter().any(|suffix| name.ends_with(suffix)) => {
            Some("files so called belong to other databases")
        }
        _ => None,
    }
}

fn postgres_fault(name: &str) -> Option<&'static str> {
    match name {
        "" => Some("it is empty"),
        _ if name.contains(char::is_control) => Some("it has a control character"),
        _ if name.len() > NAME_BYTES_MAX => Some("it is longer than 63 bytes"),
        "postgres" | "template0" | "template1" => Some("it belongs to the server"),
        _ => None,
    }
}

fn mysql_fault(name: &str) -> Option<&'static str> {
    let system = ["mysql", "sys", "information_schema", "performance_schema"];
    match name {
        "" => Some("it is empty"),
        _ if name.contains(char::is_control) => Some("it has a control character"),
        _ if name.chars().count() > 64 => Some("it is longer than 64 characters"),
        _ if name.ends_with(' ') => Some("it ends in a space"),
        _ if name.chars().any(|c| c > '\u{ffff}') => Some("it has a character above U+FFFF"),
        _ if system.iter().any(|own| name.eq_ignore_ascii_case(own)) => {
            Some("it belongs to the server")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_snapshot;

    #[test]
    fn names_that_are_refused() {
        let long = "x".repeat(300);
        let names = [
            "",
            ".",
            "..",
            "../x",
            "x/..",
            "/etc/passwd",
            "a//b",
            "a/./b",
            "a/",
            "a\\b",
            "c:x",
            "a\0b",
            "a\nb",
            "x.db-wal",
            "x.db-journal",
            "x.db.migrate-lock",
            &long,
            "postgres",
            "template1",
            "MySQL",
            "sys",
            "a ",
            "a\u{1f600}",
            "acme",
            "acme.db",
            "a b?c#d%e",
            "it's",
            "\"",
            "`",
            "é",
        ];
        let rows: Vec<String> = names
            .iter()
            .map(|name| {
                let shown: String = format!("{name:?}").chars().take(20).collect();
                let verdicts = BackendKind::ALL.map(|kind| match check(kind, name) {
                    Ok(()) => "ok".to_owned(),
                    Err(error) => error.message.rsplit(": ").next().unwrap_or_default().to_owned(),
                });
                format!("{shown:<20} {}", verdicts.join(" | "))
            })
            .collect();
        assert_snapshot!(rows.join("\n"), @r#"
        ""                   it is empty | it is empty | it is empty
        "."                  it does not stay inside its folder | ok | ok
        ".."                 it does not stay inside its folder | ok | ok
        "../x"               it does not stay inside its folder | ok | ok
        "x/.."               it does not stay inside its folder | ok | ok
        "/etc/passwd"        it does not stay inside its folder | ok | ok
        "a//b"               it does not stay inside its folder | ok | ok
        "a/./b"              it does not stay inside its folder | ok | ok
        "a/"                 it does not stay inside its folder | ok | ok
        "a\\b"               it does not stay inside its folder | ok | ok
        "c:x"                it does not stay inside its folder | ok | ok
        "a\0b"               it has a control character | it has a control character | it has a control character
        "a\nb"               it has a control character | it has a control character | it has a control character
        "x.db-wal"           files so called belong to other databases | ok | ok
        "x.db-journal"       files so called belong to other databases | ok | ok
        "x.db.migrate-lock"  files so called belong to other databases | ok | ok
        "xxxxxxxxxxxxxxxxxxx it is longer than 255 bytes | it is longer than 63 bytes | it is longer than 64 characters
        "postgres"           ok | it belongs to the server | ok
        "template1"          ok | it belongs to the server | ok
        "MySQL"              ok | ok | it belongs to the server
        "sys"                ok | ok | it belongs to the server
        "a "                 ok | ok | it ends in a space
        "a😀"                 ok | ok | it has a character above U+FFFF
        "acme"               ok | ok | ok
        "acme.db"            ok | ok | ok
        "a b?c#d%e"          ok | ok | ok
        "it's"               ok | ok | ok
        "\""                 ok | ok | ok
        "`"                  ok | ok | ok
        "é"                  ok | ok | ok
        "#);
    }
}
