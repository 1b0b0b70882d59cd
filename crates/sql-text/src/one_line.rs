//! A text as people read it in a list or a message.

use crate::lexer::tokens;
use crate::syntax::Syntax;

/// The text on one line, for people: no comments, and one space where there was any white space.
/// If a quote or comment is never closed, the comments stay.
pub fn on_one_line(text: &str, syntax: Syntax) -> String {
    let Ok(tokens) = tokens(text, syntax) else { return words(text) };
    let mut line = String::with_capacity(text.len());
    let mut end = None;
    for token in &tokens {
        if end.is_some_and(|end| end != token.start) {
            line.push(' ');
        }
        // A line break in quotes becomes a space as well.
        let is_broken = token.text.contains(['\n', '\r']);
        line.push_str(&if is_broken { words(token.text) } else { token.text.to_owned() });
        end = Some(token.end());
    }
    line
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
