//! File descriptors: for how many tenants at a time they are enough.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// What the program itself needs: its streams, the connections to the system database with their
/// files, and signals.
const OWN: u64 = 24;

/// What one tenant needs at most: on SQLite its database, the journal, the lock beside it, and
/// their folder.
const PER_TENANT: u64 = 4;

/// As many tenants at a time as asked for, or as many as the descriptors are enough for. Raises the
/// limit of descriptors as far as needed and allowed.
pub(crate) fn affordable(jobs: u16) -> u16 {
    let needed = OWN + PER_TENANT * u64::from(jobs);
    // A system without this limit has enough.
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return jobs };
    let wanted = needed.min(hard);
    let limit = match setrlimit(Resource::RLIMIT_NOFILE, wanted.max(soft), hard) {
        Ok(()) => wanted.max(soft),
        Err(_) => soft,
    };
    let affordable = limit.saturating_sub(OWN) / PER_TENANT;
    u16::try_from(affordable).unwrap_or(u16::MAX).clamp(1, jobs)
}
