//! Any schema can be migrated to any other, and the rows keep their values.

use db_backend::{AnyConnection, BackendKind};
use proptest::collection::vec;
use proptest::prelude::*;
use schema_model::Schema;
use schema_model::diff::{AlterTable, Change, diff, undone};

use super::apply::{apply, assert_is, created};
use super::choices::Choices;
use super::query;

/// Enough to try each kind of change many times within a few seconds.
const CASES: u32 = 100;

/// Three rows for each table; the third has NULL in every column that allows it.
fn rows(schema: &Schema) -> String {
    let dialect = BackendKind::Sqlite.dialect();
    let mut sql = String::from("PRAGMA foreign_keys = OFF;");
    for (table, number) in schema.tables.iter().flat_map(|table| [1, 2, 3].map(|n| (table, n))) {
        let names: Vec<_> =
            table.columns.iter().map(|column| dialect.quote(&column.name)).collect();
        let values = table.columns.iter().map(|column| match (column.nullable, number) {
            (true, 3) => "NULL".to_owned(),
            _ => dialect.sample(column.sql_type, number),
        });
        let values: Vec<_> = values.collect();
        sql.push_str(&format!(
            "INSERT INTO {} ({}) VALUES ({});",
            dialect.quote(&table.name),
            names.join(", "),
            values.join(", ")
        ));
    }
    sql + "PRAGMA foreign_keys = ON"
}

/// The values of the columns that stay, as text, before or after the change.
fn kept_rows(database: &mut AnyConnection, alter: &AlterTable, after: bool) -> Vec<String> {
    let dialect = BackendKind::Sqlite.dialect();
    let texts = alter.to.columns.iter().filter_map(|column| {
        let source = alter.source_of(column)?;
        // A NULL may have been filled.
        (source.nullable == column.nullable).then(|| {
            let shown = if after { column } else { source };
            dialect.as_text(shown.sql_type, &dialect.quote(&shown.name))
        })
    });
    let texts: Vec<_> = texts.chain(["'row'".to_owned()]).collect();
    let table = if after { &alter.to } else { &alter.from };
    let sql = format!("SELECT {} FROM {}", texts.join(", "), dialect.quote(&table.name));
    let mut rows: Vec<_> = query(database, &sql).lines().map(str::to_owned).collect();
    rows.sort();
    rows
}

/// Whether the rows violate the new schema, which is a valid reason to fail.
fn is_caused_by_rows(error: &str) -> bool {
    ["UNIQUE constraint", "dangling rows", "does not fit", "FOREIGN KEY constraint", "NOT NULL"]
        .iter()
        .any(|part| error.contains(part))
}

/// Migrates there and back without rows; then only there, with rows, views and triggers.
fn check(from: &Schema, to: &Schema) {
    let Ok(changes) = diff(from, to) else { return };
    let back = undone(from, to);

    let mut empty = created(from, "");
    apply(&mut empty, from, to).unwrap();
    assert_is(&mut empty, to);
    apply(&mut empty, to, &back).unwrap();
    assert_is(&mut empty, from);

    let mut database = created(from, &rows(from));
    let alterations = || {
        changes.iter().filter_map(|change| match change {
            Change::AlterTable(alter) => Some(alter),
            Change::CreateTable(_) | Change::DropTable(_) => None,
        })
    };
    let mut objects = String::new();
    for alter in alterations() {
        objects.push_str(&format!(
            "CREATE VIEW view_{0} AS SELECT count(*) FROM {0};
            CREATE TRIGGER trigger_{0} AFTER DELETE ON {0} BEGIN DELETE FROM {0}; END;",
            alter.from.name,
        ));
    }
    database.execute(&objects).unwrap();
    let names = |database: &mut AnyConnection| {
        let catalog = database.catalog().unwrap();
        catalog.others.unwrap().into_keys().collect::<Vec<_>>()
    };
    let others = names(&mut database);
    let before: Vec<_> =
        alterations().map(|alter| kept_rows(&mut database, alter, false)).collect();
    match apply(&mut database, from, to) {
        Ok(_) => {
            let after: Vec<_> =
                alterations().map(|alter| kept_rows(&mut database, alter, true)).collect();
            assert_eq!(before, after);
            assert_is(&mut database, to);
        }
        Err(error) => {
            assert!(is_caused_by_rows(&error), "{}", error);
            assert_is(&mut database, from);
        }
    }
    assert_eq!(names(&mut database), others);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]
    #[test]
    fn any_schema_becomes_any_other(
        from in vec(any::<u8>(), 0..90),
        to in vec(any::<u8>(), 0..140),
    ) {
        let from = Choices::new(from).schema();
        let mut choices = Choices::new(to);
        let mut to = choices.schema();
        choices.lead_from(&from, &mut to);
        check(&from, &to);
    }

    #[test]
    fn any_schema_takes_small_changes(
        from in vec(any::<u8>(), 0..90),
        changes in vec(any::<u8>(), 0..30),
    ) {
        let from = Choices::new(from).schema();
        let to = Choices::new(changes).changed(&from);
        check(&from, &to);
    }
}
