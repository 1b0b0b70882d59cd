//! Migrations of MySQL and MariaDB, up and back, with the rows that they find.

mod conversions;
mod database;

use insta::assert_snapshot;
use schema_model::diff::undone;
use schema_model::{
    Action, DefaultValue, ForeignKey, Index, IndexColumn, Partial, Schema, SqlType, Table,
    WithoutPartial,
};

use self::database::{
    Database, Expected, auto, backfilled, check, column, foreign_key, id, null, one, plain,
    renamed, rendered, table, unique, up, up_and_back, with_default,
};

use SqlType::{BigInt, Bool, Double, Integer, JsonDoc, SmallInt, Text, UtcTimestamp, Varchar};

#[test]
fn as_few_statements_as_possible() {
    let from = one(Table {
        indexes: vec![unique("ux_a", &["a"]), plain("ix_b", &["b"])].into(),
        checks: vec![check("ck_b", "b > 0")].into(),
        foreign_keys: vec![foreign_key("fk_parent", &["parent"], "t", &["id"])].into(),
        ..table(
            "t",
            vec![
                id(),
                null(column("a", Varchar(9))),
                column("b", Integer),
                null(column("parent", BigInt)),
            ],
        )
    });
    let to = one(Table {
        indexes: vec![plain("ix_c", &["c"])].into(),
        checks: vec![check("ck_c", "c > 0")].into(),
        foreign_keys: vec![foreign_key("fk_elder", &["parent"], "t", &["id"])].into(),
        ..table(
            "t",
            vec![
                id(),
                with_default(column("a", SmallInt), DefaultValue::Int(0)),
                renamed(column("c", Integer), "b"),
                null(column("parent", BigInt)),
                backfilled(column("d", Double), "c / 2"),
            ],
        )
    });
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
    let parent =
        || table("parents", vec![id(), column("code", Varchar(9)), null(column("data", JsonDoc))]);
    let child = || {
        let columns = vec![id(), null(column("parent_code", Varchar(9))), column("size", Integer)];
        Table {
            foreign_keys: vec![foreign_key("fk_parent", &["parent_code"], "parents", &["code"])]
                .into(),
            checks: vec![check("ck_size", "size > 0")].into(),
            ..table("children", columns)
        }
    };
    let from = Schema {
        tables: vec![
            Table { indexes: vec![unique("ux_code", &["code"])].into(), ..parent() },
            child(),
        ]
        .into(),
    };
    let to = Schema {
        tables: vec![
            Table {
                renamed_from: Some("parents".into()),
                columns: vec![
                    id(),
                    renamed(column("key", Varchar(12)), "code"),
                    renamed(null(column("document", JsonDoc)), "data"),
                ]
                .into(),
                indexes: vec![unique("ux_key", &["key"])].into(),
                ..table("elders", vec![id()])
            },
            Table {
                columns: vec![
                    id(),
                    renamed(null(column("elder", Varchar(12))), "parent_code"),
                    renamed(column("weight", BigInt), "size"),
                ]
                .into(),
                foreign_keys: vec![ForeignKey {
                    on_update: Action::Cascade,
                    ..foreign_key("fk_elder", &["elder"], "elders", &["key"])
                }]
                .into(),
                checks: vec![check("ck_size", "weight > 0")].into(),
                ..child()
            },
        ]
        .into(),
    };
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
    let schema = |parent: &'static str, column_name: &'static str, index: &'static str| Schema {
        tables: vec![
            Table { renamed_from: Some("p".into()), ..table(parent, vec![id()]) },
            Table {
                columns: vec![id(), renamed(null(column(column_name, BigInt)), "a")].into(),
                indexes: vec![plain(index, &[column_name])].into(),
                foreign_keys: vec![foreign_key("fk_a", &[column_name], parent, &["id"])].into(),
                ..table("c", vec![id()])
            },
        ]
        .into(),
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
    let from = one(Table {
        indexes: vec![unique("ux_b", &["b"])].into(),
        checks: vec![check("ck_b", "b <> 'none'")].into(),
        ..table(
            "t",
            vec![
                id(),
                null(column("a", Integer)),
                null(column("b", Varchar(9))),
                column("c", UtcTimestamp),
                null(column("d", Varchar(9))),
            ],
        )
    });
    let to = one(table(
        "t",
        vec![
            id(),
            with_default(column("e", Bool), DefaultValue::Bool(true)),
            backfilled(column("f", Varchar(30)), "concat(id, ':', coalesce(a, 0), ':', year(c))"),
            backfilled(null(column("g", BigInt)), "a * 2"),
            with_default(column("b", Varchar(9)), DefaultValue::Text("none".into())),
            backfilled(column("c", Text), "date_format(c, '%Y')"),
            with_default(column("d", Integer), DefaultValue::Int(-7)),
            with_default(column("h", UtcTimestamp), DefaultValue::Now),
        ],
    ));
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
    // Not with these rows, which are against what the former index and check say.
    let Some(mut database) = database else { return };
    database.execute("DELETE FROM t");
    database.migrate(&to, &undone(&from, &to));
    database.is_as_if_new(&from);
}

