//! Texts that every back end reads as the same value, and prints as they are.

/// The texts that every back end reads as values of a type, compares as it compares these values,
/// and prints as they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Literals {
    /// What they are, with an example.
    pub(super) words: &'static str,
    /// `x` is a digit in lower case. Other characters are themselves.
    pub(super) form: &'static str,
    /// One of them. A number takes the place of its `#`.
    pub(super) sample: &'static str,
}

impl Literals {
    pub(super) fn contain(&self, text: &str) -> bool {
        let fits = |(byte, expected): (u8, u8)| match expected {
            b'x' => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            _ => byte == expected,
        };
        text.len() == self.form.len() && text.bytes().zip(self.form.bytes()).all(fits)
    }

    /// A different one for each number from 1 to 9.
    pub(super) fn sample(&self, number: u8) -> String {
        self.sample.replace('#', &number.to_string())
    }
}
