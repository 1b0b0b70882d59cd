//! Migrations of MySQL and MariaDB on tables with rows, there and back.

mod conversions;
mod database;

use insta::assert_snapshot;
use schema_model::diff::undone;
use schema_model::{
    Action, Check, Column, DefaultValue, ForeignKey, Index, IndexColumn, Schema, SqlType, Table,
    WithoutPartial,
};

use self::database::{Database, Expected, id, rendered, up, up_and_back};

use SqlType::{BigInt, Bool, Double, Integer, JsonDoc, SmallInt, Text, UtcTimestamp, Varchar};

/// As with stock Diesel. The tables of a schema name their own collation, so that it does not
/// depend on the database.
#[test]
fn a_database_has_the_collation_of_its_server() {
    let Some(mut database) = Database::open() else { return };
    let collations = ["SELECT @@collation_server", "SELECT @@collation_database"];
    let [of_server, of_database] = collations.map(|query| database.column(query));
    assert_eq!(of_database, of_server);

    let columns = [id(), Column::new("a", Varchar(9)), Column::new("b", JsonDoc).nullable()];
    let from = Schema::new([Table::new("t", ["id"]).columns(columns.clone())]);
    let added = [Column::new("c", Text).nullable()];
    let to = Schema::new([Table::new("t", ["id"]).columns(columns.into_iter().chain(added))]);
    for options in ["latin1 COLLATE latin1_german2_ci", "utf8mb4 COLLATE utf8mb4_unicode_ci"] {
        database.execute(&format!("ALTER DATABASE CHARACTER SET {options}"));
        database.migrate(&Schema::EMPTY, &from);
        database.migrate(&from, &to);
        database.is_as_if_new(&to);
        database.migrate(&to, &Schema::EMPTY);
    }
}

