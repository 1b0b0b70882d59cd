//! A schema that is not for every back end: what only the others can't do is allowed in it.

use std::borrow::Cow;

use db_backend::{BackendKind, Scratch};
use insta::assert_snapshot;
use migration_folder::{
    Content, Folder, Generated, Replayed, Request, ScratchHost, check_files, new_migration, replay,
};
use schema_model::diff::{compare, diff, hazards, in_words};
use schema_model::{BackEnds, Schema, declaration};

use crate::changes::prove_between;
use crate::support::cases::test_on;
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        a_team_with_one_back_end_has_only_its_folder,
        what_only_this_one_can_do_is_imported_as_it_is,
    }
}

/// For each back end, a schema that only it can have, and another one.
fn schemas(kind: BackendKind) -> [&'static Schema; 2] {
    match kind {
        BackendKind::Sqlite => [&only_sqlite::before::SCHEMA, &only_sqlite::after::SCHEMA],
        BackendKind::Postgres => [&only_postgres::before::SCHEMA, &only_postgres::after::SCHEMA],
        BackendKind::Mysql => [&only_mysql::before::SCHEMA, &only_mysql::after::SCHEMA],
    }
}

mod only_sqlite {
    pub mod before {
        schema_core::tenant_schema! {
            back_ends = [sqlite];

            #[index(body)]
            #[check(short, "length(CAST(body AS BLOB)) < 1000")]
            notes (code) {
                #[default("it's")]
                body -> Text,
                code -> Text,
                size -> Integer,
            }
        }
    }

    pub mod after {
        schema_core::tenant_schema! {
            back_ends = [sqlite];

            #[index(body, where = "size IS NOT 7", name = "Body of others")]
            #[check(short, "length(CAST(body AS BLOB)) < 2000")]
            notes (code) {
                #[default("another")]
                body -> Text,
                code -> Text,
                #[backfill("unicode(code)")]
                size -> BigInt,
                #[backfill("upper(code)")]
                upper -> Text,
            }
        }
    }
}

mod only_postgres {
    pub mod before {
        schema_core::tenant_schema! {
            back_ends = [postgres];

            #[index(body)]
            #[check(short, "octet_length(body) < 1000")]
            notes (code) {
                #[default("it's")]
                body -> Text,
                code -> Text,
                size -> Integer,
                #[references(notes.code, on_update = cascade)]
                part_of -> Nullable<Text>,
            }
        }
    }

    pub mod after {
        schema_core::tenant_schema! {
            back_ends = [postgres];

            #[index(body, where = "(size & 1) = 1", name = "Body of odd ones")]
            #[unique(size, where = "body <> ''")]
            #[check(short, "octet_length(body) < 2000 AND body !~ '^x'")]
            notes (code) {
                #[default("another")]
                body -> Text,
                code -> Text,
                size -> BigInt,
                #[backfill("upper(code)")]
                upper -> Text,
                #[references(notes.code, on_update = set_null, on_delete = set_null)]
                part_of -> Nullable<Text>,
            }
        }
    }
}

mod only_mysql {
    pub mod before {
        schema_core::tenant_schema! {
            back_ends = [mysql];

            #[check(sized, "bit_count(size) < 60")]
            notes (code) {
                #[max_length = 40]
                code -> Varchar,
                size -> BigInt,
                ctid -> BigInt,
            }
        }
    }

    pub mod after {
        schema_core::tenant_schema! {
            back_ends = [mysql];

            #[check(sized, "bit_count(size) < 61")]
            notes (code) {
                #[max_length = 40]
                code -> Varchar,
                size -> BigInt,
                #[backfill("upper(code)")]
                upper -> Text,
                ctid -> BigInt,
            }
        }
    }
}

