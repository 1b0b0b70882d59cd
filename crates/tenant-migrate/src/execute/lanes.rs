//! Distributes work over lanes, with a limit on threads in total and for each server.

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use db_backend::{Cancel, DbError, DbErrorKind, InFlight, WATCH_INTERVAL, Watch};

use super::lane::Lane;
use super::turn::Turn;
use crate::target::{Limits, Target};

/// What is done for each target. It is done on threads that are given up if a database does not
/// answer.
pub(super) trait Work: Send + Sync + 'static {
    /// What it leads to.
    type Result;

    /// Does it.
    fn work(&self, target: &Target, lane: &Lane, turn: &Turn) -> Self::Result;

    /// What it has led to if its thread was given up, or if its turn can't come.
    fn given_up(&self, target: &Target, turn: &Turn, error: DbError) -> Self::Result;

    /// What it has led to if it panicked: one tenant's panic never ends the others' work.
    fn panicked(&self, target: &Target, message: String) -> Self::Result;

    /// Takes the result of the target with that index: each has one at most.
    fn finish(&self, index: usize, result: Self::Result);
}

/// Does the work for each target. Returns the indices of those that were not started because the
/// run was cancelled.
pub(super) fn work_through<W: Work>(
    work: &Arc<W>,
    targets: &Arc<[Target]>,
    limits: Limits,
    cancel: &Arc<Cancel>,
) -> Vec<usize> {
    let schedule = Arc::new(Schedule::new(work, targets, limits, cancel));
    let mut started = Ok(());
    for _ in 0..schedule.threads(limits) {
        let worker = Arc::clone(&schedule);
        // If the system has no thread left, fewer tenants are worked on at the same time.
        started = thread::Builder::new().spawn(move || worker.take_turns()).map(drop);
        if started.is_err() {
            break;
        }
        schedule.state().threads += 1;
    }
    schedule.supervise(started.err());
    let mut state = schedule.state();
    let queues = state.queues.iter_mut().flat_map(|queue| std::mem::take(&mut queue.waiting));
    queues.collect()
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panicked: {}", text.unwrap_or("without a message"))
}

struct Schedule<W> {
    work: Arc<W>,
    targets: Arc<[Target]>,
    lanes: Vec<Lane>,
    cancel: Arc<Cancel>,
    state: Mutex<State>,
    /// A place became free.
    freed: Condvar,
    /// The last turn has ended.
    ended: Condvar,
}

struct State {
    queues: Vec<Queue>,
    /// The turns that have begun, by target.
    turns: BTreeMap<usize, Begun>,
    /// How many threads were started.
    threads: usize,
    /// What taking a result panicked with. It is the caller's own panic, and passed on.
    panic: Option<Panic>,
}

type Panic = Box<dyn Any + Send>;

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<usize>,
    /// How many places of the lane are taken. A thread that was given up keeps its place.
    running: usize,
}

struct Begun {
    lane: usize,
    turn: Arc<Turn>,
}

/// A place in a lane; dropping it frees it.
struct Place<'s, W: Work> {
    schedule: &'s Schedule<W>,
    lane: usize,
    target: usize,
    turn: Arc<Turn>,
    in_flight: Option<InFlight>,
}

impl State {
    /// Whether nothing more can happen without a thread that was given up.
    fn is_over(&self, cancelled: bool) -> bool {
        let none_waits = self.queues.iter().all(|queue| queue.waiting.is_empty());
        self.panic.is_some() || ((none_waits || cancelled) && self.given_up() == self.turns.len())
    }

    /// How many turns were given up.
    fn given_up(&self) -> usize {
        self.turns.values().filter(|begun| begun.turn.watch.is_given_up()).count()
    }

    /// Why no target of that lane can have a turn any more, if threads that were given up have all
    /// its places, or all places there are.
    fn stuck(&self, lane: usize, width: usize) -> Option<DbError> {
        let held = self.turns.values().filter(|begun| begun.lane == lane);
        let held = held.filter(|begun| begun.turn.watch.is_given_up()).count();
        let running = self.queues[lane].running;
        // A turn that goes on may yet make the lane wider.
        let (held, place) = if held == running && held >= width {
            (held, "its server")
        } else if self.threads > 0 && self.given_up() >= self.threads {
            (self.threads, "the run")
        } else {
            return None;
        };
        Some(DbError::new(
            DbErrorKind::NoAnswer,
            format_args!(
                "not tried: the {held} places of {place} are held by calls without answer"
            ),
        ))
    }
}

