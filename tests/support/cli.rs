//! The program, run as a user would.

use std::fmt;
use std::path::Path;
use std::process::Output;
use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;
use tempfile::TempDir;

/// After this time a command counts as hanging, even on a loaded machine.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(120);

/// The environment variables that are passed on; any other could change what the program does.
const ENVIRONMENT: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"];

/// A separate folder to run the program in.
pub struct Cli {
    folder: TempDir,
}

impl Cli {
    /// Makes an empty folder to run it in.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("the temporary folder is writable") }
    }

    /// The folder in which the program runs. It contains the default data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs the program to its end, its arguments separated by white space.
    pub fn run(&self, args: &str) -> Outcome {
        self.run_args(&args.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs the program to its end.
    pub fn run_args(&self, args: &[&str]) -> Outcome {
        self.outcome(&self.command().args(args).output().expect("the program can be run"))
    }

    /// The output of a finished program, normalised.
    pub fn outcome(&self, output: &Output) -> Outcome {
        Outcome {
            code: output.status.code(),
            stdout: self.normalise(&output.stdout),
            stderr: self.normalise(&output.stderr),
        }
    }

    /// The program, ready to run in this folder until it ends.
    pub fn command(&self) -> assert_cmd::Command {
        let mut command = assert_cmd::Command::from_std(self.program());
        command.timeout(COMMAND_TIMEOUT);
        command
    }

    /// The program without the developer's own environment, for cases that act on it while it runs.
    pub fn program(&self) -> std::process::Command {
        let mut program = std::process::Command::new(crate::PROGRAM);
        program.env_clear().current_dir(self.folder());
        program.envs(ENVIRONMENT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        program
    }

    fn normalise(&self, output: &[u8]) -> String {
        let text = String::from_utf8_lossy(output);
        // A temporary folder has two names if it is reached through a link.
        let resolved = self.folder().canonicalize().unwrap_or_default();
        let text = text.replace(&resolved.display().to_string(), "[FOLDER]");
        normalise(&text.replace(&self.folder().display().to_string(), "[FOLDER]"))
    }
}

/// The output and the exit code of a command, without the parts that differ from run to run.
pub struct Outcome {
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// Standard output, normalised.
    pub stdout: String,
    /// Standard error, normalised.
    pub stderr: String,
}

/// For snapshots: the exit code, then each stream that is not empty.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => writeln!(f, "exit code {code}")?,
            None => writeln!(f, "ended by a signal")?,
        }
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                write!(f, "--- {name}\n{text}")?;
            }
        }
        Ok(())
    }
}

/// Replaces the parts that differ between runs or builds: times, durations, run ids, ports.
fn normalise(text: &str) -> String {
    static VOLATILE: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        [
            (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z| ?UTC|[+-]\d\d:?\d\d)?", "[DATE]"),
            (r#"("run_id": ?")[^"]+"#, "$1[RUN]"),
            (r"\b(run )[0-9a-f]{8}[0-9A-Za-z-]*", "$1[RUN]"),
            (r"\b(127\.0\.0\.1|localhost):\d+", "$1:[PORT]"),
            (r#"("\w+_(ms|us)": ?)\d+(\.\d+)?"#, "$1[TIME]"),
            // The reason that a migration was not executed depends on the build.
            (r"(?m)^(  \w+: not executed: ).*$", "$1[REASON]"),
            (r"\b(\d+ ?(h|m|min) )*\d+(\.\d+)? ?(ns|µs|us|ms|s|m|min)\b", "[TIME]"),
        ]
        .map(|(pattern, stand_in)| (Regex::new(pattern).expect("a valid pattern"), stand_in))
        .into()
    });
    VOLATILE.iter().fold(text.to_owned(), |text, (pattern, stand_in)| {
        pattern.replace_all(&text, *stand_in).into_owned()
    })
}
