//! SQLite set-up once per process, through its C interface, because Diesel exposes no raw
//! connection.

#![expect(unsafe_code, reason = "SQLite's interface for limits is C, and Diesel wraps none of it")]

use std::cell::Cell;
use std::ffi::{c_char, c_int, c_void};
use std::sync::Once;
use std::time::{Duration, Instant};

use libsqlite3_sys as ffi;

/// How many steps of SQLite's virtual machine pass between two checks of the clock: about ten
/// microseconds of work, so that the check costs nothing in comparison.
const STEPS_PER_LOOK: c_int = 10_000;

thread_local! {
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Prepares SQLite for many threads: memory statistics off (they need a lock shared by all
/// connections, and double the cost of a small query at two threads), and statement timeouts on.
///
/// The first connection of this crate calls it. A program that opens other SQLite connections must
/// call it first, since SQLite accepts the setting only before its first connection.
pub fn tune_process() {
    static ONCE: Once = Once::new();
    // SAFETY: `sqlite3_config` must not run beside other SQLite calls. This is the first call of
    // this crate, and `Once` makes its other calls wait. If another library was first, SQLite is
    // already initialised and rejects the setting with SQLITE_MISUSE, which is harmless.
    // `SQLITE_CONFIG_MEMSTATUS` takes one int. `sqlite3_auto_extension` is thread-safe, and
    // `watch_deadline` has the type of an entry point as SQLite documents it.
    ONCE.call_once(|| unsafe {
        ffi::sqlite3_config(ffi::SQLITE_CONFIG_MEMSTATUS, 0 as c_int);
        ffi::sqlite3_auto_extension(Some(watch_deadline));
    });
}

/// Runs `work`. Its SQLite statements on this thread fail as interrupted after `limit`; zero means
/// no limit.
pub(crate) fn with_deadline<T>(limit: Duration, work: impl FnOnce() -> T) -> T {
    struct Restore(Option<Instant>);
    impl Drop for Restore {
        fn drop(&mut self) {
            DEADLINE.set(self.0);
        }
    }
    let deadline = if limit.is_zero() { None } else { Instant::now().checked_add(limit) };
    let _restore = Restore(DEADLINE.replace(deadline));
    work()
}

/// The entry point that SQLite calls for each new connection.
unsafe extern "C" fn watch_deadline(
    connection: *mut ffi::sqlite3,
    _message: *mut *mut c_char,
    _routines: *const ffi::sqlite3_api_routines,
) -> c_int {
    // SAFETY: SQLite passes the connection that it is opening; the handler takes no pointer, so
    // nothing can dangle.
    unsafe {
        ffi::sqlite3_progress_handler(
            connection,
            STEPS_PER_LOOK,
            Some(is_past_deadline),
            std::ptr::null_mut(),
        );
    }
    ffi::SQLITE_OK
}

/// The progress handler: a result other than zero interrupts the statement.
unsafe extern "C" fn is_past_deadline(_: *mut c_void) -> c_int {
    c_int::from(DEADLINE.get().is_some_and(|deadline| Instant::now() >= deadline))
}
