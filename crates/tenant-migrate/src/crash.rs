//! Named points at which a test can kill the process, to run it again.
//!
//! In builds without `debug_assertions` nothing can be armed, and a point costs nothing.

/// Every point at which a kill matters, in the order in which a migration passes them.
pub const POINTS: &[&str] = &[
    "after-connect",
    "after-lock",
    "after-begin",
    "after-ensure-tables",
    "after-mark",
    "after-in-flight-row",
    "after-statement",
    "after-history-row",
    "after-journal-row",
    "before-savepoint-release",
    "before-commit",
    "after-commit",
    "before-unlock",
    "after-unlock",
];

/// The further points that a provisioning passes, in order, around those of its migrations.
pub const PROVISIONING_POINTS: &[&str] =
    &["after-register", "after-create-database", "before-active", "after-active"];

#[cfg(debug_assertions)]
pub use armed::{UnknownPoint, arm, point};

/// Does nothing in a release build.
#[cfg(not(debug_assertions))]
pub const fn point(_name: &'static str) {}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::{POINTS, PROVISIONING_POINTS};

    static ARMED: OnceLock<Armed> = OnceLock::new();

    struct Armed {
        name: &'static str,
        passes_left: AtomicU32,
    }

    /// A name that no crash point has.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("no crash point `{0}`; there are {all}", all = all().collect::<Vec<_>>().join(", "))]
    pub struct UnknownPoint(pub String);

    /// Makes the process abort at that point: `name` the first time that it is passed, `name:3`
    /// the third time. Only the first call of a process counts.
    ///
    /// # Errors
    /// [`UnknownPoint`] if no point has that name, or the count is not a number from 1.
    pub fn arm(name: &str) -> Result<(), UnknownPoint> {
        let unknown = || UnknownPoint(name.to_owned());
        let (point, pass) = name.split_once(':').unwrap_or((name, "1"));
        let pass: u32 = pass.parse().map_err(|_| unknown())?;
        let known = all().find(|known| *known == point).ok_or_else(unknown)?;
        let passes_left = AtomicU32::new(pass.checked_sub(1).ok_or_else(unknown)?);
        ARMED.get_or_init(|| Armed { name: known, passes_left });
        Ok(())
    }

    fn all() -> impl Iterator<Item = &'static str> {
        POINTS.iter().chain(PROVISIONING_POINTS).copied()
    }

    /// Aborts the process if that point is armed.
    pub fn point(name: &'static str) {
        debug_assert!(all().any(|known| known == name), "crash point {name} is not listed");
        let Some(armed) = ARMED.get().filter(|armed| armed.name == name) else { return };
        let counted =
            armed
                .passes_left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if counted.is_err() {
            std::process::abort();
        }
    }
}
