//! MySQL and MariaDB: tables and views as clients see them.

use sql_dialect::relations::{RelationColumn, RelationKind, Relations};

use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::reading::{bound_rows, non_empty};
use crate::relations::{ReferenceRow, RelationsRead};

/// Reads the tables, the views, and their columns.
pub(super) fn read(
    connection: &mut AnyConnection,
    schema: Option<&str>,
) -> Result<Relations, DbError> {
    // The default schema is the database itself.
    let database = connection.text("SELECT DATABASE()", &[])?.unwrap_or_default();
    let other_schema = |name: String| (name != database).then_some(name);
    let schema = schema.unwrap_or(&database);
    let mut read = RelationsRead::of(other_schema(schema.to_owned()));
    for [name, kind, comment] in bound_rows(connection, RELATIONS, &[schema])? {
        let kind = if kind == "VIEW" { RelationKind::View } else { RelationKind::Table };
        read.add(name, kind, non_empty(comment));
    }
    for row in bound_rows(connection, COLUMNS, &[schema])? {
        let [relation, name, sql_type, nullable, length, comment] = row;
        // Without a length of its own, a type has one that follows from its bytes.
        let has_length = sql_type.contains('(');
        read.add_column(
            &relation,
            RelationColumn {
                name,
                sql_type,
                type_schema: None,
                domain: None,
                nullable: nullable == "YES",
                length_max: length.parse().ok().filter(|_| has_length),
                comment: non_empty(comment),
            },
        );
    }
    for [table, column] in bound_rows(connection, PRIMARY_KEYS, &[schema])? {
        read.add_to_key(&table, column);
    }
    for row in bound_rows(connection, REFERENCES, &[schema])? {
        let [schema, table, key, column, foreign_schema, foreign_table, foreign_column] = row;
        read.add_reference(ReferenceRow {
            table: (other_schema(schema), table),
            key,
            column,
            foreign_table: (other_schema(foreign_schema), foreign_table),
            foreign_column,
        });
    }
    Ok(read.relations())
}

const RELATIONS: &str = "
    SELECT table_name, table_type, table_comment
    FROM information_schema.tables
    WHERE table_schema = ? AND table_type IN ('BASE TABLE', 'VIEW')";

const COLUMNS: &str = "
    SELECT table_name, column_name, column_type, is_nullable,
        CAST(character_maximum_length AS CHAR), column_comment
    FROM information_schema.columns
    WHERE table_schema = ?
    ORDER BY table_name, ordinal_position";

const PRIMARY_KEYS: &str = "
    SELECT table_name, column_name
    FROM information_schema.key_column_usage
    WHERE table_schema = ? AND constraint_name = 'PRIMARY'
    ORDER BY table_name, ordinal_position";

const REFERENCES: &str = "
    SELECT table_schema, table_name, constraint_name, column_name,
        referenced_table_schema, referenced_table_name, referenced_column_name
    FROM information_schema.key_column_usage
    WHERE table_schema = ? AND referenced_column_name IS NOT NULL
    ORDER BY table_name, constraint_name, ordinal_position";
