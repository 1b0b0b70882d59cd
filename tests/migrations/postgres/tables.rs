//! Columns, keys, indexes and constraints.

use std::borrow::Cow;

use insta::assert_snapshot;
use schema_model::SqlType::{
    self, BigInt, Binary, Bool, Double, Integer, SmallInt, Text, UtcTimestamp, Varchar,
};
use schema_model::{Action, Column, DefaultValue, Schema, Table};

use super::schemas::{
    backfilled, check, column, defaulting, foreign_key, index, nullable, numbered, one, partial,
    renamed, schema, table,
};
use super::{database, dialect, script};

#[test]
fn columns_come_change_and_go() {
    let Some(mut database) = database() else { return };
    let from = one(vec![
        column("id", Integer),
        nullable("first", Text),
        column("last", Text),
        column("paid", Bool),
        nullable("level", Varchar(5)),
        nullable("points", Integer),
        defaulting(column("rank", SmallInt), DefaultValue::Int(-1)),
    ]);
    let level = nullable("level", Varchar(5));
    let to = one(vec![
        column("id", Integer),
        renamed(nullable("given", Text), "first"),
        backfilled(column("name", Text), "coalesce(given || ' ', '') || last"),
        backfilled(column("paid", Text), "CASE WHEN paid THEN 'yes' ELSE 'no' END"),
        backfilled(nullable("debt", Bool), "NOT paid"),
        Column {
            nullable: false,
            sql_type: Integer,
            backfill: Some("length(last)".into()),
            ..level
        },
        defaulting(column("points", Integer), DefaultValue::Int(5)),
        defaulting(column("rank", BigInt), DefaultValue::Int(-1)),
        defaulting(column("since", UtcTimestamp), DefaultValue::Now),
    ]);
    let rows = "INSERT INTO t VALUES (1, 'Ada', 'Byron', true, '7', NULL, 3), (2, NULL, 'Bo', false, NULL, NULL, 2)";
    let query = "SELECT t::text FROM (SELECT id, given, name, paid, debt, level, points, rank FROM t ORDER BY id) AS t";
    let there = database.there_and_back(&from, rows, &to, query);
    assert_snapshot!(there, @r#"
    (1,Ada,"Ada Byron",yes,f,7,5,3)
    (2,,Bo,no,t,2,5,2)
    "#);
    assert_snapshot!(script(&from, &to), @r#"
    ALTER TABLE "t"
        RENAME COLUMN "first" TO "given";
    ALTER TABLE "t"
        ALTER COLUMN "level" TYPE integer USING CASE WHEN CASE WHEN "level" ~ '^(0|-?[1-9][0-9]*)$' THEN "level"::numeric BETWEEN -2147483648 AND 2147483647 END THEN "level"::integer ELSE ('t.level is not a whole number that fits: ' || left("level", 20))::integer END,
        ALTER COLUMN "points" SET DEFAULT 5,
        ALTER COLUMN "rank" DROP DEFAULT,
        ALTER COLUMN "rank" TYPE bigint,
        ALTER COLUMN "rank" SET DEFAULT -1,
        ADD COLUMN "name" text,
        ADD COLUMN "__new_paid" text,
        ADD COLUMN "debt" boolean,
        ADD COLUMN "since" timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP;
    UPDATE "t"
        SET "name" = coalesce(given || ' ', '') || last,
            "__new_paid" = CASE WHEN paid THEN 'yes' ELSE 'no' END,
            "debt" = NOT paid;
    UPDATE "t"
        SET "level" = length(last)
        WHERE "level" IS NULL;
    UPDATE "t"
        SET "points" = 5
        WHERE "points" IS NULL;
    ALTER TABLE "t"
        DROP COLUMN "paid",
        DROP COLUMN "last",
        ALTER COLUMN "level" SET NOT NULL,
        ALTER COLUMN "points" SET NOT NULL,
        ALTER COLUMN "name" SET NOT NULL,
        ALTER COLUMN "__new_paid" SET NOT NULL;
    ALTER TABLE "t"
        RENAME COLUMN "__new_paid" TO "paid";
    "#);
}

#[test]
fn numbers_go_on_after_the_greatest() {
    let Some(mut database) = database() else { return };
    let with_id = |id: Column| one(vec![id, nullable("note", Text)]);
    let keyed_by_note = |id: Column| {
        let mut schema = one(vec![id, column("note", Varchar(9))]);
        schema.tables.to_mut()[0].primary_key = vec!["note".into()].into();
        schema
    };
    let plain = || with_id(column("id", Integer));
    let cases = [
        (plain(), "SELECT 1"),
        (plain(), "INSERT INTO t VALUES (7), (3)"),
        (plain(), "INSERT INTO t VALUES (-7)"),
        (with_id(column("id", SmallInt)), "INSERT INTO t VALUES (7)"),
        (with_id(column("id", Varchar(9))), "INSERT INTO t VALUES ('7')"),
        (
            keyed_by_note(nullable("id", Integer)),
            "INSERT INTO t VALUES (7, 'a'), (NULL, 'b'), (NULL, 'c')",
        ),
        (one(vec![column("note", Varchar(9))]), "INSERT INTO t VALUES ('a'), ('b')"),
        (with_id(column("id", Double)), "INSERT INTO t VALUES (7)"),
        (with_id(column("id", Binary)), "INSERT INTO t VALUES ('a'), ('b')"),
    ];
    let mut next = Vec::new();
    for (from, rows) in cases {
        let note = from.tables[0].column("note").unwrap().clone();
        let to = one(vec![numbered("id", Integer), note]);
        database.clear();
        database.migrate(&Schema::EMPTY, &from).unwrap();
        database.execute(rows);
        database.migrate(&from, &to).unwrap();
        database.execute("INSERT INTO t (note) VALUES ('x'), ('y')");
        next.push(database.query("SELECT string_agg(id::text, ', ' ORDER BY id) FROM t"));
        database.there_and_back(&from, "SELECT 1", &to, "SELECT id::text FROM t");
    }
    assert_eq!(
        next.join("; "),
        "1, 2; 3, 7, 8, 9; -7, 1, 2; 7, 8, 9; 7, 8, 9; 7, 8, 9, 10, 11; 1, 2, 3, 4; 7, 8, 9; 1, 2, 3, 4"
    );

    // The greatest number there can be has none after it, which is no reason not to migrate.
    database.clear();
    database.migrate(&Schema::EMPTY, &plain()).unwrap();
    database.execute("INSERT INTO t VALUES (2147483647)");
    database.migrate(&plain(), &with_id(numbered("id", Integer))).unwrap();
    let message = database.connection.execute("INSERT INTO t DEFAULT VALUES").unwrap_err().message;
    assert!(message.starts_with("nextval: reached maximum value of sequence"), "{message}");
}

#[test]
fn primary_keys_have_the_name_that_a_later_change_expects() {
    let Some(mut database) = database() else { return };
    let long = |letter: &str| letter.repeat(60);
    let names = ["short".to_owned(), long("a"), long("b"), "ü".repeat(30), "short".to_owned()];
    let keys = [vec!["id"], vec!["code", "id"], vec!["code"]];
    let of = |name: &str, key: &[&'static str], from: Option<&String>| {
        let columns = vec![column("id", Integer), column("code", Integer)];
        let mut table = table(name, columns);
        table.primary_key = key.iter().map(|name| Cow::Borrowed(*name)).collect();
        table.renamed_from = from.map(|name| name.clone().into());
        schema(vec![table])
    };
    let mut before = Schema::EMPTY;
    let mut last = None;
    for (name, key) in names.iter().zip(keys.iter().cycle()) {
        // The key first, and then together with the rename.
        for key in [key, &keys[0], key] {
            let after = of(name, key, last);
            database.migrate(&before, &after).unwrap();
            let expected = dialect().expected_catalog(&after, "");
            assert_eq!(database.catalog().differences(&expected), Vec::<String>::new());
            database.execute(&format!(
                "CREATE SCHEMA other; CREATE TABLE other.{name} (id int, PRIMARY KEY (id))"
            ));
            let [found, given] = ["public", "other"].map(|schema| {
                database.query(&format!(
                    "SELECT conname::text FROM pg_constraint
                     WHERE contype = 'p' AND connamespace = '{schema}'::regnamespace"
                ))
            });
            database.execute("DROP SCHEMA other CASCADE");
            assert_eq!(found, given);
            (before, last) = (after, Some(name));
        }
    }

    // The second statement of a rename is seen, so that after a crash it is known to be done.
    let found = database.catalog();
    database.execute("ALTER TABLE short RENAME CONSTRAINT short_pkey TO long_pkey");
    assert_ne!(database.catalog(), found);
}

#[test]
fn foreign_keys_let_go_of_what_changes_on_both_sides() {
    let Some(mut database) = database() else { return };
    use Action::{Cascade, NoAction, SetNull};
    let of = |number: SqlType, required: bool| {
        let code = |name| Column { nullable: !required, ..column(name, number) };
        let with_default = |column| match required {
            true => defaulting(column, DefaultValue::Int(1)),
            false => column,
        };
        let people = Table {
            indexes: vec![index("ux_people", true, &["area", "code"])].into(),
            foreign_keys: vec![
                foreign_key("fk_boss", "boss > people (id)", SetNull, Cascade),
                foreign_key("fk_club", "club > clubs (id)", NoAction, Cascade),
                foreign_key("fk_self", "area, code > people (area, code)", Cascade, NoAction),
            ]
            .into(),
            ..table(
                "people",
                vec![
                    column("id", number),
                    nullable("boss", number),
                    with_default(code("club")),
                    with_default(code("area")),
                    column("code", number),
                ],
            )
        };
        let clubs = Table {
            foreign_keys: vec![
                foreign_key("fk_head", "head > people (id)", Cascade, SetNull),
                foreign_key("fk_pair", "area, code > people (area, code)", SetNull, SetNull),
            ]
            .into(),
            ..table(
                "clubs",
                vec![
                    column("id", number),
                    nullable("head", number),
                    nullable("area", number),
                    nullable("code", number),
                ],
            )
        };
        schema(vec![people, clubs])
    };
    let rows = "
        INSERT INTO people VALUES (1, NULL, NULL, 1, 1), (2, 1, NULL, 2, 1);
        INSERT INTO clubs VALUES (1, 2, 2, 1);
        UPDATE people SET club = 1 WHERE id = 1";
    let query = "SELECT concat_ws(' ', id, boss, club, area, code) FROM people ORDER BY id";
    let there = database.there_and_back(&of(Integer, false), rows, &of(BigInt, true), query);
    assert_eq!(there, "1 1 1 1\n2 1 1 2 1");
}

#[test]
fn indexes_and_constraints_change_or_swap_names() {
    let Some(mut database) = database() else { return };
    use Action::{Cascade, NoAction, SetNull};
    let columns = || {
        vec![
            column("id", Integer),
            nullable("group", Integer),
            nullable("b", Varchar(9)),
            nullable("c", Integer),
        ]
    };
    let from = schema(vec![Table {
        indexes: vec![
            index("ix_1", false, &["group"]),
            index("ix_2", false, &["b DESC", "group DESC"]),
            index("ix_3", false, &["b"]),
            partial(index("ux_1", true, &["c"]), "b IS NOT NULL"),
            partial(index("ix_4", false, &["c DESC"]), "c > 1 AND b <> ' WHERE '"),
        ]
        .into(),
        checks: vec![check("ck_1", "c > 0"), check("ck_2", "b <> 'x'")].into(),
        foreign_keys: vec![
            foreign_key("fk_1", "group > t (id)", SetNull, Cascade),
            foreign_key("fk_2", "c > t (id)", Cascade, SetNull),
            foreign_key("fk_3", "c > t (id)", NoAction, NoAction),
        ]
        .into(),
        ..table("t", columns())
    }]);
    let to = schema(vec![Table {
        indexes: vec![
            index("ix_2", false, &["group"]),
            index("ix_3", false, &["b DESC", "group DESC"]),
            index("ix_1", false, &["b"]),
            partial(index("ux_1", true, &["c"]), "b IS NULL"),
            index("ix_5", false, &["c DESC"]),
        ]
        .into(),
        checks: vec![check("ck_3", "c > 0"), check("ck_1", "b <> 'y'")].into(),
        foreign_keys: vec![
            foreign_key("fk_2", "group > t (id)", SetNull, Cascade),
            foreign_key("fk_1", "c > t (id)", Cascade, SetNull),
            foreign_key("fk_3", "c > t (id)", SetNull, NoAction),
        ]
        .into(),
        ..table("t", columns())
    }]);
    let rows = "INSERT INTO t VALUES (1, 1, 'a', 1)";
    database.there_and_back(&from, rows, &to, "SELECT '1'");
    assert_snapshot!(script(&from, &to), @r#"
    ALTER TABLE "t"
        DROP CONSTRAINT "fk_1",
        DROP CONSTRAINT "fk_2",
        DROP CONSTRAINT "fk_3";
    DROP INDEX "ix_1";
    DROP INDEX "ix_2";
    DROP INDEX "ix_3";
    DROP INDEX "ux_1";
    DROP INDEX "ix_4";
    ALTER TABLE "t"
        DROP CONSTRAINT "ck_2";
    ALTER TABLE "t"
        RENAME CONSTRAINT "ck_1" TO "ck_3";
    ALTER TABLE "t"
        ADD CONSTRAINT "ck_1" CHECK (b <> 'y');
    CREATE INDEX "ix_2" ON "t" ("group");
    CREATE INDEX "ix_3" ON "t" ("b" DESC, "group" DESC);
    CREATE INDEX "ix_1" ON "t" ("b");
    CREATE UNIQUE INDEX "ux_1" ON "t" ("c") WHERE b IS NULL;
    CREATE INDEX "ix_5" ON "t" ("c" DESC);
    ALTER TABLE "t"
        ADD CONSTRAINT "fk_2" FOREIGN KEY ("group") REFERENCES "t" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
        ADD CONSTRAINT "fk_1" FOREIGN KEY ("c") REFERENCES "t" ("id") ON DELETE CASCADE ON UPDATE SET NULL,
        ADD CONSTRAINT "fk_3" FOREIGN KEY ("c") REFERENCES "t" ("id") ON DELETE SET NULL;
    "#);
}
