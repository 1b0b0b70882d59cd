//! Passwords in the arguments of this process, which no message may repeat.

use std::env;

use db_backend::hide_password;

/// The text, with the password hidden in each argument that it repeats.
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
