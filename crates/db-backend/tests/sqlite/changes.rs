//! Every kind of change, on rows.

use insta::assert_snapshot;
use schema_model::SqlType::{BigInt, Bool, Double, Integer, SmallInt, Text, UtcTimestamp, Varchar};
use schema_model::{Action, Column, DefaultValue, SqlType};

use super::apply::{apply, assert_is, created, migrated, one, rendered};
use super::declare::{ColumnWith, TableWith, column, id, schema, table};
use super::query;

#[test]
fn renames_reach_whatever_names_them() {
    let from = schema(vec![
        table("teams", vec![id(), column("code", Varchar(9))]).unique("uq_teams", "code"),
        table(
            "people",
            vec![id(), column("team", Varchar(9)).null(), column("boss", BigInt).null()],
        )
        .refers("fk_people_team", "team", "teams.code")
        .on(Action::Cascade, Action::Cascade)
        .refers("fk_people_boss", "boss", "people.id")
        .index("ix_people_team", "team DESC")
        .only("boss > 0")
        .check("ck_people", "boss <> 5"),
    ]);
    let to = schema(vec![
        table("crews", vec![id(), column("name", Varchar(9)).was("code")])
            .formerly("teams")
            .unique("uq_crews", "name"),
        table(
            "crew",
            vec![
                id(),
                column("crew", Varchar(9)).null().was("team"),
                column("chief", BigInt).null().was("boss"),
            ],
        )
        .formerly("people")
        .refers("fk_crew_crew", "crew", "crews.name")
        .on(Action::Cascade, Action::Cascade)
        .refers("fk_crew_chief", "chief", "crew.id")
        .index("ix_crew", "crew DESC")
        .only("chief > 0")
        .check("ck_people", "chief <> 5"),
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
fn what_can_be_done_in_place_is() {
    let from = schema(vec![
        table("b", vec![id(), column("x", Integer), column("y", Integer).null()])
            .index("ix_one", "x")
            .index("ix_two", "y"),
    ]);
    let to = schema(vec![
        table("a", vec![id()]),
        table(
            "b",
            vec![
                id(),
                column("y", Integer).null(),
                column("a_id", BigInt).null(),
                column("z", Text).or(DefaultValue::Text("it's".into())).filled("'x is ' || x"),
                column("w", Varchar(5)).null().filled("x + 1"),
            ],
        )
        .refers("fk_b_a", "a_id", "a.id")
        .on(Action::SetNull, Action::NoAction)
        .index("ix_one", "y")
        .unique("ix_two", "a_id, y DESC")
        .only("y > 0"),
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
fn a_key_that_is_referred_to_may_be_dropped_and_added_in_place() {
    let with = |index, columns: Vec<Column>| {
        let columns = [vec![id(), column("code", Integer)], columns].concat();
        schema(vec![
            table("a", columns).unique(index, "code"),
            table("b", vec![id(), column("code", Integer)])
                .refers("fk", "code", "a.code")
                .on(Action::Cascade, Action::Cascade),
        ])
    };
    let (from, to) =
        (with("uq_old", vec![]), with("uq_new", vec![column("c", Text).null().filled("code")]));
    assert!(!rendered(&from, &to).contains("DROP TABLE"));
    let rows = "INSERT INTO a VALUES (1, 2); INSERT INTO b VALUES (1, 2)";
    let question = "SELECT c, CAST(b.code AS TEXT) FROM a JOIN b USING (code)";
    assert_snapshot!(migrated(&from, rows, &to, question), @"2 | 2");
}

#[test]
fn a_backfill_comes_before_the_key_that_refers_to_it() {
    let from = schema(vec![table("b", vec![id()]), table("a", vec![id()])]);
    let to = schema(vec![
        table("b", vec![id(), column("a_code", Integer).null()]).refers("fk", "a_code", "a.code"),
        table("a", vec![id(), column("code", Integer).null().filled("id * 2")])
            .unique("uq", "code"),
    ]);
    let rows = "INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)";
    assert_snapshot!(migrated(&from, rows, &to, "SELECT CAST(code AS TEXT) FROM a"), @"2");
}

#[test]
fn an_alteration_that_needs_nothing_renders_nothing() {
    let with_key = |name, key: SqlType| {
        schema(vec![
            table("a", vec![column("id", key).auto()]),
            table("b", vec![id(), column("a_id", BigInt)]).refers(name, "a_id", "a.id"),
        ])
    };
    assert_eq!(rendered(&with_key("fk_1", SmallInt), &with_key("fk_2", BigInt)), "");
}

#[test]
fn values_of_added_columns() {
    let from = schema(vec![table("t", vec![id(), column("a", Integer), column("gone", Text)])]);
    let to = schema(vec![table(
        "t",
        vec![
            id(),
            column("b", Integer).was("a"),
            column("filled", Text).filled("gone || b"),
            column("filled_over_default", Integer).or(DefaultValue::Int(7)).filled("b * 2"),
            column("at", UtcTimestamp).or(DefaultValue::Now),
            column("truth", Bool).or(DefaultValue::Bool(true)),
            column("empty", Double).null(),
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
            b * 2
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
    let from = schema(vec![table("t", vec![id(), column("a", Text), column("b", Bool).null()])]);
    let to = schema(vec![table(
        "t",
        vec![id(), column("a", Bool).filled("a = 'yes'"), column("b", Text).null()],
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
    let from = one(column("v", SmallInt).null());
    let rows = "INSERT INTO t VALUES (1, NULL), (2, 5)";
    let filled = [
        column("v", SmallInt).filled("id * 10"),
        column("v", SmallInt).or(DefaultValue::Int(-1)),
        column("v", SmallInt).or(DefaultValue::Int(-1)).filled("id"),
        column("v", Varchar(9)).filled("'none'"),
        column("v", Bool).null().filled("0"),
    ];
    let rows_of = |value: Column| {
        let mut database = created(&from, rows);
        match apply(&mut database, &from, &one(value)) {
            Ok(_) => query(&mut database, "SELECT CAST(v AS TEXT) FROM t").replace('\n', ", "),
            Err(error) => error,
        }
    };
    let all: Vec<String> = filled.into_iter().chain([column("v", SmallInt)]).map(rows_of).collect();
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
fn numbers_are_given_where_there_are_none() {
    let question = "SELECT CAST(id AS TEXT), a FROM t ORDER BY id";
    let plain = schema(vec![table("t", vec![column("a", Varchar(9))])]);
    let numbered = schema(vec![table("t", vec![id(), column("a", Varchar(9))])]);
    let rows = "INSERT INTO t VALUES ('c'), ('a'), ('b')";
    assert_snapshot!(migrated(&plain, rows, &numbered, question), @"
    1 | a
    2 | b
    3 | c
    ");

    // Nothing is left of the former row but that it is one.
    let alone = schema(vec![table("t", vec![id()])]);
    let count = "SELECT CAST(id AS TEXT) FROM t";
    assert_snapshot!(migrated(&plain, rows, &alone, count), @"
    1
    2
    3
    ");

    // The number of a deleted row is not given again, whatever the names are by then.
    let small =
        schema(vec![table("u", vec![column("a", SmallInt).auto().was("id")]).formerly("t")]);
    let rows = "INSERT INTO t VALUES (7), (8); DELETE FROM t WHERE id = 8";
    let numbers = "SELECT CAST(a AS TEXT), (SELECT CAST(seq AS TEXT) FROM sqlite_sequence) FROM u";
    assert_snapshot!(migrated(&alone, rows, &small, numbers), @"7 | 8");

    let nullable =
        schema(vec![table("t", vec![column("a", Varchar(9)), column("id", BigInt).null()])]);
    let rows = "INSERT INTO t VALUES ('c', NULL), ('b', 1), ('a', NULL)";
    assert_snapshot!(migrated(&nullable, rows, &numbered, question), @"
    1 | b
    2 | a
    3 | c
    ");

    // They go on after the greatest, and no longer once they are switched off.
    let unnumbered = one(column("a", Varchar(9)));
    let on = schema(vec![table("t", vec![column("id", BigInt), column("a", Varchar(9))])]);
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
    let a = || column("a", Integer);
    let b = || column("b", Varchar(9));
    let schemas = [
        schema(vec![table("t", vec![a(), b()])]),
        schema(vec![table("t", vec![a(), b()]).key("b, a")]),
        schema(vec![table("t", vec![b(), a()]).unique("uq", "a")]),
        schema(vec![table("t", vec![a().auto(), b()])]),
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
        schema(vec![
            table("t", vec![id(), column("a", Integer), column("where", Varchar(9))])
                .unique("ix (\"where", "a DESC, where")
                .only(condition),
        ])
    };
    let conditions =
        ["a > 0", "(a > 0) OR \"where\" = 'WHERE ('", "a IN (1, 2) AND (a IS NOT NULL)"];
    for from in conditions {
        for to in conditions {
            assert_eq!(migrated(&of(from), "", &of(to), "SELECT 'x'"), "x");
        }
    }
}
