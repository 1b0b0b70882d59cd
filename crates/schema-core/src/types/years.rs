//! The years that every back end can store.

use chrono::Datelike;

/// Outside this range, SQLite's text would no longer sort, and MySQL might reject the value.
const YEARS: std::ops::RangeInclusive<i32> = 1000..=9999;

/// Whether every back end can store a time of that year.
pub(super) fn check(time: &impl Datelike) -> Result<(), String> {
    if YEARS.contains(&time.year()) {
        return Ok(());
    }
    let (first, last) = (YEARS.start(), YEARS.end());
    Err(format!("year {} can't be stored; expected {first} to {last}", time.year()))
}
