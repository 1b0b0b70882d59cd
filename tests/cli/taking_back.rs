//! `new-migration --amend`, `--remove` and `--rename`: a migration that is not published is taken
//! back.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use schema_model::{Column, SqlType};

use super::changing::{append, changed, migrate_to, newest, read};
use super::project::{SECOND, files, project, project_at_first, write};
use crate::support::cli::Cli;
use crate::support::git::{commit, git};

/// A project whose newest migration adds something that the code declares in another way: the
/// author has changed the code since.
fn project_that_has_changed_its_mind() -> Cli {
    let cli = project_at_first();
    let shorter = changed(|tables| {
        tables[1].columns.to_mut()[1].sql_type = SqlType::Varchar(12);
        tables[1].columns.to_mut().push(Column::new("note", SqlType::Text).nullable());
    });
    migrate_to(cli.folder(), shorter, "create_activity_log", 0);
    cli
}

const NEWEST: &str = "20270115080000_create_activity_log";

#[test]
fn the_newest_is_generated_again() {
    let cli = project_that_has_changed_its_mind();
    let before = files(&cli.folder().join("migrations_tenant"));
    assert_snapshot!(cli.run("new-migration --amend"), @"
    exit code 0
    --- stdout
    migration 20270115080000_create_activity_log was generated again:
      migrations_tenant/sqlite/20270115080000_create_activity_log/up.sql
      migrations_tenant/sqlite/20270115080000_create_activity_log/down.sql
      migrations_tenant/postgres/20270115080000_create_activity_log/up.sql
      migrations_tenant/postgres/20270115080000_create_activity_log/down.sql
      migrations_tenant/mysql/20270115080000_create_activity_log/up.sql
      migrations_tenant/mysql/20270115080000_create_activity_log/down.sql
      migrations_tenant/schema/20270115080000.json

    executed up, down and up again:
      sqlite: with 3 rows in the tables
      postgres: not executed: [REASON]
      mysql: not executed: [REASON]

    next: read the SQL, then run `check`

    there is no registry here that could say who has it; a database elsewhere that has it must be created again
    ");
    let after = files(&cli.folder().join("migrations_tenant"));
    assert!(before.keys().eq(after.keys()), "the same files");
    let checked = cli.run("check");
    assert_eq!(checked.code, Some(0), "{checked}");
    let published = read(&project(), &format!("mysql/{SECOND}/up.sql"));
    assert_eq!(read(&cli, &format!("mysql/{NEWEST}/up.sql")), published);
    assert_snapshot!(cli.run("new-migration --amend"), @"
    exit code 0
    --- stdout
    nothing to amend: 20270115080000 does what the code declares
    ");
    assert!(files(&cli.folder().join("migrations_tenant")) == after);
}

/// What it loses is named as for a new migration, except for what was named before.
#[test]
fn what_an_amended_migration_loses_is_named() {
    let cli = project();
    let with_legacies = changed(|tables| {
        for name in ["legacy", "older"] {
            let column = Column::new(name, SqlType::Integer).nullable();
            tables[0].columns.to_mut().push(column);
        }
    });
    migrate_to(cli.folder(), with_legacies, "add_legacies", 0);
    let with_older = changed(|tables| {
        tables[0].columns.to_mut().push(Column::new("older", SqlType::Integer).nullable());
    });
    migrate_to(cli.folder(), with_older, "drop_legacies", 60);
    let before = files(cli.folder());
    assert_snapshot!(cli.run("new-migration --amend"), @"
    exit code 2
    --- stderr
    error: this may lose data, or fail on existing rows:
      column settings.older is dropped, with its values

    hint: if this is intended, add --allow drop-column=settings.older
    ");
    assert!(files(cli.folder()) == before);
    let both = "--allow drop-column=settings.older --allow drop-column=settings.legacy";
    let amended = cli.run(&format!("new-migration --amend {both}"));
    assert_eq!(amended.code, Some(0), "{amended}");
    let checked = cli.run("check");
    assert_eq!(checked.code, Some(0), "{checked}");
}

#[test]
fn sql_by_hand_is_not_thrown_away() {
    let cli = project_that_has_changed_its_mind();
    append(&cli.folder().join(format!("migrations_tenant/mysql/{NEWEST}/up.sql")), "-- by hand\n");
    let before = files(cli.folder());
    assert_eq!(cli.run("new-migration --amend").code, Some(1), "it is not what was sealed");
    assert!(files(cli.folder()) == before);
    // Its author has accepted the edit since.
    let sums = sealed_again(&cli, &read(&cli, "CHECKSUMS"));
    fs::write(cli.folder().join("migrations_tenant/CHECKSUMS"), sums).unwrap();
    let before = files(cli.folder());
    assert_snapshot!(cli.run("new-migration --amend"), @"
    exit code 1
    --- stderr
    error: the SQL of 20270115080000 is not what was generated: it was written by hand, or has a rename or a backfill that the code no longer declares

    hint: to throw that SQL away, take the migration back with `new-migration --remove 20270115080000`, and generate it with `new-migration NAME`
    ");
    assert!(files(cli.folder()) == before);
}

/// The lines with the checksum of the edited file.
fn sealed_again(cli: &Cli, sums: &str) -> String {
    let path = format!("mysql/{NEWEST}/up.sql");
    let sum = tenant_migrate::checksum(&read(cli, &path));
    let line = |line: &str| match line.ends_with(&path) {
        true => format!("{sum}  {path}\n"),
        false => format!("{line}\n"),
    };
    sums.lines().map(line).collect()
}

#[test]
fn the_newest_is_removed() {
    let cli = project_at_first();
    let before = files(cli.folder());
    let written = cli.run("new-migration create_activity_log");
    assert_eq!(written.code, Some(0), "{written}");
    let name = newest(&cli);
    let version = name.split_once('_').unwrap().0;
    let removed = cli.run(&format!("new-migration --remove {version}"));
    assert_snapshot!(removed.to_string().replace(version, "VERSION"), @"
    exit code 0
    --- stdout
    migration VERSION_create_activity_log was removed:
      migrations_tenant/sqlite/VERSION_create_activity_log/down.sql
      migrations_tenant/sqlite/VERSION_create_activity_log/up.sql
      migrations_tenant/postgres/VERSION_create_activity_log/down.sql
      migrations_tenant/postgres/VERSION_create_activity_log/up.sql
      migrations_tenant/mysql/VERSION_create_activity_log/down.sql
      migrations_tenant/mysql/VERSION_create_activity_log/up.sql
      migrations_tenant/schema/VERSION.json

    next: `new-migration NAME` generates what the code still declares

    there is no registry here that could say who has it; a database elsewhere that has it must be created again
    ");
    assert!(files(cli.folder()) == before, "nothing is left of it");

    // One that was never completed has findings, which are no reason to keep it.
    cli.run("new-migration by_hand --empty");
    let version = newest(&cli).split_once('_').unwrap().0.to_owned();
    assert_eq!(cli.run(&format!("new-migration --remove {version}")).code, Some(0));
    assert!(files(cli.folder()) == before, "nothing is left of it");
}

#[test]
fn any_is_renamed() {
    let cli = project();
    let text = read(&cli, &format!("mysql/{SECOND}/up.sql"));
    let sums = read(&cli, "CHECKSUMS");
    assert_snapshot!(cli.run("new-migration log_activities --rename 20261123154738"), @"
    exit code 0
    --- stdout
    migration 20261123154738_create_activity_log has a new name:
      migrations_tenant/sqlite/20261123154738_log_activities/down.sql
      migrations_tenant/sqlite/20261123154738_log_activities/up.sql
      migrations_tenant/postgres/20261123154738_log_activities/down.sql
      migrations_tenant/postgres/20261123154738_log_activities/up.sql
      migrations_tenant/mysql/20261123154738_log_activities/down.sql
      migrations_tenant/mysql/20261123154738_log_activities/up.sql

    there is no registry here that could say who has it; a database elsewhere that has it must be created again
    ");
    assert_eq!(read(&cli, "mysql/20261123154738_log_activities/up.sql"), text);
    let expected = sums.replace("create_activity_log", "log_activities");
    assert_eq!(read(&cli, "CHECKSUMS"), expected);
    let checked = cli.run("check");
    assert_eq!(checked.code, Some(0), "{checked}");
    let again = cli.run("new-migration log_activities --rename 20261123154738");
    assert_eq!(again.code, Some(0), "{again}");
    assert!(again.stdout.starts_with("nothing to rename"), "{again}");
}

#[test]
fn what_is_published_stays() {
    let cli = project();
    let provisioned = cli.run("provision acme beta");
    assert_eq!(provisioned.code, Some(0), "{provisioned}");
    let before = files(&cli.folder().join("migrations_tenant"));
    let version = "20261123154738";
    let mut shown = String::new();
    for command in ["--amend", "--remove 20261123154738", "other --rename 20261123154738"] {
        shown += &format!(
            "$ new-migration {command}\n{}\n",
            cli.run(&format!("new-migration {command}"))
        );
    }
    fs::remove_dir_all(cli.folder().join(".tenantctl")).unwrap();
    let folder = cli.folder();
    git(folder, "init --quiet");
    commit(folder);
    git(folder, "update-ref refs/remotes/origin/main HEAD");
    git(folder, "symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main");
    shown += &format!("$ in Git\n{}\n", cli.run(&format!("new-migration --remove {version}")));
    assert!(files(&cli.folder().join("migrations_tenant")) == before);
    migrate_to(folder, changed(|tables| drop(tables.pop())), "drop_activity_log", 0);
    shown += &format!("$ a newer one\n{}", cli.run("new-migration --remove 20270115080000"));
    assert!(files(&cli.folder().join("migrations_tenant")) == before);
    assert_snapshot!(shown, @"
    $ new-migration --amend
    exit code 2
    --- stderr
    error: 20261123154738 is published: tenant `acme` and 1 more have it

    hint: put the change into a new migration: `new-migration NAME`

    $ new-migration --remove 20261123154738
    exit code 2
    --- stderr
    error: 20261123154738 is published: tenant `acme` and 1 more have it

    hint: put the change into a new migration: `new-migration NAME`

    $ new-migration other --rename 20261123154738
    exit code 2
    --- stderr
    error: 20261123154738 is published: tenant `acme` and 1 more have it

    hint: put the change into a new migration: `new-migration NAME`

    $ in Git
    exit code 2
    --- stderr
    error: 20261123154738 is published: it is on origin/main

    hint: put the change into a new migration: `new-migration NAME`

    $ a newer one
    exit code 0
    --- stdout
    migration 20270115080000_drop_activity_log was removed:
      migrations_tenant/sqlite/20270115080000_drop_activity_log/down.sql
      migrations_tenant/sqlite/20270115080000_drop_activity_log/up.sql
      migrations_tenant/postgres/20270115080000_drop_activity_log/down.sql
      migrations_tenant/postgres/20270115080000_drop_activity_log/up.sql
      migrations_tenant/mysql/20270115080000_drop_activity_log/down.sql
      migrations_tenant/mysql/20270115080000_drop_activity_log/up.sql
      migrations_tenant/schema/20270115080000.json

    next: `new-migration NAME` generates what the code still declares

    it is not on origin/main; a database elsewhere that has it must be created again
    ");
}

#[test]
fn what_can_not_be_taken_back() {
    let cli = project();
    let before = files(cli.folder());
    let commands = [
        "new-migration --remove 20990101000000",
        "new-migration --remove 20261123154648",
        "new-migration add --rename 20990101000000",
        "new-migration Add --rename 20261123154738",
        "new-migration --rename 20261123154738",
        "new-migration add --amend",
        "new-migration --amend --remove 20261123154738",
    ];
    let mut outcomes =
        commands.map(|command| format!("$ {command}\n{}", cli.run(command))).to_vec();
    assert!(files(cli.folder()) == before);

    // The code declares what was there before the newest migration.
    let longer = changed(|tables| {
        tables[0].columns.to_mut().push(Column::new("note", SqlType::Text).nullable());
    });
    migrate_to(cli.folder(), longer, "add_note", 0);
    outcomes.push(format!("$ undone in the code\n{}", cli.run("new-migration --amend")));

    let empty = project();
    fs::remove_dir_all(empty.folder().join("migrations_tenant")).unwrap();
    fs::create_dir(empty.folder().join("migrations_tenant")).unwrap();
    outcomes.push(format!("$ an empty folder\n{}", empty.run("new-migration --amend")));
    assert_snapshot!(outcomes.join("\n"), @"
    $ new-migration --remove 20990101000000
    exit code 2
    --- stderr
    error: there is no migration of version 20990101000000

    $ new-migration --remove 20261123154648
    exit code 2
    --- stderr
    error: 20261123154648 is not the newest migration: 20261123154738 builds on it

    hint: put the change into a new migration; or take back the newest one first, with `new-migration --remove 20261123154738`

    $ new-migration add --rename 20990101000000
    exit code 2
    --- stderr
    error: there is no migration of version 20990101000000

    $ new-migration Add --rename 20261123154738
    exit code 2
    --- stderr
    error: `Add` can't be a migration's name

    hint: use at most 80 of a-z, 0-9 and `_`, such as `add_invoices`

    $ new-migration --rename 20261123154738
    exit code 2
    --- stderr
    error: the following required arguments were not provided:
      <NAME>

    Usage: tenantctl new-migration --rename <VERSION> <NAME>

    For more information, try '--help'.

    $ new-migration add --amend
    exit code 2
    --- stderr
    error: the argument '[NAME]' cannot be used with '--amend'

    Usage: tenantctl new-migration <NAME>

    For more information, try '--help'.

    $ new-migration --amend --remove 20261123154738
    exit code 2
    --- stderr
    error: the argument '--amend' cannot be used with '--remove <VERSION>'

    Usage: tenantctl new-migration --amend [NAME]

    For more information, try '--help'.

    $ undone in the code
    exit code 2
    --- stderr
    error: the code declares what was there before 20270115080000: nothing is left for it to do

    hint: take it back with `new-migration --remove 20270115080000`

    $ an empty folder
    exit code 2
    --- stderr
    error: there is no migration yet
    ");
}

/// A stock folder, as Diesel's command line names its migrations.
#[test]
fn a_stock_folder_is_the_same() {
    let cli = project();
    for (name, sql) in [
        ("2024-01-01-000000_a", "CREATE TABLE a (id);"),
        ("2024-01-02-000000_b", "CREATE TABLE b (id);"),
    ] {
        write(&cli, Path::new(&format!("stock/{name}/up.sql")), sql);
    }
    let stock = "--migrations stock --back-end sqlite";
    let before = files(&cli.folder().join("stock"));
    let older = cli.run(&format!("new-migration {stock} --remove 20240101000000"));
    assert_eq!(older.code, Some(2), "{older}");
    let renamed = cli.run(&format!("new-migration {stock} c --rename 2024-01-02-000000"));
    assert_eq!(renamed.code, Some(0), "{renamed}");
    assert!(cli.folder().join("stock/2024-01-02-000000_c/up.sql").exists());
    let amended = cli.run(&format!("new-migration {stock} --amend"));
    assert_eq!(amended.code, Some(2), "{amended}");
    let removed = cli.run(&format!("new-migration {stock} --remove 20240102000000"));
    assert_eq!(removed.code, Some(0), "{removed}");
    let mut after = before.into_iter();
    assert!(files(&cli.folder().join("stock")).into_iter().eq(after.next()), "only the first one");
}
