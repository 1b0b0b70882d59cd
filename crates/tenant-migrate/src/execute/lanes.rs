//! Distributes work over lanes, with a limit on threads in total and for each server.

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use db_backend::{Cancel, InFlight};

use crate::target::{Limits, Target};

/// Calls `work` once for each target, and returns the results in the order of the targets. `None`
/// stands for a target that was not started because the run was cancelled.
pub(super) fn work_through<T: Send>(
    targets: &[Target],
    limits: Limits,
    cancel: &Cancel,
    work: impl Fn(&Target, &Lane) -> T + Sync,
) -> Vec<Option<T>> {
    let schedule = Schedule::new(targets, limits, cancel);
    let results = Mutex::new(targets.iter().map(|_| None).collect::<Vec<_>>());
    let take_turns = || {
        while let Some(turn) = schedule.next_turn() {
            let result = work(&targets[turn.target], &schedule.lanes[turn.lane]);
            lock(&results)[turn.target] = Some(result);
        }
    };
    thread::scope(|scope| {
        for _ in 1..schedule.threads(limits) {
            // If the system has no thread left, fewer tenants are worked on at the same time.
            if thread::Builder::new().spawn_scoped(scope, take_turns).is_err() {
                break;
            }
        }
        take_turns();
    });
    results.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Calls `work` and turns a panic into a message, so that one tenant's panic never ends the others'
/// work.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // What the panic left half-done is dropped with the tenant's connection; what outlives it (the
    // schedule, the report) changes in single steps outside `work`.
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| panic_message(panic.as_ref()))
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panicked: {}", text.unwrap_or("without a message"))
}

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

    /// How many tenants are worked on at once: one fewer after each refusal for want of a session,
    /// and one more after each answer.
    fn width(&self) -> usize {
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

struct Schedule<'a> {
    targets: &'a [Target],
    lanes: Vec<Lane>,
    cancel: &'a Cancel,
    queues: Mutex<Vec<Queue>>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<usize>,
    running: usize,
}

/// One target's turn; dropping it frees its place.
struct Turn<'s, 'a> {
    schedule: &'s Schedule<'a>,
    lane: usize,
    target: usize,
    _in_flight: InFlight<'a>,
}

impl<'a> Schedule<'a> {
    fn new(targets: &'a [Target], limits: Limits, cancel: &'a Cancel) -> Self {
        let mut by_server: BTreeMap<&str, Queue> = BTreeMap::new();
        for (index, target) in targets.iter().enumerate() {
            by_server.entry(&target.server).or_default().waiting.push_back(index);
        }
        let queues: Vec<Queue> = by_server.into_values().collect();
        Self {
            targets,
            lanes: queues.iter().map(|_| Lane::new(limits.per_server)).collect(),
            cancel,
            queues: Mutex::new(queues),
            changed: Condvar::new(),
        }
    }

    /// The number of threads that can ever work at the same time.
    fn threads(&self, limits: Limits) -> usize {
        let queues = lock(&self.queues);
        let of_lane = |(queue, lane): (&Queue, &Lane)| queue.waiting.len().min(lane.width_max);
        let useful: usize = queues.iter().zip(&self.lanes).map(of_lane).sum();
        useful.min(limits.jobs.max(1))
    }

    /// The next target of the lane with the most work left, so that the longest lane does not
    /// finish last. Waits while all lanes with work are full; `None` when nothing is left.
    fn next_turn(&self) -> Option<Turn<'_, 'a>> {
        let mut queues = lock(&self.queues);
        loop {
            if self.cancel.is_cancelled() || queues.iter().all(|queue| queue.waiting.is_empty()) {
                return None;
            }
            let free = queues.iter_mut().enumerate();
            let free = free.filter(|(lane, queue)| queue.running < self.lanes[*lane].width());
            let longest = free.max_by_key(|(_, queue)| queue.waiting.len());
            if let Some((lane, queue)) = longest
                && let Some(target) = queue.waiting.pop_front()
            {
                queue.running += 1;
                let _in_flight = self.cancel.enter(&self.targets[target].slug);
                return Some(Turn { schedule: self, lane, target, _in_flight });
            }
            // A lane with work is full, so a turn will end and wake this thread.
            queues = self.changed.wait(queues).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Turn<'_, '_> {
    fn drop(&mut self) {
        lock(&self.schedule.queues)[self.lane].running -= 1;
        self.schedule.changed.notify_all();
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