#[test]
fn as_few_statements_as_possible() {
    let from = Schema::new([Table::new("t", ["id"])
        .columns([
            id(),
            Column::new("a", Varchar(9)).nullable(),
            Column::new("b", Integer),
            Column::new("parent", BigInt).nullable(),
        ])
        .indexes([Index::unique("ux_a", ["a"]), Index::new("ix_b", ["b"])])
        .foreign_keys([ForeignKey::new("fk_parent", ["parent"], "t", ["id"])])
        .checks([Check::new("ck_b", "b > 0")])]);
    let to = Schema::new([Table::new("t", ["id"])
        .columns([
            id(),
            Column::new("a", SmallInt).default(0),
            Column::new("c", Integer).renamed_from("b"),
            Column::new("parent", BigInt).nullable(),
            Column::new("d", Double).backfill("c / 2"),
        ])
        .indexes([Index::new("ix_c", ["c"])])
        .foreign_keys([ForeignKey::new("fk_elder", ["parent"], "t", ["id"])])
        .checks([Check::new("ck_c", "c > 0")])]);
    assert_snapshot!(rendered(&from, &to).join(";\n\n"), @"
    UPDATE `t`
        SET `a` = CAST(concat('t.a is not a whole number from -32768 to 32767 in a row', coalesce(left(`a`, 0), '')) AS SIGNED)
        WHERE CASE
            WHEN `a` NOT REGEXP '^(0$|-?[1-9])' OR substr(`a`, 2) REGEXP '[^0-9]'
                OR char_length(`a`) > 65 THEN TRUE
            ELSE CAST(`a` AS DECIMAL(65)) NOT BETWEEN -32768 AND 32767
        END;

    ALTER TABLE `t`
        DROP FOREIGN KEY `fk_parent`;

    ALTER TABLE `t`
        DROP CONSTRAINT `ck_b`,
        RENAME COLUMN `b` TO `c`;

    ALTER TABLE `t`
        DROP INDEX `ux_a`,
        ADD COLUMN `d` double,
        MODIFY COLUMN `a` smallint DEFAULT 0;

    UPDATE `t`
        SET `d` = c / 2;

    UPDATE `t`
        SET `a` = 0
        WHERE `a` IS NULL;

    ALTER TABLE `t`
        MODIFY COLUMN `d` double NOT NULL,
        MODIFY COLUMN `a` smallint NOT NULL DEFAULT 0,
        RENAME INDEX `ix_b` TO `ix_c`,
        ADD CONSTRAINT `ck_c` CHECK (c > 0),
        RENAME INDEX `fk_parent` TO `fk_elder`;

    ALTER TABLE `t`
        ADD CONSTRAINT `fk_elder` FOREIGN KEY (`parent`) REFERENCES `t` (`id`)
    ");
}

#[test]
fn columns_are_renamed_under_keys_and_checks() {
    let parent = Table::new("parents", ["id"])
        .columns([id(), Column::new("code", Varchar(9)), Column::new("data", JsonDoc).nullable()])
        .indexes([Index::unique("ux_code", ["code"])]);
    let child = Table::new("children", ["id"])
        .columns([
            id(),
            Column::new("parent_code", Varchar(9)).nullable(),
            Column::new("size", Integer),
        ])
        .foreign_keys([ForeignKey::new("fk_parent", ["parent_code"], "parents", ["code"])])
        .checks([Check::new("ck_size", "size > 0")]);
    let from = Schema::new([parent, child]);
    let to = Schema::new([
        Table::new("elders", ["id"])
            .columns([
                id(),
                Column::new("key", Varchar(12)).renamed_from("code"),
                Column::new("document", JsonDoc).nullable().renamed_from("data"),
            ])
            .indexes([Index::unique("ux_key", ["key"])])
            .renamed_from("parents"),
        Table::new("children", ["id"])
            .columns([
                id(),
                Column::new("elder", Varchar(12)).nullable().renamed_from("parent_code"),
                Column::new("weight", BigInt).renamed_from("size"),
            ])
            .foreign_keys([ForeignKey::new("fk_elder", ["elder"], "elders", ["key"])
                .on_update(Action::Cascade)])
            .checks([Check::new("ck_size", "weight > 0")]),
    ]);
    let rows = [
        "INSERT INTO parents (code, data) VALUES ('a', '[]')",
        "INSERT INTO children (parent_code, size) VALUES ('a', 1), (NULL, 2)",
    ];
    up_and_back(
        &from,
        &rows,
        &to,
        &[
            ("SELECT concat_ws(' ', `key`, document) FROM elders", &["a []"]),
            ("SELECT concat_ws(' ', elder, weight) FROM children ORDER BY id", &["a 1", "2"]),
        ],
    );
}

#[test]
fn only_names_change_under_foreign_keys() {
    let schema = |parent: &'static str, column_name: &'static str, index: &'static str| {
        Schema::new([
            Table::new(parent, ["id"]).columns([id()]).renamed_from("p"),
            Table::new("c", ["id"])
                .columns([id(), Column::new(column_name, BigInt).nullable().renamed_from("a")])
                .indexes([Index::new(index, [column_name])])
                .foreign_keys([ForeignKey::new("fk_a", [column_name], parent, ["id"])]),
        ])
    };
    let (from, to) = (schema("p", "a", "ix_a"), schema("q", "b", "ix_b"));
    up_and_back(
        &from,
        &["INSERT INTO p VALUES (4)", "INSERT INTO c VALUES (1, 4)"],
        &to,
        &[("SELECT CAST(b AS CHAR) FROM c", &["4"])],
    );
}

