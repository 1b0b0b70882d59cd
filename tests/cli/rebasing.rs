//! Two branches that each added a migration, merged by Git, and `new-migration --rebase`.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use schema_model::{Column, Schema, SqlType};

use super::changing::{append, changed, migrate_to, newest, read, shown};
use super::project::{files, project, project_at_first, write};
use crate::support::cli::Cli;
use crate::support::git::{commit, git};

/// The schema that the code declares, with only these indexes of the activity log.
fn with_indexes(names: &[&str]) -> Schema {
    changed(|tables| {
        tables[1]
            .indexes
            .to_mut()
            .retain(|index| names.iter().any(|name| index.name.contains(name)));
    })
}

/// A project in a Git repository, before its branches.
fn repository() -> Cli {
    let cli = project_at_first();
    migrate_to(cli.folder(), with_indexes(&[]), "create_activity_log", 0);
    git(cli.folder(), "init --quiet");
    commit(cli.folder());
    cli
}

/// Adds migrations on a branch of their own, each a schema, a name and a second.
fn branch(cli: &Cli, name: &str, migrations: &[(Schema, &str, i64)]) {
    git(cli.folder(), &format!("switch --quiet --create {name} main"));
    for (schema, name, second) in migrations {
        migrate_to(cli.folder(), schema.clone(), name, *second);
        commit(cli.folder());
    }
    git(cli.folder(), "switch --quiet main");
}

/// Two branches each added a migration after the same one, and were then merged.
fn merged_branches(one_declares: Schema) -> Cli {
    let cli = repository();
    branch(&cli, "one", &[(one_declares, "index_entities", 60)]);
    branch(&cli, "other", &[(with_indexes(&["created"]), "index_times", 120)]);
    git(cli.folder(), "merge --quiet one");
    git(cli.folder(), "merge --quiet other");
    cli
}

/// What `check` found, without the lines about the replay.
fn findings_of(stdout: &str) -> &str {
    stdout.find("\n\n").map_or("", |start| stdout[start..].trim())
}

const ONE_LATE_BRANCH: &str = "migrations_tenant/schema/20270115080200.json
  problem: 20270115080200 was written after 20270115080000, on a branch without 20270115080100, which comes between them now
  remedy:  give a new version to the one that is not published yet: `new-migration --rebase 20270115080200` or `new-migration --rebase 20270115080100`

1 finding";

#[test]
fn a_late_branch_is_rebased() {
    for version in ["20270115080100", "20270115080200"] {
        let cli = merged_branches(with_indexes(&["entity"]));
        let checked = cli.run("check");
        assert_eq!(checked.code, Some(1), "{checked}");
        assert_eq!(findings_of(&checked.stdout), ONE_LATE_BRANCH);

        let rebased = cli.run(&format!("new-migration --rebase {version}"));
        assert_eq!(rebased.code, Some(0), "{rebased}");
        assert!(rebased.stdout.contains("generated again"), "{rebased}");
        let checked = cli.run("check");
        assert_eq!(checked.code, Some(0), "{version}: {checked}");
        let name = newest(&cli);
        assert!(name.split_once('_').unwrap().0 > "20270115080200", "{name}");
        assert_eq!(cli.run("new-migration more").stdout.lines().count(), 1, "nothing to migrate");
    }
}

