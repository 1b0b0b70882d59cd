//! A database, or migrations by hand, as a declared schema.

mod declared;

use std::borrow::Cow;
use std::fs;

use db_backend::{BackendKind, Scratch};
use insta::assert_snapshot;
use migration_folder::{
    Content, Folder, Generated, Replayed, Request, ScratchHost, check_files, import, new_migration,
    replay, seal, write_baseline,
};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use schema_model::diff::{compare, diff, in_words};
use schema_model::{
    BackEnds, Column, DefaultValue, Index, Schema, SqlType, Table, WithoutPartial, declaration,
};

use crate::schemas::plan::default;
use crate::schemas::{describe, pairs};
use crate::support::cases::test_on;
use crate::support::cli::Cli;
use crate::support::server::{TestServer, on_server};

test_on! {
    sqlite, postgres, mysql: on_server {
        any_schema_is_imported_or_a_reason_is_given,
        each_type_is_imported,
        what_can_not_be_declared_is_listed,
    }
}

/// How many random schemas are imported.
const CASES: usize = 24;

fn any_schema_is_imported_or_a_reason_is_given(server: &TestServer) {
    let config = Config { failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let mut imported_tables = 0;
    for _ in 0..CASES {
        let schema = pairs().new_tree(&mut runner).unwrap().current().from;
        let mut scratch = Scratch::on(server.url()).unwrap();
        let changes = diff(&Schema::EMPTY, &schema).unwrap();
        scratch.apply(&scratch.dialect().render(&changes)).unwrap();
        let imported = scratch.connection().imported(BackEnds::ALL).unwrap();
        let text = describe(&schema);
        for table in schema.tables.iter() {
            let is_imported = imported.schema.table(&table.name).is_some();
            let reasons = imported.by_hand.get(table.name.as_ref());
            assert!(is_imported != reasons.is_some_and(|reasons| !reasons.is_empty()), "{text}");
        }
        let is_there = |table: &&Table| imported.schema.table(&table.name).is_some();
        let declared = Schema::new(schema.tables.iter().filter(is_there).cloned());
        imported_tables += declared.tables.len();
        let of = |schema: &Schema| scratch.expected_catalog(schema);
        let differences = of(&imported.schema).differences(&of(&declared), server.kind());
        assert_eq!(differences, Vec::<String>::new(), "{text}");
        // SQLite has one word for several types.
        if server.kind() != BackendKind::Sqlite {
            let declared = as_imported(declared, server.kind());
            let changes = in_words(&compare(&declared, &imported.schema));
            assert_eq!(changes, Vec::<String>::new(), "{text}");
        }
    }
    assert!(imported_tables >= CASES / 3, "only {imported_tables} tables");
}

/// MySQL and MariaDB know nothing of the condition of an index, and have one type for timestamps
/// with and without a time zone, and one for documents.
fn as_imported(mut schema: Schema, kind: BackendKind) -> Schema {
    if kind == BackendKind::Mysql {
        for table in schema.tables.to_mut() {
            let is_there = |index: &Index| {
                let partial = index.partial.as_ref();
                partial.is_none_or(|it| it.without_partial == WithoutPartial::FullIndex)
            };
            table.indexes.to_mut().retain(is_there);
            table.indexes.to_mut().iter_mut().for_each(|index| index.partial = None);
            for column in table.columns.to_mut() {
                if column.sql_type == SqlType::Json {
                    column.sql_type = SqlType::JsonDoc;
                }
                if column.sql_type == SqlType::Timestamp
                    && !matches!(column.default, Some(DefaultValue::Text(_)))
                {
                    column.sql_type = SqlType::UtcTimestamp;
                }
            }
        }
    }
    schema
}

/// A column of each type, and one with a default, if it can have one.
fn each_type_is_imported(server: &TestServer) {
    let mut columns = vec![Column::new("id", SqlType::BigInt)];
    for sql_type in SqlType::ALL.map(|sql_type| sql_type.with_length(20)) {
        let name = sql_type.name().to_lowercase();
        columns.push(Column::new(name.clone(), sql_type).nullable());
        if let Some(default) = default(sql_type, 2) {
            columns.push(Column::new(format!("{name}_2"), sql_type).default(default));
        }
    }
    let schema = Schema::new([Table::new("things", ["id"]).columns(columns)]);
    let mut scratch = Scratch::on(server.url()).unwrap();
    let changes = diff(&Schema::EMPTY, &schema).unwrap();
    scratch.apply(&scratch.dialect().render(&changes)).unwrap();
    let imported = scratch.connection().imported(BackEnds::ALL).unwrap();
    assert_eq!(imported.by_hand.len(), 0, "{:?}", imported.by_hand);
    let schema = as_imported(schema, server.kind());
    let changes = in_words(&compare(&schema, &imported.schema)).join("\n");
    match server.kind() {
        BackendKind::Sqlite => assert_snapshot!(changes, @"
        table `things`
          column `utctimestamp` is replaced, without its values: Nullable<Text>; was Nullable<UtcTimestamp>
          column `json` changes from Json to JsonDoc
        "),
        BackendKind::Postgres | BackendKind::Mysql => assert_eq!(changes, ""),
    }
}

fn what_can_not_be_declared_is_listed(server: &TestServer) {
    let (sql, quote) = match server.kind() {
        BackendKind::Sqlite => (SQLITE, '"'),
        BackendKind::Postgres => (POSTGRES, '"'),
        BackendKind::Mysql => (MYSQL, '`'),
    };
    let mut scratch = Scratch::on(server.url()).unwrap();
    for statement in
        sql_text::split(&sql.replace('"', &quote.to_string()), server.kind().syntax()).unwrap()
    {
        scratch.connection().execute(&statement.sql).unwrap();
    }
    let imported = scratch.connection().imported(BackEnds::ALL).unwrap();
    let mut text = declaration::tables(&imported.schema);
    for (table, reasons) in &imported.by_hand {
        text.push_str(&format!("{table}:\n  {}\n", reasons.join("\n  ")));
    }
    text.push_str(&imported.others.join("\n"));
    match server.kind() {
        BackendKind::Sqlite => assert_snapshot!(text, @"
        #[index(parent)]
        kids (id) {
            id -> BigInt,
            #[references(parents.id)]
            parent -> BigInt,
        }

        parents (id) {
            id -> BigInt,
            #[default(true)]
            flag -> Bool,
            r#type -> Nullable<Text>,
        }
        odd:
          column `firstName` can't be a name; expected a to z, 0 to 9 and _, beginning with a letter
        orphans:
          it refers to `stock`, which is not declared
        stock:
          column `price`: its type is `NUMERIC`
          column `id` of the primary key allows NULL
        view all_kids
        "),
        BackendKind::Postgres => assert_snapshot!(text, @r#"
        #[index(parent)]
        kids (id) {
            id -> BigInt,
            #[references(parents.id)]
            parent -> BigInt,
        }

        parents (id) {
            id -> BigInt,
            #[default(true)]
            flag -> Bool,
            r#type -> Nullable<Text>,
        }
        odd:
          column `firstName` can't be a name; expected a to z, 0 to 9 and _, beginning with a letter
          index `by_name` (on btree (lower("firstName"))): it is on more than columns
        orphans:
          it refers to `stock`, which is not declared
        stock:
          column `price`: its type is `numeric`
        view all_kids
        "#),
        BackendKind::Mysql => assert_snapshot!(text, @"
        #[index(parent)]
        kids (id) {
            id -> BigInt,
            #[references(parents.id)]
            parent -> BigInt,
        }

        parents (id) {
            id -> BigInt,
            #[default(true)]
            flag -> Bool,
            r#type -> Nullable<Text>,
        }
        odd:
          column `firstName` can't be a name; expected a to z, 0 to 9 and _, beginning with a letter
          index `by_name` (on firstName(9)): it is on more than columns
        stock:
          column `id`: its type is `int(10) unsigned`
          column `at`: its type is `timestamp`
        view all_kids
        "),
    }
}

const SQLITE: &str = "
    CREATE TABLE parents (id BIGINT NOT NULL PRIMARY KEY, flag BOOLEAN NOT NULL DEFAULT 1, \"type\" TEXT);
    CREATE TABLE kids (id BIGINT NOT NULL PRIMARY KEY, parent BIGINT NOT NULL REFERENCES parents (id));
    CREATE INDEX ix_kids_parent ON kids (parent);
    CREATE TABLE stock (id INTEGER PRIMARY KEY, at TIMESTAMP, price NUMERIC DEFAULT 0);
    CREATE TABLE orphans (id BIGINT NOT NULL PRIMARY KEY, stock INTEGER NOT NULL REFERENCES stock (id));
    CREATE TABLE odd (id BIGINT NOT NULL PRIMARY KEY, \"firstName\" TEXT);
    CREATE INDEX by_name ON odd (\"firstName\");
    CREATE VIEW all_kids AS SELECT * FROM kids";

const POSTGRES: &str = "
    CREATE TABLE parents (id bigint PRIMARY KEY, flag boolean NOT NULL DEFAULT true, \"type\" text);
    CREATE TABLE kids (id bigint PRIMARY KEY, parent bigint NOT NULL);
    ALTER TABLE kids ADD CONSTRAINT fk_kids_parent FOREIGN KEY (parent) REFERENCES parents (id);
    CREATE INDEX ix_kids_parent ON kids (parent);
    CREATE TABLE stock (id serial PRIMARY KEY, at timestamp, price numeric DEFAULT 0);
    CREATE TABLE orphans (id bigint PRIMARY KEY, stock integer NOT NULL);
    ALTER TABLE orphans ADD CONSTRAINT fk_orphans_stock FOREIGN KEY (stock) REFERENCES stock (id);
    CREATE TABLE odd (id bigint PRIMARY KEY, \"firstName\" text);
    CREATE INDEX by_name ON odd (lower(\"firstName\"));
    CREATE VIEW all_kids AS SELECT * FROM kids";

const MYSQL: &str = "
    CREATE TABLE parents (id bigint PRIMARY KEY, flag boolean NOT NULL DEFAULT true, \"type\" longtext)
        DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_bin;
    CREATE TABLE kids (id bigint PRIMARY KEY, parent bigint NOT NULL,
        KEY ix_kids_parent (parent),
        CONSTRAINT fk_kids_parent FOREIGN KEY (parent) REFERENCES parents (id))
        DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_bin;
    CREATE TABLE stock (id int unsigned AUTO_INCREMENT PRIMARY KEY, at timestamp NULL, price decimal(9, 2))
        DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_general_ci;
    CREATE TABLE odd (id bigint PRIMARY KEY, \"firstName\" longtext)
        DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_bin;
    CREATE INDEX by_name ON odd (\"firstName\"(9));
    CREATE VIEW all_kids AS SELECT id FROM kids";

/// What is written compiles, and declares the same again.
#[test]
fn the_code_declares_what_it_was_written_for() {
    let tables = declaration::tables(&declared::SCHEMA);
    let lines = tables.lines().map(|line| match line.is_empty() {
        true => "\n".to_owned(),
        false => format!("    {line}\n"),
    });
    let code = format!("schema_core::tenant_schema! {{\n{}}}\n", lines.collect::<String>());
    assert_eq!(code, include_str!("declared.rs"));
}

const STOCK: [(&str, &str, &str); 2] = [
    (
        "2026-01-01-000000_first",
        "CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, body TEXT NOT NULL);",
        "DROP TABLE notes;",
    ),
    (
        "2026-02-01-000000_stock",
        "CREATE TABLE stock (id INTEGER PRIMARY KEY, at TIMESTAMP);",
        "DROP TABLE stock;",
    ),
];

fn stock_project() -> Cli {
    let cli = Cli::new();
    for (name, up, down) in STOCK {
        let folder = cli.folder().join("migrations").join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("up.sql"), up).unwrap();
        fs::write(folder.join("down.sql"), down).unwrap();
    }
    cli
}

#[test]
fn migrations_by_hand_become_the_first_snapshot() {
    let cli = stock_project();
    assert_snapshot!(cli.run("schema import --migrations migrations --back-end sqlite"), @"
    exit code 0
    --- stdout
    schema_core::tenant_schema! {
        back_ends = [sqlite];

        notes (id) {
            id -> BigInt,
            body -> Text,
        }
    }

    imported 1 table

    by hand: 1 table
      stock
        column `id` of the primary key allows NULL

    written: migrations/.schema/20260201000000.json, what sqlite has after the newest migration
    next: put the code into the project, and run `check --seal`
    ");
    let snapshot = cli.folder().join("migrations/.schema/20260201000000.json");
    assert_snapshot!(fs::read_to_string(snapshot).unwrap(), @r#"
    {
      "by_hand": [
        "stock"
      ],
      "tables": [
        {
          "name": "notes",
          "columns": [
            {
              "name": "id",
              "type": "big_int"
            },
            {
              "name": "body",
              "type": "text"
            }
          ],
          "primary_key": [
            "id"
          ]
        }
      ]
    }
    "#);
    assert_snapshot!(cli.run("schema import --migrations migrations --back-end sqlite"), @"
    exit code 2
    --- stderr
    error: migrations/.schema/20260201000000.json already says what the tables are: nothing is imported
    ");
    assert_snapshot!(cli.run("schema import --from-url nowhere"), @"
    exit code 1
    --- stderr
    error: nowhere: No such file or directory (os error 2)
    ");
}

/// From then on the team generates, and the tables by hand stay.
#[test]
fn after_an_import_migrations_are_generated() {
    let cli = stock_project();
    let root = cli.folder().join("migrations");
    let host = [ScratchHost::memory()];
    let stock = Folder::without_code(root.clone()).of_back_end(Some(BackendKind::Sqlite)).unwrap();
    let imported = import(&stock, &host[0]).unwrap();
    write_baseline(&stock, &imported).unwrap();
    seal(&stock, true, &[]).unwrap();

    let coded = |schema: Schema| {
        let folder = Folder::new("tenant", root.clone(), Cow::Owned(schema));
        folder.of_back_end(Some(BackendKind::Sqlite)).unwrap()
    };
    let request = |name: &str| Request {
        name: name.to_owned(),
        content: Content::Proven,
        allow: Vec::new(),
        now: chrono::Utc::now(),
    };
    let folder = coded(imported.schema.clone());
    let generated = new_migration(&folder, &request("nothing"), &host).unwrap();
    assert!(matches!(generated, Generated::NothingToDo));

    let mut schema = imported.schema;
    let notes = schema.tables.to_mut().iter_mut().find(|table| table.name == "notes").unwrap();
    notes.columns.to_mut().push(Column::new("size", SqlType::Integer).nullable());
    let folder = coded(schema);
    let Generated::Written(written) = new_migration(&folder, &request("add_size"), &host).unwrap()
    else {
        panic!("there is a difference");
    };
    assert_eq!(check_files(&folder).unwrap(), []);
    let replayed = replay(&folder, &host[0]).unwrap();
    assert!(matches!(replayed, Replayed::Passed(_)), "{replayed:?}");
    let snapshot = folder.snapshot(&written.version).unwrap();
    assert_eq!(snapshot.by_hand.as_ref(), ["stock"]);
}
