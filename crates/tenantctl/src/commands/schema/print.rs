//! `schema print`: the schema as the `schema.rs` of a stock Diesel project.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use db_backend::BackendKind;
use migration_folder::Folder;
use schema_model::Schema;
use schema_rs::{PrintSchema, print};

use crate::exit::Exit;
use crate::output::print_line;

pub(super) fn run(
    folder: &Folder,
    schema: &Schema,
    back_end: Option<BackendKind>,
    out: Option<&Path>,
) -> Result<Exit> {
    let kind = back_end.or_else(|| folder.kinds().first().copied());
    let kind = kind.unwrap_or(BackendKind::Sqlite);
    let relations = kind.dialect().expected_relations(schema, "");
    let text = print(&relations, kind, &options(schema))?;
    match out {
        Some(path) => {
            fs::write(path, text)
                .with_context(|| format!("{} can't be written", path.display()))?;
            print_line(&format!("written for {kind}: {}", path.display()));
        }
        None => print_line(text.trim_end()),
    }
    Ok(Exit::Success)
}

fn options(schema: &Schema) -> PrintSchema {
    let mut columns = schema.tables.iter().flat_map(|table| table.columns.iter());
    let has_wide_keys = columns.any(|column| {
        let values = column.sql_type.integers();
        column.auto_increment && values.is_some_and(|values| *values.end() == i64::MAX)
    });
    PrintSchema { sqlite_integer_primary_key_is_bigint: has_wide_keys, ..PrintSchema::default() }
}
