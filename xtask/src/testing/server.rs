//! A server process that can't outlive this process.

use std::fmt;
use std::fs::{self, File};
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::interrupt::Interrupt;
use super::run_folder::RunFolder;

/// Enough for many tests at the same time, each with a few connections of its own.
pub(super) const CONNECTIONS_MAX: u16 = 200;

/// A fresh server is ready in a second or two; a loaded machine may take longer.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// A server that was told to stop is killed after this time.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);
/// Another process may take the free port before the server does.
const START_ATTEMPTS_MAX: u32 = 3;

/// Starts the server `"$@"`, and sends it the signal `$0` when this process closes its end of
/// standard input. The kernel closes it even if this process is killed, so that no server is ever
/// left behind.
const GUARDIAN: &str = r#"
exec 3<&0 </dev/null
"$@" 3<&- &
server=$!
{ read -r _ <&3; kill -s "$0" "$server"; } &
watcher=$!
wait "$server"
status=$?
kill "$watcher"
exit "$status"
"#;

/// How to run one kind of server.
pub(super) trait Recipe {
    /// The name for people.
    const NAME: &'static str;
    /// The environment variable with which the tests find the server.
    const VARIABLE: &'static str;
    /// The signal that stops the server without waiting for its clients.
    const STOP_SIGNAL: &'static str;

    /// The URL for clients, without a database.
    fn url(&self, port: u16) -> String;
    /// The server itself, in the foreground.
    fn command(&self, port: u16) -> Command;
    /// A client that logs in, executes that statement, and fails if the statement does.
    fn client(&self, port: u16, statement: &str) -> Command;
    /// The folder of all files of this server.
    fn folder(&self) -> &Path;
}

/// A running server. It stops when this is dropped.
pub(super) struct Server {
    name: &'static str,
    pub(super) variable: &'static str,
    pub(super) url: String,
    pub(super) port: u16,
    guardian: Child,
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is ready on 127.0.0.1:{}", self.name, self.port)
    }
}

impl Server {
    /// Starts it on a free port, and waits until a client can log in.
    pub(super) fn start<R: Recipe>(
        recipe: &R,
        run_folder: &RunFolder,
        interrupt: &Interrupt,
    ) -> anyhow::Result<Self> {
        let mut attempt = 1;
        loop {
            let port = free_port()?;
            let mut server = Self::spawn(recipe, run_folder, port)?;
            match server.wait_until_ready(recipe, interrupt)? {
                Start::Ready => return Ok(server),
                Start::Ended if attempt < START_ATTEMPTS_MAX => attempt += 1,
                Start::Ended => bail!("{} does not start:\n{}", R::NAME, log_tail(recipe)),
                Start::TooSlow => bail!(
                    "{} was not ready after {} s:\n{}",
                    R::NAME,
                    START_TIMEOUT.as_secs(),
                    log_tail(recipe)
                ),
                Start::Interrupted => bail!("interrupted while {} was starting", R::NAME),
            }
        }
    }

    fn spawn<R: Recipe>(recipe: &R, run_folder: &RunFolder, port: u16) -> anyhow::Result<Self> {
        let server = recipe.command(port);
        let log = File::create(log_file(recipe))?;
        let mut guardian = run_folder.command("sh", recipe.folder());
        guardian
            .args(["-c", GUARDIAN, R::STOP_SIGNAL])
            .arg(server.get_program())
            .args(server.get_args())
            .envs(server.get_envs().filter_map(|(name, value)| Some((name, value?))))
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            // The terminal's Ctrl-C does not reach the servers: they stop after the tests.
            .process_group(0);
        let guardian = guardian.spawn().with_context(|| format!("can't run {}", R::NAME))?;
        Ok(Self { name: R::NAME, variable: R::VARIABLE, url: recipe.url(port), port, guardian })
    }

    fn wait_until_ready<R: Recipe>(
        &mut self,
        recipe: &R,
        interrupt: &Interrupt,
    ) -> anyhow::Result<Start> {
        let deadline = Instant::now() + START_TIMEOUT;
        loop {
            let mut probe = recipe.client(self.port, "select 1");
            probe.stdout(Stdio::null()).stderr(Stdio::null());
            if probe
                .status()
                .with_context(|| format!("can't run a client of {}", R::NAME))?
                .success()
            {
                return Ok(Start::Ready);
            }
            if self.guardian.try_wait()?.is_some() {
                return Ok(Start::Ended);
            }
            if Instant::now() > deadline {
                return Ok(Start::TooSlow);
            }
            if interrupt.wait(Duration::from_millis(50)) {
                return Ok(Start::Interrupted);
            }
        }
    }
}

