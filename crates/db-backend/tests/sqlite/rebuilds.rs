//! What outlives a table that is built again: the keys that refer to it, and its triggers.

use insta::assert_snapshot;
use schema_model::Action;
use schema_model::SqlType::{BigInt, Integer, Text, Varchar};

use super::apply::{apply, assert_is, created, migrated, one};
use super::declare::{ColumnWith, TableWith, column, id, schema, table};
use super::query;

#[test]
fn references_outlive_a_rebuild_of_either_end() {
    let from = schema(vec![
        table("a", vec![column("id", BigInt), column("code", Integer), column("b_id", BigInt)])
            .unique("uq_a", "code")
            .refers("fk_a_b", "b_id", "b.id"),
        table("b", vec![column("id", BigInt), column("a_code", Integer), column("up", BigInt)])
            .refers("fk_b_a", "a_code", "a.code")
            .refers("fk_b_up", "up", "b.id"),
        table("gone", vec![id(), column("a_id", BigInt)]).refers("fk_gone", "a_id", "a.id"),
    ]);
    let to = schema(vec![
        table(
            "c",
            vec![
                column("key", Integer).was("id"),
                column("code", Varchar(16)),
                column("b_id", Integer),
            ],
        )
        .formerly("a")
        .key("key, b_id")
        .unique("uq_c", "code")
        .refers("fk_c_b", "b_id", "b.id"),
        table(
            "b",
            vec![
                column("id", Integer).auto(),
                column("a_code", Varchar(16)),
                column("up", Integer),
            ],
        )
        .refers("fk_b_a", "a_code", "c.code")
        .refers("fk_b_up", "up", "b.id")
        .on(Action::Cascade, Action::NoAction)
        .refers("fk_b_new", "id, up", "new.b, a"),
        table("new", vec![column("a", Integer), column("b", Integer)])
            .key("b, a")
            .refers("fk_new_b", "a", "b.id"),
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
fn triggers_of_a_rebuilt_table_are_told_under_new_names() {
    let from = one(column("a", Integer));
    let to = schema(vec![table("u", vec![id(), column("b", Text).was("a")]).formerly("t")]);
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
