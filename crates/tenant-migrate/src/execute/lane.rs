//! What the tenants of one server share in a run.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What the tenants of one server share: how it has answered recently.
#[derive(Debug)]
pub(super) struct Lane {
    /// Connections refused in a row.
    refusals: AtomicU32,
    /// Whether the last refusal was silence: nothing answers, and each further attempt costs a
    /// timeout.
    silent: AtomicBool,
    /// Since when the server has had no free session.
    busy_since: Mutex<Option<Instant>>,
    /// How many tenants are worked on at once at the most.
    width_max: usize,
    /// How many are at present; never none.
    width: AtomicUsize,
}

impl Lane {
    /// A lane as wide as that, and at least 1.
    pub(super) fn new(width: usize) -> Self {
        let width_max = width.max(1);
        Self {
            refusals: AtomicU32::new(0),
            silent: AtomicBool::new(false),
            busy_since: Mutex::new(None),
            width_max,
            width: AtomicUsize::new(width_max),
        }
    }

    /// The server answered, if only to say no to this tenant.
    pub(super) fn answered(&self) {
        self.refusals.store(0, Ordering::Relaxed);
        *lock(&self.busy_since) = None;
        self.change_width(|width| (width + 1).min(self.width_max));
    }

    /// The server answered that it has no free session: fewer are asked for from now on.
    pub(super) fn busy(&self) {
        self.refused(false);
        lock(&self.busy_since).get_or_insert_with(Instant::now);
        self.change_width(|width| width.saturating_sub(1).max(1));
    }

    /// For how long the server has had no free session; `None` if it had one the last time.
    pub(super) fn busy_for(&self) -> Option<Duration> {
        lock(&self.busy_since).map(|since| since.elapsed())
    }

    /// How many tenants are worked on at once at the most.
    pub(super) const fn width_max(&self) -> usize {
        self.width_max
    }

    /// How many tenants are worked on at once: one fewer after each refusal for want of a session,
    /// and one more after each answer.
    pub(super) fn width(&self) -> usize {
        self.width.load(Ordering::Relaxed)
    }

    fn change_width(&self, change: impl Fn(usize) -> usize) {
        // It always has a new value, so it can't fail.
        let _ = self
            .width
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |width| Some(change(width)));
    }

    /// Nothing answered.
    pub(super) fn silent(&self) {
        self.refused(true);
    }

    fn refused(&self, silent: bool) {
        self.silent.store(silent, Ordering::Relaxed);
        self.refusals.fetch_add(1, Ordering::Relaxed);
    }

    /// How many connections in a row were refused.
    pub(super) fn refusals(&self) -> u32 {
        self.refusals.load(Ordering::Relaxed)
    }

    /// Whether the last refusal was silence.
    pub(super) fn is_silent(&self) -> bool {
        self.silent.load(Ordering::Relaxed)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::Lane;

    #[test]
    fn a_lane_narrows_while_its_server_is_busy_and_widens_again_with_each_answer() {
        let lane = Lane::new(4);
        let mut widths = Vec::new();
        for busy in [true, true, true, true, true, true, false, false, false, false] {
            match busy {
                true => lane.busy(),
                false => lane.answered(),
            }
            widths.push(lane.width());
        }
        assert_eq!(widths, [3, 2, 1, 1, 1, 1, 2, 3, 4, 4]);
    }
}