enum Start {
    Ready,
    Ended,
    TooSlow,
    Interrupted,
}

impl Drop for Server {
    fn drop(&mut self) {
        // The guardian reads the end of its input, and signals the server.
        drop(self.guardian.stdin.take());
        if !wait_at_most(&mut self.guardian, STOP_TIMEOUT).unwrap_or(false) {
            eprintln!("{} does not stop; killing it", self.name);
            let _ = killpg(process_group(&self.guardian), Signal::SIGKILL);
            let _ = self.guardian.wait();
        }
    }
}

/// Waits for the end of a process. Returns whether it ended within the limit.
pub(super) fn wait_at_most(process: &mut Child, limit: Duration) -> anyhow::Result<bool> {
    let deadline = Instant::now() + limit;
    while process.try_wait()?.is_none() {
        if Instant::now() > deadline {
            return Ok(false);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(true)
}

/// The group of a process that was started as the leader of its own group.
pub(super) fn process_group(leader: &Child) -> Pid {
    Pid::from_raw(leader.id().cast_signed())
}

/// Runs one step of a server's preparation. Shows its output only if it fails.
pub(super) fn prepare(mut command: Command) -> anyhow::Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("can't run {program}"))?;
    if !output.status.success() {
        bail!(
            "{program} failed:\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

/// A password that nobody can guess: 128 random bits in lower-case hexadecimal.
pub(super) fn random_password() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("found no free port")?;
    Ok(listener.local_addr()?.port())
}

fn log_file<R: Recipe>(recipe: &R) -> PathBuf {
    recipe.folder().join("server.log")
}

/// The last lines of the server's log, which usually say what went wrong.
fn log_tail<R: Recipe>(recipe: &R) -> String {
    let log = fs::read_to_string(log_file(recipe)).unwrap_or_else(|error| error.to_string());
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

#[cfg(test)]
mod tests {
    use nix::errno::Errno;
    use nix::sys::signal::kill;

    use super::*;

    /// A server that is a line of shell. It is ready when it has written its process id.
    struct Shell<'a> {
        script: &'a str,
        run_folder: &'a RunFolder,
        folder: PathBuf,
    }

    impl Recipe for Shell<'_> {
        const NAME: &'static str = "Shell";
        const VARIABLE: &'static str = "SHELL_URL";
        const STOP_SIGNAL: &'static str = "TERM";

        fn url(&self, port: u16) -> String {
            format!("shell://{port}")
        }

        fn command(&self, _port: u16) -> Command {
            let mut command = Command::new("sh");
            command.args(["-c", self.script]);
            command
        }

        fn client(&self, _port: u16, _statement: &str) -> Command {
            let mut probe = self.run_folder.command("test", &self.folder);
            probe.args(["-s", "pid"]);
            probe
        }

        fn folder(&self) -> &Path {
            &self.folder
        }
    }

    fn with_server(script: &str, check: impl FnOnce(anyhow::Result<Server>, &Path)) {
        let target = tempfile::tempdir().expect("the temporary folder is writable");
        let run_folder = RunFolder::create(target.path()).expect("the folder is new");
        let folder = run_folder.private_folder("shell").expect("the folder is new");
        let recipe = Shell { script, run_folder: &run_folder, folder: folder.clone() };
        check(Server::start(&recipe, &run_folder, &Interrupt::default()), &folder);
    }

    #[test]
    fn a_server_ends_with_its_owner() {
        with_server("echo $$ > pid; exec sleep 1000", |server, folder| {
            let pid = fs::read_to_string(folder.join("pid")).expect("the server wrote it");
            let pid = Pid::from_raw(pid.trim().parse().expect("a process id"));
            assert_eq!(kill(pid, None), Ok(()), "it runs as long as its owner lives");
            drop(server);
            assert_eq!(kill(pid, None), Err(Errno::ESRCH), "and no longer");
        });
    }

    #[test]
    fn a_server_that_does_not_start_says_why() {
        with_server("echo no space left; exit 3", |server, _| {
            let error = server.err().map(|error| error.to_string());
            insta::assert_snapshot!(error.unwrap_or_default(), @r"
            Shell does not start:
            no space left
            ");
        });
    }
}
