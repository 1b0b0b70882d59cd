//! Servers that can't be used, and passwords that must never be shown.

use std::net::TcpListener;

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::cases::test_on;
use crate::support::cli::Cli;
use crate::support::fleet::Fleet;
use crate::support::server::{TestServer, on_server};

/// A password with characters that a shell, a URL and a JSON text each write differently.
const PASSWORD: &str = "s3cret%22Pa%2555";
/// The part of the password that is the same in every notation.
const SECRET: &str = "s3cret";

test_on! {
    postgres, mysql: on_server {
        a_password_that_is_no_longer_valid,
        a_server_that_does_not_answer,
        a_database_that_no_longer_exists,
        a_missing_or_denied_system_database_is_explained,
        a_server_that_cannot_be_used_is_not_registered,
    }
}

fn a_password_that_is_no_longer_valid(server: &TestServer) {
    let fleet = Fleet::provisioned(server, "@acme");
    let url = server.url().expose();
    let (scheme, rest) = url.split_once("://").unwrap();
    let (user, host) = rest.rsplit_once('@').unwrap();
    let user = user.split(':').next().unwrap();
    let lines = migrate_at(&fleet, &format!("{scheme}://{user}:{PASSWORD}@{host}"));
    let failed = finished(&lines);
    assert_eq!((&failed["kind"], &failed["attempts"]), (&"denied".into(), &1.into()), "{lines:?}");
    assert_human(&fleet, "access denied");
}

fn a_server_that_does_not_answer(server: &TestServer) {
    let fleet = Fleet::provisioned(server, "@acme");
    let kind = server.kind();
    let url = format!("{kind}://root:{PASSWORD}@127.0.0.1:{}", port_without_server());
    let failed = finished(&migrate_at(&fleet, &url));
    assert_eq!(failed["kind"], "unreachable", "{failed}");
    assert_eq!(failed["attempts"], 3, "it is tried again");
    assert_human(&fleet, "server unreachable");
}

fn a_database_that_no_longer_exists(server: &TestServer) {
    let fleet = Fleet::provisioned(server, "@acme");
    let name = fleet.database_name("acme");
    db_backend::admin::drop_database(server.url(), &name, &db_backend::Timeouts::default())
        .unwrap();
    let (code, lines) = fleet.json("migrate-all");
    assert_eq!((code, &finished(&lines)["kind"]), (Some(4), &Value::from("missing")));
}

fn a_missing_or_denied_system_database_is_explained(server: &TestServer) {
    let cli = Cli::new();
    let missing = server.url().database(&server.fresh_name()).unwrap().expose();
    let (head, tail) = missing.rsplit_once('@').unwrap();
    let denied = format!("{}:{SECRET}@{tail}", head.rsplit_once(':').unwrap().0);
    for (url, code) in [(&missing, 2), (&denied, 1)] {
        let outcome = cli.run_args(&["--system-url", url, "tenants", "list"]);
        assert_eq!(outcome.code, Some(code), "{}: {outcome}", server.kind());
        assert!(!outcome.to_string().contains(SECRET), "{outcome}");
        assert!(outcome.stderr.contains("hint:"), "{outcome}");
    }
}

/// Runs `migrate-all` after an administrator has changed the server's address in the registry.
fn migrate_at(fleet: &Fleet<'_>, url: &str) -> Vec<Value> {
    let changed = fleet.system().write("UPDATE servers SET url = ?", &[url]).unwrap();
    assert_eq!(changed, 1);
    let (code, lines) = fleet.json("migrate-all --connect-timeout 2");
    assert_eq!(code, Some(4), "{lines:?}");
    lines
}

fn finished(lines: &[Value]) -> Value {
    lines.iter().find(|line| line["event"] == "tenant_finished").expect("an outcome").clone()
}

/// The output names that kind of failure, and contains the password nowhere.
fn assert_human(fleet: &Fleet<'_>, kind: &str) {
    let outputs = [
        "migrate-all",
        "migrate-all --dry-run",
        "migrate-all --format json",
        "status --verify",
        "status --verify --format json",
        "servers list",
        "servers list --format json",
        "tenants show @acme",
        "tenants show @acme --format json",
    ]
    .map(|command| fleet.run(command).to_string());
    assert!(outputs[0].contains(kind), "{}", outputs[0]);
    assert!(outputs[0].contains("hint:"), "{}", outputs[0]);
    for output in outputs {
        assert!(!output.contains(SECRET), "{output}");
    }
    let ledger = "SELECT COALESCE(error, '') || detail FROM run_outcomes";
    for row in fleet.system().rows(ledger, &[]).unwrap() {
        assert!(!format!("{row:?}").contains(SECRET), "{row:?}");
    }
}

