//! SQLite: tables and views as clients see them.

use sql_dialect::relations::{RelationColumn, RelationKind, Relations};

use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::reading::rows;
use crate::relations::{ReferenceRow, RelationsRead};

/// Reads the tables, the views, and their columns.
pub(super) fn read(
    connection: &mut AnyConnection,
    schema: Option<&str>,
) -> Result<Relations, DbError> {
    if let Some(schema) = schema {
        return Err(DbError::address(format_args!("SQLite has no schema `{schema}`")));
    }
    let mut read = RelationsRead::of(None);
    for [name, kind] in rows(connection, RELATIONS)? {
        let kind = match kind.as_str() {
            "view" => RelationKind::View,
            "without rowid" => RelationKind::TableWithoutRowid,
            _ => RelationKind::Table,
        };
        read.add(name, kind, None);
    }
    for [relation, name, sql_type, not_null] in rows(connection, COLUMNS)? {
        read.add_column(
            &relation,
            RelationColumn {
                name,
                sql_type,
                type_schema: None,
                domain: None,
                nullable: not_null == "0",
                length_max: None,
                comment: None,
            },
        );
    }
    for [table, column] in rows(connection, PRIMARY_KEYS)? {
        read.add_to_key(&table, column);
    }
    for row in rows(connection, REFERENCES)? {
        let [table, key, column, foreign_table, foreign_column] = row;
        read.add_reference(ReferenceRow {
            table: (None, table),
            key,
            column,
            foreign_table: (None, foreign_table),
            foreign_column,
        });
    }
    Ok(read.relations())
}

const RELATIONS: &str = "
    SELECT s.name, iif(s.type = 'table' AND EXISTS (
        SELECT 1 FROM pragma_table_list AS l WHERE l.schema = 'main' AND l.name = s.name AND l.wr
    ), 'without rowid', s.type)
    FROM sqlite_schema AS s
    WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite%'";

const COLUMNS: &str = "
    SELECT s.name, c.name, c.type, CAST(c.\"notnull\" AS TEXT)
    FROM sqlite_schema AS s, pragma_table_xinfo(s.name) AS c
    WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite%'
    ORDER BY s.name, c.cid";

const PRIMARY_KEYS: &str = "
    SELECT s.name, c.name
    FROM sqlite_schema AS s, pragma_table_xinfo(s.name) AS c
    WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite%' AND c.pk > 0
    ORDER BY s.name, c.pk";

// A foreign key without columns refers to the primary key.
const REFERENCES: &str = "
    SELECT s.name, CAST(f.id AS TEXT), f.\"from\", f.\"table\",
        coalesce(f.\"to\", (SELECT p.name FROM pragma_table_info(f.\"table\") AS p
            WHERE p.pk = f.seq + 1))
    FROM sqlite_schema AS s, pragma_foreign_key_list(s.name) AS f
    WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite%'
    ORDER BY s.name, f.id, f.seq";