#[test]
fn rows_get_values() {
    let from = Schema::new([Table::new("t", ["id"])
        .columns([
            id(),
            Column::new("a", Integer).nullable(),
            Column::new("b", Varchar(9)).nullable(),
            Column::new("c", UtcTimestamp),
            Column::new("d", Varchar(9)).nullable(),
        ])
        .indexes([Index::unique("ux_b", ["b"])])
        .checks([Check::new("ck_b", "b <> 'none'")])]);
    let to = Schema::new([Table::new("t", ["id"]).columns([
        id(),
        Column::new("e", Bool).default(true),
        Column::new("f", Varchar(30)).backfill("concat(id, ':', coalesce(a, 0), ':', year(c))"),
        Column::new("g", BigInt).nullable().backfill("a * 2"),
        Column::new("b", Varchar(9)).default("none"),
        Column::new("c", Text).backfill("date_format(c, '%Y')"),
        Column::new("d", Integer).default(-7),
        Column::new("h", UtcTimestamp).default(DefaultValue::Now),
    ])]);
    let rows = [
        "INSERT INTO t (a, b, c, d) VALUES (5, NULL, '2024-01-02', '12'), (NULL, 'x', '2025-01-02', NULL), (6, NULL, '2026-01-02', NULL)",
    ];
    let database = up(
        &from,
        &rows,
        &to,
        &[(
            "SELECT concat_ws(' ', e, f, coalesce(g, 'NULL'), b, c, d, h > '2026-01-01') FROM t ORDER BY id",
            &[
                "1 1:5:2024 10 none 2024 12 1",
                "1 2:0:2025 NULL x 2025 -7 1",
                "1 3:6:2026 12 none 2026 -7 1",
            ],
        )],
    );
    // Migrating back needs an empty table: these rows violate the former index and check.
    let Some(mut database) = database else { return };
    database.execute("DELETE FROM t");
    database.migrate(&to, &undone(&from, &to));
    database.is_as_if_new(&from);
}

#[test]
fn primary_keys_and_numbering_change() {
    let from = Schema::new([Table::new("t", ["a"])
        .columns([Column::new("a", Varchar(9)), Column::new("n", BigInt).nullable()])]);
    let rows = ["INSERT INTO t VALUES ('x', NULL), ('y', 1), ('z', NULL), ('w', -4)"];
    // An existing column becomes the numbered key, and its NULLs get numbers.
    let numbered = Schema::new([Table::new("t", ["n"])
        .columns([Column::new("n", BigInt).auto_increment(), Column::new("a", Varchar(9))])]);
    up_and_back(
        &from,
        &rows,
        &numbered,
        &[("SELECT concat(a, n) FROM t ORDER BY a", &["w-4", "x2", "y1", "z3"])],
    );
    // A new column replaces the old key, and is removed again.
    let surrogate = Schema::new([Table::new("t", ["id"]).columns([
        id(),
        Column::new("a", Varchar(9)),
        Column::new("n", BigInt).nullable(),
    ])]);
    up_and_back(
        &from,
        &rows,
        &surrogate,
        &[("SELECT concat(a, id) FROM t ORDER BY a", &["w1", "x2", "y3", "z4"])],
    );
    // A composite key, with a column whose values are still to be filled in.
    let composite = Schema::new([Table::new("t", ["b", "a"]).columns([
        Column::new("a", Varchar(9)),
        Column::new("b", Integer).backfill("coalesce(n, 9)"),
    ])]);
    up_and_back(
        &from,
        &rows,
        &composite,
        &[("SELECT concat(a, b) FROM t ORDER BY b, a", &["w-4", "y1", "x9", "z9"])],
    );
}

#[test]
fn a_row_numbered_zero_is_not_renumbered() {
    let Some(mut database) = Database::open() else { return };
    let from = Schema::new([Table::new("t", ["id"]).columns([Column::new("id", BigInt)])]);
    let to = Schema::new([Table::new("t", ["id"]).columns([id()])]);
    database.migrate(&Schema::EMPTY, &from);
    database.execute("INSERT INTO t VALUES (0), (5)");
    let error = database.try_to_migrate(&from, &to).expect_err("0 would become 6");
    assert!(error.message.contains("t.id is 0 in a row"), "{error}");
    database.execute("UPDATE t SET id = 1 WHERE id = 0");
    database.migrate(&from, &to);
    database.execute("INSERT INTO t VALUES ()");
    assert_eq!(database.column("SELECT CAST(id > 5 AS CHAR) FROM t WHERE id NOT IN (1, 5)"), ["1"]);
}

#[test]
fn null_fails_before_anything_changes() {
    let Some(mut database) = Database::open() else { return };
    let old = Table::new("t", ["id"]).columns([id(), Column::new("c", Integer).nullable()]);
    let new = Table::new("u", ["id"])
        .columns([id(), Column::new("d", Integer).renamed_from("c")])
        .renamed_from("t");
    let (from, to) = (Schema::new([old]), Schema::new([new]));
    database.migrate(&Schema::EMPTY, &from);
    database.execute("INSERT INTO t (c) VALUES (1), (NULL)");
    let error = database.try_to_migrate(&from, &to).expect_err("NULL has no value");
    assert!(error.message.contains("t.c is NULL in a row"), "{error}");
    database.is_as(&from);
}

