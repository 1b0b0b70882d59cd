//! Migrating a database in memory as a session does.

use db_backend::{AnyConnection, BackendKind};
use schema_model::diff::{diff, undone};
use schema_model::{Column, Schema};
use sql_dialect::Piece;

use super::declare::{id, table};
use super::{database, differences, query};

/// A database with that schema and those rows.
pub(crate) fn created(schema: &Schema, rows: &str) -> AnyConnection {
    let mut database = database();
    apply(&mut database, &Schema::EMPTY, schema).unwrap();
    database.execute(rows).unwrap();
    database
}

/// Migrates as a session does, carrying over the triggers of rebuilt tables.
pub(crate) fn apply(
    database: &mut AnyConnection,
    from: &Schema,
    to: &Schema,
) -> Result<Vec<String>, String> {
    let dialect = BackendKind::Sqlite.dialect();
    let changes = diff(from, to).unwrap();
    let pieces = dialect.render(&changes);
    let mut sql = Vec::new();
    for piece in &pieces {
        match piece {
            Piece::Statement(statement) => sql.push(statement.clone()),
            Piece::Rebuild { statements, .. } => sql.extend(statements.clone()),
        }
    }
    if sql.iter().any(|statement| statement.starts_with("DROP TABLE")) {
        database.execute("PRAGMA foreign_keys = OFF").unwrap();
    }
    database.execute("BEGIN IMMEDIATE").unwrap();
    let done = execute(database, pieces).and_then(|()| {
        let dangling = query(database, "SELECT \"table\" FROM pragma_foreign_key_check");
        if dangling.is_empty() { Ok(sql) } else { Err(format!("dangling rows of {dangling}")) }
    });
    database.execute(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).unwrap();
    database.execute("PRAGMA foreign_keys = ON; PRAGMA legacy_alter_table = OFF").unwrap();
    done
}

fn execute(database: &mut AnyConnection, pieces: Vec<Piece>) -> Result<(), String> {
    for piece in pieces {
        let statements = match piece {
            Piece::Statement(statement) => vec![statement],
            Piece::Rebuild { table, mut statements } => {
                statements.extend(database.triggers_of(&table).unwrap());
                statements
            }
        };
        for statement in statements {
            database.execute(&statement).map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

/// Migrates rows, runs the query `question` and returns its answer. Also migrates an empty database
/// there and back. Each time, the catalogue must be the same as in a new database.
pub(crate) fn migrated(from: &Schema, rows: &str, to: &Schema, question: &str) -> String {
    let mut database = created(from, rows);
    apply(&mut database, from, to).unwrap_or_else(|error| panic!("{error}"));
    assert_is(&mut database, to);
    let answer = query(&mut database, question);
    let mut empty = created(from, "");
    apply(&mut empty, from, to).unwrap();
    apply(&mut empty, to, &undone(from, to)).unwrap();
    assert_is(&mut empty, from);
    answer
}

pub(crate) fn assert_is(database: &mut AnyConnection, schema: &Schema) {
    assert_eq!(differences(database, schema), "");
    let read = |database: &mut AnyConnection| database.catalog().unwrap().tables;
    assert_eq!(read(database), read(&mut created(schema, "")));
}

/// The statements of the migration, executed without rows.
pub(crate) fn rendered(from: &Schema, to: &Schema) -> String {
    apply(&mut created(from, ""), from, to).unwrap().join(";\n")
}

/// A schema with one table: an `id` and that column.
pub(crate) fn one(value: Column) -> Schema {
    Schema::new([table("t", vec![id(), value])])
}
