//! Databases without a history: which are adopted, and what happens if that is interrupted.

use std::sync::Arc;

use db_backend::{DbErrorKind, Version};
use insta::assert_snapshot;

use super::{MIGRATIONS, a_run, fleet, history, line, options, outcomes, target, versions};
use crate::sim::{Fault, SimConnector, SimState, SimStyle};
use crate::{Baseline, Event, Outcome};

/// What the first `count` migrations make, without a trace of them.
fn made_by(style: SimStyle, count: usize) -> SimState {
    let (connector, targets) = fleet(style, &["made"]);
    let migrations = &MIGRATIONS[..count];
    a_run(&connector, migrations, options()).migrate(targets, Arc::new(|_| None));
    SimState { history: None, journal: None, owner: None, ..connector.state("made") }
}

fn adopted(connector: &SimConnector, style: SimStyle, version: &str) -> Outcome {
    let expected = made_by(style, 2).catalog();
    let baseline = Baseline {
        version: Version(version.to_owned()),
        expected: Arc::new(move |_, _| Ok(Arc::new(expected.clone()))),
    };
    let (sender, events) = std::sync::mpsc::channel();
    let run = a_run(connector, MIGRATIONS, options())
        .telling(move |event| sender.send(event).expect("the test listens"));
    run.adopt([target("acme")], Arc::new(|_| None), baseline);
    let events: Vec<Event> = events.try_iter().collect();
    outcomes(&events).remove(0).1
}

#[test]
fn only_what_has_no_history_and_the_right_tables_is_adopted() {
    let style = SimStyle::TransactionalDdl;
    let with = |state: SimState| {
        let (connector, _) = fleet(style, &[]);
        connector.create_with("acme", state);
        line(&adopted(&connector, style, "2"))
    };
    let (equal, more) = (made_by(style, 2), made_by(style, 4));
    let applied = |text: &str| SimState {
        history: Some(versions(text).into_iter().collect()),
        ..equal.clone()
    };
    let rows = [
        ("equal", with(equal.clone())),
        ("with empty tables of ours", with(applied(""))),
        ("fewer tables", with(made_by(style, 1))),
        ("more tables", with(more)),
        ("empty", with(SimState::default())),
        ("begun", with(applied("1"))),
        ("there", with(applied("1 2"))),
        ("beyond", with(applied("1 2 3"))),
    ];
    let rows = rows.map(|(name, outcome)| format!("{name}: {outcome}"));
    assert_snapshot!(rows.join("\n"), @"
    equal: adopted 1 2
    with empty tables of ours: adopted 1 2
    fewer tables: blocked: its tables are not those of version 2 (1 difference): table `b` is missing
    more tables: blocked: its tables are not those of version 2 (1 difference): table `c` is not in the schema
    empty: blocked: it is empty
    begun: blocked: it has a migration history already, at version 1
    there: up to date
    beyond: up to date
    ");
}

#[test]
fn whatever_fails_at_any_call_the_next_baseline_converges() {
    for style in SimStyle::ALL {
        for fault in [
            Fault::Fails(DbErrorKind::Statement),
            Fault::LostBefore,
            Fault::LostAfter,
            Fault::CrashBefore,
            Fault::CrashAfter,
            Fault::Panic,
        ] {
            for call in 0.. {
                let (connector, _) = fleet(style, &[]);
                connector.create_with("acme", made_by(style, 2));
                connector.order("acme", call, fault);
                let first = adopted(&connector, style, "2");
                let calls = connector.calls("acme");
                connector.restart();
                let again = adopted(&connector, style, "2");
                let what = format!("{style:?}, {fault:?} at call {call}: {first:?}, {again:?}");
                assert!(again.is_at_goal(), "{what}");
                let state = connector.state("acme");
                assert_eq!(history(&state), versions("1 2"), "{what}");
                assert_eq!(state.journal.map(|rows| rows.len()), Some(2), "{what}");
                assert_eq!(state.log, made_by(style, 2).log, "nothing was executed: {what}");
                if call >= calls {
                    break;
                }
            }
        }
    }
}
