//! The catalogue of MySQL and MariaDB: what `information_schema` says about this database.
//! Statistics and counters are not read, since they change with the rows.

use std::collections::BTreeMap;

use sql_dialect::catalog::{Catalog, CatalogColumn, CatalogForeignKey, CatalogTable};
use sql_dialect::mysql;
use sql_text::{Cursor, Syntax, replaced, tokens};

use crate::driver::AnyConnection;
use crate::error::DbError;
use crate::reading::{self, joined, rows};

/// Reads the whole catalogue.
pub(super) fn read(connection: &mut AnyConnection) -> Result<Catalog, DbError> {
    let server_version = connection.text("SELECT version()", &[])?.unwrap_or_default();
    let mariadb = mysql::is_mariadb(&server_version);
    let mut others = BTreeMap::new();
    let mut tables: BTreeMap<String, CatalogTable> = BTreeMap::new();
    for [kind, name, options] in rows(connection, TABLES)? {
        if kind != "BASE TABLE" {
            others.insert(format!("{} {name}", kind.to_lowercase()), String::new());
        } else if !reading::is_own(&name) {
            tables.insert(name, CatalogTable { options, ..CatalogTable::default() });
        }
    }
    for row in rows(connection, COLUMNS)? {
        if let Some(table) = tables.get_mut(&row[0]) {
            add_column(table, mariadb, row)?;
        }
    }
    for [table, name, unique, column] in rows(connection, &indexes(mariadb))? {
        if let Some(table) = tables.get_mut(&table) {
            add_index_column(table, name, unique == "1", column);
        }
    }
    for row in rows(connection, FOREIGN_KEYS)? {
        if let Some(table) = tables.get_mut(&row[0]) {
            add_foreign_key(table, row);
        }
    }
    for [table, name, expression] in rows(connection, &checks(mariadb))? {
        if let Some(table) = tables.get_mut(&table) {
            table.checks.insert(name, Some(mysql::compared(&expression)));
        }
    }
    for [table, partition] in rows(connection, PARTITIONS)? {
        if let Some(table) = tables.get_mut(&table) {
            table.options = joined(&[&table.options, &partition]);
        }
    }
    others.extend(reading::others(rows(connection, OTHERS)?));
    Ok(Catalog { tables, others: Some(others) })
}

/// See [`Backend::views_query`](crate::backend::Backend::views_query).
pub(super) const VIEWS: &str = "
    SELECT table_name, concat('SELECT * FROM `', replace(table_name, '`', '``'), '`')
    FROM information_schema.views WHERE table_schema = DATABASE() ORDER BY table_name";

fn add_column(table: &mut CatalogTable, mariadb: bool, row: [String; 9]) -> Result<(), DbError> {
    let [_, name, sql_type, data_type, nullable, default, has_default, attributes, rest] = row;
    let words = tokens(&attributes, Syntax::Mysql)?;
    let has = |word: &str| words.iter().any(|token| token.is_word(word));
    let extras = replaced(&attributes, &words, |token| {
        token.is_any_word(&["AUTO_INCREMENT", "DEFAULT_GENERATED"]).then(String::new)
    });
    let default = match (has_default.as_str(), mariadb) {
        ("0", _) => None,
        (_, true) => (default != "NULL").then_some(default),
        // MySQL reports a literal without its quotes.
        (_, false) if is_text(&data_type) && !has("DEFAULT_GENERATED") => {
            Some(mysql::literal(&default))
        }
        (_, false) => Some(default),
    };
    let sql_type = without_display_width(&sql_type)?;
    let column = CatalogColumn {
        sql_type: joined(&[&sql_type, extras.to_lowercase().trim(), &rest]),
        nullable: nullable == "YES",
        default,
        auto_increment: has("AUTO_INCREMENT"),
    };
    table.columns.insert(name, column);
    Ok(())
}

fn is_text(data_type: &str) -> bool {
    matches!(
        data_type,
        "char"
            | "varchar"
            | "tinytext"
            | "text"
            | "mediumtext"
            | "longtext"
            | "enum"
            | "set"
            | "date"
            | "time"
            | "datetime"
            | "binary"
            | "varbinary"
            | "tinyblob"
            | "blob"
            | "mediumblob"
            | "longblob"
    )
}

/// Removes the display width of an integer, which MariaDB reports and which has no meaning. The
/// exception is `tinyint(1)`, which is how both servers report a truth value.
fn without_display_width(sql_type: &str) -> Result<String, DbError> {
    let tokens = tokens(sql_type, Syntax::Mysql)?;
    let mut rest = Cursor::new(&tokens);
    let is_integer = rest.skip_any_word(&["SMALLINT", "INT", "BIGINT"]);
    let is_wide = is_integer && rest.group().is_some() && rest.peek().is_none();
    Ok(match tokens.first() {
        Some(integer) if is_wide => integer.text.to_owned(),
        Some(_) | None => sql_type.to_owned(),
    })
}

fn add_index_column(table: &mut CatalogTable, name: String, unique: bool, column: String) {
    if name == "PRIMARY" {
        table.primary_key.push(column);
        return;
    }
    let index = table.indexes.entry(name).or_default();
    index.unique = unique;
    index.columns.push(column);
}