fn a_team_with_one_back_end_has_only_its_folder(server: &TestServer) {
    let kind = server.kind();
    let [before, after] = schemas(kind);
    let host = match kind {
        BackendKind::Sqlite => ScratchHost::memory(),
        BackendKind::Postgres | BackendKind::Mysql => ScratchHost::server(server.url().clone()),
    };
    prove_between(&host, before, after).unwrap();
    let root = tempfile::tempdir().unwrap();
    let versions = [("first", before), ("second", after)];
    for (day, (name, schema)) in (1..).zip(versions) {
        let folder = Folder::new("tenant", root.path().to_owned(), Cow::Borrowed(schema));
        assert_eq!(folder.kinds(), [kind]);
        let request = Request {
            name: name.to_owned(),
            content: Content::Proven,
            allow: hazards_of(&folder),
            now: chrono::DateTime::from_timestamp(day * 86_400, 0).unwrap(),
        };
        let written = new_migration(&folder, &request, std::slice::from_ref(&host)).unwrap();
        assert!(matches!(written, Generated::Written(_)), "{written:?}");
        assert_eq!(check_files(&folder).unwrap(), []);
        let replayed = replay(&folder, &host).unwrap();
        assert!(matches!(replayed, Replayed::Passed(_)), "{replayed:?}");
    }
    for other in BackendKind::ALL.into_iter().filter(|other| *other != kind) {
        assert!(!root.path().join(other.name()).exists(), "{other}");
    }
}

fn hazards_of(folder: &Folder) -> Vec<String> {
    let (_, newest) = folder.newest().unwrap();
    hazards(&diff(&newest, &folder.schema).unwrap()).iter().map(ToString::to_string).collect()
}

fn what_only_this_one_can_do_is_imported_as_it_is(server: &TestServer) {
    for schema in schemas(server.kind()) {
        let mut scratch = Scratch::on(server.url()).unwrap();
        let changes = diff(&Schema::EMPTY, schema).unwrap();
        scratch.apply(&scratch.dialect().render(&changes)).unwrap();
        let only = BackEnds::of([server.kind().name()]);
        let imported = scratch.connection().imported(only).unwrap();
        let text = declaration::tables(&imported.schema);
        assert_eq!(imported.by_hand.len(), 0, "{:?}\n{text}", imported.by_hand);
        assert!(text.starts_with(&format!("back_ends = [{}];\n", server.kind())), "{text}");
        let mut again = Scratch::on(server.url()).unwrap();
        let changes = diff(&Schema::EMPTY, &imported.schema).unwrap();
        again.apply(&again.dialect().render(&changes)).unwrap();
        let (one, other) = (scratch.catalog().unwrap(), again.catalog().unwrap());
        assert_eq!(one, other, "{text}\n{:?}", in_words(&compare(schema, &imported.schema)));
    }
}

/// What stock migrations write for numbered rows and for the time of an insert.
#[test]
fn a_serial_column_and_now_are_what_the_code_declares_for_them() {
    on_server(BackendKind::Postgres, |server| {
        let mut scratch = Scratch::on(server.url()).unwrap();
        for sql in [
            "CREATE TABLE \"Odd\" (id serial, key text PRIMARY KEY)",
            "CREATE TABLE notes (id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(),
                 made timestamp NOT NULL DEFAULT now())",
            "CREATE SEQUENCE shared",
            "CREATE TABLE others (id integer PRIMARY KEY DEFAULT nextval('shared'))",
            "CREATE TABLE kids (id serial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())",
        ] {
            scratch.connection().execute(sql).unwrap();
        }
        let only = BackEnds::of(["postgres"]);
        let imported = scratch.connection().imported(only).unwrap();
        let mut text = declaration::tables(&imported.schema);
        for (table, reasons) in &imported.by_hand {
            text.push_str(&format!("{table}:\n  {}\n", reasons.join("\n  ")));
        }
        assert_snapshot!(text, @"
        back_ends = [postgres];

        kids (id) {
            #[auto_increment]
            id -> Integer,
            #[default(now)]
            at -> UtcTimestamp,
        }
        Odd:
          `Odd` can't be a name; expected a to z, 0 to 9 and _, beginning with a letter
          column `id`: its type is `integer`
        notes:
          column `made`: its default is `now()`
        others:
          column `id`: its default is `nextval('shared'::regclass)`
        ");
    });
}
