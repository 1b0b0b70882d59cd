//! Few file descriptors and no threads: fewer tenants at a time, or one clear error.

use std::process::Command;

use db_backend::BackendKind;

use crate::support::cases::test_on;
use crate::support::cli::Outcome;
use crate::support::fleet::Fleet;
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        few_descriptors_are_enough_for_many_tenants,
        too_few_descriptors_are_never_taken_for_something_else,
        without_threads_there_is_one_clear_error,
    }
}

/// Runs the program with at most that many open files.
fn with_descriptors(fleet: &Fleet<'_>, limit: u64, args: &str) -> Outcome {
    let program = fleet.program(args);
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -n $0 && exec \"$@\"", &limit.to_string()]);
    shell.arg(program.get_program()).args(program.get_args());
    shell.env_clear().current_dir(fleet.cli.folder());
    shell.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    fleet.outcome(shell.output().expect("the program runs"))
}

fn few_descriptors_are_enough_for_many_tenants(server: &TestServer) {
    let fleet = Fleet::new(server);
    let slugs: Vec<String> = (0..24).map(|number| format!("@t{number:02}")).collect();
    let many = "--jobs 64 --per-server 64";
    let first = format!("provision {} {many} --to 20261123154648", slugs.join(" "));
    for command in [&*first, &format!("migrate-all {many}"), &format!("status --verify {many}")] {
        let outcome = with_descriptors(&fleet, 64, command);
        assert_eq!(outcome.code, Some(0), "{}: {outcome}", server.kind());
        let note = "note: 10 tenants at a time instead of 64";
        assert!(outcome.stderr.contains(note), "{outcome}");
    }
}

fn too_few_descriptors_are_never_taken_for_something_else(server: &TestServer) {
    let fleet = Fleet::new(server);
    fleet.succeed("provision @acme @beta --to 20261123154648");
    for limit in [8, 10, 12, 14, 16, 20] {
        let outcome = with_descriptors(&fleet, limit, "migrate-all --connect-timeout 2");
        assert!(matches!(outcome.code, Some(0 | 1 | 4)), "{limit}: {outcome}");
        let said = outcome.to_string();
        for wrong in ["access denied", "database missing", "panicked"] {
            assert!(!said.contains(wrong), "{}: {limit}: {said}", server.kind());
        }
    }
    fleet.succeed("migrate-all");
}

fn without_threads_there_is_one_clear_error(server: &TestServer) {
    let fleet = Fleet::provisioned(server, "@acme");
    let mut program = fleet.program("migrate-all");
    // No thread can have a stack of this size.
    program.env("RUST_MIN_STACK", (1_u64 << 46).to_string());
    let outcome = fleet.outcome(program.output().expect("the program runs"));
    let error = "error: the system database can't be opened\n  cause: no thread can be started";
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert!(outcome.stderr.starts_with(error) && outcome.stderr.contains("hint:"), "{outcome}");
}

/// Each migration has a transaction of its own in a new database too: all of them in one would need
/// more locks than PostgreSQL has for all sessions together, as 16 provisionings at once show.
#[test]
fn a_new_database_needs_no_more_locks_at_once_than_its_largest_migration() {
    const TENANTS: usize = 16;
    const MIGRATIONS: usize = 20;
    on_server(BackendKind::Postgres, |server| {
        let fleet = Fleet::new(server);
        fleet.create_database("limits");
        let limit = "SELECT (current_setting('max_locks_per_transaction')::int
            * current_setting('max_connections')::int)::text";
        let limit: usize = fleet.column("limits", limit)[0].parse().unwrap();
        // A table and its key have a lock each.
        let tables = limit / TENANTS / MIGRATIONS * 2 / 3;
        for version in 1..=MIGRATIONS {
            let create = |table| format!("CREATE TABLE t{version}_{table} (id int PRIMARY KEY);\n");
            let up: String = (0..tables).map(create).collect();
            fleet.write(&format!("m/{version:02}_tables/up.sql"), &up);
        }
        let slugs: Vec<String> = (0..TENANTS).map(|number| format!("@t{number:02}")).collect();
        fleet.succeed(&format!("provision {} --migrations m --per-server 16", slugs.join(" ")));
    });
}
