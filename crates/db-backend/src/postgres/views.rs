//! PostgreSQL's views. It changes no column that one of them reads.

use crate::backend::ViewSql;
use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::reading::{bound_rows, non_empty};

/// See [`Backend::views_query`](crate::backend::Backend::views_query).
pub(super) const VIEWS: &str = "
    SELECT c.oid::regclass::text,
        CASE c.relkind WHEN 'm' THEN 'REFRESH MATERIALIZED VIEW ' ELSE 'SELECT * FROM ' END
            || c.oid::regclass::text
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm') AND n.nspname !~ '^(pg_|information_schema$)'
        AND NOT EXISTS (SELECT FROM pg_depend AS d
            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1";

/// See [`Backend::views_over`](crate::backend::Backend::views_over).
pub(super) fn over(connection: &mut AnyConnection, tables: &[&str]) -> Result<ViewSql, DbError> {
    let rows: Vec<[String; 2]> = bound_rows(connection, OVER, &[&tables.join("\n")])?;
    let mut views = ViewSql::default();
    for [drop, create] in rows {
        views.drop.extend(non_empty(drop));
        views.create.push(create);
    }
    views.drop.reverse();
    Ok(views)
}

/// Each view after those that it reads, and after it what belongs to it.
const OVER: &str = "
    WITH RECURSIVE reads AS (
        SELECT w.ev_class AS view, d.refobjid AS source
        FROM pg_rewrite AS w JOIN pg_depend AS d
            ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
                AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> w.ev_class
        WHERE w.rulename = '_RETURN'
    ), found AS (
        SELECT view, 1 AS depth FROM reads
        WHERE source IN (SELECT to_regclass(quote_ident(name))::oid
            FROM unnest(string_to_array($1, chr(10))) AS name)
        UNION
        SELECT reads.view, found.depth + 1 FROM reads JOIN found ON reads.source = found.view
    ), ordered AS (
        SELECT c.oid, c.oid::regclass::text AS name, c.reloptions, max(found.depth) AS depth,
            CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW ' ELSE 'VIEW ' END AS kind
        FROM found JOIN pg_class AS c ON c.oid = found.view
        GROUP BY c.oid
    )
    SELECT dropping, creating FROM (
        SELECT depth, oid, 0 AS part, 'DROP ' || kind || name AS dropping,
            'CREATE ' || kind || name
                || coalesce(' WITH (' || array_to_string(reloptions, ', ') || ')', '')
                || ' AS' || chr(10) || rtrim(pg_get_viewdef(oid), ';') AS creating
        FROM ordered
        UNION ALL
        SELECT depth, oid, 1, '', pg_get_indexdef(i.indexrelid, 0, true)
        FROM ordered JOIN pg_index AS i ON i.indrelid = oid
        UNION ALL
        SELECT depth, ordered.oid, 2, '', pg_get_triggerdef(g.oid, true)
        FROM ordered JOIN pg_trigger AS g ON g.tgrelid = ordered.oid AND NOT g.tgisinternal
    ) AS parts
    ORDER BY depth, oid, part, creating";
