//! Every kind of change, on tables with rows.

use insta::assert_snapshot;
use schema_model::SqlType::{BigInt, Bool, Double, Integer, SmallInt, Text, UtcTimestamp, Varchar};
use schema_model::{
    Action, Check, Column, DefaultValue, ForeignKey, Index, IndexColumn, Schema, SqlType, Table,
    WithoutPartial,
};

use super::apply::{apply, assert_is, created, migrated, one, rendered};
use super::declare::{id, table};
use super::query;

#[test]
fn renames_reach_everything_that_mentions_the_name() {
    let from = Schema::new([
        table("teams", vec![id(), Column::new("code", Varchar(9))])
            .indexes([Index::unique("uq_teams", ["code"])]),
        table(
            "people",
            vec![
                id(),
                Column::new("team", Varchar(9)).nullable(),
                Column::new("boss", BigInt).nullable(),
            ],
        )
        .foreign_keys([
            ForeignKey::new("fk_people_team", ["team"], "teams", ["code"])
                .on_delete(Action::Cascade)
                .on_update(Action::Cascade),
            ForeignKey::new("fk_people_boss", ["boss"], "people", ["id"]),
        ])
        .indexes([Index::new("ix_people_team", [IndexColumn::descending("team")])
            .partial("boss > 0", WithoutPartial::NoIndex)])
        .checks([Check::new("ck_people", "boss <> 5")]),
    ]);
    let to = Schema::new([
        table("crews", vec![id(), Column::new("name", Varchar(9)).renamed_from("code")])
            .renamed_from("teams")
            .indexes([Index::unique("uq_crews", ["name"])]),
        table(
            "crew",
            vec![
                id(),
                Column::new("crew", Varchar(9)).nullable().renamed_from("team"),
                Column::new("chief", BigInt).nullable().renamed_from("boss"),
            ],
        )
        .renamed_from("people")
        .foreign_keys([
            ForeignKey::new("fk_crew_crew", ["crew"], "crews", ["name"])
                .on_delete(Action::Cascade)
                .on_update(Action::Cascade),
            ForeignKey::new("fk_crew_chief", ["chief"], "crew", ["id"]),
        ])
        .indexes([Index::new("ix_crew", [IndexColumn::descending("crew")])
            .partial("chief > 0", WithoutPartial::NoIndex)])
        .checks([Check::new("ck_people", "chief <> 5")]),
    ]);
    let rows = "INSERT INTO teams VALUES (1, 'a'); INSERT INTO people VALUES (2, 'a', 2);
        CREATE VIEW v AS SELECT p.boss FROM people AS p JOIN teams ON team = code;
        CREATE TRIGGER of_people AFTER UPDATE OF team ON people
            BEGIN UPDATE people SET boss = NULL WHERE id = new.id; END;
        CREATE TRIGGER of_teams AFTER INSERT ON teams
            BEGIN INSERT INTO people (team) VALUES (new.code); END";
    let mut database = created(&from, rows);
    apply(&mut database, &from, &to).unwrap();
    assert_is(&mut database, &to);
    database.execute("INSERT INTO crews (name) VALUES ('b')").unwrap();
    database.execute("UPDATE crews SET name = 'c' WHERE id = 1").unwrap();
    assert_snapshot!(query(&mut database, "SELECT CAST(id AS TEXT), crew, CAST(chief AS TEXT) FROM crew"), @"
    2 | c | NULL
    3 | b | NULL
    ");
    database.execute("UPDATE crew SET crew = 'b'").unwrap();
    assert_snapshot!(query(&mut database, "SELECT CAST(count(*) AS TEXT), CAST(sum(chief) AS TEXT) FROM crew"), @"2 | NULL");
    assert_snapshot!(query(&mut database, "SELECT CAST(count(*) AS TEXT) FROM v"), @"2");
    assert_eq!(migrated(&from, "", &to, "SELECT 'x'"), "x");
}

#[test]
fn changes_are_made_in_place_if_possible() {
    let from = Schema::new([table(
        "b",
        vec![id(), Column::new("x", Integer), Column::new("y", Integer).nullable()],
    )
    .indexes([Index::new("ix_one", ["x"]), Index::new("ix_two", ["y"])])]);
    let to = Schema::new([
        table("a", vec![id()]),
        table(
            "b",
            vec![
                id(),
                Column::new("y", Integer).nullable(),
                Column::new("a_id", BigInt).nullable(),
                Column::new("z", Text).default("it's").backfill("'x is ' || x"),
                Column::new("w", Varchar(5)).nullable().backfill("x + 1"),
            ],
        )
        .foreign_keys([ForeignKey::new("fk_b_a", ["a_id"], "a", ["id"]).on_delete(Action::SetNull)])
        .indexes([
            Index::new("ix_one", ["y"]),
            Index::unique("ix_two", ["a_id".into(), IndexColumn::descending("y")])
                .partial("y > 0", WithoutPartial::NoIndex),
        ]),
    ]);
    assert_snapshot!(rendered(&from, &to), @r#"
    DROP INDEX "ix_one";
    DROP INDEX "ix_two";
    ALTER TABLE "b"
        ADD COLUMN "a_id" BIGINT CONSTRAINT "fk_b_a" REFERENCES "a" ("id") ON DELETE SET NULL;
    ALTER TABLE "b"
        ADD COLUMN "z" TEXT NOT NULL DEFAULT 'it''s';
    UPDATE "b"
        SET "z" = 'x is ' || x;
    ALTER TABLE "b"
        ADD COLUMN "w" VARCHAR(5) CHECK (length("w") <= 5);
    UPDATE "b"
        SET "w" = x + 1;
    ALTER TABLE "b"
        DROP COLUMN "x";
    CREATE INDEX "ix_one" ON "b" ("y");
    CREATE UNIQUE INDEX "ix_two" ON "b" ("a_id", "y" DESC) WHERE y > 0;
    CREATE TABLE "a" (
        "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL
    )
    "#);
    let rows = "INSERT INTO b VALUES (1, 2, 3)";
    assert_snapshot!(migrated(&from, rows, &to, "SELECT z, w FROM b"), @"x is 2 | 3");
}

#[test]
fn a_referenced_key_may_be_dropped_and_added_in_place() {
    let with = |index, columns: Vec<Column>| {
        let columns = [vec![id(), Column::new("code", Integer)], columns].concat();
        let key = ForeignKey::new("fk", ["code"], "a", ["code"])
            .on_delete(Action::Cascade)
            .on_update(Action::Cascade);
        Schema::new([
            table("a", columns).indexes([Index::unique(index, ["code"])]),
            table("b", vec![id(), Column::new("code", Integer)]).foreign_keys([key]),
        ])
    };
    let (from, to) = (
        with("uq_old", vec![]),
        with("uq_new", vec![Column::new("c", Text).nullable().backfill("code")]),
    );
    assert!(!rendered(&from, &to).contains("DROP TABLE"));
    let rows = "INSERT INTO a VALUES (1, 2); INSERT INTO b VALUES (1, 2)";
    let question = "SELECT c, CAST(b.code AS TEXT) FROM a JOIN b USING (code)";
    assert_snapshot!(migrated(&from, rows, &to, question), @"2 | 2");
}

#[test]
fn a_backfill_comes_before_the_key_that_refers_to_it() {
    let from = Schema::new([table("b", vec![id()]), table("a", vec![id()])]);
    let to = Schema::new([
        table("b", vec![id(), Column::new("a_code", Integer).nullable()])
            .foreign_keys([ForeignKey::new("fk", ["a_code"], "a", ["code"])]),
        table("a", vec![id(), Column::new("code", Integer).nullable().backfill("id * 2")])
            .indexes([Index::unique("uq", ["code"])]),
    ]);
    let rows = "INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)";
    assert_snapshot!(migrated(&from, rows, &to, "SELECT CAST(code AS TEXT) FROM a"), @"2");
}

#[test]
fn a_change_without_effect_renders_nothing() {
    let with_key = |name, sql_type: SqlType| {
        let key = ForeignKey::new(name, ["a_id"], "a", ["id"]);
        Schema::new([
            table("a", vec![Column::new("id", sql_type).auto_increment()]),
            table("b", vec![id(), Column::new("a_id", BigInt)]).foreign_keys([key]),
        ])
    };
    assert_eq!(rendered(&with_key("fk_1", SmallInt), &with_key("fk_2", BigInt)), "");
}

#[test]
fn values_of_added_columns() {
    let from =
        Schema::new([table("t", vec![id(), Column::new("a", Integer), Column::new("gone", Text)])]);
    let to = Schema::new([table(
        "t",
        vec![
            id(),
            Column::new("b", Integer).renamed_from("a"),
            Column::new("filled", Text).backfill("gone || b"),
            Column::new("filled_over_default", Integer).default(7).backfill("b * 2"),
            Column::new("at", UtcTimestamp).default(DefaultValue::Now),
            Column::new("truth", Bool).default(true),
            Column::new("empty", Double).nullable(),
        ],
    )]);
    let rows = "INSERT INTO t VALUES (1, 2, 'x'), (3, 4, 'y'); DELETE FROM t WHERE id = 3;
        INSERT INTO t (a, gone) VALUES (5, 'z'); DELETE FROM t WHERE id = 4";
    let question = "SELECT CAST(id AS TEXT), CAST(b AS TEXT), filled,
        CAST(filled_over_default AS TEXT), CAST(length(at) AS TEXT), CAST(truth AS TEXT), empty,
        (SELECT CAST(seq AS TEXT) FROM sqlite_sequence WHERE name = 't') FROM t";
    assert_snapshot!(migrated(&from, rows, &to, question), @"1 | 2 | x2 | 4 | 26 | 1 | NULL | 4");
    assert_snapshot!(rendered(&from, &to), @r#"
    ALTER TABLE "t"
        RENAME COLUMN "a" TO "b";
    CREATE TABLE "__new_t" (
        "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
        "b" INTEGER NOT NULL,
        "filled" TEXT NOT NULL,
        "filled_over_default" INTEGER NOT NULL DEFAULT 7,
        "at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
        "truth" BOOLEAN NOT NULL DEFAULT 1,
        "empty" DOUBLE
    );
    INSERT INTO "sqlite_sequence" ("name", "seq")
        SELECT '__new_t', "seq" FROM "sqlite_sequence" WHERE "name" = 't';
    INSERT INTO "__new_t" ("id", "b", "filled", "filled_over_default")
        SELECT "id",
            "b",
            gone || b,
            CASE WHEN (b * 2) IS NOT CAST((b * 2) AS INTEGER) OR CAST((b * 2) AS INTEGER) NOT BETWEEN -2147483648 AND 2147483647 THEN json_extract('{}', 't.filled_over_default: the value in row ' || ifnull(rowid, '') || ' does not fit Integer') ELSE CAST((b * 2) AS INTEGER) END
        FROM "t";
    DROP TABLE "t";
    PRAGMA legacy_alter_table = ON;
    ALTER TABLE "__new_t"
        RENAME TO "t";
    PRAGMA legacy_alter_table = OFF
    "#);
}

#[test]
fn a_replaced_column_is_filled_from_its_former_values() {
    let from = Schema::new([table(
        "t",
        vec![id(), Column::new("a", Text), Column::new("b", Bool).nullable()],
    )]);
    let to = Schema::new([table(
        "t",
        vec![id(), Column::new("a", Bool).backfill("a = 'yes'"), Column::new("b", Text).nullable()],
    )]);
    let rows = "CREATE VIEW v AS SELECT a FROM t; INSERT INTO t VALUES (1, 'yes', 1), (2, 'no', 0)";
    let question = "SELECT CAST(v.a AS TEXT), b FROM t JOIN v";
    assert_snapshot!(migrated(&from, rows, &to, question), @"
    1 | NULL
    0 | NULL
    1 | NULL
    0 | NULL
    ");
}

#[test]
fn null_becomes_the_backfill_or_the_default_or_fails() {
    let from = one(Column::new("v", SmallInt).nullable());
    let rows = "INSERT INTO t VALUES (1, NULL), (2, 5)";
    let filled = [
        Column::new("v", SmallInt).backfill("id * 10"),
        Column::new("v", SmallInt).default(-1),
        Column::new("v", SmallInt).default(-1).backfill("id"),
        Column::new("v", Varchar(9)).backfill("'none'"),
        Column::new("v", Bool).nullable().backfill("0"),
    ];
    let rows_of = |value: Column| {
        let mut database = created(&from, rows);
        match apply(&mut database, &from, &one(value)) {
            Ok(_) => query(&mut database, "SELECT CAST(v AS TEXT) FROM t").replace('\n', ", "),
            Err(error) => error,
        }
    };
    let all: Vec<String> =
        filled.into_iter().chain([Column::new("v", SmallInt)]).map(rows_of).collect();
    assert_snapshot!(all.join("\n"), @"
    10, 5
    -1, 5
    1, 5
    none, 5
    bad JSON path: 't.v: the value in row 2 does not fit Bool'
    NOT NULL constraint failed: __new_t.v
    ");
}

#[test]
fn rows_without_numbers_get_some() {
    let question = "SELECT CAST(id AS TEXT), a FROM t ORDER BY id";
    let plain = Schema::new([table("t", vec![Column::new("a", Varchar(9))])]);
    let numbered = Schema::new([table("t", vec![id(), Column::new("a", Varchar(9))])]);
    let rows = "INSERT INTO t VALUES ('c'), ('a'), ('b')";
    assert_snapshot!(migrated(&plain, rows, &numbered, question), @"
    1 | a
    2 | b
    3 | c
    ");

    // No former value is kept, but the rows are.
    let only_id = Schema::new([table("t", vec![id()])]);
    let count = "SELECT CAST(id AS TEXT) FROM t";
    assert_snapshot!(migrated(&plain, rows, &only_id, count), @"
    1
    2
    3
    ");

    // The number of a deleted row is not used again, even after a rename.
    let renamed = Column::new("a", SmallInt).auto_increment().renamed_from("id");
    let small = Schema::new([table("u", vec![renamed]).renamed_from("t")]);
    let rows = "INSERT INTO t VALUES (7), (8); DELETE FROM t WHERE id = 8";
    let numbers = "SELECT CAST(a AS TEXT), (SELECT CAST(seq AS TEXT) FROM sqlite_sequence) FROM u";
    assert_snapshot!(migrated(&only_id, rows, &small, numbers), @"7 | 8");

    let nullable = Schema::new([table(
        "t",
        vec![Column::new("a", Varchar(9)), Column::new("id", BigInt).nullable()],
    )]);
    let rows = "INSERT INTO t VALUES ('c', NULL), ('b', 1), ('a', NULL)";
    assert_snapshot!(migrated(&nullable, rows, &numbered, question), @"
    1 | b
    2 | a
    3 | c
    ");

    // Numbering continues after the greatest number, and stops once it is switched off.
    let unnumbered = one(Column::new("a", Varchar(9)));
    let on =
        Schema::new([table("t", vec![Column::new("id", BigInt), Column::new("a", Varchar(9))])]);
    let mut database = created(&on, "INSERT INTO t VALUES (9, 'x')");
    apply(&mut database, &on, &unnumbered).unwrap();
    database.execute("INSERT INTO t (a) VALUES ('y')").unwrap();
    assert_snapshot!(query(&mut database, question), @"
    9 | x
    10 | y
    ");
    apply(&mut database, &unnumbered, &on).unwrap();
    assert_snapshot!(database.execute("INSERT INTO t (a) VALUES ('z')").unwrap_err(), @"NOT NULL constraint failed: t.id");
}

#[test]
fn primary_keys() {
    let a = || Column::new("a", Integer);
    let b = || Column::new("b", Varchar(9));
    let schemas = [
        Schema::new([table("t", vec![a(), b()])]),
        Schema::new([Table::new("t", ["b", "a"]).columns([a(), b()])]),
        Schema::new([table("t", vec![b(), a()]).indexes([Index::unique("uq", ["a"])])]),
        Schema::new([table("t", vec![a().auto_increment(), b()])]),
    ];
    for (from, to) in schemas.iter().flat_map(|from| schemas.iter().map(move |to| (from, to))) {
        let rows = "INSERT INTO t (a, b) VALUES (-1, 'x'), (2, 'y')";
        let answer = migrated(from, rows, to, "SELECT CAST(a AS TEXT), b FROM t ORDER BY a");
        assert_eq!(answer, "-1 | x\n2 | y");
    }
}

#[test]
fn partial_and_descending_indexes_are_read_as_they_were_declared() {
    let of = |condition| {
        let columns = vec![id(), Column::new("a", Integer), Column::new("where", Varchar(9))];
        let index = Index::unique("ix (\"where", [IndexColumn::descending("a"), "where".into()])
            .partial(condition, WithoutPartial::NoIndex);
        Schema::new([table("t", columns).indexes([index])])
    };
    let conditions =
        ["a > 0", "(a > 0) OR \"where\" = 'WHERE ('", "a IN (1, 2) AND (a IS NOT NULL)"];
    for from in conditions {
        for to in conditions {
            assert_eq!(migrated(&of(from), "", &of(to), "SELECT 'x'"), "x");
        }
    }
}
