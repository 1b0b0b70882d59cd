//! Ctrl-C, and requests to terminate.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use tenant_migrate::Cancel;

use crate::exit::Exit;
use crate::hooks;
use crate::output::{eprint_line, exit_now};

/// Listens for Ctrl-C and for requests to terminate. The first one drains the run. The second one
/// ends the process immediately, and names the tenants that were in progress.
///
/// # Errors
/// If the system does not let the process listen.
pub fn drain_on_ctrl_c() -> Result<Arc<Cancel>> {
    on_ctrl_c(
        |in_progress| {
            eprint_line(&format!(
                "stopping: waiting for {}; no other tenant is started; press Ctrl-C again to abort",
                list(in_progress)
            ));
        },
        |in_progress| {
            eprint_line(&format!("aborted; in progress: {}", list(in_progress)));
            eprint_line("the next run finds out how far those tenants came, and finishes them");
        },
    )
}

/// Listens for Ctrl-C and for requests to terminate. The first one cancels the work silently. The
/// second one ends the process immediately.
///
/// # Errors
/// If the system does not let the process listen.
pub(crate) fn cancel_on_ctrl_c() -> Result<Arc<Cancel>> {
    on_ctrl_c(|_| {}, |_| {})
}

/// Cancels at the first request, and ends the process at the second. Each of the two functions is
/// told which tenants are in progress.
fn on_ctrl_c(
    first: impl Fn(&[String]) + Send + 'static,
    second: impl Fn(&[String]) + Send + 'static,
) -> Result<Arc<Cancel>> {
    let cancel = Arc::new(Cancel::new());
    let handled = Arc::clone(&cancel);
    let was_requested = AtomicBool::new(false);
    ctrlc::set_handler(move || {
        let in_progress = handled.in_flight();
        if was_requested.swap(true, Ordering::SeqCst) {
            second(&in_progress);
            hooks::end_all();
            exit_now(Exit::Cancelled);
        }
        handled.cancel();
        first(&in_progress);
    })
    .context("can't listen for Ctrl-C")?;
    Ok(cancel)
}

/// As many names as fit on a screen.
fn list(slugs: &[String]) -> String {
    const SHOWN_MAX: usize = 20;
    match slugs {
        [] => "nothing".to_owned(),
        _ if slugs.len() > SHOWN_MAX => {
            format!("{} and {} more", slugs[..SHOWN_MAX].join(", "), slugs.len() - SHOWN_MAX)
        }
        _ => slugs.join(", "),
    }
}
