//! `new-migration` if data may be lost, or something is in the way.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use insta::assert_snapshot;
use migration_folder::{
    Content, Folder, FolderError, Generated, Request, ScratchHost, new_migration,
};
use schema_core::tenant::SCHEMA;
use schema_model::{Column, Schema, SqlType, Table};

use super::project::{files, project, project_at_first};
use crate::support::cli::Cli;

/// The schema that the code declares, changed.
pub(super) fn changed(change: impl FnOnce(&mut Vec<Table>)) -> Schema {
    let mut tables = SCHEMA.tables.to_vec();
    change(&mut tables);
    Schema::new(tables)
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
}

/// Gives the project's tenant folder a history whose schema differs from the code's.
pub(super) fn migrate_to(root: &Path, schema: Schema, name: &str, second: i64) {
    let folder = Folder::new("tenant", root.join("migrations_tenant"), Cow::Owned(schema));
    let mut request = Request {
        name: name.to_owned(),
        content: Content::Proven,
        allow: Vec::new(),
        now: at(second),
    };
    let mut generated = new_migration(&folder, &request, &[ScratchHost::memory()]);
    if let Err(FolderError::NotAllowed(hazards)) = &generated {
        request.allow = hazards.iter().map(ToString::to_string).collect();
        generated = new_migration(&folder, &request, &[ScratchHost::memory()]);
    }
    let generated = generated.unwrap();
    assert!(matches!(generated, Generated::Written(_)), "{name}");
}

pub(super) fn read(cli: &Cli, path: &str) -> String {
    fs::read_to_string(cli.folder().join("migrations_tenant").join(path)).unwrap()
}

/// The newest migration's folder in `sqlite/`.
pub(super) fn newest(cli: &Cli) -> String {
    let folder = cli.folder().join("migrations_tenant/sqlite");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names.max().unwrap().into_string().unwrap()
}

/// Replaces the newest version with `VERSION`.
pub(super) fn shown(cli: &Cli, text: &str) -> String {
    text.replace(newest(cli).split_once('_').unwrap().0, "VERSION")
}

