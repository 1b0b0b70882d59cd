//! Decides what a `schema.rs` says, before any text is written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use sql_dialect::BackendKind;
use sql_dialect::relations::{Reference, Relation, RelationName, Relations};

use crate::backends::schema_rs;
use crate::column_type::{COMMON, ColumnType};
use crate::diesel_toml::{ColumnSorting, PrintSchema, SameQuery};
use crate::names;
use crate::rules::SchemaRs;

/// What is printed.
pub(crate) struct Plan {
    pub(crate) definitions: Vec<Definition>,
    pub(crate) tables: Vec<PlannedTable>,
    pub(crate) joinables: Vec<Joinable>,
    /// The Rust names of tables that can appear in one query, in groups.
    pub(crate) groups: Vec<Vec<String>>,
}

/// A type that is defined.
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) column_type: ColumnType,
    /// The Rust names of the first table and column that have it.
    pub(crate) table: String,
    pub(crate) column: String,
}

pub(crate) struct PlannedTable {
    pub(crate) name: RelationName,
    pub(crate) rust_name: String,
    pub(crate) is_view: bool,
    /// The Rust names of the columns of the primary key.
    pub(crate) primary_key: Vec<String>,
    pub(crate) columns: Vec<PlannedColumn>,
    pub(crate) comment: Option<String>,
}

pub(crate) struct PlannedColumn {
    pub(crate) name: String,
    pub(crate) rust_name: String,
    pub(crate) column_type: ColumnType,
    /// Whether the type is one that is defined.
    pub(crate) is_defined: bool,
    pub(crate) length_max: Option<u64>,
    pub(crate) comment: Option<String>,
}

pub(crate) struct Joinable {
    pub(crate) child: String,
    pub(crate) parent: String,
    pub(crate) column: String,
}

/// What can't be in a `schema.rs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unprintable {
    /// A table without a primary key, which Diesel can't describe.
    NoPrimaryKey {
        /// The table.
        table: String,
    },
    /// A column of a type that Diesel does not have.
    UnknownType {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The type.
        sql_type: String,
    },
    /// The back end has no schemas, and one is asked for.
    NoSchemas {
        /// The back end.
        backend: BackendKind,
        /// The schema.
        schema: String,
    },
}

/// All that can't be in a `schema.rs`. A filter can leave the tables out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(.0))]
pub struct PrintError(pub Vec<Unprintable>);

/// Decides what is printed.
pub(crate) fn plan(
    relations: &Relations,
    kind: BackendKind,
    options: &PrintSchema,
) -> Result<Plan, PrintError> {
    let rules = schema_rs(kind);
    if let Some(schema) = options.schema.clone().filter(|_| !rules.has_schemas()) {
        return Err(PrintError(vec![Unprintable::NoSchemas { backend: kind, schema }]));
    }
    let printed: Vec<Relation> = relations
        .relations
        .iter()
        .filter(|relation| options.include_views || !relation.is_view())
        .filter(|relation| options.filter.allows(&relation.name.name))
        .map(|relation| rules.relation(relation))
        .collect();
    let mut problems = Vec::new();
    let mut planner = Planner { rules, relations, options, problems: &mut problems };
    let tables: Vec<PlannedTable> =
        printed.iter().map(|relation| planner.table(relation)).collect();
    if !problems.is_empty() {
        return Err(PrintError(problems));
    }
    let joined = joined(relations, &printed);
    let joinable = |key: &&Reference| Joinable {
        child: names::table_name(&key.table.name),
        parent: names::table_name(&key.foreign_table.name),
        column: rules.joined_column(&key.columns[0], &names::table_name(&key.table.name)),
    };
    Ok(Plan {
        definitions: definitions(rules, &tables),
        joinables: joined.iter().map(joinable).collect(),
        groups: groups(options.same_query, &tables, &joined),
        tables,
    })
}

struct Planner<'a> {
    rules: &'static dyn SchemaRs,
    relations: &'a Relations,
    options: &'a PrintSchema,
    problems: &'a mut Vec<Unprintable>,
}

