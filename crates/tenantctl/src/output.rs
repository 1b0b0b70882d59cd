//! Printing text, tables and JSON.

use std::borrow::Cow;
use std::io::{self, Write as _};
use std::sync::OnceLock;

use comfy_table::{ContentArrangement, Table, presets};

use crate::exit::Exit;

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

/// The first failure to write to stdout. Nothing is written to it after that.
static LOST: OnceLock<io::Error> = OnceLock::new();

/// Prints a text for people to stdout.
pub fn print(text: &str) {
    write_to_stdout(&visible(text));
}

/// A text whose control characters are escaped, except line breaks and tabs: names, SQL and
/// messages of servers must not control the terminal, or change the direction of other text.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    let is_hidden = |character: char| match character {
        '\n' | '\t' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        other => other.is_control(),
    };
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Writes to stdout. If that fails (it is closed, or its disk is full) the program goes on without
/// it, since what it does to tenants does not depend on who watches.
fn write_to_stdout(text: &str) {
    let mut stdout = io::stdout().lock();
    if LOST.get().is_none()
        && let Err(error) = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
    {
        let _ = LOST.set(error);
    }
}

/// Why not all of the output could be printed; `None` if it could.
pub(crate) fn lost() -> Option<&'static io::Error> {
    LOST.get()
}

/// Prints a text for people to stderr. A closed stderr is ignored, since nobody could be told.
pub fn eprint(text: &str) {
    let _ = io::stderr().write_all(visible(text).as_bytes());
}

/// Prints one line to stdout.
pub fn print_line(text: &str) {
    print(&format!("{text}\n"));
}

/// Prints one line to stderr.
pub fn eprint_line(text: &str) {
    eprint(&format!("{text}\n"));
}

/// Prints a value as one JSON line.
///
/// # Errors
/// If the value can't be written as JSON.
pub fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    write_to_stdout(&format!("{}\n", serde_json::to_string(value)?));
    Ok(())
}

/// Ends the process immediately, whatever its threads are doing. `std::process::exit` would first
/// run the exit handlers of C libraries (such as OpenSSL) while threads are still inside those
/// libraries, and would sometimes crash.
pub fn exit_now(exit: Exit) -> ! {
    // SAFETY: `_exit` takes any status, runs no code of this process, and does not return.
    unsafe { nix::libc::_exit(i32::from(exit.code())) }
}
