//! A run that waits, so that a case can act while it does.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStderr, ChildStdout, Stdio};

use db_backend::{Access, Connector, DieselConnector, ExecutionMode, TenantConnection, Timeouts};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::fleet::Fleet;

/// A run that waits for the lock on `acme`. This value holds the lock.
pub struct WaitingRun {
    child: Child,
    stdout: Lines<BufReader<ChildStdout>>,
    stderr: Lines<BufReader<ChildStderr>>,
    /// The lines printed so far.
    events: Vec<Value>,
    pub lock: Box<dyn TenantConnection>,
}

impl WaitingRun {
    /// Starts `migrate-all`, one tenant at a time, and returns as soon as `acme` is in flight.
    pub fn start(fleet: &Fleet<'_>) -> Self {
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
    pub fn signal(&mut self, signal: Signal) -> String {
        let id = i32::try_from(self.child.id()).unwrap();
        kill(Pid::from_raw(id), signal).expect("it is running");
        self.stderr.next().expect("the signal is answered").unwrap()
    }

    /// Waits for its end; returns its exit code, all events, and the rest of its output.
    pub fn end(mut self) -> (Option<i32>, Vec<Value>, String) {
        for line in self.stdout {
            self.events.push(serde_json::from_str(&line.unwrap()).unwrap());
        }
        let rest: Vec<String> = self.stderr.map(Result::unwrap).collect();
        (self.child.wait().unwrap().code(), self.events, rest.join("\n"))
    }
}