impl<W: Work> Schedule<W> {
    fn new(work: &Arc<W>, targets: &Arc<[Target]>, limits: Limits, cancel: &Arc<Cancel>) -> Self {
        let mut by_server: BTreeMap<&str, Queue> = BTreeMap::new();
        for (index, target) in targets.iter().enumerate() {
            by_server.entry(&target.server).or_default().waiting.push_back(index);
        }
        let queues: Vec<Queue> = by_server.into_values().collect();
        Self {
            work: Arc::clone(work),
            targets: Arc::clone(targets),
            lanes: queues.iter().map(|_| Lane::new(limits.per_server)).collect(),
            cancel: Arc::clone(cancel),
            state: Mutex::new(State { queues, turns: BTreeMap::new(), threads: 0, panic: None }),
            freed: Condvar::new(),
            ended: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of threads that can ever work at the same time.
    fn threads(&self, limits: Limits) -> usize {
        let state = self.state();
        let of_lane = |(queue, lane): (&Queue, &Lane)| queue.waiting.len().min(lane.width_max());
        let useful: usize = state.queues.iter().zip(&self.lanes).map(of_lane).sum();
        useful.min(limits.jobs.max(1))
    }

    /// What each thread does.
    fn take_turns(&self) {
        while let Some(place) = self.next_place() {
            let Place { lane, target, .. } = place;
            let to_do = &self.targets[target];
            // What the panic left half-done is dropped with the tenant's connection; what outlives
            // it (the schedule, the report) changes in single steps outside `work`.
            let done = AssertUnwindSafe(|| self.work.work(to_do, &self.lanes[lane], &place.turn));
            let result = catch_unwind(done)
                .unwrap_or_else(|panic| self.work.panicked(to_do, panic_message(panic.as_ref())));
            // It makes no call any more, so it can't be given up from here on.
            if !place.turn.watch.is_given_up()
                && let Err(panic) =
                    catch_unwind(AssertUnwindSafe(|| self.work.finish(target, result)))
            {
                self.state().panic = Some(panic);
            }
        }
    }

    /// The next target of the lane with the most work left, so that the longest lane does not
    /// finish last. Waits while all lanes with work are full; `None` when nothing is left.
    fn next_place(&self) -> Option<Place<'_, W>> {
        let mut state = self.state();
        loop {
            let none_waits = state.queues.iter().all(|queue| queue.waiting.is_empty());
            if self.cancel.is_cancelled() || none_waits || state.panic.is_some() {
                return None;
            }
            let free = state.queues.iter_mut().enumerate();
            let free = free.filter(|(lane, queue)| queue.running < self.lanes[*lane].width());
            let longest = free.max_by_key(|(_, queue)| queue.waiting.len());
            if let Some((lane, queue)) = longest
                && let Some(target) = queue.waiting.pop_front()
            {
                queue.running += 1;
                let turn = Arc::new(Turn::new(Watch::default()));
                let begun = Begun { lane, turn: Arc::clone(&turn) };
                state.turns.insert(target, begun);
                let in_flight = Some(self.cancel.enter(&self.targets[target].slug));
                return Some(Place { schedule: self, lane, target, turn, in_flight });
            }
            // A lane with work is full, so a turn will end, or be given up, and wake this thread.
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits for the threads, and gives up on those whose database does not answer.
    fn supervise(&self, not_started: Option<std::io::Error>) {
        if let Some(error) = not_started
            && self.state().threads == 0
        {
            let message = format!("no thread can be started: {error}");
            self.settle_waiting(|_, _| Some(DbError::new(DbErrorKind::OutOfResources, &message)));
        }
        loop {
            let mut state = self.state();
            if state.is_over(self.cancel.is_cancelled()) {
                let panic = state.panic.take();
                drop(state);
                // Whoever waits for a place of a thread that was given up has nothing to wait for.
                self.freed.notify_all();
                return panic.map_or((), |panic| resume_unwind(panic));
            }
            let (state, timeout) = self
                .ended
                .wait_timeout(state, WATCH_INTERVAL)
                .unwrap_or_else(PoisonError::into_inner);
            drop(state);
            if timeout.timed_out() {
                self.give_up_overdue();
                self.settle_waiting(|state, lane| state.stuck(lane, self.lanes[lane].width()));
            }
        }
    }

    /// Gives up on the turns whose database does not answer.
    fn give_up_overdue(&self) {
        let overdue: Vec<_> = {
            let state = self.state();
            let give_up = |(target, begun): (&usize, &Begun)| {
                let error = begun.turn.watch.give_up_if_overdue()?;
                Some((*target, Arc::clone(&begun.turn), error))
            };
            state.turns.iter().filter_map(give_up).collect()
        };
        for (index, turn, error) in overdue {
            let result = self.work.given_up(&self.targets[index], &turn, error);
            self.work.finish(index, result);
        }
    }

    /// Settles all targets of the lanes for which there is a reason that their turn can't come.
    fn settle_waiting(&self, reason: impl Fn(&State, usize) -> Option<DbError>) {
        for lane in 0..self.lanes.len() {
            let mut state = self.state();
            let Some(error) = reason(&state, lane) else { continue };
            let waiting = std::mem::take(&mut state.queues[lane].waiting);
            drop(state);
            for index in waiting {
                let turn = Turn::new(Watch::default());
                let result = self.work.given_up(&self.targets[index], &turn, error.clone());
                self.work.finish(index, result);
            }
        }
    }
}

impl<W: Work> Drop for Place<'_, W> {
    fn drop(&mut self) {
        // Before the run can be seen to be over.
        self.in_flight = None;
        let Self { schedule, lane, target, .. } = self;
        let mut state = schedule.state();
        state.turns.remove(target);
        state.queues[*lane].running -= 1;
        schedule.freed.notify_all();
        if state.is_over(schedule.cancel.is_cancelled()) {
            schedule.ended.notify_all();
        }
    }
}
