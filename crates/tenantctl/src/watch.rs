//! A run while it runs: a bar on a terminal, plain lines elsewhere, or JSON lines; and Ctrl-C.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use tenant_migrate::{Cancel, Event, Outcome, TenantReport};

use crate::cli::Format;
use crate::exit::Exit;
use crate::output::{exit_now, print_aside, print_line};

/// Shows the events of one run.
pub(crate) enum Watch {
    Json,
    Lines,
    Bar(ProgressBar),
}

impl Watch {
    pub(crate) fn new(format: Format) -> Self {
        match format {
            Format::Json => Self::Json,
            Format::Human if std::io::stderr().is_terminal() => Self::Bar(bar()),
            Format::Human => Self::Lines,
        }
    }

    /// Shows one event; called from several threads at once.
    pub(crate) fn show(&self, event: &Event) {
        match self {
            Self::Json => match serde_json::to_string(event) {
                Ok(line) => print_line(&line),
                Err(error) => say(&format!("an event can't be JSON: {error}")),
            },
            Self::Lines => {
                if let Some(line) = line(event) {
                    say(&line);
                }
            }
            Self::Bar(bar) => advance(bar, event),
        }
    }
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} tenants {elapsed} {msg}");
    let bar = ProgressBar::new(0);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn advance(bar: &ProgressBar, event: &Event) {
    match event {
        Event::RunStarted { tenants, .. } => bar.set_length(*tenants as u64),
        Event::TenantFinished(report) => {
            bar.inc(1);
            if let Outcome::Failed(_) | Outcome::Blocked { .. } = report.outcome
                && let Some(line) = line(event)
            {
                bar.println(line);
            }
        }
        Event::Retrying { tenant, .. } => bar.set_message(format!("trying {tenant} again")),
        Event::RunFinished { .. } => bar.finish_and_clear(),
        Event::TenantStarted { .. } | Event::MigrationApplied { .. } => {}
    }
}

/// The line of an event that changed something or failed; a tenant that is up to date is silent.
fn line(event: &Event) -> Option<String> {
    match event {
        Event::TenantFinished(report) => finished(report),
        Event::Retrying { tenant, attempt, wait, message, .. } => Some(format!(
            "{tenant}: attempt {attempt} failed ({message}); trying again in {} ms",
            wait.as_millis()
        )),
        Event::RunStarted { .. }
        | Event::TenantStarted { .. }
        | Event::MigrationApplied { .. }
        | Event::RunFinished { .. } => None,
    }
}

fn finished(report: &TenantReport) -> Option<String> {
    let TenantReport { slug, duration, .. } = report;
    match &report.outcome {
        Outcome::UpToDate | Outcome::NotStarted => None,
        Outcome::Migrated { applied } => {
            let newest = applied.last()?;
            Some(format!(
                "{slug}: migrated to {newest} ({} applied, {} ms)",
                applied.len(),
                duration.as_millis()
            ))
        }
        Outcome::Blocked { blocker, .. } => Some(format!("{slug}: blocked: {blocker}")),
        Outcome::Failed(failure) => Some(format!("{slug}: failed: {failure}")),
    }
}

/// Prints one line to stderr.
pub fn say(line: &str) {
    print_aside(&format!("{line}\n"));
}

/// Listens for Ctrl-C and for requests to terminate: the first one drains the run, the second one
/// ends the process at once and names what was in flight.
///
/// # Errors
/// Where the system lets nothing be listened for.
pub fn listen() -> Result<Arc<Cancel>> {
    let cancel = Arc::new(Cancel::new());
    let asked_of = Arc::clone(&cancel);
    let asked = AtomicBool::new(false);
    ctrlc::set_handler(move || {
        let in_flight = asked_of.in_flight();
        if asked.swap(true, Ordering::SeqCst) {
            say(&format!("aborted; in flight: {}", list(&in_flight)));
            say("what was in flight is settled by the next run");
            exit_now(Exit::Cancelled);
        }
        asked_of.cancel();
        say(&format!(
            "draining; still to be finished: {}; no other is begun; press again to abort",
            list(&in_flight)
        ));
    })
    .context("Ctrl-C can't be listened for")?;
    Ok(cancel)
}

/// Names that fit a screen.
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
