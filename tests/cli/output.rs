//! Output that nobody reads or that can't be written.

use std::fs::OpenOptions;
use std::io::Read as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::cases::test_on;
use crate::support::fleet::Fleet;
use crate::support::server::{TestServer, on_server};

/// A pipe whose reader has already closed it.
fn closed_pipe() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("the process may open pipes");
    drop(reader);
    writer.into()
}

/// A file on a disk that is full.
fn full_disk() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").expect("every Linux has it").into()
}

type Output = (&'static str, fn() -> Stdio);

const OUTPUTS: [Output; 2] = [("a closed pipe", closed_pipe), ("a full disk", full_disk)];

/// Runs the program with that standard output. Returns its exit code and its standard error.
fn run_into(fleet: &Fleet<'_>, output: Stdio, args: &str) -> (Option<i32>, String) {
    let mut program = fleet.program(args);
    let ended = program.stdout(output).stderr(Stdio::piped()).output().expect("the program runs");
    let outcome = fleet.outcome(ended);
    (outcome.code, outcome.stderr)
}

test_on! {
    sqlite, postgres, mysql: on_server {
        a_run_does_not_depend_on_its_output,
    }
}

fn a_run_does_not_depend_on_its_output(server: &TestServer) {
    let said_once = |said: &str| said.matches("note: standard output was lost").count() == 1;
    for (what, output) in OUTPUTS {
        for format in ["human", "json"] {
            let fleet = Fleet::new(server);
            let (code, said) =
                run_into(&fleet, output(), &format!("provision @acme --format {format}"));
            assert!(code == Some(0) && said_once(&said), "{what}: {code:?}: {said}");
            fleet.succeed("provision @beta @core @dune --to 20261123154648");
            fleet.execute("core", "CREATE TABLE activity_log (id INTEGER)");

            let (code, said) =
                run_into(&fleet, output(), &format!("migrate-all --format {format}"));
            assert!(code == Some(4) && said_once(&said), "{what}: {code:?}: {said}");
            for (tenant, versions) in [("acme", 2), ("beta", 2), ("core", 1), ("dune", 2)] {
                assert_eq!(fleet.history(tenant).len(), versions, "{what}: {tenant}");
            }
            let shown = fleet.json("tenants show @core").1;
            assert_eq!(shown[0]["outcomes"][0]["report"]["outcome"], "failed", "it is recorded");
        }
    }
}

#[test]
fn a_command_that_only_prints_fails_unless_its_reader_has_seen_enough() {
    on_server(db_backend::BackendKind::Sqlite, |server| {
        let fleet = Fleet::provisioned(server, "@acme");
        for look in
            ["tenants list", "servers list --format json", "status", "migrate-all --dry-run"]
        {
            assert_eq!(run_into(&fleet, closed_pipe(), look), (Some(0), String::new()), "{look}");
            let (code, said) = run_into(&fleet, full_disk(), look);
            assert_eq!(code, Some(1), "{look}: {said}");
            assert!(said.starts_with("error: standard output can't be written"), "{look}: {said}");
        }
    });
}

/// As a pager does that waits for a key: the pipe is full long before the last tenant.
#[test]
fn a_reader_that_stops_reading_holds_up_no_tenant() {
    on_server(db_backend::BackendKind::Sqlite, |server| {
        let fleet = Fleet::new(server);
        let slugs: Vec<String> = (0..250).map(|number| format!("t{number:03}")).collect();
        fleet.succeed(&format!("provision {} --to 20261123154648", slugs.join(" ")));
        let mut program = fleet.program("migrate-all --format json");
        let mut running = program.stdout(Stdio::piped()).spawn().expect("the program runs");
        let deadline = Instant::now() + Duration::from_secs(60);
        while slugs.iter().any(|slug| fleet.history(slug).len() < 2) {
            assert!(Instant::now() < deadline, "a run that nobody reads stands still");
            std::thread::yield_now();
        }
        let mut stdout = String::new();
        let mut pipe = running.stdout.take().expect("it is piped");
        pipe.read_to_string(&mut stdout).expect("it is text");
        assert!(stdout.len() > 64 * 1024, "a pipe holds less");
        assert_eq!(running.wait().expect("it ends").code(), Some(0));
        assert_eq!(stdout.matches("tenant_finished").count(), slugs.len());
    });
}
