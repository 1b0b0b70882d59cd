//! Hooks: commands that are told on standard input what is about to happen, or has happened.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tenant_migrate::{Report, Target, TenantHooks, TenantReport};

use crate::settings::{HookSettings, Settings};

/// How much of a hook's output is repeated; the rest is read and dropped.
const OUTPUT_MAX: usize = 500;
/// How often a hook is looked at.
const INTERVAL: Duration = Duration::from_millis(10);
/// How long the output of a hook that has ended is waited for: what it left running may hold it.
const OUTPUT_WAIT: Duration = Duration::from_secs(1);

/// The process groups of the hooks that are running.
static RUNNING: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

/// The hooks of one run.
#[derive(Debug, Clone)]
pub(crate) struct Hooks {
    settings: HookSettings,
    command: &'static str,
    run_id: String,
}

impl Hooks {
    pub(crate) fn new(settings: &Settings, command: &'static str, run_id: &str) -> Self {
        Self { settings: settings.hooks.clone(), command, run_id: run_id.to_owned() }
    }

    /// Those around each tenant, if there are any hooks.
    pub(crate) fn of_tenants(&self) -> Option<Arc<dyn TenantHooks>> {
        (!self.settings.is_empty()).then(|| Arc::new(self.clone()) as Arc<dyn TenantHooks>)
    }

    /// Called before anything is done.
    ///
    /// # Errors
    /// If the hook fails: nothing is to be done then.
    pub(crate) fn before_run(&self, tenants: usize) -> Result<()> {
        let called = self.call("before_run", json!({ "tenants": tenants }));
        called.map_err(|message| {
            anyhow::anyhow!(message)
                .context("the run was not begun: nothing was done to any tenant")
        })
    }

    /// Called when all is done.
    ///
    /// # Errors
    /// If the hook fails.
    pub(crate) fn after_run(&self, report: &Report) -> Result<()> {
        let event = json!({ "report": report });
        self.call("after_run", event).map_err(|message| {
            anyhow::anyhow!(message)
                .context("the run is finished, and what it did to tenants stays")
        })
    }

    /// Calls the hook of that name, if there is one, and waits for it.
    fn call(&self, name: &str, event: Value) -> Result<(), String> {
        let Some(command) = self.settings.command(name) else { return Ok(()) };
        let mut told =
            json!({ "hook": name, "command": self.command, "run_id": self.run_id.clone() });
        if let (Value::Object(told), Value::Object(event)) = (&mut told, event) {
            told.extend(event);
        }
        run(command, &told.to_string(), self.settings.timeout)
            .map_err(|problem| format!("the hook `{name}` {problem}"))
    }
}

impl TenantHooks for Hooks {
    fn before(&self, target: &Target) -> Result<(), String> {
        let Target { slug, server, set, .. } = target;
        let event = json!({ "tenant": slug, "server": server, "back_end": set.kind });
        self.call("before_tenant", event)
    }

    fn after(&self, report: &TenantReport) -> Result<(), String> {
        self.call("after_tenant", serde_json::to_value(report).unwrap_or_default())
    }
}

/// Ends all hooks, since the process is about to end.
pub(crate) fn end_all() {
    for group in &*running() {
        kill(*group);
    }
}

fn run(command: &[String], input: &str, timeout: Duration) -> Result<(), String> {
    let Some((program, args)) = command.split_first() else { return Ok(()) };
    let mut hook = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // A group of its own: Ctrl-C of a terminal drains the run, and not the hook.
        .process_group(0)
        .spawn()
        .map_err(|error| format!("can't be started: `{program}`: {error}"))?;
    let group = i32::try_from(hook.id()).unwrap_or_default();
    running().insert(group);
    let ended = attend(&mut hook, format!("{input}\n"), timeout);
    running().remove(&group);
    let (status, output) = match ended {
        Ok(ended) => ended,
        Err(problem) => {
            kill(group);
            // Not left behind as a zombie; it can't outlive the signal.
            let _ = hook.wait();
            return Err(problem);
        }
    };
    match (status.success(), output.as_str()) {
        (true, _) => Ok(()),
        (false, "") => Err(format!("failed ({status})")),
        (false, output) => Err(format!("failed ({status}): {output}")),
    }
}

/// Waits for a hook within its limit. Its pipes are served by threads of their own, so that none of
/// them can be full for ever.
fn attend(
    hook: &mut Child,
    input: String,
    timeout: Duration,
) -> Result<(ExitStatus, String), String> {
    let begun = Instant::now();
    let no_thread = |error: std::io::Error| format!("can't be attended: {error}");
    let mut to = hook.stdin.take();
    thread::Builder::new()
        .spawn(move || {
            // A hook that does not read is its own affair.
            let _ = to.as_mut().map_or(Ok(()), |to| to.write_all(input.as_bytes()));
        })
        .map_err(no_thread)?;
    let outputs = [beginning_of(hook.stderr.take()), beginning_of(hook.stdout.take())];
    let status = loop {
        match hook.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if begun.elapsed() >= timeout => {
                return Err(format!("was ended after {} s", timeout.as_secs_f64()));
            }
            Ok(None) => thread::sleep(INTERVAL),
            Err(error) => return Err(format!("can't be waited for: {error}")),
        }
    };
    let mut said = String::new();
    for output in outputs {
        let output = output.map_err(no_thread)?;
        said += output.recv_timeout(OUTPUT_WAIT).unwrap_or_default().trim();
        if !said.is_empty() {
            break;
        }
    }
    Ok((status, said))
}

/// The beginning of what a pipe brings, once it is closed. All of it is read.
fn beginning_of(pipe: Option<impl Read + Send + 'static>) -> std::io::Result<Receiver<String>> {
    let (sender, text) = channel();
    thread::Builder::new().spawn(move || {
        let (mut kept, mut chunk, mut is_cut) = (Vec::new(), [0; 4096], false);
        let mut pipe = pipe;
        while let Some(open) = &mut pipe {
            match open.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => {
                    let room = OUTPUT_MAX.saturating_sub(kept.len()).min(read);
                    kept.extend_from_slice(&chunk[..room]);
                    is_cut |= room < read;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        let mut text = String::from_utf8_lossy(&kept).into_owned();
        if is_cut {
            text = format!("{} …", text.trim_end());
        }
        // Nobody listens if the hook was ended.
        let _ = sender.send(text);
    })?;
    Ok(text)
}

fn kill(group: i32) {
    // 0 would mean our own group. The hook may have ended meanwhile.
    if group > 0 {
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    }
}

fn running() -> MutexGuard<'static, BTreeSet<i32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}
