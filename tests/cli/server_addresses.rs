//! Changing the addresses and passwords of servers, and removing servers.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::process::Stdio;

use db_backend::{BackendKind, ServerUrl, Timeouts, admin};
use insta::assert_snapshot;
use nix::pty::openpty;

use crate::support::cases::test_on;
use crate::support::cli::Outcome;
use crate::support::fleet::Fleet;
use crate::support::server::{TestServer, available, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        an_address_where_databases_are_missing_is_refused,
        only_a_server_without_tenants_is_removed,
    }
}

fn an_address_where_databases_are_missing_is_refused(server: &TestServer) {
    let fleet = Fleet::provisioned(server, "@acme @beta @gone");
    fleet.succeed("tenants suspend @beta");
    for lost in ["beta", "gone"] {
        let name = fleet.database_name(lost);
        admin::drop_database(fleet.url(), &name, &Timeouts::default()).unwrap();
    }
    fleet.succeed("tenants archive @gone");
    let url = fleet.url().expose();
    let refused = fleet.run(&format!("servers set-url main {url}"));
    assert_eq!(refused.code, Some(1), "{}: {refused}", server.kind());
    let said = "error: server `main` keeps its address: tenant `beta`: database missing";
    assert!(refused.stderr.starts_with(said), "{refused}");

    // A database of that name that is another registry's.
    fleet.other_registry().succeed("provision @beta");
    let refused = fleet.run(&format!("servers set-url main {url}"));
    let said = "error: server `main` keeps its address: tenant `beta`: the database there is \
                another tenant's\n";
    assert!(refused.code == Some(1) && refused.stderr.starts_with(said), "{refused}");
    let name = fleet.database_name("beta");
    admin::drop_database(fleet.url(), &name, &Timeouts::default()).unwrap();

    // One that is nobody's.
    fleet.create_database("beta");
    let refused = fleet.run(&format!("servers set-url main {url}"));
    let said = "error: server `main` keeps its address: tenant `beta`: its database there does not \
                have version 20261123154738\n";
    assert!(refused.code == Some(1) && refused.stderr.starts_with(said), "{refused}");
    fleet.succeed("tenants archive @beta");
    fleet.succeed(&format!("servers set-url main {url}"));

    let other = if server.kind() == BackendKind::Sqlite { "mysql://h" } else { "sqlite:." };
    let refused = fleet.run(&format!("servers set-url main {other} --connect-timeout 1"));
    assert!(matches!(refused.code, Some(1 | 2)), "{refused}");
    assert_eq!(fleet.run("servers set-url nobody sqlite:.").code, Some(2));
    fleet.succeed("migrate-all");
}

#[test]
fn a_folder_that_was_moved_is_found_again() {
    let Some(server) = available(BackendKind::Sqlite) else { return };
    let fleet = Fleet::provisioned(&server, "acme");
    fs::rename(fleet.cli.folder().join("tenants"), fleet.cli.folder().join("moved")).unwrap();
    assert_eq!(fleet.run("migrate-all").code, Some(4));
    assert_snapshot!(fleet.succeed("servers set-url main sqlite:moved"), @"server `main` is now at sqlite:[FOLDER]/moved");
    fleet.succeed("migrate-all");
}

fn only_a_server_without_tenants_is_removed(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.succeed(&format!("servers add spare {}", fleet.url().expose()));
    fleet.succeed("provision @acme @beta --server main");
    fleet.succeed("tenants archive @acme");
    let mut shown = String::new();
    for step in ["spare", "spare", "main"] {
        let outcome = fleet.run(&format!("servers remove {step}"));
        shown += &format!("$ {step}\n{outcome}");
    }
    assert_snapshot!(shown, @"
    $ spare
    exit code 0
    --- stdout
    server `spare` is removed
    $ spare
    exit code 2
    --- stderr
    error: there is no server `spare`

    hint: `servers list` shows all of them
    $ main
    exit code 2
    --- stderr
    error: server `main` has tenants: 2, such as `acme`

    hint: a server is kept as long as a tenant is registered on it, in whatever state; `servers set-url main` changes its address
    ");
    assert_eq!(fleet.json("servers list").1.len(), 1);
    fleet.succeed("migrate-all");
}

const PASSWORD_STDIN: &str = "--password-stdin";

/// The server's address without its password, and the password.
fn without_password(url: &ServerUrl) -> (String, String) {
    let whole = url.expose();
    let (head, host) = whole.rsplit_once('@').expect("the tests' user has a password");
    let (user, password) = head.rsplit_once(':').expect("the tests' user has a password");
    (format!("{user}@{host}"), password.to_owned())
}

fn with_stdin(fleet: &Fleet<'_>, args: &[&str], stdin: &str) -> Outcome {
    let mut command = fleet.cli.command();
    let output = command.args(args).arg(PASSWORD_STDIN).write_stdin(stdin.to_owned()).output();
    fleet.outcome(output.expect("the program runs"))
}

#[test]
fn a_password_is_read_from_standard_input() {
    for server in [BackendKind::Postgres, BackendKind::Mysql].into_iter().filter_map(available) {
        let fleet = Fleet::provisioned(&server, "@acme");
        let (url, password) = without_password(server.url());
        for (stdin, code) in [("", 2), ("\n", 2), ("wr:ng/@\n", 1), (&*format!("{password}\n"), 0)]
        {
            let outcome = with_stdin(&fleet, &["servers", "set-url", "main", &url], stdin);
            assert_eq!(outcome.code, Some(code), "{stdin:?}: {outcome}");
            assert!(!outcome.to_string().contains(&password) && !outcome.stderr.contains("wr:ng"));
        }
        let twice = with_stdin(&fleet, &["servers", "add", "b", &server.url().expose()], &password);
        assert_eq!(twice.code, Some(2), "{twice}");
        let added = with_stdin(&fleet, &["servers", "add", "b", &url], &format!("{password}\r\n"));
        assert_eq!(added.code, Some(0), "{added}");
        fleet.succeed("migrate-all");
    }
}

#[test]
fn a_password_typed_on_a_terminal_is_not_shown() {
    for server in [BackendKind::Postgres, BackendKind::Mysql].into_iter().filter_map(available) {
        let fleet = Fleet::new(&server);
        let (url, password) = without_password(server.url());
        let terminal = openpty(None, None).expect("there are terminals");
        let mut program = fleet.program(&format!("servers set-url main {url} {PASSWORD_STDIN}"));
        program.stdin(Stdio::from(terminal.slave)).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = program.spawn().expect("the program runs");
        drop(program);

        let mut asked = [0; 10];
        child.stderr.as_mut().expect("a pipe").read_exact(&mut asked).expect("it asks");
        assert_eq!(&asked, b"password: ");
        let mut keyboard = File::from(terminal.master);
        writeln!(keyboard, "{password}").expect("it is open");
        let outcome = fleet.outcome(child.wait_with_output().expect("it ends"));
        assert_eq!(outcome.code, Some(0), "{outcome}");

        let mut screen = Vec::new();
        // It fails at the end, when nobody has the terminal open any more.
        let _ = keyboard.read_to_end(&mut screen);
        assert!(!String::from_utf8_lossy(&screen).contains(&password));
    }
}