#[test]
fn lost_data_is_named_before_anything_is_written() {
    let cli = project();
    let with_legacy = changed(|tables| {
        let legacy = Column::new("legacy", SqlType::Integer).default(0);
        tables[0].columns.to_mut().push(legacy);
    });
    migrate_to(cli.folder(), with_legacy, "add_legacy", 0);
    let before = files(cli.folder());
    assert_snapshot!(cli.run("new-migration drop_legacy"), @"
    exit code 2
    --- stderr
    error: this may lose data, or fail on existing rows:
      column settings.legacy is dropped, with its values

    hint: if this is intended, add --allow drop-column=settings.legacy
    ");
    assert_snapshot!(cli.run("new-migration drop_legacy --allow drop-column=settings.legacy --allow drop-table=settings"), @"
    exit code 2
    --- stderr
    error: `drop-table=settings` does not apply to this change

    hint: leave it out, or check its spelling
    ");
    assert!(files(cli.folder()) == before);

    let written = cli.run("new-migration drop_legacy --allow drop-column=settings.legacy");
    assert_snapshot!(shown(&cli, &written.to_string()), @"
    exit code 0
    --- stdout
    migration VERSION_drop_legacy was written:
      migrations_tenant/sqlite/VERSION_drop_legacy/up.sql
      migrations_tenant/sqlite/VERSION_drop_legacy/down.sql
      migrations_tenant/postgres/VERSION_drop_legacy/up.sql
      migrations_tenant/postgres/VERSION_drop_legacy/down.sql
      migrations_tenant/mysql/VERSION_drop_legacy/up.sql
      migrations_tenant/mysql/VERSION_drop_legacy/down.sql
      migrations_tenant/schema/VERSION.json

    allowed:
      column settings.legacy is dropped, with its values

    executed up, down and up again:
      sqlite: with 6 rows in the tables
      postgres: not executed: [REASON]
      mysql: not executed: [REASON]

    next: read the SQL, then run `check`
    ");
    let newest = newest(&cli);
    assert_snapshot!(read(&cli, &format!("postgres/{newest}/up.sql")), @r#"
    -- Loses data, or fails if rows violate it; allowed when it was generated:
    --   column settings.legacy is dropped, with its values

    ALTER TABLE "settings"
        DROP COLUMN "legacy";
    "#);
    assert_snapshot!(read(&cli, &format!("postgres/{newest}/down.sql")), @r#"
    -- Can't bring back:
    --   the values of column settings.legacy; all rows get the default

    ALTER TABLE "settings"
        ADD COLUMN "legacy" integer NOT NULL DEFAULT 0;
    "#);
    let checked = cli.run("check");
    assert_eq!(checked.code, Some(0), "{checked}");
}

#[test]
fn a_drop_and_an_add_that_look_like_a_rename_are_reported() {
    let cli = project_at_first();
    let with_other_names = changed(|tables| {
        tables[0].columns.to_mut()[2].name = "changed_at".into();
        tables[1].name = "audit_log".into();
        tables[1].indexes = Cow::Borrowed(&[]);
    });
    migrate_to(cli.folder(), with_other_names, "other_names", 0);
    assert_snapshot!(cli.run("new-migration rename"), @r#"
    exit code 2
    --- stderr
    error: this may lose data, or fail on existing rows:
      column settings.changed_at is dropped, with its values
        if it is now `updated_at`, declare that there: #[renamed_from = "changed_at"]
      table audit_log is dropped, with all its rows
        if it is now `activity_log`, declare that there: #[renamed_from = "audit_log"]

    hint: if this is intended, add --allow drop-column=settings.changed_at --allow drop-table=audit_log
    "#);
}

#[test]
fn a_folder_with_findings_is_not_changed() {
    let cli = project_at_first();
    fs::write(cli.folder().join("migrations_tenant/mysql/notes.txt"), "").unwrap();
    fs::create_dir(cli.folder().join("migrations_tenant/sqlite/20270101000000_half")).unwrap();
    let before = files(cli.folder());
    assert_snapshot!(cli.run("new-migration create_activity_log"), @"
    exit code 1
    --- stderr
    error: the tenant migrations have findings, so nothing was written:
      migrations_tenant/mysql/20270101000000_half: another back end has this migration, this one does not
      migrations_tenant/mysql/notes.txt: it is not named like a migration
      migrations_tenant/postgres/20270101000000_half: another back end has this migration, this one does not
      migrations_tenant/schema/20270101000000.json: the migration has no snapshot of the schema after it
      migrations_tenant/sqlite/20270101000000_half: there is no `up.sql`
      migrations_tenant/sqlite/20270101000000_half/down.sql: there is no such file

    hint: `check` says what to do about each
    ");
    assert!(files(cli.folder()) == before);
}

#[test]
fn an_edited_proof_fails_and_leaves_nothing() {
    // SQL written by hand has left a view that the next migration breaks.
    let cli = project();
    let with_legacy = changed(|tables| {
        let nullable = Column::new("legacy", SqlType::Integer).nullable();
        tables[0].columns.to_mut().push(nullable);
    });
    migrate_to(cli.folder(), with_legacy, "add_legacy", 0);
    let name = newest(&cli);
    let version = name.split_once('_').unwrap().0.to_owned();
    let up = cli.folder().join(format!("migrations_tenant/sqlite/{name}/up.sql"));
    let down = cli.folder().join(format!("migrations_tenant/sqlite/{name}/down.sql"));
    append(&up, "CREATE VIEW legacies AS SELECT legacy FROM settings;\n");
    let text = fs::read_to_string(&down).unwrap();
    fs::write(&down, format!("DROP VIEW legacies;\n{text}")).unwrap();
    assert_eq!(cli.run(&format!("check --reseal {version}")).code, Some(1), "the code differs");
    let before = files(cli.folder());
    let refused = cli.run("new-migration drop_legacy --allow drop-column=settings.legacy");
    assert_eq!(refused.code, Some(1), "{refused}");
    assert!(refused.stderr.contains("failed its proof, and was not written"), "{refused}");
    assert!(refused.stderr.contains("legacies"), "{refused}");
    assert!(files(cli.folder()) == before);
}

pub(super) fn append(path: &Path, text: &str) {
    let old = fs::read_to_string(path).unwrap();
    fs::write(path, old + text).unwrap();
}

#[test]
fn unknown_and_unsuitable_versions_are_refused() {
    let cli = project();
    let before = files(cli.folder());
    let commands = [
        "new-migration --rebase 20990101000000",
        "new-migration --rebase 20261123154738",
        "check --reseal 20990101000000",
        "new-migration add --rebase 20261123154738",
        "new-migration",
    ];
    let outcomes = commands.map(|command| format!("$ {command}\n{}", cli.run(command)));
    assert_snapshot!(outcomes.join("\n"), @"
    $ new-migration --rebase 20990101000000
    exit code 2
    --- stderr
    error: there is no migration of version 20990101000000

    $ new-migration --rebase 20261123154738
    exit code 2
    --- stderr
    error: 20261123154738 follows 20261123154648, as it should: there is nothing to rebase

    $ check --reseal 20990101000000
    exit code 2
    --- stderr
    error: there is no migration of version 20990101000000

    $ new-migration add --rebase 20261123154738
    exit code 2
    --- stderr
    error: the argument '[NAME]' cannot be used with '--rebase <VERSION>'

    Usage: tenantctl new-migration <NAME>

    For more information, try '--help'.

    $ new-migration
    exit code 2
    --- stderr
    error: the following required arguments were not provided:
      <NAME>

    Usage: tenantctl new-migration <NAME>

    For more information, try '--help'.
    ");
    assert!(files(cli.folder()) == before);
}

#[test]
fn a_snapshot_is_written_again() {
    let cli = project_at_first();
    // Written by hand, with a snapshot of the code at that time.
    let earlier = changed(|tables| drop(tables.pop()));
    let root = cli.folder().join("migrations_tenant");
    let folder = Folder::new("tenant", root, Cow::Owned(earlier));
    let request = Request {
        name: "by_hand".to_owned(),
        content: Content::Blank,
        allow: Vec::new(),
        now: at(0),
    };
    new_migration(&folder, &request, &[]).unwrap();
    let published = project();
    for kind in ["sqlite", "postgres", "mysql"] {
        for file in ["up.sql", "down.sql"] {
            let from = format!("{kind}/{}/{file}", super::project::SECOND);
            let to = format!("migrations_tenant/{kind}/20270115080000_by_hand/{file}");
            super::project::write(&cli, Path::new(&to), read(&published, &from));
        }
    }
    let checked = cli.run("check --seal");
    assert_eq!(checked.code, Some(1), "{checked}");
    assert!(checked.stdout.contains("`new-migration --snapshot`"), "{checked}");
    assert_snapshot!(cli.run("new-migration --snapshot"), @"
    exit code 0
    --- stdout
    written from the code: migrations_tenant/schema/20270115080000.json

    next: run `check`
    ");
    let checked = cli.run("check --seal");
    assert_eq!(checked.code, Some(0), "{checked}");
}
