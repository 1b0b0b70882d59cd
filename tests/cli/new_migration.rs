//! `new-migration`: turns a change in the code into files, the same ones each time.

use std::collections::BTreeMap;
use std::path::Path;

use insta::assert_snapshot;

use super::project::{files, project, project_at_first, write};
use crate::support::cli::Cli;

/// The files of a project, with the newest version replaced by `VERSION`.
fn with_newest_as(cli: &Cli, version: &str) -> BTreeMap<String, String> {
    let name = |path: &Path| path.display().to_string().replace(version, "VERSION");
    files(&cli.folder().join("migrations_tenant"))
        .into_iter()
        .filter(|(path, _)| !path.ends_with("CHECKSUMS"))
        .map(|(path, bytes)| (name(&path), String::from_utf8(bytes).unwrap()))
        // The published file does not say that a document may be NULL.
        .map(|(path, text)| (path, text.replace("\"details\" IS NULL OR ", "")))
        // The first snapshots did not record their predecessor.
        .map(|(path, text)| (path, text.replace("  \"follows\": \"20261123154648\",\n", "")))
        .collect()
}

fn newest_version(cli: &Cli) -> String {
    let folder = cli.folder().join("migrations_tenant/schema");
    files(&folder)
        .keys()
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .max()
        .unwrap()
}

