//! PostgreSQL's catalogue. Objects of extensions are left out: the extension stands for them.

use std::collections::BTreeMap;

use sql_dialect::catalog::{Catalog, CatalogColumn, CatalogForeignKey, CatalogIndex, CatalogTable};
use sql_dialect::postgres;
use sql_text::{Cursor, Syntax, Token, list_items, outermost, text_of, tokens};

use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::reading::{self, joined, non_empty, rows};

/// Reads the whole catalogue.
pub(super) fn read(connection: &mut AnyConnection) -> Result<Catalog, DbError> {
    let mut tables: BTreeMap<String, CatalogTable> = BTreeMap::new();
    for [name, options] in rows(connection, TABLES)? {
        if !reading::is_own(&name) {
            tables.insert(name, CatalogTable { options, ..CatalogTable::default() });
        }
    }
    for [table, name, sql_type, nullable, default, identity] in rows(connection, COLUMNS)? {
        let column = CatalogColumn {
            sql_type,
            nullable: nullable == "true",
            default: non_empty(default),
            auto_increment: !identity.is_empty(),
        };
        if let Some(table) = tables.get_mut(&table) {
            table.columns.insert(name, column);
        }
    }
    for [table, name, unique, definition, condition] in rows(connection, INDEXES)? {
        let index = CatalogIndex {
            columns: index_columns(&definition)?,
            unique: unique == "true",
            condition: non_empty(condition).map(Some),
        };
        if let Some(table) = tables.get_mut(&table) {
            table.indexes.insert(name, index);
        }
    }
    let mut others = reading::others(rows(connection, OTHERS)?);
    for row in rows(connection, CONSTRAINTS)? {
        if let Some(other) = renamed_primary_key(&row) {
            others.insert(other, row[3].clone());
        }
        if let Some(table) = tables.get_mut(&row[0]) {
            add_constraint(table, row);
        }
    }
    Ok(Catalog { tables, others: Some(others) })
}

/// The columns of an index, from what follows its `USING`. If that is not a plain list of a
/// B-tree's columns, the whole text without its condition.
fn index_columns(definition: &str) -> Result<Vec<String>, DbError> {
    let tokens = tokens(definition, Syntax::Postgres)?;
    let mut rest = Cursor::new(&tokens);
    let is_plain = rest.skip_word("BTREE");
    if let Some(columns) = rest.group().filter(|_| is_plain)
        && (rest.peek().is_none() || rest.is_word("WHERE"))
        && !columns.iter().any(|token| token.is_symbol('('))
    {
        return Ok(list_items(columns).map(|column| without_quotes(definition, column)).collect());
    }
    let whole: Vec<&Token<'_>> = outermost(&tokens).collect();
    let condition = whole.iter().find(|token| token.is_word("WHERE"));
    let end = condition.map_or(definition.len(), |keyword| keyword.start);
    Ok(vec![definition[..end].trim_end().to_owned()])
}

