//! What survives when a table is rebuilt: the foreign keys that refer to it, and its triggers.

use insta::assert_snapshot;
use schema_model::SqlType::{BigInt, Integer, Text, Varchar};
use schema_model::{Action, Column, ForeignKey, Index, Schema, Table};

use super::apply::{apply, assert_is, created, migrated, one};
use super::declare::{id, table};
use super::query;

#[test]
fn foreign_keys_survive_a_rebuild_of_either_table() {
    let from = Schema::new([
        table(
            "a",
            vec![
                Column::new("id", BigInt),
                Column::new("code", Integer),
                Column::new("b_id", BigInt),
            ],
        )
        .indexes([Index::unique("uq_a", ["code"])])
        .foreign_keys([ForeignKey::new("fk_a_b", ["b_id"], "b", ["id"])]),
        table(
            "b",
            vec![
                Column::new("id", BigInt),
                Column::new("a_code", Integer),
                Column::new("up", BigInt),
            ],
        )
        .foreign_keys([
            ForeignKey::new("fk_b_a", ["a_code"], "a", ["code"]),
            ForeignKey::new("fk_b_up", ["up"], "b", ["id"]),
        ]),
        table("gone", vec![id(), Column::new("a_id", BigInt)]).foreign_keys([ForeignKey::new(
            "fk_gone",
            ["a_id"],
            "a",
            ["id"],
        )]),
    ]);
    let to = Schema::new([
        Table::new("c", ["key", "b_id"])
            .columns([
                Column::new("key", Integer).renamed_from("id"),
                Column::new("code", Varchar(16)),
                Column::new("b_id", Integer),
            ])
            .renamed_from("a")
            .indexes([Index::unique("uq_c", ["code"])])
            .foreign_keys([ForeignKey::new("fk_c_b", ["b_id"], "b", ["id"])]),
        table(
            "b",
            vec![
                Column::new("id", Integer).auto_increment(),
                Column::new("a_code", Varchar(16)),
                Column::new("up", Integer),
            ],
        )
        .foreign_keys([
            ForeignKey::new("fk_b_a", ["a_code"], "c", ["code"]),
            ForeignKey::new("fk_b_up", ["up"], "b", ["id"]).on_delete(Action::Cascade),
            ForeignKey::new("fk_b_new", ["id", "up"], "new", ["b", "a"]),
        ]),
        Table::new("new", ["b", "a"])
            .columns([Column::new("a", Integer), Column::new("b", Integer)])
            .foreign_keys([ForeignKey::new("fk_new_b", ["a"], "b", ["id"])]),
    ]);
    let rows = "PRAGMA foreign_keys = OFF; INSERT INTO a VALUES (1, 11, 2); INSERT INTO b VALUES (2, 11, 2);
        PRAGMA foreign_keys = ON";
    let mut database = created(&from, rows);
    assert_snapshot!(apply(&mut database, &from, &to).unwrap_err(), @"dangling rows of b");
    assert_is(&mut database, &from);

    database.execute("DELETE FROM b").unwrap_err();
    let mut to = to;
    to.tables.to_mut()[1].foreign_keys.to_mut().pop();
    apply(&mut database, &from, &to).unwrap();
    assert_is(&mut database, &to);
    assert_snapshot!(query(&mut database, "SELECT code, a_code, CAST(up AS TEXT) FROM c JOIN b"), @"11 | 11 | 2");
    let insert = "INSERT INTO b (a_code, up) VALUES ('12', 2)";
    assert_snapshot!(database.execute(insert).unwrap_err(), @"FOREIGN KEY constraint failed");
    assert_eq!(migrated(&from, "", &to, "SELECT 'x'"), "x");
}

#[test]
fn triggers_of_a_rebuilt_table_are_reported_under_new_names() {
    let from = one(Column::new("a", Integer));
    let to = Schema::new([
        table("u", vec![id(), Column::new("b", Text).renamed_from("a")]).renamed_from("t")
    ]);
    let triggers = "
        CREATE TRIGGER z AFTER INSERT ON T BEGIN DELETE FROM t WHERE a < new.a; END;
        CREATE TRIGGER y BEFORE DELETE ON t BEGIN SELECT old.a; END";
    let mut database = created(&from, triggers);
    apply(&mut database, &from, &to).unwrap();
    let triggers = database.triggers_of("u").unwrap();
    assert_snapshot!(triggers.join("\n"), @r#"
    CREATE TRIGGER y BEFORE DELETE ON "u" BEGIN SELECT old."b"; END
    CREATE TRIGGER z AFTER INSERT ON "u" BEGIN DELETE FROM "u" WHERE "b" < new."b"; END
    "#);
}
