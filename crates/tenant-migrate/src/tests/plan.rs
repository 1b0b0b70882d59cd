//! Planning: rows of versions, and properties over any of them.

use db_backend::{History, JournalEntry, Mark, Version};
use insta::assert_snapshot;
use proptest::prelude::*;

use super::{MIGRATIONS, set, versions};
use crate::checksum::statements_checksum;
use crate::{Blocker, Claim, Goal, MigrationSet, Policy, Record, TenantPlan, plan_tenant};

const STRICT: Policy = Policy { allow_out_of_order: false, claim: Claim::Unmarked };
const LAX: Policy = Policy { allow_out_of_order: true, ..STRICT };

fn numbered(list: &str) -> MigrationSet {
    let directories = list.split_whitespace().map(|version| format!("{version}_name").leak());
    set(&directories.map(|name| (&*name, "CREATE TABLE a (id INTEGER);")).collect::<Vec<_>>())
}

fn applied(list: &str) -> History {
    History { applied: Some(versions(list)), ..History::default() }
}

fn line(plan: &TenantPlan<'_>) -> String {
    match plan {
        TenantPlan::UpToDate => "up to date".to_owned(),
        TenantPlan::BeyondGoal(version) => format!("beyond the goal: {version}"),
        TenantPlan::Pending(pending) => {
            let pending: Vec<_> =
                pending.iter().map(|migration| migration.version.0.as_str()).collect();
            format!("pending: {}", pending.join(" "))
        }
        TenantPlan::Blocked(blocker) => format!("blocked: {blocker}"),
    }
}

fn planned(known: &str, done: &str) -> String {
    line(&plan_tenant(&numbered(known), &Goal::Head, STRICT, &Record::default(), &applied(done)))
}

fn planned_to(goal: &str, policy: Policy, done: &str) -> String {
    let set = numbered("1 2 3 4");
    let goal = set.goal(goal).unwrap();
    line(&plan_tenant(&set, &goal, policy, &Record::default(), &applied(done)))
}

#[test]
fn versions_decide() {
    assert_snapshot!(planned("", ""), @"up to date");
    assert_snapshot!(planned("1 2 3", ""), @"pending: 1 2 3");
    assert_snapshot!(planned("1 2 3", "1"), @"pending: 2 3");
    assert_snapshot!(planned("1 2 3", "1 2 3"), @"up to date");
    // As text, which is how Diesel orders them.
    assert_snapshot!(planned("1 2 10", "1"), @"pending: 10 2");
}

#[test]
fn unknown_versions_block() {
    assert_snapshot!(planned("1 2", "1 2 9"), @"blocked: ahead of these migrations: 9 is unknown here");
    assert_snapshot!(planned("1 2", "0 9"), @"blocked: ahead of these migrations: 0, 9 are unknown here");
    assert_snapshot!(planned("", "1"), @"blocked: ahead of these migrations: 1 is unknown here");
}

#[test]
fn a_version_missing_in_the_middle_blocks_unless_it_is_allowed() {
    assert_snapshot!(planned("1 2 3", "1 3"), @"blocked: 2 is missing below the newest version 3");
    assert_snapshot!(planned("1 2 3 4", "3"), @"blocked: 1, 2 are missing below the newest version 3");
    assert_snapshot!(planned_to("4", LAX, "1 3"), @"pending: 2 4");
}

#[test]
fn a_goal_is_only_ever_approached_from_below() {
    assert_snapshot!(planned_to("2", STRICT, "1"), @"pending: 2");
    assert_snapshot!(planned_to("2", STRICT, "1 2"), @"up to date");
    assert_snapshot!(planned_to("2", STRICT, "1 2 3"), @"beyond the goal: 3");
    assert_snapshot!(planned_to("2", STRICT, "1 3"), @"blocked: 2 is missing below the newest version 3");
    // What is missing above the goal is not this run's business.
    assert_snapshot!(planned_to("2", STRICT, "1 2 4"), @"beyond the goal: 4");
}

