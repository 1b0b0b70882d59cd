//! What was written by hand around the tables of a change.

use db_backend::{BackendKind, Refused, Scratch};
use migration_folder::{Proof, Proven, ScratchHost, Unproven, prove};
use schema_model::Schema;

use super::{create, host, with_causes};
use crate::support::cases::test_on;

test_on! {
    sqlite, postgres, mysql: on_host {
        a_view_over_a_renamed_column,
        a_trigger_that_reads_a_renamed_column,
        a_trigger_that_rejects_rows_did_so_before,
        a_row_that_the_schema_rejects_is_not_blamed_on_a_view,
    }
}

fn on_host(kind: BackendKind, case: fn(&ScratchHost)) {
    let Some(host) = host(kind) else { return };
    case(&host);
}

mod before {
    schema_core::tenant_schema! {
        notes (id) {
            id -> BigInt,
            created -> Integer,
        }
        seen (at) { at -> Integer, }
    }
}

mod renamed {
    schema_core::tenant_schema! {
        notes (id) {
            id -> BigInt,
            #[renamed_from = "created"]
            made -> Integer,
        }
        seen (at) { at -> Integer, }
    }
}

/// Proves the migration from `before`, to which these statements were added by hand.
fn proven(host: &ScratchHost, by_hand: &[String], to: &Schema) -> Result<Proven, Unproven> {
    let from = &before::SCHEMA;
    let prepare = |scratch: &mut Scratch| -> Result<(), Refused> { create(scratch, from, by_hand) };
    prove(&Proof { host, prepare: &prepare, from, to, by_hand: &[] })
}

/// The statements that make a trigger whose body is this statement.
fn trigger(kind: BackendKind, event: &str, body: &str) -> Vec<String> {
    let begin = format!("CREATE TRIGGER watch AFTER {event} ON notes FOR EACH ROW");
    match kind {
        BackendKind::Sqlite => vec![format!("{begin} BEGIN {body}; END")],
        BackendKind::Mysql => vec![format!("{begin} {body}")],
        BackendKind::Postgres => vec![
            format!(
                "CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN {body}; RETURN NULL; END $$"
            ),
            format!("{begin} EXECUTE FUNCTION watch()"),
        ],
    }
}

/// SQLite and PostgreSQL rename the column in the view; MariaDB and MySQL keep its text.
fn a_view_over_a_renamed_column(host: &ScratchHost) {
    for column in ["created".to_owned(), host.kind().dialect().quote("created")] {
        let view = format!("CREATE VIEW recent AS SELECT {column} FROM notes");
        match (host.kind(), proven(host, &[view], &renamed::SCHEMA)) {
            (BackendKind::Sqlite | BackendKind::Postgres, Ok(_)) => {}
            (BackendKind::Mysql, Err(unproven)) => {
                let text = with_causes(unproven);
                assert!(text.starts_with("up: view `recent` no longer works on M"), "{text}");
            }
            (_, other) => panic!("{column}: {other:?}"),
        }
    }
}

/// Only SQLite renames the column in the trigger.
fn a_trigger_that_reads_a_renamed_column(host: &ScratchHost) {
    let by_hand = trigger(host.kind(), "INSERT", "INSERT INTO seen VALUES (new.created)");
    match (host.kind(), proven(host, &by_hand, &renamed::SCHEMA)) {
        (BackendKind::Sqlite, Ok(_)) => {}
        (BackendKind::Postgres | BackendKind::Mysql, Err(unproven)) => {
            let text = with_causes(unproven);
            assert!(text.starts_with("up: an insert into `notes` no longer works on "), "{text}");
        }
        (_, other) => panic!("{other:?}"),
    }
}

fn a_trigger_that_rejects_rows_did_so_before(host: &ScratchHost) {
    let body = match host.kind() {
        BackendKind::Sqlite => "SELECT RAISE(ABORT, 'notes stay')",
        BackendKind::Postgres => "RAISE EXCEPTION 'notes stay'",
        BackendKind::Mysql => "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'notes stay'",
    };
    for event in ["INSERT", "UPDATE", "DELETE"] {
        let by_hand = trigger(host.kind(), event, body);
        let proven = proven(host, &by_hand, &renamed::SCHEMA);
        proven.unwrap_or_else(|unproven| panic!("{event}: {}", with_causes(unproven)));
    }
}

fn a_row_that_the_schema_rejects_is_not_blamed_on_a_view(host: &ScratchHost) {
    mod checked {
        schema_core::tenant_schema! {
            #[check(late, "created > 1000")]
            notes (id) {
                id -> BigInt,
                created -> Integer,
            }
            seen (at) { at -> Integer, }
        }
    }
    let view = "CREATE VIEW recent AS SELECT created FROM notes".to_owned();
    let proven = proven(host, &[view], &checked::SCHEMA);
    proven.unwrap_or_else(|unproven| panic!("{}", with_causes(unproven)));
}
