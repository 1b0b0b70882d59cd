//! Passwords: read from standard input, and hidden in messages that repeat an argument.

use std::env;
use std::io::{self, IsTerminal as _};

use anyhow::{Context as _, Result};
use db_backend::hide_password;
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

use crate::output::{eprint, eprint_line};
use crate::usage::usage_error;

/// The first line of standard input. On a terminal, asks for it, and does not show what is typed.
///
/// # Errors
/// If it is empty, or can't be read.
pub(crate) fn read_password() -> Result<String> {
    let stdin = io::stdin();
    let hidden = stdin.is_terminal().then(Hidden::begin).transpose()?;
    let mut line = String::new();
    stdin.read_line(&mut line).context("standard input can't be read")?;
    drop(hidden);
    match line.trim_end_matches(['\r', '\n']) {
        "" => Err(usage_error("standard input has no password", None)),
        password => Ok(password.to_owned()),
    }
}

/// While this exists, the terminal does not show what is typed.
struct Hidden(Termios);

impl Hidden {
    fn begin() -> Result<Self> {
        let before = tcgetattr(io::stdin()).context("the terminal can't be asked")?;
        let mut silent = before.clone();
        silent.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(io::stdin(), SetArg::TCSAFLUSH, &silent)
            .context("the terminal can't be silenced")?;
        eprint("password: ");
        Ok(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // Nothing more can be done if the terminal is gone.
        let _ = tcsetattr(io::stdin(), SetArg::TCSAFLUSH, &self.0);
        eprint_line("");
    }
}

/// The text, with the password hidden in each argument of this process that it repeats.
pub(crate) fn without_passwords(text: &str) -> String {
    let mut hidden = text.to_owned();
    for argument in env::args_os().filter_map(|argument| argument.into_string().ok()) {
        // `--name=value` may be repeated without the name.
        let value = argument.split_once('=').map_or("", |(_, value)| value);
        for word in [&*argument, value] {
            if word.contains('@') {
                hidden = hidden.replace(word, &hide_password(word));
            }
        }
    }
    hidden
}
