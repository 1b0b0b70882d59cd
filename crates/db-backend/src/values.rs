//! Values of customers' rows, which databases quote in their messages. They are cut, unless
//! somebody asks for them.

use std::sync::atomic::{AtomicBool, Ordering};

/// What stands in place of a value.
#[cfg(any(feature = "postgres", feature = "mysql"))]
const CUT: &str = "…";

/// One for the whole process, because a message is made where nothing knows of the run.
static SHOWN: AtomicBool = AtomicBool::new(false);

/// From now on, messages of databases keep the values of rows.
pub fn show_values() {
    SHOWN.store(true, Ordering::Relaxed);
}

pub(crate) fn are_shown() -> bool {
    SHOWN.load(Ordering::Relaxed)
}

/// A quoted value without what comes from a row. What a migration itself says of a row, as in
/// `t.a does not fit: 7`, is in its SQL up to a colon.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) fn cut(value: &str, sql: &str) -> String {
    let mut beginnings = value.rmatch_indices(": ").map(|(colon, _)| &value[..colon]);
    match beginnings.find(|beginning| sql.contains(beginning)) {
        Some(beginning) => format!("{beginning}: {CUT}"),
        None => CUT.to_owned(),
    }
}
