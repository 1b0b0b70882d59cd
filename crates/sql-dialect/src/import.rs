//! The declared schema that a database has, as far as a declaration can say it. Every type, default
//! and name is a guess that counts only if the catalogue expected for it is the database's own.

use std::collections::{BTreeMap, BTreeSet};

use schema_model::names::{Kind, kept_mistake, mistake, suffix_of};
use schema_model::{
    Action, BackEnds, Check, Column, ForeignKey, Index, IndexColumn, Instead, Partial,
    RowExpression, Schema, Table, Text, WithoutPartial,
};

use crate::catalog::{Catalog, CatalogColumn, CatalogForeignKey, CatalogIndex, CatalogTable};
use crate::dialect::Dialect;
use crate::relations::{Relation, RelationName, Relations};

mod guesses;

/// What a database has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The tables that a declaration can say as they are.
    pub schema: Schema,
    /// The other tables, each with every reason.
    pub by_hand: BTreeMap<String, Vec<String>>,
    /// What no declaration says: views, triggers, routines, and types of the database's own.
    pub others: Vec<String>,
}

/// Why a partial index can't be declared.
const NOT_OWN: &str = "its condition would be one of every back end";

/// The greatest number of columns that a declared table has.
const COLUMNS_MAX: usize = 32;

/// Imports a database on a server of that version, for a schema for these back ends. The relations
/// give the order of the columns.
pub fn import(
    catalog: &Catalog,
    relations: &Relations,
    dialect: &dyn Dialect,
    server_version: &str,
    back_ends: BackEnds,
) -> Imported {
    let mut tables: Vec<Table> = Vec::new();
    let mut by_hand = BTreeMap::new();
    for (name, actual) in &catalog.tables {
        let importer = Importer { dialect, server_version, back_ends, name, actual };
        let relation = relations.get(&RelationName { name: name.clone(), schema: None });
        match importer.table(relation) {
            Ok(table) => tables.push(table),
            Err(reasons) => {
                by_hand.insert(name.clone(), reasons);
            }
        }
    }
    keep_what_refers_to_each_other(&mut tables, &mut by_hand);
    let others = catalog.others.iter().flatten().map(|(name, _)| name.clone());
    let schema = Schema::new(tables).for_back_ends(back_ends);
    Imported { schema, by_hand, others: others.collect() }
}

/// A declared table refers only to declared keys.
fn keep_what_refers_to_each_other(
    tables: &mut Vec<Table>,
    by_hand: &mut BTreeMap<String, Vec<String>>,
) {
    loop {
        let declared = tables.clone();
        let problem = |key: &ForeignKey| {
            let parent = declared.iter().find(|table| table.name == key.foreign_table);
            let parent_name = &key.foreign_table;
            match parent {
                None => Some(format!("it refers to `{parent_name}`, which is not declared")),
                Some(parent) if is_key(parent, key) => None,
                Some(_) => Some(format!("it refers to no key of `{parent_name}`")),
            }
        };
        tables.retain(|table| {
            let reasons: Vec<String> = table.foreign_keys.iter().filter_map(problem).collect();
            let stays = reasons.is_empty();
            if !stays {
                by_hand.insert(table.name.to_string(), reasons);
            }
            stays
        });
        if tables.len() == declared.len() {
            return;
        }
    }
}

fn is_key(parent: &Table, key: &ForeignKey) -> bool {
    parent.primary_key == key.foreign_columns
        || parent.indexes.iter().any(|index| index.is_key_of(&key.foreign_columns))
}

/// One table on its way into a schema.
struct Importer<'a> {
    dialect: &'a dyn Dialect,
    server_version: &'a str,
    back_ends: BackEnds,
    name: &'a str,
    actual: &'a CatalogTable,
}