#[test]
fn the_index_that_supports_a_foreign_key_may_change() {
    let parent =
        Table::new("p", ["x", "y"]).columns([Column::new("x", Integer), Column::new("y", Integer)]);
    let schema = |key: &'static str, primary_key: &[&'static str], indexes: Vec<Index>| {
        Schema::new([
            parent.clone(),
            Table::new("c", primary_key.iter().copied())
                .columns([
                    Column::new("a", Integer),
                    Column::new("b", Integer),
                    Column::new("id", BigInt),
                ])
                .indexes(indexes)
                .foreign_keys([ForeignKey::new(key, ["a", "b"], "p", ["x", "y"])]),
        ])
    };
    let descending = Index::new("ix_desc", [IndexColumn::descending("a"), "b".into()]);
    let partial = |without| Index::new("ix_partial", ["a", "b"]).partial("id > 5", without);
    let path = [
        schema("fk", &["id"], vec![]),
        schema("fk", &["id"], vec![Index::new("ix", ["a", "b", "id"])]),
        schema("fk", &["a", "b"], vec![]),
        schema("fk", &["id"], vec![descending]),
        schema("kf", &["id"], vec![]),
        schema("kf", &["id"], vec![partial(WithoutPartial::FullIndex)]),
        schema("kf", &["id"], vec![partial(WithoutPartial::NoIndex)]),
        schema("fk", &["id", "a"], vec![Index::unique("ux", ["a", "b"])]),
        schema("fk", &["id"], vec![]),
    ];
    for step in path.windows(2) {
        let rows = ["INSERT INTO p VALUES (1, 2)", "INSERT INTO c VALUES (1, 2, 3)"];
        up_and_back(&step[0], &rows, &step[1], &[("SELECT CAST(id AS CHAR) FROM c", &["3"])]);
    }
}

#[test]
fn foreign_keys_in_a_cycle_are_dropped_and_added_again() {
    let schema = |sql_type| {
        let side = |name: &'static str, key: &'static str, other: &'static str| {
            Table::new(name, ["id"])
                .columns([Column::new("id", sql_type), Column::new("other", sql_type).nullable()])
                .foreign_keys([
                    ForeignKey::new(key, ["other"], other, ["id"]).on_delete(Action::SetNull)
                ])
        };
        Schema::new([side("a", "fk_a", "b"), side("b", "fk_b", "a"), side("s", "fk_s", "s")])
    };
    let rows = [
        "INSERT INTO a VALUES (1, NULL)",
        "INSERT INTO b VALUES (2, 1)",
        "UPDATE a SET other = 2",
        "INSERT INTO s VALUES (1, 1), (2, 1)",
    ];
    let values: &[Expected] = &[(
        "SELECT concat(id, other) FROM a UNION ALL SELECT concat(id, other) FROM s",
        &["12", "11", "21"],
    )];
    up_and_back(&schema(Integer), &rows, &schema(BigInt), values);
    up_and_back(&schema(BigInt), &rows, &schema(Varchar(20)), values);
}

#[test]
fn a_partial_index_changes_only_if_its_replacement_does() {
    let partial = |condition: &'static str, without| {
        let table = Table::new("t", ["id"]).columns([id(), Column::new("n", Integer)]);
        Schema::new([table.indexes([Index::new("ix", ["n"]).partial(condition, without)])])
    };
    use WithoutPartial::{FullIndex, NoIndex};
    let rows = [
        (partial("n > 1", FullIndex), partial("n > 2", FullIndex), 0),
        (partial("n > 1", NoIndex), partial("n > 2", NoIndex), 0),
        (partial("n > 1", NoIndex), partial("n > 1", FullIndex), 1),
        (partial("n > 1", FullIndex), Schema::EMPTY, 1),
    ];
    for (from, to, statements) in rows {
        assert_eq!(rendered(&from, &to).len(), statements, "{from:?} {to:?}");
    }
}