impl Planner<'_> {
    fn table(&mut self, relation: &Relation) -> PlannedTable {
        let rust_name = names::table_name(&relation.name.name);
        if relation.primary_key.is_empty() && !relation.is_view() {
            self.problems.push(Unprintable::NoPrimaryKey { table: relation.name.name.clone() });
        }
        let mut columns = Vec::new();
        for column in &relation.columns {
            let found = self.rules.column_type(column, relation, self.relations, self.options);
            let Some(mut column_type) = found else {
                self.problems.push(Unprintable::UnknownType {
                    table: relation.name.name.clone(),
                    column: column.name.clone(),
                    sql_type: column.sql_type.to_lowercase(),
                });
                continue;
            };
            column_type.is_nullable = column.nullable;
            let column_name = names::column_name(&column.name, &rust_name);
            let is_defined = self.is_defined(&column_type.rust_name);
            if is_defined {
                column_type.rust_name =
                    self.rules.definition_name(&rust_name, &column_name, &column_type.rust_name);
            }
            columns.push(PlannedColumn {
                name: column.name.clone(),
                rust_name: column_name,
                column_type,
                is_defined,
                length_max: column.length_max,
                comment: column.comment.clone(),
            });
        }
        if self.options.column_sorting == ColumnSorting::Name {
            columns.sort_by(|left, right| self.rules.compare_names(&left.name, &right.name));
        }
        let key = relation.primary_key.iter();
        PlannedTable {
            name: relation.name.clone(),
            is_view: relation.is_view(),
            primary_key: key.map(|name| names::column_name(name, &rust_name)).collect(),
            columns,
            comment: relation.comment.clone(),
            rust_name,
        }
    }

    /// Whether a type is one that Diesel does not have, and that it is to define.
    fn is_defined(&self, rust_name: &str) -> bool {
        let is_known = COMMON.contains(&rust_name) || self.rules.types().contains(&rust_name);
        let excepted = &self.options.except_custom_type_definitions;
        !(self.options.without_missing_types
            || is_known
            || excepted.iter().any(|regex| regex.is_match(rust_name)))
    }
}

fn definitions(rules: &dyn SchemaRs, tables: &[PlannedTable]) -> Vec<Definition> {
    let mut definitions: Vec<Definition> = Vec::new();
    for table in tables {
        for column in table.columns.iter().filter(|column| column.is_defined) {
            definitions.push(Definition {
                name: column.column_type.rust_name.clone(),
                column_type: column.column_type.clone(),
                table: table.rust_name.clone(),
                column: column.rust_name.clone(),
            });
        }
    }
    definitions.sort_by(|left, right| left.name.cmp(&right.name));
    if rules.shares_definitions() {
        definitions.dedup_by(|left, right| left.name == right.name);
    }
    definitions
}

/// The foreign keys that `joinable!` can describe: of one column, to the primary key of another
/// table, and the only one between the two.
fn joined<'r>(relations: &'r Relations, printed: &[Relation]) -> Vec<&'r Reference> {
    let mut between: BTreeMap<[&RelationName; 2], usize> = BTreeMap::new();
    for key in &relations.references {
        *between.entry(ends(key)).or_default() += 1;
    }
    let find = |name: &RelationName| {
        printed.iter().find(|relation| relation.name == *name && !relation.is_view())
    };
    let is_joined = |key: &&Reference| {
        let parent = find(&key.foreign_table);
        key.table != key.foreign_table
            && find(&key.table).is_some()
            && key.columns.len() == 1
            && parent.is_some_and(|parent| parent.primary_key == key.foreign_columns)
            && between[&ends(key)] == 1
    };
    let mut joined: Vec<&Reference> = relations.references.iter().filter(is_joined).collect();
    joined.sort();
    joined
}

/// The two tables of a foreign key, in one order whichever refers.
fn ends(key: &Reference) -> [&RelationName; 2] {
    let mut tables = [&key.table, &key.foreign_table];
    tables.sort();
    tables
}

/// The tables that can appear in one query, by their Rust names.
fn groups(
    same_query: SameQuery,
    tables: &[PlannedTable],
    joined: &[&Reference],
) -> Vec<Vec<String>> {
    let groups: Vec<Vec<&RelationName>> = match same_query {
        SameQuery::None => Vec::new(),
        SameQuery::AllTables => vec![tables.iter().map(|table| &table.name).collect()],
        SameQuery::FkRelatedTables => related(tables, joined),
    };
    let groups = groups.into_iter().filter(|group| group.len() > 1);
    groups
        .map(|group| group.into_iter().map(|name| names::table_name(&name.name)).collect())
        .collect()
}

/// The tables in groups that foreign keys connect.
fn related<'t>(tables: &'t [PlannedTable], joined: &[&'t Reference]) -> Vec<Vec<&'t RelationName>> {
    let mut seen: BTreeSet<&RelationName> = BTreeSet::new();
    let mut groups = Vec::new();
    for table in tables.iter().filter(|table| !table.is_view) {
        let mut group = Vec::new();
        let mut pending = vec![&table.name];
        while let Some(name) = pending.pop() {
            if !seen.insert(name) {
                continue;
            }
            group.push(name);
            for key in joined {
                if key.table == *name {
                    pending.push(&key.foreign_table);
                } else if key.foreign_table == *name {
                    pending.push(&key.table);
                }
            }
        }
        group.sort();
        groups.push(group);
    }
    groups.sort();
    groups
}

fn lines(problems: &[Unprintable]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl fmt::Display for Unprintable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPrimaryKey { table } => write!(
                f,
                "table {table}: it has no primary key, and Diesel can't describe a table without one"
            ),
            Self::UnknownType { table, column, sql_type } => {
                write!(f, "table {table}: Diesel has no type for `{sql_type}` of column {column}")
            }
            Self::NoSchemas { backend, schema } => {
                write!(f, "{backend} has no schemas, so there is no schema {schema}")
            }
        }
    }
}