#[test]
fn a_goal_is_a_version_a_dashed_version_or_a_folder() {
    let dated = set(&[("2026-03-01-120000_add", "SELECT 1")]);
    let goal = |text: &str| match dated.goal(text) {
        Ok(goal) => format!("{goal:?}"),
        Err(error) => error.to_string(),
    };
    assert_snapshot!(goal("20260301120000"), @r#"Version(Version("20260301120000"))"#);
    assert_snapshot!(goal("2026-03-01-120000"), @r#"Version(Version("20260301120000"))"#);
    assert_snapshot!(goal("2026-03-01-120000_add"), @r#"Version(Version("20260301120000"))"#);
    assert_snapshot!(goal("2026"), @"no migration has the version `2026`; the newest is 20260301120000");
    assert_snapshot!(goal(""), @"no migration has the version ``; the newest is 20260301120000");
}

#[test]
fn a_recorded_version_with_an_empty_history_blocks() {
    let record = Record { version: Some(Version("2".to_owned())), mark: None };
    let plan = |observed: &History| {
        line(&plan_tenant(&numbered("1 2"), &Goal::Head, STRICT, &record, observed))
    };
    let lost = "blocked: recorded at version 2, but its migration history is empty";
    assert_eq!(plan(&History::default()), lost);
    assert_eq!(plan(&applied("")), lost);
    // Restored from an older backup: the tenant's own history is the truth.
    assert_snapshot!(plan(&applied("1")), @"pending: 2");
}

/// A journal row of migration 2 of [`MIGRATIONS`], which has three statements.
fn row(change: impl FnOnce(&mut JournalEntry)) -> JournalEntry {
    let set = set(MIGRATIONS);
    let migration = set.get(&Version("2".to_owned())).unwrap();
    let mut row = JournalEntry {
        version: migration.version.clone(),
        checksum: migration.checksum.clone(),
        statements_total: 3,
        statements_done: 2,
        done_checksum: statements_checksum(&migration.up_statements[..2]),
        in_flight: None,
        finished: false,
        run_id: "run".to_owned(),
        duration_ms: 1,
    };
    change(&mut row);
    row
}

fn planned_with(done: &str, change: impl FnOnce(&mut JournalEntry)) -> String {
    let observed = History { journal: vec![row(change)], ..applied(done) };
    line(&plan_tenant(&set(MIGRATIONS), &Goal::Head, STRICT, &Record::default(), &observed))
}

#[test]
fn an_edit_of_what_took_effect_blocks() {
    let edited = |row: &mut JournalEntry| row.checksum = "other".to_owned();
    let finished = |row: &mut JournalEntry| {
        row.finished = true;
        row.checksum = "other".to_owned();
    };
    assert_snapshot!(planned_with("1 2 3 4", finished), @"blocked: migration 2_b was edited after it had been applied");
    // Stock Diesel reverted it, so it is pending with the text that it has now.
    assert_snapshot!(planned_with("1", finished), @"pending: 2 3 4");
    // The text after the finished statements may be fixed.
    assert_snapshot!(planned_with("1", edited), @"pending: 2 3 4");
    assert_snapshot!(planned_with("1", |_| ()), @"pending: 2 3 4");
}

#[test]
fn an_edit_after_a_partial_failure_blocks_where_it_touches_what_may_have_taken_effect() {
    let blocked = "blocked: migration 2_b stopped after statement 2, and was edited in what may \
                   have taken effect";
    let done_edited = planned_with("1", |row| {
        row.checksum = "other".to_owned();
        row.done_checksum = "other".to_owned();
    });
    assert_eq!(done_edited, blocked);
    let in_flight_edited = planned_with("1", |row| {
        row.checksum = "other".to_owned();
        row.in_flight = Some("before".to_owned());
    });
    assert_eq!(in_flight_edited, blocked);
    let shortened = planned_with("1", |row| {
        row.checksum = "other".to_owned();
        row.statements_done = 9;
    });
    assert_snapshot!(shortened, @"blocked: migration 2_b stopped after statement 9, and was edited in what may have taken effect");
    assert_snapshot!(planned_with("1", |row| row.in_flight = Some("before".to_owned())), @"pending: 2 3 4");
}

#[test]
fn a_migration_begun_by_a_newer_binary_blocks() {
    let plan = planned_with("1", |row| row.version = Version("9".to_owned()));
    assert_snapshot!(plan, @"blocked: ahead of these migrations: 9 is unknown here");
}

fn some_versions() -> impl Strategy<Value = Vec<Version>> {
    proptest::collection::btree_set("[1-6]", 0..6)
        .prop_map(|versions| versions.into_iter().map(Version).collect())
}

fn some_history() -> impl Strategy<Value = History> {
    let row = ("[1-9]", 0_u32..5, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(version, done, finished, edited, in_flight)| {
            row(|row| {
                row.version = Version(version);
                row.statements_done = done;
                row.finished = finished;
                row.in_flight = in_flight.then(|| "before".to_owned());
                if edited {
                    row.checksum = "other".to_owned();
                }
            })
        },
    );
    let rows = proptest::collection::vec(row, 0..4);
    (proptest::option::of(some_versions()), rows, some_mark(), any::<bool>()).prop_map(
        |(applied, journal, mark, has_tables)| History {
            applied,
            journal,
            mark,
            has_tables,
            ..History::default()
        },
    )
}

fn some_mark() -> impl Strategy<Value = Option<Mark>> {
    proptest::option::of(
        ("[ab]", 1_i64..3).prop_map(|(registry, tenant)| Mark { registry, tenant }),
    )
}

fn some_claim() -> impl Strategy<Value = Claim> {
    prop_oneof![Just(Claim::Unmarked), Just(Claim::Empty), Just(Claim::Any)]
}

proptest! {
    /// Promise 1.
    #[test]
    fn planning_is_pure_total_and_deterministic(
        known in some_versions(),
        observed in some_history(),
        goal in proptest::option::of("[0-9]"),
        version in proptest::option::of("[1-6]"),
        mark in some_mark(),
        allow_out_of_order in any::<bool>(),
        claim in some_claim(),
    ) {
        let known: Vec<_> = known.into_iter().map(|version| version.0).collect();
        let set = numbered(&known.join(" "));
        let goal = goal.map_or(Goal::Head, |version| Goal::Version(Version(version)));
        let record = Record { version: version.map(Version), mark };
        let policy = Policy { allow_out_of_order, claim };

        let plan = plan_tenant(&set, &goal, policy, &record, &observed);
        prop_assert_eq!(&plan, &plan_tenant(&set, &goal, policy, &record, &observed));

        let applied = observed.applied.clone().unwrap_or_default();
        let is_open = |version: &Version| goal.includes(version) && !applied.contains(version);
        let open: Vec<_> = set.iter().filter(|migration| is_open(&migration.version)).collect();
        let is_blocked = matches!(plan, TenantPlan::Blocked(_));
        if record.mark.is_some() && observed.mark.is_some() && record.mark != observed.mark {
            prop_assert!(is_blocked || claim == Claim::Any);
        }
        match plan {
            TenantPlan::Pending(pending) => {
                prop_assert!(!pending.is_empty());
                prop_assert!(applied.iter().all(|version| set.get(version).is_some()));
                prop_assert_eq!(pending, open);
            }
            TenantPlan::UpToDate | TenantPlan::BeyondGoal(_) => prop_assert!(open.is_empty()),
            TenantPlan::Blocked(Blocker::OutOfOrder { missing, newest }) => {
                prop_assert!(!allow_out_of_order);
                prop_assert!(missing.iter().all(|version| *version < newest));
            }
            TenantPlan::Blocked(blocker) => prop_assert!(!blocker.to_string().is_empty()),
        }
    }
}