/// The column without its quotes. What follows it, such as `DESC`, stays.
fn without_quotes(definition: &str, column: &[Token<'_>]) -> String {
    match column {
        [name, order @ ..] => joined(&[&name.unquoted(), text_of(definition, order)]),
        [] => String::new(),
    }
}

/// A primary key without the default name: one exists halfway through the rename of a table, and in
/// databases that tenantctl did not create. No declared schema names a primary key.
fn renamed_primary_key(row: &[String; 9]) -> Option<String> {
    let [table, name, kind, ..] = row;
    let is_renamed =
        kind == "p" && *name != postgres::primary_key(table) && !reading::is_own(table);
    is_renamed.then(|| format!("primary key {name} on {table}"))
}

fn add_constraint(table: &mut CatalogTable, row: [String; 9]) {
    let [_, name, kind, definition, columns, foreign_table, foreign_columns, on_delete, extras] =
        row;
    match kind.as_str() {
        "p" => table.primary_key = columns.split(", ").map(ToOwned::to_owned).collect(),
        "c" => {
            table.checks.insert(name, Some(definition));
        }
        "f" => {
            let actions = joined(&[&on_delete, &extras]);
            let name = Some(name);
            table.foreign_keys.insert(CatalogForeignKey {
                columns,
                foreign_table,
                foreign_columns,
                actions,
                name,
            });
        }
        // Exclusion constraints and the like, which no declared schema has.
        _ => table.options = joined(&[&table.options, &name, &definition]),
    }
}

// A name is qualified if it is outside the schema in which tables are created by default.

const TABLES: &str = "
    SELECT CASE WHEN n.nspname = current_schema() THEN '' ELSE n.nspname || '.' END || c.relname,
        concat_ws(' ',
            CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' END,
            'PARTITION BY ' || pg_get_partkeydef(c.oid),
            pg_get_expr(c.relpartbound, c.oid),
            'WITH (' || array_to_string(c.reloptions, ', ') || ')',
            CASE WHEN c.relrowsecurity THEN 'ROW LEVEL SECURITY' END,
            'COMMENT ' || quote_literal(obj_description(c.oid, 'pg_class')))
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema$)'
        AND NOT EXISTS (SELECT FROM pg_depend AS d
            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')";

// Without a precision, a time has six digits after the point; `now()` is CURRENT_TIMESTAMP; and a
// serial column has a sequence of its own, as an identity has. Either spelling is read as the one
// that tenantctl writes.
const COLUMNS: &str = "
    SELECT CASE WHEN n.nspname = current_schema() THEN '' ELSE n.nspname || '.' END || c.relname,
        a.attname::text,
        concat_ws(' ',
            format_type(a.atttypid, CASE
                WHEN a.atttypid = 'timestamptz'::regtype AND a.atttypmod = -1 THEN 6
                WHEN a.atttypid IN ('time'::regtype, 'timestamp'::regtype) AND a.atttypmod = 6
                    THEN -1
                ELSE a.atttypmod END),
            CASE WHEN a.attcollation <> t.typcollation THEN
                'COLLATE ' || (SELECT collname FROM pg_collation WHERE oid = a.attcollation) END,
            CASE a.attgenerated WHEN 's' THEN 'GENERATED' END,
            CASE a.attidentity WHEN 'a' THEN 'GENERATED ALWAYS' END,
            'COMMENT ' || quote_literal(col_description(c.oid, a.attnum))),
        (NOT a.attnotnull)::text,
        CASE WHEN s.is_serial THEN NULL
            WHEN a.atttypid = 'timestamptz'::regtype AND pg_get_expr(f.adbin, f.adrelid) = 'now()'
                THEN 'CURRENT_TIMESTAMP'
            ELSE pg_get_expr(f.adbin, f.adrelid) END,
        CASE WHEN s.is_serial THEN 'serial' ELSE a.attidentity::text END
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type AS t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef AS f ON f.adrelid = c.oid AND f.adnum = a.attnum
    CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM pg_depend AS d
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
            AND d.refobjid = c.oid AND d.refobjsubid = a.attnum AND d.deptype = 'a'
            AND pg_get_expr(f.adbin, f.adrelid)
                = format('nextval(%L::regclass)', d.objid::regclass)) AS is_serial) AS s
    WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema$)'";

// An invalid index is one that CREATE INDEX CONCURRENTLY did not finish: it has not taken effect.
const INDEXES: &str = "
    SELECT CASE WHEN n.nspname = current_schema() THEN '' ELSE n.nspname || '.' END || c.relname,
        i.relname::text,
        x.indisunique::text,
        regexp_replace(pg_get_indexdef(x.indexrelid), '^.*? USING ', ''),
        pg_get_expr(x.indpred, x.indrelid)
    FROM pg_index AS x
    JOIN pg_class AS i ON i.oid = x.indexrelid
    JOIN pg_class AS c ON c.oid = x.indrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE x.indisvalid AND NOT x.indisprimary AND NOT x.indisexclusion
        AND c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema$)'";

// Unique constraints are read with the indexes, NOT NULL constraints with the columns.
const CONSTRAINTS: &str = "
    SELECT CASE WHEN n.nspname = current_schema() THEN '' ELSE n.nspname || '.' END || c.relname,
        k.conname::text, k.contype::text, pg_get_constraintdef(k.oid),
        (SELECT string_agg(a.attname, ', ' ORDER BY u.place)
            FROM unnest(k.conkey) WITH ORDINALITY AS u (attnum, place)
            JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.attnum),
        (SELECT CASE WHEN m.nspname = current_schema() THEN '' ELSE m.nspname || '.' END || r.relname
            FROM pg_class AS r JOIN pg_namespace AS m ON m.oid = r.relnamespace
            WHERE r.oid = k.confrelid),
        (SELECT string_agg(a.attname, ', ' ORDER BY u.place)
            FROM unnest(k.confkey) WITH ORDINALITY AS u (attnum, place)
            JOIN pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = u.attnum),
        CASE k.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE'
            WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END,
        concat_ws(' ',
            substring(pg_get_constraintdef(k.oid) FROM 'ON UPDATE (?:SET )?\\w+'),
            CASE WHEN k.condeferrable THEN 'DEFERRABLE' END,
            CASE WHEN NOT k.convalidated THEN 'NOT VALID' END)
    FROM pg_constraint AS k
    JOIN pg_class AS c ON c.oid = k.conrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE k.contype NOT IN ('u', 'n', 't') AND c.relkind IN ('r', 'p')
        AND n.nspname !~ '^(pg_|information_schema$)'
    ORDER BY c.relname, k.conname";