#[test]
fn primary_keys_and_numbering_change() {
    let from = one(table("t", vec![column("a", Varchar(9)), null(column("n", BigInt))]));
    let rows = ["INSERT INTO t VALUES ('x', NULL), ('y', 1), ('z', NULL), ('w', -4)"];
    // A column that is there is numbered on.
    let numbered = one(table("t", vec![auto(column("n", BigInt)), column("a", Varchar(9))]));
    up_and_back(
        &from,
        &rows,
        &numbered,
        &[("SELECT concat(a, n) FROM t ORDER BY a", &["w-4", "x2", "y1", "z3"])],
    );
    // One comes, in the place of the old key, and goes again.
    let surrogate = one(table("t", vec![id(), column("a", Varchar(9)), null(column("n", BigInt))]));
    up_and_back(
        &from,
        &rows,
        &surrogate,
        &[("SELECT concat(a, id) FROM t ORDER BY a", &["w1", "x2", "y3", "z4"])],
    );
    // Composite, over a column with values to come.
    let composite = one(Table {
        primary_key: vec!["b".into(), "a".into()].into(),
        ..table(
            "t",
            vec![column("a", Varchar(9)), backfilled(column("b", Integer), "coalesce(n, 9)")],
        )
    });
    up_and_back(
        &from,
        &rows,
        &composite,
        &[("SELECT concat(a, b) FROM t ORDER BY b, a", &["w-4", "y1", "x9", "z9"])],
    );
}

#[test]
fn a_row_numbered_zero_is_not_numbered_anew() {
    let Some(mut database) = Database::open() else { return };
    let from = one(table("t", vec![column("id", BigInt)]));
    let to = one(table("t", vec![id()]));
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
    let from = one(table("t", vec![id(), null(column("c", Integer))]));
    let to = one(Table {
        renamed_from: Some("t".into()),
        ..table("u", vec![id(), renamed(column("d", Integer), "c")])
    });
    database.migrate(&Schema::EMPTY, &from);
    database.execute("INSERT INTO t (c) VALUES (1), (NULL)");
    let error = database.try_to_migrate(&from, &to).expect_err("NULL has no value");
    assert!(error.message.contains("t.c is NULL in a row"), "{error}");
    database.is_as(&from);
}

#[test]
fn what_supports_a_foreign_key_comes_and_goes() {
    let parent = table("p", vec![column("x", Integer), column("y", Integer)]);
    let parent = Table { primary_key: vec!["x".into(), "y".into()].into(), ..parent };
    let schema = |key: &'static str, primary_key: &[&'static str], indexes: Vec<Index>| Schema {
        tables: vec![
            parent.clone(),
            Table {
                primary_key: primary_key.iter().map(|&name| name.into()).collect(),
                indexes: indexes.into(),
                foreign_keys: vec![foreign_key(key, &["a", "b"], "p", &["x", "y"])].into(),
                ..table("c", vec![column("a", Integer), column("b", Integer), column("id", BigInt)])
            },
        ]
        .into(),
    };
    let descending = Index {
        columns: vec![
            IndexColumn { name: "a".into(), descending: true },
            IndexColumn { name: "b".into(), descending: false },
        ]
        .into(),
        ..plain("ix_desc", &[])
    };
    let partial = |elsewhere| Index {
        partial: Some(Partial { condition: "id > 5".into(), elsewhere }),
        ..plain("ix_partial", &["a", "b"])
    };
    let path = [
        schema("fk", &["id"], vec![]),
        schema("fk", &["id"], vec![plain("ix", &["a", "b", "id"])]),
        schema("fk", &["a", "b"], vec![]),
        schema("fk", &["id"], vec![descending]),
        schema("kf", &["id"], vec![]),
        schema("kf", &["id"], vec![partial(WithoutPartial::FullIndex)]),
        schema("kf", &["id"], vec![partial(WithoutPartial::NoIndex)]),
        schema("fk", &["id", "a"], vec![unique("ux", &["a", "b"])]),
        schema("fk", &["id"], vec![]),
    ];
    for step in path.windows(2) {
        let rows = ["INSERT INTO p VALUES (1, 2)", "INSERT INTO c VALUES (1, 2, 3)"];
        up_and_back(&step[0], &rows, &step[1], &[("SELECT CAST(id AS CHAR) FROM c", &["3"])]);
    }
}

#[test]
fn cycles_let_go_and_hold_again() {
    let schema = |sql_type| {
        let side = |name: &'static str, key: &'static str, other: &'static str| Table {
            foreign_keys: vec![ForeignKey {
                on_delete: Action::SetNull,
                ..foreign_key(key, &["other"], other, &["id"])
            }]
            .into(),
            ..table(name, vec![column("id", sql_type), null(column("other", sql_type))])
        };
        Schema {
            tables: vec![side("a", "fk_a", "b"), side("b", "fk_b", "a"), side("s", "fk_s", "s")]
                .into(),
        }
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
fn an_index_that_others_alone_see_is_left_alone() {
    let partial = |condition: &'static str, elsewhere| {
        one(Table {
            indexes: vec![Index {
                partial: Some(Partial { condition: condition.into(), elsewhere }),
                ..plain("ix", &["n"])
            }]
            .into(),
            ..table("t", vec![id(), column("n", Integer)])
        })
    };
    let rows = [
        (
            partial("n > 1", WithoutPartial::FullIndex),
            partial("n > 2", WithoutPartial::FullIndex),
            0,
        ),
        (partial("n > 1", WithoutPartial::NoIndex), partial("n > 2", WithoutPartial::NoIndex), 0),
        (partial("n > 1", WithoutPartial::NoIndex), partial("n > 1", WithoutPartial::FullIndex), 1),
        (partial("n > 1", WithoutPartial::FullIndex), Schema::EMPTY, 1),
    ];
    for (from, to, statements) in rows {
        assert_eq!(rendered(&from, &to).len(), statements, "{from:?} {to:?}");
    }
}
