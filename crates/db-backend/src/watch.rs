//! A limit on our side for calls that may never return.
//!
//! A server that is frozen, and not down, still has its connections; a file may lie on a mount
//! whose host is gone. Then a call into a driver or into the kernel waits for ever, and nothing can
//! interrupt it. So the work is done on a thread of its own, and whoever waits for it gives up on
//! the thread.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{DbError, DbErrorKind};

/// How often whoever waits looks whether a call is overdue.
pub const WATCH_INTERVAL: Duration = Duration::from_millis(100);

/// How many threads wait in a call that was given up.
static GIVEN_UP: AtomicUsize = AtomicUsize::new(0);

/// The calls of one piece of work, one after the other, seen from another thread. Clones share
/// their state.
#[derive(Debug, Clone, Default)]
pub struct Watch(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    call: Option<Call>,
    given_up: Option<DbError>,
}

#[derive(Debug, Clone, Copy)]
struct Call {
    begun: Instant,
    limit: Duration,
}

impl Watch {
    /// Makes a call that must return within `limit`; `None` stands for no limit.
    ///
    /// # Errors
    /// What the call returns; [`DbErrorKind::NoAnswer`] once a call of this work has been given up,
    /// and then nothing more is called.
    pub fn call<T, E: From<DbError>>(
        &self,
        limit: Option<Duration>,
        call: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        {
            let mut state = self.state();
            if let Some(error) = &state.given_up {
                return Err(error.clone().into());
            }
            state.call = limit.map(|limit| Call { begun: Instant::now(), limit });
        }
        let _ended = Ended(self);
        let result = call();
        match &self.state().given_up {
            Some(error) => Err(error.clone().into()),
            None => result,
        }
    }

    /// Gives up on the present call if it is overdue. Returns why, the first time.
    pub fn give_up_if_overdue(&self) -> Option<DbError> {
        let mut state = self.state();
        let call = state.call.filter(|_| state.given_up.is_none())?;
        let waited = call.begun.elapsed();
        if waited < call.limit {
            return None;
        }
        let error = DbError::new(
            DbErrorKind::NoAnswer,
            format_args!("given up after {} s without an answer", waited.as_secs()),
        );
        state.given_up = Some(error.clone());
        GIVEN_UP.fetch_add(1, Ordering::Relaxed);
        Some(error)
    }

    /// Whether a call was given up.
    pub fn is_given_up(&self) -> bool {
        self.state().given_up.is_some()
    }

    // A panic can't leave the state inconsistent, since each change of it is a single step.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Marks the end of a call, also if it panics.
struct Ended<'w>(&'w Watch);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        if state.call.take().is_some() && state.given_up.is_some() {
            GIVEN_UP.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// How many threads of this process wait in a call that was given up. They end with the process, or
/// when the call returns; until then they are in the way of an orderly exit.
pub fn given_up_calls() -> usize {
    GIVEN_UP.load(Ordering::Relaxed)
}

/// Does the work on a thread of its own, and gives up on it if one of its calls is overdue.
///
/// # Errors
/// What the work returns; [`DbErrorKind::NoAnswer`] if it was given up,
/// [`DbErrorKind::OutOfResources`] if no thread can be started.
///
/// # Panics
/// If the work does.
pub fn watched<T: Send + 'static, E: From<DbError> + Send + 'static>(
    work: impl FnOnce(&Watch) -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    let watch = Watch::default();
    let (sender, result) = channel();
    let worker = thread::Builder::new().spawn({
        let watch = watch.clone();
        // The receiver is gone if the work was given up.
        move || drop(sender.send(work(&watch)))
    });
    let worker = worker.map_err(|error| {
        let message = format_args!("no thread can be started: {error}");
        E::from(DbError::new(DbErrorKind::OutOfResources, message))
    })?;
    loop {
        match result.recv_timeout(WATCH_INTERVAL) {
            Ok(result) => return result,
            Err(RecvTimeoutError::Timeout) => {
                if let Some(error) = watch.give_up_if_overdue() {
                    return Err(error.into());
                }
            }
            Err(RecvTimeoutError::Disconnected) => match worker.join() {
                Err(panic) => std::panic::resume_unwind(panic),
                Ok(()) => unreachable!("a thread that ends well has sent its result"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_call_that_never_returns_is_given_up_and_nothing_is_called_after_it() {
        let (wake, asleep) = channel::<()>();
        let (after, called_after) = channel();
        let result: Result<(), DbError> = watched(move |watch| {
            let first =
                watch.call(Some(Duration::ZERO), || Ok::<_, DbError>(asleep.recv().is_err()));
            let second = watch.call(None, || Ok::<_, DbError>(true));
            let _ = after.send((first.is_err(), second.is_err()));
            Ok(())
        });
        assert_eq!(result.expect_err("it never returned").kind, DbErrorKind::NoAnswer);
        assert!(given_up_calls() > 0);
        drop(wake);
        assert_eq!(called_after.recv(), Ok((true, true)));
    }

    #[test]
    fn work_that_answers_returns_what_it_says() {
        let result: Result<u8, DbError> = watched(|watch| watch.call(None, || Ok(7)));
        assert_eq!(result, Ok(7));
    }
}
