//! Triggers that were written by hand.

use db_backend::BackendKind;

use super::by_hand::write_for_each;
use super::project::project;
use crate::support::cases::test_on;
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        a_trigger_that_never_worked_is_a_finding,
    }
}

/// A trigger may reject rows, but not use what does not exist.
fn a_trigger_that_never_worked_is_a_finding(server: &TestServer) {
    let kind = server.kind();
    let url = server.scratch_flag();
    let checked = |event: &str, body: &str| {
        let cli = project();
        let (up, down) = trigger(kind, event, body);
        let sql = |other: BackendKind| match other == kind {
            true => [up.clone(), down.clone()],
            false => ["SELECT 1;\n", "SELECT 1;\n"].map(str::to_owned),
        };
        write_for_each(&cli, "20270101000000_watch", sql);
        cli.run(&format!("check --seal{url}"))
    };
    let rejects = match kind {
        BackendKind::Sqlite => "SELECT RAISE(ABORT, 'settings stay')",
        BackendKind::Postgres => "RAISE EXCEPTION 'settings stay'",
        BackendKind::Mysql => "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'settings stay'",
    };
    let rejected = checked("INSERT", rejects);
    assert_eq!(rejected.code, Some(0), "{rejected}");
    let uses =
        [("INSERT", "an insert into"), ("UPDATE", "an update of"), ("DELETE", "a delete from")];
    for (event, usage) in uses {
        let broken = checked(event, "INSERT INTO missing VALUES (1)");
        assert_eq!(broken.code, Some(1), "{event}: {broken}");
        let mut problems = broken.stdout.lines().filter(|line| line.contains("problem: after"));
        let problem = problems.next().unwrap_or_default();
        let begin = format!("problem: after it, {usage} `settings` no longer works on ");
        assert!(problem.contains(&begin), "{event}: {broken}");
        assert!(problem.contains("missing"), "{event}: {broken}");
        assert!(problem.contains("(it creates trigger watch"), "{event}: {broken}");
        assert!(problems.next().is_none(), "{event}: {broken}");
    }
}

/// The files of a trigger of `settings` whose body is that statement.
fn trigger(kind: BackendKind, event: &str, body: &str) -> (String, String) {
    let begin = format!("CREATE TRIGGER watch AFTER {event} ON settings FOR EACH ROW");
    match kind {
        BackendKind::Sqlite => {
            (format!("{begin} BEGIN {body}; END;\n"), "DROP TRIGGER watch;\n".to_owned())
        }
        BackendKind::Mysql => (format!("{begin} {body};\n"), "DROP TRIGGER watch;\n".to_owned()),
        BackendKind::Postgres => (
            format!(
                "CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$
                 BEGIN {body}; RETURN NULL; END $$;
                 {begin} EXECUTE FUNCTION watch();\n"
            ),
            "DROP TRIGGER watch ON settings;\nDROP FUNCTION watch();\n".to_owned(),
        ),
    }
}
