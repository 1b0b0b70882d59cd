//! Ctrl-C drains the run; a second one aborts it. A lock held by the test keeps a tenant in flight.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Lines, Read as _};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Stdio};

use db_backend::BackendKind;
use insta::assert_snapshot;
use nix::sys::signal::{Signal, kill};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};

use crate::support::cases::test_on;
use crate::support::fleet::{Fleet, outcomes_in_words};
use crate::support::server::{TestServer, available, on_server};
use crate::support::waiting::WaitingRun;

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

/// A hook says in one pipe that it is called, and waits for a line in the other.
struct WaitingHook {
    program: Child,
    said: Lines<BufReader<ChildStderr>>,
    /// Ends when the hook does.
    called: BufReader<File>,
    answer: PathBuf,
}

impl WaitingHook {
    fn start(fleet: &Fleet<'_>, hook: &str) -> Self {
        let [called, answer] = ["called", "answer"].map(|name| fleet.cli.folder().join(name));
        for pipe in [&called, &answer] {
            mkfifo(pipe, Mode::S_IRWXU).unwrap();
        }
        let command = "exec 3> called; echo called >&3; read line < answer";
        fleet.write("tenantctl.toml", &format!("[hooks]\n{hook} = \"{command}\"\n"));
        let mut program = fleet.program("migrate-all --jobs 1");
        program.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut program = program.spawn().unwrap();
        let said = BufReader::new(program.stderr.take().unwrap()).lines();
        let mut called = BufReader::new(File::open(called).unwrap());
        called.read_line(&mut String::new()).unwrap();
        Self { program, said, called, answer }
    }

    fn interrupt(&mut self) -> String {
        let id = i32::try_from(self.program.id()).unwrap();
        kill(Pid::from_raw(id), Signal::SIGINT).expect("it is running");
        let mut lines = self.said.by_ref().map(Result::unwrap);
        lines.find(|line| line.contains("stopping") || line.contains("aborted")).unwrap()
    }

    /// The exit code, and the output.
    fn end(mut self) -> (Option<i32>, String) {
        // The hook does not outlive the program, and holds the pipe.
        self.called.read_to_end(&mut Vec::new()).unwrap();
        let output = self.program.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    }
}

#[test]
fn once_lets_a_hook_finish_and_twice_ends_it() {
    let Some(server) = available(BackendKind::Sqlite) else { return };
    for (hook, in_progress, done) in [("before_run", "nothing", 0), ("before_tenant", "acme", 1)] {
        let fleet = pending_fleet(&server);
        let mut waiting = WaitingHook::start(&fleet, hook);
        let said = waiting.interrupt();
        assert!(said.contains(&format!("waiting for {in_progress};")), "{said}");
        std::fs::write(&waiting.answer, "go on\n").unwrap();
        let (code, report) = waiting.end();
        assert_eq!(code, Some(130), "{hook}: {report}");
        assert!(report.contains(&format!("{} not started", 3 - done)), "{hook}: {report}");
        assert_eq!(fleet.history("acme").len(), 1 + done, "{hook}");

        let fleet = pending_fleet(&server);
        let mut waiting = WaitingHook::start(&fleet, hook);
        waiting.interrupt();
        let said = waiting.interrupt();
        assert_eq!(said, format!("aborted; in progress: {in_progress}"), "{hook}");
        assert_eq!(waiting.end().0, Some(130), "{hook}");
        assert_eq!(fleet.history("acme").len(), 1, "{hook}");
    }
}