/// A port without a listener: it was bound and released a moment ago.
fn port_without_server() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn a_malformed_address_is_not_registered() {
    assert_not_registered(&[
        format!("oracle://root:{PASSWORD}@h"),
        format!("postgres//root:{PASSWORD}@h"),
        format!("root:{PASSWORD}@h"),
        format!("postgres://root:{SECRET}/slash@h"),
        "sqlite:nowhere".to_owned(),
        String::new(),
    ]);
}

fn a_server_that_cannot_be_used_is_not_registered(server: &TestServer) {
    let known = server.url().expose();
    let (head, host) = known.rsplit_once('@').unwrap();
    let user = head.rsplit_once(':').unwrap().0;
    let port = port_without_server();
    assert_not_registered(&[
        format!("{user}:{PASSWORD}@{host}"),
        format!("{}://root:{PASSWORD}@127.0.0.1:{port}", server.kind()),
    ]);
}

fn assert_not_registered(urls: &[String]) {
    let cli = Cli::new();
    for url in urls {
        let outcome = cli.run_args(&["servers", "add", "main", url]);
        assert!(matches!(outcome.code, Some(1 | 2)), "{url}: {outcome}");
        assert!(outcome.stderr.starts_with("error:"), "{url}: {outcome}");
        assert!(!outcome.to_string().contains(SECRET), "{outcome}");
    }
    assert!(!cli.folder().join(".tenantctl").exists(), "no registry is created either");
}

#[test]
fn servers_are_named_once_and_chosen_by_name() {
    let cli = Cli::new();
    for folder in ["one", "two"] {
        std::fs::create_dir(cli.folder().join(folder)).unwrap();
    }
    let steps = [
        "servers add one sqlite:one",
        "servers add one sqlite:two",
        "provision acme",
        "servers add two sqlite:two",
        "provision beta",
        "provision beta --server three",
        "provision beta --server two",
        "provision acme --server two",
        "servers list",
        "tenants list",
    ];
    let mut shown = String::new();
    for step in steps {
        shown += &format!("$ {step}\n{}", cli.run(step));
    }
    assert_snapshot!(shown, @"
    $ servers add one sqlite:one
    exit code 0
    --- stdout
    server `one` is registered: sqlite:[FOLDER]/one
    $ servers add one sqlite:two
    exit code 2
    --- stderr
    error: there is a server `one` already
    $ provision acme
    exit code 0
    --- stdout
    1 tenant: 1 migrated
           1 at 20261123154738
    slowest: acme [TIME]
    --- stderr
    acme: migrated to 20261123154738 (2 applied, [TIME])
    $ servers add two sqlite:two
    exit code 0
    --- stdout
    server `two` is registered: sqlite:[FOLDER]/two
    $ provision beta
    exit code 2
    --- stderr
    error: there are several servers: one, two

    hint: name one with --server
    $ provision beta --server three
    exit code 2
    --- stderr
    error: there is no server `three`

    hint: `servers list` shows all of them
    $ provision beta --server two
    exit code 0
    --- stdout
    1 tenant: 1 migrated
           1 at 20261123154738
    slowest: beta [TIME]
    --- stderr
    beta: migrated to 20261123154738 (2 applied, [TIME])
    $ provision acme --server two
    exit code 2
    --- stderr
    error: tenant `acme` is on server `one`, not on `two`
    $ servers list
    exit code 0
    --- stdout
    SERVER  BACKEND  ADDRESS
    one     sqlite   sqlite:[FOLDER]/one
    two     sqlite   sqlite:[FOLDER]/two
    $ tenants list
    exit code 0
    --- stdout
    TENANT  STATE   SERVER  DATABASE  VERSION         LABELS
    acme    active  one     acme.db   20261123154738
    beta    active  two     beta.db   20261123154738
    ");
}
