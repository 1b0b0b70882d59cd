//! The progress of a run: a bar on a terminal, plain lines elsewhere, or JSON lines.

use std::io::IsTerminal as _;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};

use anyhow::{Context as _, Result};
use indicatif::{ProgressBar, ProgressStyle};
use tenant_migrate::{Event, Outcome, TenantReport};

use crate::cli::Format;
use crate::output::{eprint_line, print_json, visible};

/// Shows the events of one run, on a thread of its own: a terminal or a pipe that takes nothing
/// more holds up nobody's migration.
pub(crate) struct Progress {
    events: Sender<Option<Event>>,
    showing: JoinHandle<()>,
}

impl Progress {
    /// Starts the thread.
    ///
    /// # Errors
    /// If the system has no thread left.
    pub(crate) fn start(format: Format) -> Result<Self> {
        let view = View::new(format);
        let (events, told) = channel::<Option<Event>>();
        let showing = thread::Builder::new()
            .spawn(move || {
                while let Ok(Some(event)) = told.recv() {
                    view.show(&event);
                }
            })
            .context("no thread can be started")?;
        Ok(Self { events, showing })
    }

    /// What takes the events.
    pub(crate) fn sink(&self) -> impl Fn(Event) + Send + Sync + 'static {
        let events = self.events.clone();
        // The receiver is gone only after the end of the run.
        move |event| drop(events.send(Some(event)))
    }

    /// Waits until all events are shown.
    pub(crate) fn finish(self) {
        // It is said, since a thread that was given up keeps its sink.
        let _ = self.events.send(None);
        if let Err(panic) = self.showing.join() {
            std::panic::resume_unwind(panic);
        }
    }
}

enum View {
    Json,
    Lines,
    Bar(ProgressBar),
}

impl View {
    fn new(format: Format) -> Self {
        match format {
            Format::Json => Self::Json,
            Format::Human if std::io::stderr().is_terminal() => Self::Bar(bar()),
            Format::Human => Self::Lines,
        }
    }

    fn show(&self, event: &Event) {
        match self {
            Self::Json => {
                if let Err(error) = print_json(event) {
                    eprint_line(&format!("an event can't be written as JSON: {error}"));
                }
            }
            Self::Lines => {
                if let Some(line) = line(event) {
                    eprint_line(&line);
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
            if report.outcome.reason().is_some()
                && let Some(line) = line(event)
            {
                bar.println(visible(&line));
            }
        }
        Event::Noted { .. } | Event::HookFailed { .. } => {
            if let Some(line) = line(event) {
                bar.println(visible(&line));
            }
        }
        Event::Retrying { tenant, .. } => bar.set_message(format!("retrying {tenant}")),
        Event::RunFinished { .. } => bar.finish_and_clear(),
        Event::TenantStarted { .. } | Event::MigrationApplied { .. } => {}
    }
}

/// The line for an event that changed something or failed; `None` for all other events.
fn line(event: &Event) -> Option<String> {
    match event {
        Event::TenantFinished(report) => finished(report),
        Event::Noted { tenant: Some(tenant), note } => Some(format!("{tenant}: note: {note}")),
        Event::HookFailed { tenant, message } => Some(format!("{tenant}: {message}")),
        Event::Noted { tenant: None, note } => Some(format!("note: {note}")),
        Event::Retrying { tenant, attempt, wait, message, .. } => Some(format!(
            "{tenant}: attempt {attempt} failed ({message}); retrying in {} ms",
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
        Outcome::Adopted { versions } => Some(format!("{slug}: adopted at {}", versions.last()?)),
        Outcome::Blocked { blocker, .. } => {
            Some(format!("{slug}: blocked: {}", blocker.headline()))
        }
        Outcome::Skipped { reason } => Some(format!("{slug}: skipped: {reason}")),
        Outcome::Failed(failure) => Some(format!("{slug}: failed: {failure}")),
    }
}
