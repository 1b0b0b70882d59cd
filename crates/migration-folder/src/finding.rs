//! What is wrong with a folder, and what to do about it.

use db_backend::Version;
use tenant_migrate::RefusalReason;

/// Something that is wrong with a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Where, as shown to a person.
    pub path: String,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub remedy: Remedy,
}

/// What to do about a finding. A remedy that is a call of this crate has its own variant, which the
/// command line puts into words. To add a check rule, add it to the file of its kind. Add a variant
/// here only if the remedy is a new call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remedy {
    /// Do by hand what these words say.
    Words(String),
    /// [`seal`](crate::seal) the folder when the migration is ready.
    Seal,
    /// Restore the file, and put the change into a new migration; or
    /// [`seal`](crate::seal) this version again, if nobody has run it yet.
    RestoreOrReseal(Version),
    /// Keep the line of the published file; or [`seal`](crate::seal) this version again, if nobody
    /// has run it yet.
    KeepOneLineOrReseal(Version),
    /// Restore the snapshot, which [`new_migration`](crate::new_migration) writes.
    RestoreSnapshot,
    /// [`new_migration`](crate::new_migration).
    Generate,
    /// [`new_migration`](crate::new_migration); or [`write_snapshot`](crate::write_snapshot), if
    /// the SQL of this newest version is not published and already does what the code says.
    GenerateOrSnapshot(Version),
    /// [`rebase`](crate::rebase) the one of the two versions that is not published yet.
    Rebase {
        /// The later one.
        version: Version,
        /// The one before it.
        before: Version,
    },
    /// Fix `up.sql`; or [`write_snapshot`](crate::write_snapshot), if it does what the code
    /// declares.
    FixUpOrSnapshot,
    /// Fix this file so that it does not fail on rows; or say in a comment of it that it may: see
    /// [`MAY_FAIL`](crate::MAY_FAIL).
    FixOrAllow(&'static str),
    /// Fix it; or [`seal`](crate::seal) what is published as it is, in a folder without code.
    FixOrSeal,
    /// [`squash`](crate::squash) the migrations again, since some have changed, or remove the file.
    Squash,
    /// Write it in a way that can be applied.
    Rewrite(RefusalReason),
    /// Fix this file, and [`replay`](crate::replay) the folder again.
    Fix(&'static str),
}

impl From<&str> for Remedy {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl From<String> for Remedy {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}
