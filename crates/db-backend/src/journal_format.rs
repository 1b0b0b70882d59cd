//! Who wrote the journal, and in which form.

use std::fmt;

/// The format of the rows that this release writes. A row of a newer one may mean something that
/// this release would not understand: it needs another number whenever that is so.
const FORMAT: u32 = 1;

/// The column of the journal that says who wrote a row: the format, a space and the release.
pub(crate) const WRITTEN_BY_COLUMN: &str = "written_by";

/// What this release writes into it.
pub(crate) const WRITTEN_BY: &str = concat!("1 ", env!("CARGO_PKG_VERSION"));

/// Who wrote a row of the journal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WrittenBy {
    /// The format of the row.
    pub format: u32,
    /// The release of tenantctl.
    pub release: String,
}

impl WrittenBy {
    /// This release.
    pub fn this_release() -> Self {
        Self { format: FORMAT, release: env!("CARGO_PKG_VERSION").to_owned() }
    }

    /// Whether this release can't be sure to understand the row.
    pub const fn is_newer(&self) -> bool {
        self.format > FORMAT
    }

    pub(crate) fn is_newer_in(text: &str) -> bool {
        Self::read(text).is_some_and(|written_by| written_by.is_newer())
    }

    /// `None` if no release has written that text.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (format, release) = text.split_once(' ')?;
        Some(Self { format: format.parse().ok()?, release: release.to_owned() })
    }
}

impl fmt::Display for WrittenBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.release)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_this_release_writes_is_its_own_format() {
        assert_eq!(WrittenBy::read(WRITTEN_BY), Some(WrittenBy::this_release()));
        assert!(!WrittenBy::is_newer_in(WRITTEN_BY) && WrittenBy::is_newer_in("2 9.0.0"));
        assert_eq!(["", "9.0.0", "x 9.0.0"].map(WrittenBy::read), [None, None, None]);
    }
}