fn add_foreign_key(table: &mut CatalogTable, row: [String; 7]) {
    let [_, name, columns, foreign_table, foreign_columns, on_delete, on_update] = row;
    // An index that only supports the foreign key is named after it. The one that the server makes
    // for a key without a name is named after its first column.
    let is_unnamed = name.contains("_ibfk_");
    table.indexes.retain(|index, definition| {
        let is_plain = !definition.unique && definition.columns.join(", ") == columns;
        let is_named_so = *index == name
            || is_unnamed && definition.columns.first().is_some_and(|column| column == index);
        !(is_plain && is_named_so)
    });
    // RESTRICT and NO ACTION mean the same here; MariaDB reports the former, MySQL the latter.
    let rule = |rule: String| if rule == "RESTRICT" { "NO ACTION".to_owned() } else { rule };
    let on_update = match rule(on_update).as_str() {
        "NO ACTION" => String::new(),
        other => format!("ON UPDATE {other}"),
    };
    table.foreign_keys.insert(CatalogForeignKey {
        columns,
        foreign_table,
        foreign_columns,
        actions: joined(&[&rule(on_delete), &on_update]),
        name: Some(name),
    });
}

const TABLES: &str = "
    SELECT table_type, table_name,
        concat_ws(' ',
            if(engine <> 'InnoDB', concat('ENGINE=', engine), NULL),
            if(table_collation <> 'utf8mb4_bin', concat('COLLATE=', table_collation), NULL),
            nullif(create_options, ''),
            if(table_comment <> '', concat('COMMENT=', quote(table_comment)), NULL))
    FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_type NOT LIKE '%VIEW'";

const COLUMNS: &str = "
    SELECT table_name, column_name, column_type, data_type, is_nullable,
        column_default, if(column_default IS NULL, '0', '1'),
        extra,
        concat_ws(' ',
            if(generation_expression <> '', concat('AS (', generation_expression, ')'), NULL),
            if(collation_name <> 'utf8mb4_bin', concat('COLLATE ', collation_name), NULL),
            if(column_comment <> '', concat('COMMENT ', quote(column_comment)), NULL))
    FROM information_schema.columns
    WHERE table_schema = DATABASE()";

fn indexes(mariadb: bool) -> String {
    // MariaDB has no indexes on expressions, and no catalogue column for them.
    let column = if mariadb { "column_name" } else { "coalesce(column_name, expression)" };
    format!(
        "SELECT table_name, index_name, if(non_unique, '0', '1'),
            concat({column},
                if(sub_part IS NULL, '', concat('(', sub_part, ')')),
                if(collation = 'D', ' DESC', ''),
                if(index_type = 'BTREE', '', concat(' ', index_type)),
                if(index_comment = '', '', concat(' COMMENT ', quote(index_comment))))
        FROM information_schema.statistics
        WHERE table_schema = DATABASE()
        ORDER BY table_name, index_name, seq_in_index"
    )
}

const FOREIGN_KEYS: &str = "
    SELECT k.table_name, k.constraint_name,
        group_concat(k.column_name ORDER BY k.ordinal_position SEPARATOR ', '),
        min(k.referenced_table_name),
        group_concat(k.referenced_column_name ORDER BY k.ordinal_position SEPARATOR ', '),
        min(r.delete_rule), min(r.update_rule)
    FROM information_schema.key_column_usage AS k
    JOIN information_schema.referential_constraints AS r
        ON r.constraint_schema = DATABASE() AND r.table_name = k.table_name
        AND r.constraint_name = k.constraint_name
    WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL
    GROUP BY k.table_name, k.constraint_name";

fn checks(mariadb: bool) -> String {
    let (table, join) = if mariadb {
        ("c.table_name", "")
    } else {
        let join = "JOIN information_schema.table_constraints AS t
            ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name
            AND t.constraint_type = 'CHECK'";
        ("t.table_name", join)
    };
    format!(
        "SELECT {table}, c.constraint_name, c.check_clause
        FROM information_schema.check_constraints AS c {join}
        WHERE c.constraint_schema = DATABASE()"
    )
}

const PARTITIONS: &str = "
    SELECT table_name,
        concat_ws(' ', 'PARTITION', partition_name, subpartition_name, partition_method,
            partition_expression, partition_description)
    FROM information_schema.partitions
    WHERE table_schema = DATABASE() AND partition_name IS NOT NULL
    ORDER BY table_name, partition_ordinal_position, subpartition_ordinal_position";

/// See [`Backend::table_defaults`](crate::backend::Backend::table_defaults).
pub(super) const TABLE_DEFAULTS: &str = "
    SELECT concat('CHARACTER SET ', default_character_set_name, ' COLLATE ', default_collation_name)
    FROM information_schema.schemata WHERE schema_name = DATABASE()";

// A view's definition names this database, which says nothing about the view.
const OTHERS: &str = "
    SELECT 'view', table_name, concat_ws(' ', security_type,
        replace(view_definition, concat('`', DATABASE(), '`.'), ''), check_option)
    FROM information_schema.views WHERE table_schema = DATABASE()
    UNION ALL
    SELECT 'trigger', trigger_name, concat_ws(' ', action_timing, event_manipulation,
        event_object_table, action_order, action_statement)
    FROM information_schema.triggers WHERE trigger_schema = DATABASE()
    UNION ALL
    SELECT lower(routine_type), routine_name, concat_ws(' ', security_type, sql_data_access,
        is_deterministic, routine_comment, dtd_identifier,
        (SELECT group_concat(concat_ws(' ', p.parameter_mode, p.parameter_name, p.dtd_identifier)
            ORDER BY p.ordinal_position SEPARATOR ', ')
            FROM information_schema.parameters AS p
            WHERE p.specific_schema = DATABASE() AND p.specific_name = r.specific_name),
        routine_definition)
    FROM information_schema.routines AS r WHERE routine_schema = DATABASE()
    UNION ALL
    SELECT 'event', event_name, concat_ws(' ', event_type, execute_at, interval_value, interval_field,
        starts, ends, status, on_completion, event_comment, event_definition)
    FROM information_schema.events WHERE event_schema = DATABASE()";
