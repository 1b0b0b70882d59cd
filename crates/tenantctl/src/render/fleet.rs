//! Runs of a fleet: which tenants take part, what is planned, and what was done.

use std::fmt::Write as _;

use system_db::{Slug, Tenant, TenantState};
use tenant_migrate::{
    Blocker, FailureGroup, FleetPlan, Obstacle, ObstacleGroup, Outcome, Planned, Report,
    TenantPlan, TenantReport,
};

use crate::hints;
use crate::words::{counted, indented};

/// Which of the selected tenants do not take part, so that nobody believes that they were migrated.
pub fn participants(active: &[Tenant], inactive: &[Tenant]) -> String {
    let mut text = Text::default();
    if active.is_empty() {
        text.line(format_args!("no active tenants: nothing to do"));
    }
    for state in [TenantState::Provisioning, TenantState::Suspended, TenantState::Archived] {
        let slugs: Vec<&Slug> = inactive
            .iter()
            .filter(|tenant| tenant.state == state)
            .map(|tenant| &tenant.slug)
            .collect();
        if let [first, ..] = slugs.as_slice() {
            let count = slugs.len();
            text.line(format_args!("not taking part: {count} {state}, such as `{first}`"));
        }
    }
    text.0
}

/// A report: a few lines, however large the fleet is.
pub fn report(report: &Report) -> String {
    let mut text = Text::default();
    let counts = &report.counts;
    let rows = [
        ("migrated", counts.migrated),
        ("adopted", counts.adopted),
        ("up to date", counts.up_to_date),
        ("blocked", counts.blocked),
        ("failed", counts.failed),
        ("skipped", counts.skipped),
        ("not started", counts.not_started),
    ];
    let shown: Vec<String> = rows
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    text.line(format_args!(
        "{}: {}",
        counted(counts.total(), "tenant"),
        or_nothing(&shown.join(", "))
    ));
    for (version, count) in report.versions.iter().rev() {
        text.line(format_args!("  {count:>6} at {version}"));
    }
    if !report.slowest.is_empty() {
        let slowest = report.slowest.iter();
        let slowest: Vec<String> = slowest
            .map(|slow| format!("{} {} ms", slow.tenant, slow.duration.as_millis()))
            .collect();
        text.line(format_args!("slowest: {}", slowest.join(", ")));
    }
    if report.hooks_failed > 0 {
        let hooks = counted(report.hooks_failed, "hook");
        text.line(format_args!("{hooks} failed after the tenants were done (see above)"));
    }
    for group in &report.failures {
        render_group(&mut text, group);
    }
    text.0
}

fn render_group(text: &mut Text, group: &FailureGroup) {
    let example = &group.example;
    text.line(format_args!(""));
    text.line(format_args!("error: {}: {}", who(group.tenants, &example.slug), headline(example)));
    if let Outcome::Failed(failure) = &example.outcome {
        let migration = failure.migration.as_ref();
        if let Some(statement) = migration.and_then(|migration| migration.statement.as_ref()) {
            text.line(format_args!("  at:    {statement}"));
        }
        text.line(format_args!("  cause: {}", indented(&failure.message)));
        if let Some(migration) = migration {
            text.line(format_args!("  state: {}", migration.effect));
        }
    }
    if let Outcome::Blocked { blocker, .. } = &example.outcome {
        render_details(text, blocker);
    }
    if let Some(hint) = hints::outcome(&example.outcome) {
        text.line(format_args!("hint: {hint}"));
    }
}

/// How many differences of a database a person is shown. JSON has all of them.
const DIFFERENCES_SHOWN: usize = 10;

/// What the headline of a blocker leaves out.
fn render_details(text: &mut Text, blocker: &Blocker) {
    let Blocker::Differs { differences, .. } = blocker else { return };
    for difference in differences.iter().take(DIFFERENCES_SHOWN) {
        text.line(format_args!("  {}", indented(difference)));
    }
    if differences.len() > DIFFERENCES_SHOWN {
        text.line(format_args!("  … (--format json lists all of them)"));
    }
}

fn headline(tenant: &TenantReport) -> String {
    match &tenant.outcome {
        Outcome::UpToDate => "up to date".to_owned(),
        Outcome::Migrated { .. } => "migrated".to_owned(),
        Outcome::Adopted { .. } => "adopted".to_owned(),
        Outcome::Skipped { reason } => format!("skipped: {reason}"),
        Outcome::NotStarted => "not started".to_owned(),
        Outcome::Blocked { blocker, .. } => blocker.headline(),
        Outcome::Failed(failure) => match &failure.migration {
            Some(migration) => format!("migration {} failed", migration.name),
            None => failure.kind.describe().to_owned(),
        },
    }
}

/// A plan: how many tenants need which migration, and which tenants can't be migrated.
pub fn plan(plan: &FleetPlan) -> String {
    let mut text = Text::default();
    let count = |wanted: fn(&Planned) -> bool| {
        plan.tenants.iter().filter(|tenant| wanted(&tenant.planned)).count()
    };
    let rows = [
        ("to migrate", count(|p| matches!(p, Planned::Plan(TenantPlan::Pending(_))))),
        ("up to date", count(|p| matches!(p, Planned::Plan(TenantPlan::UpToDate)))),
        ("beyond the goal", count(|p| matches!(p, Planned::Plan(TenantPlan::BeyondGoal(_))))),
        ("blocked", count(|p| matches!(p, Planned::Plan(TenantPlan::Blocked(_))))),
        ("unreadable", count(|p| matches!(p, Planned::Unreadable { .. }))),
    ];
    let shown: Vec<String> = rows
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    text.line(format_args!(
        "{}: {}",
        counted(plan.tenants.len(), "tenant"),
        or_nothing(&shown.join(", "))
    ));
    for (version, count) in plan.pending() {
        text.line(format_args!("  {count:>6} need {version}"));
    }
    for tenant in &plan.tenants {
        if let Planned::Plan(TenantPlan::BeyondGoal(version)) = &tenant.planned {
            let slug = &tenant.slug;
            text.line(format_args!("note: tenant `{slug}` is beyond the goal, at {version}"));
        }
    }
    text.0 + &obstacles(&plan.obstacles())
}

/// What is in the way of tenants, by cause, with what to do about it.
pub fn obstacles(groups: &[ObstacleGroup]) -> String {
    let mut text = Text::default();
    for ObstacleGroup { tenants, example, obstacle, .. } in groups {
        let who = who(*tenants, example);
        text.line(format_args!(""));
        match obstacle {
            Obstacle::Blocked { blocker } => {
                text.line(format_args!("error: {who}: {}", blocker.headline()));
                render_details(&mut text, blocker);
            }
            Obstacle::Unreadable { kind, error } => {
                text.line(format_args!("error: {who}: {}", kind.describe()));
                text.line(format_args!("  cause: {}", indented(error)));
            }
        }
        text.line(format_args!("hint: {}", hints::obstacle(obstacle)));
    }
    text.0
}

fn who(tenants: usize, example: &str) -> String {
    match tenants {
        1 => format!("tenant `{example}`"),
        more => format!("{more} tenants, such as `{example}`"),
    }
}

fn or_nothing(text: &str) -> &str {
    if text.is_empty() { "nothing to do" } else { text }
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a `String` can't fail.
        let _ = writeln!(self.0, "{line}");
    }
}
