//! Texts that every back end reads as the same value, and prints as they are.

/// The texts that every back end reads as values of a type, compares as it compares these values,
/// and prints as they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Literals {
    /// What they are, with an example.
    pub(super) words: &'static str,
    /// `x` is a digit in lower case; `YYYY`, `MM`, `DD`, `hh`, `mm` and `ss` are parts of a date or
    /// a time of day; and an `f` at the end is the fraction of a second, if there is one. Other
    /// characters are themselves.
    pub(super) form: &'static str,
    /// One of them. A number takes the place of its `#`.
    pub(super) sample: &'static str,
}

impl Literals {
    pub(super) fn contain(&self, text: &str) -> bool {
        let (form, has_fraction) = match self.form.strip_suffix('f') {
            Some(form) => (form, true),
            None => (self.form, false),
        };
        let Some((whole, rest)) = text.split_at_checked(form.len()) else { return false };
        let fits = |(byte, expected): (u8, u8)| match expected {
            b'x' => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            b'Y' | b'M' | b'D' | b'h' | b'm' | b's' => byte.is_ascii_digit(),
            _ => byte == expected,
        };
        let part = |letter: u8| {
            let digits =
                whole.bytes().zip(form.bytes()).filter(|(_, expected)| *expected == letter);
            digits.fold(0, |number, (byte, _)| number * 10 + u32::from(byte.wrapping_sub(b'0')))
        };
        let is_date = || {
            let (year, month, day) = (part(b'Y'), part(b'M'), part(b'D'));
            YEARS.contains(&year) && (1..=days(year, month)).contains(&day)
        };
        whole.bytes().zip(form.bytes()).all(fits)
            && (rest.is_empty() || has_fraction && is_fraction(rest))
            && (!form.contains('Y') || is_date())
            && part(b'h') < 24
            && part(b'm') < 60
            && part(b's') < 60
    }

    /// A different one for each number from 1 to 9.
    pub(super) fn sample(&self, number: u8) -> String {
        self.sample.replace('#', &number.to_string())
    }
}

/// The range that MySQL documents.
const YEARS: std::ops::RangeInclusive<u32> = 1000..=9999;

fn days(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => 0,
    }
}

/// A fraction has no more groups of three digits than it needs, which is how Diesel writes it to
/// SQLite: so equal times are equal texts.
fn is_fraction(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('.') else { return false };
    matches!(digits.len(), 3 | 6)
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.ends_with("000")
}
