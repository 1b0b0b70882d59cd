//! PostgreSQL: tables and views as clients see them.

use sql_dialect::relations::{RelationColumn, RelationKind, Relations};

use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::reading::{bound_rows, non_empty};
use crate::relations::{ReferenceRow, RelationsRead};

/// The schema that clients mean if they name none.
const DEFAULT_SCHEMA: &str = "public";

/// Reads the tables, the views, and their columns.
pub(super) fn read(
    connection: &mut AnyConnection,
    schema: Option<&str>,
) -> Result<Relations, DbError> {
    let schema = schema.unwrap_or(DEFAULT_SCHEMA);
    let other_schema = |name: String| (name != DEFAULT_SCHEMA).then_some(name);
    let mut read = RelationsRead::of(other_schema(schema.to_owned()));
    for [name, kind, comment] in bound_rows(connection, RELATIONS, &[schema])? {
        let kind = if kind == "v" { RelationKind::View } else { RelationKind::Table };
        read.add(name, kind, non_empty(comment));
    }
    for row in bound_rows(connection, COLUMNS, &[schema])? {
        let [
            relation,
            name,
            sql_type,
            type_schema,
            domain,
            domain_schema,
            nullable,
            length,
            comment,
        ] = row;
        read.add_column(
            &relation,
            RelationColumn {
                name,
                sql_type,
                type_schema: Some(type_schema),
                domain: non_empty(domain).map(|domain| (domain, domain_schema)),
                nullable: nullable == "true",
                length_max: length.parse().ok(),
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
    SELECT c.relname::text, c.relkind::text, obj_description(c.oid, 'pg_class')
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v')";

// The length of 1042 (bpchar) and 1043 (varchar) counts its own four bytes; 1560 is bit, 1562
// varbit.
const COLUMNS: &str = "
    SELECT c.relname::text, a.attname::text,
        coalesce(b.typname, t.typname)::text, coalesce(bn.nspname, tn.nspname)::text,
        CASE t.typtype WHEN 'd' THEN t.typname::text END,
        CASE t.typtype WHEN 'd' THEN tn.nspname::text END,
        (NOT (a.attnotnull OR t.typtype = 'd' AND t.typnotnull))::text,
        (SELECT CASE WHEN true_type.modifier = -1 THEN NULL
                WHEN true_type.oid IN (1042, 1043) THEN true_type.modifier - 4
                WHEN true_type.oid IN (1560, 1562) THEN true_type.modifier END::text
            FROM (SELECT coalesce(b.oid, t.oid) AS oid,
                CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE a.atttypmod END AS modifier
            ) AS true_type),
        col_description(c.oid, a.attnum)
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type AS t ON t.oid = a.atttypid
    JOIN pg_namespace AS tn ON tn.oid = t.typnamespace
    LEFT JOIN pg_type AS b ON t.typtype = 'd' AND b.oid = t.typbasetype
    LEFT JOIN pg_namespace AS bn ON bn.oid = b.typnamespace
    WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v')
    ORDER BY c.relname, a.attnum";

const PRIMARY_KEYS: &str = "
    SELECT c.relname::text, a.attname::text
    FROM pg_constraint AS k
    JOIN pg_class AS c ON c.oid = k.conrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY AS u (attnum, place)
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = u.attnum
    WHERE n.nspname = $1 AND k.contype = 'p'
    ORDER BY c.relname, u.place";

const REFERENCES: &str = "
    SELECT n.nspname::text, c.relname::text, k.oid::text, a.attname::text,
        fn.nspname::text, f.relname::text, fa.attname::text
    FROM pg_constraint AS k
    JOIN pg_class AS c ON c.oid = k.conrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_class AS f ON f.oid = k.confrelid
    JOIN pg_namespace AS fn ON fn.oid = f.relnamespace
    CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS u (attnum, fattnum, place)
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = u.attnum
    JOIN pg_attribute AS fa ON fa.attrelid = f.oid AND fa.attnum = u.fattnum
    WHERE (n.nspname = $1 OR fn.nspname = $1) AND k.contype = 'f'
    ORDER BY k.oid, u.place";