#[test]
fn a_rebase_by_hand_keeps_its_sql() {
    let cli = merged_branches(with_indexes(&["entity"]));
    let path = cli.folder().join("migrations_tenant/sqlite/20270115080200_index_times/up.sql");
    append(&path, "-- by hand\n");
    let rebased = cli.run("new-migration --rebase 20270115080200");
    assert_snapshot!(shown(&cli, &rebased.to_string()), @"
    exit code 0
    --- stdout
    migration 20270115080200_index_times is now VERSION_index_times:
      migrations_tenant/sqlite/VERSION_index_times/down.sql
      migrations_tenant/sqlite/VERSION_index_times/up.sql
      migrations_tenant/postgres/VERSION_index_times/down.sql
      migrations_tenant/postgres/VERSION_index_times/up.sql
      migrations_tenant/mysql/VERSION_index_times/down.sql
      migrations_tenant/mysql/VERSION_index_times/up.sql
      migrations_tenant/schema/VERSION.json

    its SQL was written by hand, and has not changed

    next: read the SQL, then run `check`
    ");
    let checked = cli.run("check");
    assert_eq!(checked.code, Some(0), "{checked}");
    assert!(read(&cli, &format!("sqlite/{}/up.sql", newest(&cli))).ends_with("-- by hand\n"));
}

#[test]
fn a_rebase_asks_before_it_loses_what_another_branch_added() {
    // The merge lost the column's declaration, so the code leads away from it.
    let cli = merged_branches(changed(|tables| {
        let note = Column::new("note", SqlType::Text).nullable();
        tables[0].columns.to_mut().push(note);
        tables[1].indexes.to_mut().retain(|index| index.name.contains("entity"));
    }));
    let before = files(cli.folder());
    let refused = cli.run("new-migration --rebase 20270115080200");
    assert_snapshot!(refused, @"
    exit code 2
    --- stderr
    error: this may lose data, or fail on existing rows:
      column settings.note is dropped, with its values

    hint: if this is intended, add --allow drop-column=settings.note
    ");
    assert!(files(cli.folder()) == before);
    let allowed = "new-migration --rebase 20270115080200 --allow drop-column=settings.note";
    let rebased = cli.run(allowed);
    assert_eq!(rebased.code, Some(0), "{rebased}");
}

/// The schema that the code declares, with only some parts of the activity log.
fn with_parts(parts: &[&str]) -> Schema {
    let Schema { tables, .. } = with_indexes(parts);
    let mut tables = tables.into_owned();
    if !parts.contains(&"details") {
        tables[1].columns.to_mut().retain(|column| column.name != "details");
    }
    if !parts.contains(&"action") {
        tables[1].columns.to_mut()[1].sql_type = SqlType::Varchar(12);
    }
    Schema::new(tables)
}

/// Branches of the same start, each of which adds these parts, one migration after the other.
fn merged_branches_of(branches: &[(&str, &[(&'static str, i64)])]) -> Cli {
    let cli = project_at_first();
    migrate_to(cli.folder(), with_parts(&[]), "create_activity_log", 0);
    git(cli.folder(), "init --quiet");
    commit(cli.folder());
    for (name, added) in branches {
        let mut parts = Vec::new();
        let migration = |(part, second): &(&'static str, i64)| {
            parts.push(*part);
            (with_parts(&parts), *part, *second)
        };
        let migrations: Vec<(Schema, &str, i64)> = added.iter().map(migration).collect();
        branch(&cli, name, &migrations);
    }
    for (name, _) in branches {
        git(cli.folder(), &format!("merge --quiet {name}"));
    }
    cli
}

/// Two branches of two migrations each, in turn: the cause is still one, and so is the remedy.
#[test]
fn branches_of_several_migrations_are_rebased_as_one() {
    let one: &[_] = &[("details", 60), ("entity", 180)];
    let other: &[_] = &[("created", 120), ("action", 240)];
    for (version, by_hand) in [
        ("20270115080100", None),
        ("20270115080200", None),
        ("20270115080200", Some("20270115080200_created")),
    ] {
        let cli = merged_branches_of(&[("one", one), ("other", other)]);
        let checked = cli.run("check");
        assert_eq!(checked.code, Some(1), "{checked}");
        assert!(checked.stdout.ends_with("\n1 finding\n"), "{checked}");
        if let Some(name) = by_hand {
            append(
                &cli.folder().join(format!("migrations_tenant/sqlite/{name}/up.sql")),
                "-- by hand\n",
            );
        }
        let rebased = cli.run(&format!("new-migration --rebase {version}"));
        assert_eq!(rebased.code, Some(0), "{version}: {rebased}");
        assert_eq!(rebased.stdout.matches(" is now ").count(), 2, "{rebased}");
        let again = rebased.stdout.matches("was generated again").count();
        assert_eq!(again, if by_hand.is_some() { 1 } else { 2 }, "{rebased}");
        let checked = cli.run("check");
        assert_eq!(checked.code, Some(0), "{version} {by_hand:?}: {checked}");
        assert_eq!(cli.run("new-migration more").stdout.lines().count(), 1, "nothing to migrate");
    }
}

#[test]
fn late_branches_are_rebased_together() {
    let cli = merged_branches_of(&[
        ("one", &[("details", 60)]),
        ("two", &[("entity", 120)]),
        ("three", &[("created", 180), ("action", 240)]),
    ]);
    let checked = cli.run("check");
    assert!(checked.stdout.ends_with("\n2 findings\n"), "{checked}");
    let rebased = cli.run("new-migration --rebase 20270115080200 --rebase 20270115080300");
    assert_eq!(rebased.code, Some(0), "{rebased}");
    let checked = cli.run("check");
    assert_eq!(checked.code, Some(0), "{checked}");
}

/// Whatever order a merge gives to the lines.
#[test]
fn the_order_of_checksums_means_nothing() {
    let cli = project_at_first();
    let path = Path::new("migrations_tenant/CHECKSUMS");
    let old = read(&cli, "CHECKSUMS");
    let reversed: String = old.lines().rev().map(|line| format!("{line}\n")).collect();
    // A merge may keep a line of each side.
    let merged = format!("{reversed}{old}");
    write(&cli, path, &merged);
    let checked = cli.run("check --seal");
    assert!(checked.stdout.contains("table `activity_log` is new"), "{checked}");
    assert!(checked.stdout.ends_with("\n1 finding\n"), "{checked}");
    assert_eq!(read(&cli, "CHECKSUMS"), merged, "there is no need to write it again");

    let written = cli.run("new-migration create_activity_log");
    assert_eq!(written.code, Some(0), "{written}");
    let text = read(&cli, "CHECKSUMS");
    let (kept, added) = text.split_at(reversed.len());
    assert_eq!(kept, reversed);
    assert!(added.lines().all(|line| !line.contains("20261123154648")), "{added}");
    assert_eq!(cli.run("check").code, Some(0));
}

#[test]
fn a_file_that_two_branches_sealed_differently_is_a_finding() {
    let cli = project();
    let path = Path::new("migrations_tenant/CHECKSUMS");
    let other = format!("{}  schema/20261123154738.json\n", "0".repeat(64));
    write(&cli, path, read(&cli, "CHECKSUMS") + &other);
    let checked = cli.run("check");
    assert_snapshot!(findings_of(&checked.stdout), @"
    migrations_tenant/schema/20261123154738.json
      problem: it has different lines in CHECKSUMS: two branches have each sealed it
      remedy:  keep the line of the published file; or, if nobody has run it yet, accept the file as it is with `check --reseal 20261123154738`

    1 finding
    ");
    assert_eq!(cli.run("check --reseal 20261123154738").code, Some(0));
    assert!(!read(&cli, "CHECKSUMS").contains(&other));

    let marked = format!("<<<<<<< HEAD\n{}", read(&cli, "CHECKSUMS"));
    write(&cli, path, marked);
    assert_snapshot!(cli.run("check"), @"
    exit code 1
    --- stderr
    error: migrations_tenant/CHECKSUMS line 1: expected a checksum, two spaces and a path

    hint: if a merge has left its marks there, remove them, and keep the lines of both sides; otherwise restore the file from version control
    ");
}

#[test]
fn a_new_folder_says_how_git_merges_it() {
    let cli = project();
    let folder = cli.folder().join("crates/system-db/migrations");
    fs::remove_dir_all(&folder).unwrap();
    let written = cli.run("new-migration create_tables --system");
    assert_eq!(written.code, Some(0), "{written}");
    let attributes = folder.join(".gitattributes");
    assert_eq!(fs::read_to_string(&attributes).unwrap(), "CHECKSUMS merge=union\n");

    // It is the team's own from then on.
    fs::remove_file(&attributes).unwrap();
    let name = fs::read_dir(folder.join("mysql")).unwrap().next().unwrap().unwrap().file_name();
    fs::write(folder.join("mysql").join(name).join("metadata.toml"), "").unwrap();
    let sealed = cli.run("check --seal");
    assert!(sealed.stdout.contains("metadata.toml"), "{sealed}");
    assert!(!attributes.exists());
}