impl Importer<'_> {
    fn table(&self, relation: Option<&Relation>) -> Result<Table, Vec<String>> {
        let mut reasons: Vec<String> = mistake(self.name).into_iter().collect();
        if self.actual.primary_key.is_empty() {
            reasons.push("it has no primary key".to_owned());
        }
        if !(1..=COLUMNS_MAX).contains(&self.actual.columns.len()) {
            let count = self.actual.columns.len();
            reasons.push(format!("it has {count} columns; at most {COLUMNS_MAX} can be declared"));
        }
        let mut columns = Vec::new();
        for name in self.column_names(relation) {
            match self.column(&name) {
                Ok(column) => columns.push(column),
                Err(reason) => reasons.push(reason),
            }
        }
        let mut indexes = Vec::new();
        for (name, index) in &self.actual.indexes {
            match self.index(name, index) {
                Ok(index) => indexes.push(index),
                Err(reason) => reasons.push(format!("index `{name}` ({index}): {reason}")),
            }
        }
        let mut foreign_keys = Vec::new();
        for key in &self.actual.foreign_keys {
            match self.foreign_key(key) {
                Ok(key) => foreign_keys.push(key),
                Err(reason) => reasons.push(format!("{key}: {reason}")),
            }
        }
        let keys = self.actual.primary_key.clone().into_iter();
        let keys = keys.chain(self.actual.indexes.values().flat_map(|index| index.columns.clone()));
        let keys: BTreeSet<String> =
            keys.map(|key| key.trim_end_matches(" DESC").to_owned()).collect();
        let in_key =
            |column: &&Column| self.actual.primary_key.iter().any(|key| *key == column.name);
        for column in columns.iter().filter(in_key).filter(|column| column.nullable) {
            reasons.push(format!("column `{}` of the primary key allows NULL", column.name));
        }
        for column in columns.iter().filter(|column| keys.contains(column.name.as_ref())) {
            if self.back_ends.mysql && column.sql_type.key_bytes().is_none() {
                let (name, sql_type) = (&column.name, column.sql_type);
                reasons.push(format!("column `{name}`: no key or index can have a {sql_type}"));
            }
        }
        if !reasons.is_empty() {
            return Err(reasons);
        }
        let table = Table::new(self.name.to_owned(), self.actual.primary_key.iter().cloned())
            .columns(columns)
            .indexes(indexes)
            .foreign_keys(foreign_keys);
        let checks = self.checks(&table);
        let table = table.checks(checks);
        let reasons = self.differences(&table);
        if reasons.is_empty() { Ok(table) } else { Err(reasons) }
    }

    /// The names in their order.
    fn column_names(&self, relation: Option<&Relation>) -> Vec<String> {
        match relation {
            Some(relation) => relation.columns.iter().map(|column| column.name.clone()).collect(),
            None => self.actual.columns.keys().cloned().collect(),
        }
    }

    /// The column whose expected catalogue is the database's.
    fn column(&self, name: &str) -> Result<Column, String> {
        if let Some(mistake) = mistake(name) {
            return Err(format!("column {mistake}"));
        }
        let Some(actual) = self.actual.columns.get(name) else {
            return Err(format!("column `{name}` can't be declared"));
        };
        let (types, has_type) = self.fitting(name, actual);
        let wider = |column: &Column| match actual.auto_increment {
            true => column.sql_type.integers().map(|values| *values.end()),
            false => None,
        };
        // Of equal ones the first: a text is a text, unless something says that it is more.
        let best = types.into_iter().rev().max_by_key(|(column, checks)| (*checks, wider(column)));
        let Some((column, _)) = best else {
            let CatalogColumn { sql_type, default, .. } = actual;
            return Err(match (default, has_type) {
                (Some(default), true) => format!("column `{name}`: its default is `{default}`"),
                _ => format!("column `{name}`: its type is `{sql_type}`"),
            });
        };
        Ok(column)
    }

    /// The columns that the catalogue prints so, with the number of checks that each brings along;
    /// and whether a column with another default would fit.
    fn fitting(&self, name: &str, actual: &CatalogColumn) -> (Vec<(Column, usize)>, bool) {
        let mut fitting = Vec::new();
        let mut has_type = false;
        for sql_type in guesses::types_like(&actual.sql_type, self.back_ends) {
            let mut column = Column::new(name.to_owned(), sql_type);
            column.nullable = actual.nullable;
            column.auto_increment = actual.auto_increment;
            let is_numbered = sql_type.is_integer() && self.actual.primary_key == [name];
            if column.auto_increment && !is_numbered {
                continue;
            }
            let without_default = CatalogColumn { default: None, ..actual.clone() };
            has_type |= self.printed(&column).0 == Some(without_default);
            for default in guesses::defaults_like(actual.default.as_deref(), sql_type) {
                if default
                    .as_ref()
                    .is_some_and(|default| default.check(sql_type, self.back_ends).is_err())
                {
                    continue;
                }
                let column = Column { default, ..column.clone() };
                let (printed, checks) = self.printed(&column);
                let are_there = checks.iter().all(|(name, check)| {
                    self.actual.checks.get(name).is_some_and(|actual| actual == check)
                });
                if printed.as_ref() == Some(actual) && are_there {
                    fitting.push((column, checks.len()));
                }
            }
        }
        (fitting, has_type)
    }

    /// How the catalogue prints a column, and the checks that it brings along.
    fn printed(
        &self,
        column: &Column,
    ) -> (Option<CatalogColumn>, BTreeMap<String, Option<String>>) {
        let key = self.actual.primary_key.iter().cloned();
        let table = Table::new(self.name.to_owned(), key).columns([column.clone()]);
        let mut expected = self.expected(&table);
        (expected.columns.remove(column.name.as_ref()), expected.checks)
    }

    fn index(&self, name: &str, index: &CatalogIndex) -> Result<Index, String> {
        let partial = match &index.condition {
            None => None,
            Some(Some(condition)) => Some(Partial {
                condition: self.own(condition).ok_or(NOT_OWN)?,
                without_partial: WithoutPartial::NoIndex,
            }),
            Some(None) => return Err(NOT_OWN.to_owned()),
        };
        let column = |text: &String| {
            let (name, descending) = match text.strip_suffix(" DESC") {
                Some(name) => (name, true),
                None => (text.as_str(), false),
            };
            let is_column = self.actual.columns.contains_key(name);
            is_column.then(|| IndexColumn { name: name.to_owned().into(), descending })
        };
        let columns: Option<Vec<IndexColumn>> = index.columns.iter().map(column).collect();
        let columns = columns.ok_or("it is on more than columns")?;
        keeps(name)?;
        Ok(Index {
            name: name.to_owned().into(),
            columns: columns.into(),
            unique: index.unique,
            partial,
        })
    }

    /// An expression of the only back end.
    fn own(&self, expression: &str) -> Option<RowExpression> {
        let own: Option<Text> = Some(expression.to_owned().into());
        let instead = match self.back_ends.only()? {
            "sqlite" => Instead { sqlite: own, ..Instead::default() },
            "postgres" => Instead { postgres: own, ..Instead::default() },
            _ => Instead { mysql: own, ..Instead::default() },
        };
        Some(RowExpression { common: expression.to_owned().into(), instead })
    }

    /// The checks that no column brings along.
    fn checks(&self, table: &Table) -> Vec<Check> {
        let brought = self.expected(table).checks;
        let others = self.actual.checks.iter().filter(|(name, _)| !brought.contains_key(*name));
        let check = |(name, expression): (&String, &Option<String>)| {
            let expression = self.own(condition(expression.as_deref()?)?)?;
            keeps(name).ok()?;
            Some(Check { name: name.clone().into(), expression })
        };
        others.filter_map(check).collect()
    }

    fn foreign_key(&self, key: &CatalogForeignKey) -> Result<ForeignKey, String> {
        let names = |names: &str| names.split(", ").map(ToOwned::to_owned).collect::<Vec<_>>();
        let columns = names(&key.columns);
        let name = match &key.name {
            Some(name) => name.clone(),
            None => {
                let suffix = suffix_of(columns.iter().map(String::as_str));
                Kind::ForeignKey.name(self.name, &suffix)
            }
        };
        keeps(&name)?;
        let (on_delete, on_update) =
            key.actions.split_once(" ON UPDATE ").unwrap_or((&key.actions, "NO ACTION"));
        let texts = |names: Vec<String>| names.into_iter().map(Into::into).collect::<Vec<_>>();
        Ok(ForeignKey {
            name: name.into(),
            columns: texts(columns).into(),
            foreign_table: key.foreign_table.clone().into(),
            foreign_columns: texts(names(&key.foreign_columns)).into(),
            on_delete: action(on_delete)?,
            on_update: action(on_update)?,
        })
    }

    /// What differs between the database's table and the one that is expected.
    fn differences(&self, table: &Table) -> Vec<String> {
        let of = |table: CatalogTable| Catalog {
            tables: BTreeMap::from([(self.name.to_owned(), table)]),
            others: None,
        };
        let place = format!("table `{}`: ", self.name);
        let found = of(self.actual.clone())
            .differences(&of(self.expected(table)), self.dialect.kind())
            .into_iter();
        found.map(|text| text.strip_prefix(&place).unwrap_or(&text).to_owned()).collect()
    }

    fn expected(&self, table: &Table) -> CatalogTable {
        let schema = Schema::new([table.clone()]);
        let mut catalog = self.dialect.expected_catalog(&schema, self.server_version);
        catalog.tables.remove(self.name).unwrap_or_default()
    }
}

/// Whether a declaration can keep that name of an index or a constraint.
fn keeps(name: &str) -> Result<(), String> {
    kept_mistake(name).map_or(Ok(()), Err)
}

/// The condition of a check. PostgreSQL prints the whole constraint; what it adds after the
/// condition, such as `NOT VALID`, can't be declared.
fn condition(printed: &str) -> Option<&str> {
    match printed.strip_prefix("CHECK (") {
        Some(rest) => rest.strip_suffix(')'),
        None => Some(printed),
    }
}

fn action(words: &str) -> Result<Action, String> {
    match words {
        "NO ACTION" => Ok(Action::NoAction),
        "CASCADE" => Ok(Action::Cascade),
        "SET NULL" => Ok(Action::SetNull),
        other => Err(format!("no declaration says {other}")),
    }
}
