//! Printing the error that ends a command.

use std::fmt::Write as _;

use crate::exit::Exit;
use crate::hints::{Advice, advice};
use crate::output::eprint;
use crate::passwords::without_passwords;
use crate::words::indented;

/// Prints an error with its causes and its hint. Returns how the program ends.
pub(crate) fn report_error(error: &anyhow::Error) -> Exit {
    let mut text = format!("error: {error}\n");
    for cause in error.chain().skip(1) {
        let _ = writeln!(text, "  cause: {}", indented(&cause.to_string()));
    }
    let Advice { hint, exit } = advice(error);
    if let Some(hint) = hint {
        let _ = writeln!(text, "\nhint: {hint}");
    }
    eprint(&without_passwords(&text));
    exit
}
