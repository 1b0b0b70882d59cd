//! Columns, keys, indexes and constraints.

use db_backend::BackendKind;
use insta::assert_snapshot;
use schema_model::SqlType::{
    self, BigInt, Binary, Bool, Double, Integer, SmallInt, Text, UtcTimestamp, Varchar,
};
use schema_model::{
    Action, Check, Column, DefaultValue, ForeignKey, Index, IndexColumn, Schema, Table,
    WithoutPartial,
};

use super::{database, dialect, one, script};

#[test]
fn columns_are_added_changed_and_removed() {
    let Some(mut database) = database() else { return };
    let from = one([
        Column::new("id", Integer),
        Column::new("first", Text).nullable(),
        Column::new("last", Text),
        Column::new("paid", Bool),
        Column::new("level", Varchar(5)).nullable(),
        Column::new("points", Integer).nullable(),
        Column::new("rank", SmallInt).default(-1),
    ]);
    let to = one([
        Column::new("id", Integer),
        Column::new("given", Text).nullable().renamed_from("first"),
        Column::new("name", Text).backfill("coalesce(given || ' ', '') || last"),
        Column::new("paid", Text).backfill("CASE WHEN paid THEN 'yes' ELSE 'no' END"),
        Column::new("debt", Bool).nullable().backfill("NOT paid"),
        Column::new("level", Integer).backfill("length(last)"),
        Column::new("points", Integer).default(5),
        Column::new("rank", BigInt).default(-1),
        Column::new("since", UtcTimestamp).default(DefaultValue::Now),
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
fn numbering_continues_after_the_greatest() {
    let Some(mut database) = database() else { return };
    let with_id = |id: Column| one([id, Column::new("note", Text).nullable()]);
    let keyed_by_note = |id: Column| {
        let note = Column::new("note", Varchar(9));
        Schema::new([Table::new("t", ["note"]).columns([id, note])])
    };
    let plain = || with_id(Column::new("id", Integer));
    let cases = [
        (plain(), "SELECT 1"),
        (plain(), "INSERT INTO t VALUES (7), (3)"),
        (plain(), "INSERT INTO t VALUES (-7)"),
        (with_id(Column::new("id", SmallInt)), "INSERT INTO t VALUES (7)"),
        (with_id(Column::new("id", Varchar(9))), "INSERT INTO t VALUES ('7')"),
        (
            keyed_by_note(Column::new("id", Integer).nullable()),
            "INSERT INTO t VALUES (7, 'a'), (NULL, 'b'), (NULL, 'c')",
        ),
        (one([Column::new("note", Varchar(9))]), "INSERT INTO t VALUES ('a'), ('b')"),
        (with_id(Column::new("id", Double)), "INSERT INTO t VALUES (7)"),
        (with_id(Column::new("id", Binary)), "INSERT INTO t VALUES ('a'), ('b')"),
    ];
    let mut next = Vec::new();
    for (from, rows) in cases {
        let note = from.tables[0].column("note").unwrap().clone();
        let to = one([Column::new("id", Integer).auto_increment(), note]);
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

    // The greatest possible number has no successor, which must not prevent the migration.
    database.clear();
    database.migrate(&Schema::EMPTY, &plain()).unwrap();
    database.execute("INSERT INTO t VALUES (2147483647)");
    database.migrate(&plain(), &with_id(Column::new("id", Integer).auto_increment())).unwrap();
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
        let columns = [Column::new("id", Integer), Column::new("code", Integer)];
        let mut table = Table::new(name.to_owned(), key.iter().copied()).columns(columns);
        table.renamed_from = from.map(|name| name.clone().into());
        Schema::new([table])
    };
    let mut before = Schema::EMPTY;
    let mut last = None;
    for (name, key) in names.iter().zip(keys.iter().cycle()) {
        // The key first, and then together with the rename.
        for key in [key, &keys[0], key] {
            let after = of(name, key, last);
            database.migrate(&before, &after).unwrap();
            let expected = dialect().expected_catalog(&after, "");
            assert_eq!(
                database.catalog().differences(&expected, BackendKind::Postgres),
                Vec::<String>::new()
            );
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

    // The catalogue shows the second statement of a rename, so that a crash after it is recognised.
    let found = database.catalog();
    database.execute("ALTER TABLE short RENAME CONSTRAINT short_pkey TO long_pkey");
    assert_ne!(database.catalog(), found);
}

#[test]
fn foreign_keys_are_dropped_while_either_side_changes() {
    let Some(mut database) = database() else { return };
    use Action::{Cascade, SetNull};
    let of = |number: SqlType, required: bool| {
        let code = |name| Column { nullable: !required, ..Column::new(name, number) };
        let with_default = |column: Column| match required {
            true => column.default(1),
            false => column,
        };
        let people = Table::new("people", ["id"])
            .columns([
                Column::new("id", number),
                Column::new("boss", number).nullable(),
                with_default(code("club")),
                with_default(code("area")),
                Column::new("code", number),
            ])
            .indexes([Index::unique("ux_people", ["area", "code"])])
            .foreign_keys([
                ForeignKey::new("fk_boss", ["boss"], "people", ["id"])
                    .on_delete(SetNull)
                    .on_update(Cascade),
                ForeignKey::new("fk_club", ["club"], "clubs", ["id"]).on_update(Cascade),
                ForeignKey::new("fk_self", ["area", "code"], "people", ["area", "code"])
                    .on_delete(Cascade),
            ]);
        let clubs = Table::new("clubs", ["id"])
            .columns([
                Column::new("id", number),
                Column::new("head", number).nullable(),
                Column::new("area", number).nullable(),
                Column::new("code", number).nullable(),
            ])
            .foreign_keys([
                ForeignKey::new("fk_head", ["head"], "people", ["id"])
                    .on_delete(Cascade)
                    .on_update(SetNull),
                ForeignKey::new("fk_pair", ["area", "code"], "people", ["area", "code"])
                    .on_delete(SetNull)
                    .on_update(SetNull),
            ]);
        Schema::new([people, clubs])
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
    use Action::{Cascade, SetNull};
    use WithoutPartial::NoIndex;
    let columns = || {
        [
            Column::new("id", Integer),
            Column::new("group", Integer).nullable(),
            Column::new("b", Varchar(9)).nullable(),
            Column::new("c", Integer).nullable(),
        ]
    };
    let from = Schema::new([Table::new("t", ["id"])
        .columns(columns())
        .indexes([
            Index::new("ix_1", ["group"]),
            Index::new("ix_2", [IndexColumn::descending("b"), IndexColumn::descending("group")]),
            Index::new("ix_3", ["b"]),
            Index::unique("ux_1", ["c"]).partial("b IS NOT NULL", NoIndex),
            Index::new("ix_4", [IndexColumn::descending("c")])
                .partial("c > 1 AND b <> ' WHERE '", NoIndex),
        ])
        .foreign_keys([
            ForeignKey::new("fk_1", ["group"], "t", ["id"]).on_delete(SetNull).on_update(Cascade),
            ForeignKey::new("fk_2", ["c"], "t", ["id"]).on_delete(Cascade).on_update(SetNull),
            ForeignKey::new("fk_3", ["c"], "t", ["id"]),
        ])
        .checks([Check::new("ck_1", "c > 0"), Check::new("ck_2", "b <> 'x'")])]);
    let to = Schema::new([Table::new("t", ["id"])
        .columns(columns())
        .indexes([
            Index::new("ix_2", ["group"]),
            Index::new("ix_3", [IndexColumn::descending("b"), IndexColumn::descending("group")]),
            Index::new("ix_1", ["b"]),
            Index::unique("ux_1", ["c"]).partial("b IS NULL", NoIndex),
            Index::new("ix_5", [IndexColumn::descending("c")]),
        ])
        .foreign_keys([
            ForeignKey::new("fk_2", ["group"], "t", ["id"]).on_delete(SetNull).on_update(Cascade),
            ForeignKey::new("fk_1", ["c"], "t", ["id"]).on_delete(Cascade).on_update(SetNull),
            ForeignKey::new("fk_3", ["c"], "t", ["id"]).on_delete(SetNull),
        ])
        .checks([Check::new("ck_3", "c > 0"), Check::new("ck_1", "b <> 'y'")])]);
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
