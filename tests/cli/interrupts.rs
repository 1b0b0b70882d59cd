//! Ctrl-C drains the run; a second one aborts it. A lock held by the test keeps a tenant in flight.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStderr, ChildStdout, Stdio};

use db_backend::{Access, Connector, DieselConnector, ExecutionMode, TenantConnection, Timeouts};
use insta::assert_snapshot;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::support::cases::test_on;
use crate::support::fleet::{Fleet, outcomes_in_words};
use crate::support::server::{TestServer, on_server};

/// A run that waits for the lock on `acme`. This value holds the lock.
struct WaitingRun {
    child: Child,
    stdout: Lines<BufReader<ChildStdout>>,
    stderr: Lines<BufReader<ChildStderr>>,
    /// The lines printed so far.
    events: Vec<Value>,
    lock: Box<dyn TenantConnection>,
}

impl WaitingRun {
    /// Starts `migrate-all`, one tenant at a time, and returns as soon as `acme` is in flight.
    fn start(fleet: &Fleet<'_>) -> Self {
        let database = fleet.database("acme");
        let mut lock = DieselConnector
            .connect(&database, Access::ReadWrite, &Timeouts::default())
            .expect("the tenant can be opened");
        lock.lock(ExecutionMode::Transactional).expect("the lock is free");

        let args = "migrate-all --jobs 1 --lock-timeout 60 --format json";
        let mut program = fleet.program(args);
        let mut child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let stderr = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut run = Self { child, stdout, stderr, events: Vec::new(), lock };
        while run.events.last().is_none_or(|event| event["event"] != "tenant_started") {
            let line = run.stdout.next().expect("a tenant is started").unwrap();
            run.events.push(serde_json::from_str(&line).unwrap());
        }
        run
    }

    /// Sends the signal, and returns the line printed about it.
    fn signal(&mut self, signal: Signal) -> String {
        let id = i32::try_from(self.child.id()).unwrap();
        kill(Pid::from_raw(id), signal).expect("it is running");
        self.stderr.next().expect("the signal is answered").unwrap()
    }

    /// Waits for its end; returns its exit code, all events, and the rest of its output.
    fn end(mut self) -> (Option<i32>, Vec<Value>, String) {
        for line in self.stdout {
            self.events.push(serde_json::from_str(&line.unwrap()).unwrap());
        }
        let rest: Vec<String> = self.stderr.map(Result::unwrap).collect();
        (self.child.wait().unwrap().code(), self.events, rest.join("\n"))
    }
}

/// Three tenants with one migration pending.
fn pending_fleet(server: &TestServer) -> Fleet<'_> {
    let fleet = Fleet::new(server);
    fleet.succeed("provision @acme @beta @gamma --to 20261123154648");
    fleet
}

test_on! {
    sqlite, postgres, mysql: on_server {
        once_drains,
        twice_aborts_and_names_the_tenants_in_flight,
    }
}

fn once_drains(server: &TestServer) {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let fleet = pending_fleet(server);
        let mut run = WaitingRun::start(&fleet);
        assert_snapshot!(fleet.without_prefix(&run.signal(signal)), @"stopping: waiting for acme; no other tenant is started; press Ctrl-C again to abort");
        run.lock.unlock().expect("the lock is held");
        let (code, events, rest) = run.end();
        assert_eq!((code, rest.as_str()), (Some(130), ""), "{}", server.kind());
        assert_snapshot!(
            fleet.without_prefix(&outcomes_in_words(&events)),
            @"acme migrated, beta not_started, gamma not_started"
        );
        assert_eq!(events.last().unwrap()["event"], "run_finished");

        let (code, lines) = fleet.json("migrate-all");
        assert_eq!(code, Some(0), "{lines:?}");
        assert_snapshot!(outcomes_in_words(&lines), @"acme up_to_date, beta migrated, gamma migrated");
    }
}

fn twice_aborts_and_names_the_tenants_in_flight(server: &TestServer) {
    let fleet = pending_fleet(server);
    let mut run = WaitingRun::start(&fleet);
    run.signal(Signal::SIGINT);
    let said = fleet.without_prefix(&run.signal(Signal::SIGINT));
    assert_snapshot!(said, @"aborted; in progress: acme");
    let (code, _, rest) = run.end();
    assert_eq!(code, Some(130));
    assert_snapshot!(rest, @"the next run finds out how far those tenants came, and finishes them");
    assert_eq!(fleet.history("acme").len(), 1);

    let (code, lines) = fleet.json("migrate-all");
    assert_eq!(code, Some(0), "{}: {lines:?}", server.kind());
    assert_snapshot!(outcomes_in_words(&lines), @"acme migrated, beta migrated, gamma migrated");
}
