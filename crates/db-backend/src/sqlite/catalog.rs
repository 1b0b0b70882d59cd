//! SQLite's catalogue: `sqlite_schema` and the pragmas, as tables.

use std::collections::BTreeMap;

use sql_dialect::catalog::{Catalog, CatalogColumn, CatalogForeignKey, CatalogTable};

use super::definition::{self, Definition};
use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::reading::{self, bound_rows, joined, non_empty, rows};

/// Reads the whole catalogue.
pub(super) fn read(connection: &mut AnyConnection) -> Result<Catalog, DbError> {
    let mut tables = BTreeMap::new();
    let mut definitions = BTreeMap::new();
    for [name, sql] in rows(connection, TABLES)? {
        if reading::is_own(&name) {
            continue;
        }
        let definition = definition::read(&sql)?;
        tables.insert(name.clone(), table(&definition));
        definitions.insert(name, definition);
    }
    for row in rows(connection, COLUMNS)? {
        let name = row[0].clone();
        if let (Some(table), Some(definition)) = (tables.get_mut(&name), definitions.get(&name)) {
            add_column(table, definition, row);
        }
    }
    for row in rows(connection, INDEXES)? {
        if let Some(table) = tables.get_mut(&row[0]) {
            add_index(table, row)?;
        }
    }
    for [table, columns, foreign_table, foreign_columns, actions] in rows(connection, FOREIGN_KEYS)?
    {
        if let Some(table) = tables.get_mut(&table) {
            let key =
                CatalogForeignKey { columns, foreign_table, foreign_columns, actions, name: None };
            table.foreign_keys.insert(key);
        }
    }
    let others = reading::others(rows(connection, OTHERS)?);
    Ok(Catalog { tables, others: Some(others) })
}

/// The statements that would create the triggers of that table again.
pub(super) fn triggers_of(
    connection: &mut AnyConnection,
    table: &str,
) -> Result<Vec<String>, DbError> {
    let rows = bound_rows(connection, TRIGGERS, &[table])?;
    Ok(rows.into_iter().map(|[sql]| sql).collect())
}

// The catalogue spells a trigger's table as its `CREATE TRIGGER` does.
const TRIGGERS: &str = "
    SELECT sql FROM sqlite_schema
    WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE
    ORDER BY name";

/// See [`Backend::views_query`](crate::backend::Backend::views_query).
pub(super) const VIEWS: &str = "
    SELECT name, 'SELECT * FROM \"' || replace(name, '\"', '\"\"') || '\"'
    FROM sqlite_schema WHERE type = 'view' ORDER BY name";

fn table(definition: &Definition) -> CatalogTable {
    let checks = definition.checks.iter();
    CatalogTable {
        checks: checks.map(|(name, check)| (name.clone(), Some(check.clone()))).collect(),
        options: definition.options.clone(),
        ..CatalogTable::default()
    }
}

fn add_column(table: &mut CatalogTable, definition: &Definition, row: [String; 6]) {
    let [_, name, sql_type, not_null, default, key_place] = row;
    let extras = definition.extras.get(&name).map(String::as_str).unwrap_or_default();
    let column = CatalogColumn {
        sql_type: joined(&[&sql_type, extras.trim_start()]),
        nullable: not_null == "0",
        default: non_empty(default),
        auto_increment: definition.auto_increment.as_ref() == Some(&name),
    };
    if key_place != "0" {
        // The rows are ordered by their position in the key.
        table.primary_key.push(name.clone());
    }
    table.columns.insert(name, column);
}

fn add_index(table: &mut CatalogTable, row: [String; 6]) -> Result<(), DbError> {
    let [_, name, unique, kind, sql, column] = row;
    let index = table.indexes.entry(name).or_default();
    index.unique = unique == "1";
    match kind.as_str() {
        "expression" => index.columns = vec![sql],
        "partial" => {
            index.columns.push(column);
            index.condition = definition::index_condition(&sql)?.map(Some);
        }
        _ => index.columns.push(column),
    }
    Ok(())
}

// Virtual tables have no root page, and their module may be missing here.
const TABLES: &str = "
    SELECT name, sql FROM sqlite_schema
    WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

// Hidden 1 is a hidden column of a virtual table; 2 and 3 are generated columns.
const COLUMNS: &str = "
    SELECT t.name, c.name, c.type, CAST(c.\"notnull\" AS TEXT), c.dflt_value, CAST(c.pk AS TEXT)
    FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS c
    WHERE t.type = 'table' AND t.rootpage > 0 AND c.hidden <> 1
    ORDER BY t.name, c.pk, c.cid";

// A unique constraint has no name, so it gets one that describes it. The index of a primary key is
// the back end's own. An index on an expression is read as a whole.
const INDEXES: &str = "
    SELECT t.name,
        CASE i.origin WHEN 'c' THEN i.name ELSE (
            SELECT 'UNIQUE (' || group_concat(u.name, ', ' ORDER BY u.seqno) || ')'
            FROM pragma_index_info(i.name) AS u
        ) END,
        CAST(i.\"unique\" AS TEXT),
        CASE
            WHEN EXISTS (SELECT 1 FROM pragma_index_info(i.name) AS e WHERE e.cid < 0)
            THEN 'expression'
            WHEN i.partial THEN 'partial'
        END,
        m.sql,
        c.name || iif(c.coll <> 'BINARY', ' COLLATE ' || c.coll, '') || iif(c.\"desc\", ' DESC', '')
    FROM sqlite_schema AS t, pragma_index_list(t.name) AS i, pragma_index_xinfo(i.name) AS c
    JOIN sqlite_schema AS m ON m.type = 'index' AND m.name = i.name
    WHERE t.type = 'table' AND t.rootpage > 0 AND i.origin <> 'pk' AND c.\"key\"
    ORDER BY t.name, i.name, c.seqno";

// A foreign key without columns refers to the primary key.
const FOREIGN_KEYS: &str = "
    SELECT t.name, group_concat(f.\"from\", ', ' ORDER BY f.seq), f.\"table\",
        coalesce(
            group_concat(f.\"to\", ', ' ORDER BY f.seq),
            (SELECT group_concat(p.name, ', ' ORDER BY p.pk)
                FROM pragma_table_info(f.\"table\") AS p WHERE p.pk > 0)
        ),
        f.on_delete || iif(f.on_update <> 'NO ACTION', ' ON UPDATE ' || f.on_update, '')
    FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f
    WHERE t.type = 'table' AND t.rootpage > 0
    GROUP BY t.name, f.id";

const OTHERS: &str = "
    SELECT iif(type = 'table', 'virtual table', type), name, sql FROM sqlite_schema
    WHERE type IN ('view', 'trigger') OR (type = 'table' AND rootpage = 0)";