#[test]
fn the_same_change_gives_the_same_bytes() {
    let published = with_newest_as(&project(), "20261123154738");
    let once = || {
        let cli = project_at_first();
        let written = cli.run("new-migration create_activity_log");
        let version = newest_version(&cli);
        assert_eq!(with_newest_as(&cli, &version), published);
        let checked = cli.run("check");
        assert_eq!(checked.code, Some(0), "{checked}");
        written.to_string().replace(&version, "[VERSION]")
    };
    let written = once();
    assert_eq!(once(), written);
    assert_snapshot!(written, @"
    exit code 0
    --- stdout
    migration [VERSION]_create_activity_log was written:
      migrations_tenant/sqlite/[VERSION]_create_activity_log/up.sql
      migrations_tenant/sqlite/[VERSION]_create_activity_log/down.sql
      migrations_tenant/postgres/[VERSION]_create_activity_log/up.sql
      migrations_tenant/postgres/[VERSION]_create_activity_log/down.sql
      migrations_tenant/mysql/[VERSION]_create_activity_log/up.sql
      migrations_tenant/mysql/[VERSION]_create_activity_log/down.sql
      migrations_tenant/schema/[VERSION].json

    executed up, down and up again:
      sqlite: with 3 rows in the tables
      postgres: not executed: [REASON]
      mysql: not executed: [REASON]

    next: read the SQL, then run `check`
    ");
}

#[test]
fn without_a_change_nothing_is_written() {
    let cli = project();
    let before = files(cli.folder());
    assert_snapshot!(cli.run("new-migration add_nothing"), @"
    exit code 0
    --- stdout
    nothing to migrate: the tenant schema has not changed since its newest migration
    ");
    assert_snapshot!(cli.run("new-migration add_nothing --system"), @"
    exit code 0
    --- stdout
    nothing to migrate: the system schema has not changed since its newest migration
    ");
    for name in ["Add", "add-it", "_add", "add it", "", "größe", "../../x", &"x".repeat(81)] {
        let outcome = cli.run_args(&["new-migration", name]);
        assert_eq!(outcome.code, Some(2), "{name}: {outcome}");
    }
    assert_snapshot!(cli.run("new-migration Add"), @"
    exit code 2
    --- stderr
    error: `Add` can't be a migration's name

    hint: use at most 80 of a-z, 0-9 and `_`, such as `add_invoices`
    ");
    assert!(files(cli.folder()) == before);
    assert_snapshot!(Cli::new().run("new-migration anything"), @"
    exit code 2
    --- stderr
    error: there is no folder `migrations_tenant` here or in a folder above

    hint: run this inside the project
    ");
    assert_snapshot!(Cli::new().run("check"), @"
    exit code 2
    --- stderr
    error: there is no folder `migrations_tenant` here or in a folder above

    hint: run this inside the project
    ");
}

#[test]
fn an_empty_migration_is_filled_by_hand() {
    let cli = project();
    let written = cli.run("new-migration by_hand --empty");
    assert_eq!(written.code, Some(0), "{written}");
    let version = newest_version(&cli);
    let shown = |text: &str| text.replace(&version, "[VERSION]");
    assert_snapshot!(shown(&written.stdout), @"
    migration [VERSION]_by_hand was written:
      migrations_tenant/sqlite/[VERSION]_by_hand/up.sql
      migrations_tenant/sqlite/[VERSION]_by_hand/down.sql
      migrations_tenant/postgres/[VERSION]_by_hand/up.sql
      migrations_tenant/postgres/[VERSION]_by_hand/down.sql
      migrations_tenant/mysql/[VERSION]_by_hand/up.sql
      migrations_tenant/mysql/[VERSION]_by_hand/down.sql
      migrations_tenant/schema/[VERSION].json

    next: write the SQL for each back end, then run `check --seal`
    ");
    // The migration is reported until it has SQL and is sealed.
    let checked = cli.run("check").stdout;
    let findings = checked.find("\n\n").map_or("", |start| &checked[start..]);
    assert_snapshot!(shown(findings), @"
    migrations_tenant/mysql/[VERSION]_by_hand/down.sql
      problem: it has no statement
      remedy:  write the SQL for this back end

    migrations_tenant/mysql/[VERSION]_by_hand/down.sql
      problem: it is not in CHECKSUMS
      remedy:  when the migration is ready, run `check --seal`

    migrations_tenant/mysql/[VERSION]_by_hand/up.sql
      problem: it is not in CHECKSUMS
      remedy:  when the migration is ready, run `check --seal`

    migrations_tenant/mysql/[VERSION]_by_hand/up.sql
      problem: the file is blank
      remedy:  write the SQL, or delete the folder

    migrations_tenant/postgres/[VERSION]_by_hand/down.sql
      problem: it has no statement
      remedy:  write the SQL for this back end

    migrations_tenant/postgres/[VERSION]_by_hand/down.sql
      problem: it is not in CHECKSUMS
      remedy:  when the migration is ready, run `check --seal`

    migrations_tenant/postgres/[VERSION]_by_hand/up.sql
      problem: it is not in CHECKSUMS
      remedy:  when the migration is ready, run `check --seal`

    migrations_tenant/postgres/[VERSION]_by_hand/up.sql
      problem: the file is blank
      remedy:  write the SQL, or delete the folder

    migrations_tenant/schema/[VERSION].json
      problem: it is not in CHECKSUMS
      remedy:  when the migration is ready, run `check --seal`

    migrations_tenant/sqlite/[VERSION]_by_hand/down.sql
      problem: it has no statement
      remedy:  write the SQL for this back end

    migrations_tenant/sqlite/[VERSION]_by_hand/down.sql
      problem: it is not in CHECKSUMS
      remedy:  when the migration is ready, run `check --seal`

    migrations_tenant/sqlite/[VERSION]_by_hand/up.sql
      problem: it is not in CHECKSUMS
      remedy:  when the migration is ready, run `check --seal`

    migrations_tenant/sqlite/[VERSION]_by_hand/up.sql
      problem: the file is blank
      remedy:  write the SQL, or delete the folder

    13 findings
    ");
    for kind in ["sqlite", "postgres", "mysql"] {
        let folder = format!("migrations_tenant/{kind}/{version}_by_hand");
        write(
            &cli,
            Path::new(&format!("{folder}/up.sql")),
            "UPDATE settings SET value = 'null';\n",
        );
        write(&cli, Path::new(&format!("{folder}/down.sql")), "SELECT 1;\n");
    }
    assert_eq!(cli.run("check").code, Some(1), "not sealed");
    let sealed = cli.run("check --seal");
    assert_eq!(sealed.code, Some(0), "{sealed}");
    assert_eq!(cli.run("check").code, Some(0));
}

#[test]
fn another_projects_migrations_are_not_taken_for_this_ones() {
    let cli = Cli::new();
    let theirs = cli.folder().join("migrations_tenant/sqlite/2020-01-01-000000_create_cats");
    std::fs::create_dir_all(&theirs).unwrap();
    std::fs::write(theirs.join("up.sql"), "CREATE TABLE cats (id INTEGER PRIMARY KEY);").unwrap();
    let before = files(cli.folder());
    assert_snapshot!(cli.run("new-migration anything"), @"
    exit code 2
    --- stderr
    error: [FOLDER]/migrations_tenant has none of the migrations that are in this program: it is another project's

    hint: run this inside the project
    ");
    assert!(files(cli.folder()) == before);
}

/// The back ends that a new folder gets migrations for. Later, the folder says it itself.
#[test]
fn a_new_folder_has_the_back_ends_of_the_settings() {
    let back_ends = |cli: &Cli| {
        let names = files(&cli.folder().join("migrations_tenant")).into_keys();
        let names = names.map(|path| path.iter().next().unwrap().to_str().unwrap().to_owned());
        let mut names: Vec<String> = names.collect();
        names.dedup();
        names.retain(|name| ["sqlite", "postgres", "mysql"].contains(&name.as_str()));
        names.join(" ")
    };
    let cases = [
        ("[migrations]\nback_ends = [\"sqlite\"]\n", "", "sqlite"),
        ("[migrations]\nback_ends = [\"postgres\"]\n", "", "postgres"),
        ("[migrations]\nback_ends = [\"mysql\"]\n", " --back-end sqlite", "sqlite"),
        ("[migrations]\nback_ends = [\"postgres\", \"mysql\"]\n", "", "mysql postgres"),
        ("", "", "mysql postgres sqlite"),
    ];
    for (settings, args, expected) in cases {
        let cli = Cli::new();
        write(&cli, Path::new("migrations_tenant/CHECKSUMS"), "");
        write(&cli, Path::new("tenantctl.toml"), settings);
        let written = cli.run(&format!("new-migration first{args}"));
        assert_eq!(written.code, Some(0), "{settings}: {written}");
        assert_eq!(back_ends(&cli), expected, "{settings}{args}");
        let is_executed = written.to_string().contains("sqlite: with");
        assert_eq!(is_executed, expected.contains("sqlite"), "{written}");
    }

    let cli = project_at_first();
    let written = cli.run("new-migration second --back-end sqlite");
    for kind in ["sqlite", "postgres", "mysql"] {
        let line = format!("  migrations_tenant/{kind}/{}_second/up.sql", newest_version(&cli));
        assert!(written.to_string().contains(&line), "{written}");
    }
}
