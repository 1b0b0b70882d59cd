//! How errors, tables and JSON reach a person or a program.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use comfy_table::{ContentArrangement, Table, presets};
use migration_folder::FolderError;
use system_db::{InvalidSlug, RegistryError};
use tenant_manager::ManagerError;

/// Something unexpected, or findings.
pub const EXIT_UNEXPECTED: u8 = 1;
/// The call itself is wrong, as clap has it too.
pub const EXIT_USAGE: u8 = 2;
/// A drain or an abort was asked for.
pub const EXIT_CANCELLED: u8 = 130;

/// A wrong call, with what to do instead.
#[derive(Debug)]
pub(crate) struct Usage {
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Usage {}

/// An error of a wrong call.
pub fn usage(message: impl Into<String>, hint: Option<&str>) -> anyhow::Error {
    anyhow::Error::new(Usage { message: message.into(), hint: hint.map(str::to_owned) })
}

/// Prints an error with its causes and its hint, and says with which code to exit.
pub fn report_error(error: &anyhow::Error) -> ExitCode {
    let mut text = format!("error: {error}\n");
    for cause in error.chain().skip(1) {
        let cause = cause.to_string().replace('\n', "\n         ");
        let _ = writeln!(text, "  cause: {cause}");
    }
    let (hint, code) = judge(error);
    if let Some(hint) = hint {
        let _ = writeln!(text, "\nhint: {hint}");
    }
    // A closed stderr is nobody to tell.
    let _ = std::io::stderr().write_all(text.as_bytes());
    ExitCode::from(code)
}

fn judge(error: &anyhow::Error) -> (Option<String>, u8) {
    if let Some(usage) = error.downcast_ref::<Usage>() {
        return (usage.hint.clone(), EXIT_USAGE);
    }
    if let Some(error) = error.downcast_ref::<FolderError>() {
        let code = if error.is_usage() { EXIT_USAGE } else { EXIT_UNEXPECTED };
        return (error.hint(), code);
    }
    if let Some(error) = error.downcast_ref::<ManagerError>() {
        let code = if error.is_usage() { EXIT_USAGE } else { EXIT_UNEXPECTED };
        return (error.hint(), code);
    }
    if let Some(error) = error.downcast_ref::<RegistryError>() {
        return (error.hint(), EXIT_UNEXPECTED);
    }
    if error.is::<InvalidSlug>() {
        return (None, EXIT_USAGE);
    }
    (None, EXIT_UNEXPECTED)
}

/// A table without borders, its columns as wide as they need to be.
pub fn table(header: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header.to_vec());
    table.add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

/// Prints to stdout; a closed pipe (`| head`) ends the program quietly.
pub fn print(text: &str) {
    let mut stdout = std::io::stdout().lock();
    if stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).is_err() {
        exit_now(EXIT_UNEXPECTED);
    }
}

/// Prints one line to stdout.
pub fn print_line(text: &str) {
    print(&format!("{text}\n"));
}

/// Prints a value as one JSON line.
///
/// # Errors
/// Where it can't be JSON.
pub fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    print_line(&serde_json::to_string(value)?);
    Ok(())
}

/// Ends the process at once, whatever its threads are doing. `std::process::exit` would first run
/// the exit handlers of C libraries (OpenSSL's among them) while threads are still inside of them,
/// and crash now and then.
pub fn exit_now(code: u8) -> ! {
    // SAFETY: `_exit` takes any status, runs no code of this process, and does not return.
    unsafe { nix::libc::_exit(i32::from(code)) }
}
