//! Customers' values and control characters stay out of what is printed and recorded.

use db_backend::BackendKind;

use crate::support::cases::test_on;
use crate::support::fleet::Fleet;
use crate::support::server::{TestServer, on_server};

/// A value in a customer's row.
const VALUE: &str = "eve-at-example";

test_on! {
    sqlite, postgres, mysql: on_server {
        values_of_rows_are_neither_printed_nor_recorded,
        control_characters_are_escaped_for_people,
    }
}

fn values_of_rows_are_neither_printed_nor_recorded(server: &TestServer) {
    let quotes_values = server.kind() != BackendKind::Sqlite;
    let becomes_a_number = match server.kind() {
        BackendKind::Sqlite => "CREATE UNIQUE INDEX t_b ON t (b)",
        BackendKind::Postgres => "ALTER TABLE t ALTER COLUMN b TYPE integer USING b::integer",
        BackendKind::Mysql => "ALTER TABLE t MODIFY b INTEGER",
    };
    for broken in ["CREATE UNIQUE INDEX t_b ON t (b)", becomes_a_number] {
        let fleet = Fleet::new(server);
        fleet.write("m/1_one/up.sql", "CREATE TABLE t (a INTEGER, b VARCHAR(40));");
        fleet.succeed("provision @acme --migrations m");
        fleet.execute("acme", &format!("INSERT INTO t VALUES (1, '{VALUE}'), (2, '{VALUE}')"));
        fleet.write("m/2_two/up.sql", broken);

        let outputs = [
            "migrate-all --migrations m",
            "migrate-all --migrations m --format json",
            "tenants show @acme",
            "tenants show @acme --format json",
        ]
        .map(|command| fleet.run(command).to_string());
        assert!(outputs[0].contains("2_two failed"), "{}: {}", server.kind(), outputs[0]);
        for output in outputs {
            assert!(!output.contains(VALUE), "{broken}: {output}");
        }
        let ledger = "SELECT COALESCE(error, '') || detail FROM run_outcomes";
        for row in fleet.system().rows(ledger, &[]).unwrap() {
            assert!(!format!("{row:?}").contains(VALUE), "{broken}: {row:?}");
        }

        let shown = fleet.run("migrate-all --migrations m --show-values").to_string();
        assert_eq!(shown.contains(VALUE), quotes_values, "{broken}: {shown}");
    }
}

fn control_characters_are_escaped_for_people(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.write("m/1_one/up.sql", "SELECT '\u{1b}[2J\u{9b}2J\u{202e}' FROM nowhere;");
    let human = fleet.run("provision @acme --migrations m").to_string();
    assert!(human.contains(r"\u{1b}[2J\u{9b}2J\u{202e}"), "{}: {human}", server.kind());
    for command in ["tenants show @acme", "migrate-all --migrations m", "tenants suspend \u{1b}[2J"]
    {
        let human = fleet.run(command).to_string();
        assert!(!human.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{command}: {human:?}");
    }
    let (_, lines) = fleet.json("provision @acme --migrations m");
    let finished = lines.iter().find(|line| line["event"] == "tenant_finished").unwrap();
    let excerpt = finished["migration"]["statement"]["excerpt"].as_str().unwrap();
    assert!(excerpt.contains('\u{1b}'), "JSON has its own escapes: {excerpt:?}");
}