const OTHERS: &str = "
    WITH namespace AS MATERIALIZED (
        SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)'
    )
    SELECT object.kind,
        CASE WHEN n.nspname = current_schema() THEN '' ELSE n.nspname || '.' END || object.name,
        object.definition
    FROM (
        SELECT 'pg_class'::regclass AS class, c.oid, c.relnamespace AS namespace,
            CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' ELSE 'composite type' END AS kind,
            c.relname::text AS name,
            coalesce(pg_get_viewdef(c.oid),
                (SELECT concat_ws(' ', format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement,
                    s.seqmin, s.seqmax, s.seqcycle) FROM pg_sequence AS s WHERE s.seqrelid = c.oid),
                (SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', '
                    ORDER BY a.attnum) FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0)
            ) AS definition
        FROM pg_class AS c
        WHERE c.relnamespace IN (SELECT oid FROM namespace) AND c.relkind IN ('v', 'm', 'S', 'f', 'c')
            AND NOT EXISTS (SELECT FROM pg_depend AS d
            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
                AND c.relkind = 'S')
        UNION ALL
        SELECT 'pg_proc'::regclass, p.oid, p.pronamespace, 'routine',
            p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
            CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END
        FROM pg_proc AS p
        WHERE p.pronamespace IN (SELECT oid FROM namespace)
        UNION ALL
        SELECT 'pg_trigger'::regclass, g.oid, c.relnamespace, 'trigger', g.tgname || ' on ' || c.relname,
            pg_get_triggerdef(g.oid) || ' ' || g.tgenabled::text
        FROM pg_trigger AS g JOIN pg_class AS c ON c.oid = g.tgrelid
        WHERE NOT g.tgisinternal
        UNION ALL
        SELECT 'pg_policy'::regclass, y.oid, c.relnamespace, 'policy', y.polname::text || ' on ' || c.relname,
            concat_ws(' ', y.polcmd, y.polpermissive, y.polroles::regrole[],
                pg_get_expr(y.polqual, y.polrelid), pg_get_expr(y.polwithcheck, y.polrelid))
        FROM pg_policy AS y JOIN pg_class AS c ON c.oid = y.polrelid
        UNION ALL
        SELECT 'pg_rewrite'::regclass, w.oid, c.relnamespace, 'rule', w.rulename || ' on ' || c.relname,
            pg_get_ruledef(w.oid)
        FROM pg_rewrite AS w JOIN pg_class AS c ON c.oid = w.ev_class
        WHERE c.relnamespace IN (SELECT oid FROM namespace) AND w.rulename <> '_RETURN'
        UNION ALL
        SELECT 'pg_type'::regclass, t.oid, t.typnamespace,
            CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' ELSE 'range' END, t.typname::text,
            concat_ws(' ',
                (SELECT string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)
                    FROM pg_enum AS e WHERE e.enumtypid = t.oid),
                CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
                CASE WHEN t.typnotnull THEN 'NOT NULL' END, t.typdefault,
                (SELECT string_agg(pg_get_constraintdef(k.oid), ' ' ORDER BY k.conname)
                    FROM pg_constraint AS k WHERE k.contypid = t.oid))
        FROM pg_type AS t
        WHERE t.typnamespace IN (SELECT oid FROM namespace) AND t.typtype IN ('e', 'd', 'r')
    ) AS object
    JOIN namespace AS n ON n.oid = object.namespace
    WHERE NOT EXISTS (SELECT FROM pg_depend AS d
        WHERE d.classid = object.class AND d.objid = object.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'extension', extname, extversion FROM pg_extension WHERE extname <> 'plpgsql'
    UNION ALL
    SELECT 'schema', nspname, '' FROM namespace WHERE nspname <> 'public'";

#[cfg(test)]
mod tests {
    use super::index_columns;
    use insta::assert_snapshot;

    #[test]
    fn columns_of_indexes() {
        let definitions = [
            "btree (a, b DESC)",
            r#"btree ("a, b", "c(d" DESC NULLS LAST, "it""s")"#,
            r#"btree ("x WHERE y") WHERE (z > 0)"#,
            "btree (lower(a))",
            "btree (lower(a)) WHERE (b > 0)",
            "gin (tags)",
            "btree (a) INCLUDE (b)",
        ];
        let rows = definitions.map(|text| index_columns(text).expect("whole quotes").join(" | "));
        assert_snapshot!(rows.join("\n"), @r#"
        a | b DESC
        a, b | c(d DESC NULLS LAST | it"s
        x WHERE y
        btree (lower(a))
        btree (lower(a))
        gin (tags)
        btree (a) INCLUDE (b)
        "#);
    }
}
