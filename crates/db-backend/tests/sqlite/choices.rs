//! Random schemas, and random changes to them.

use std::collections::BTreeSet;

use db_backend::BackendKind;
use schema_model::{
    Action, AllowedDefault, Check, Column, DefaultValue, ForeignKey, Index, IndexColumn, Schema,
    SqlType, Table, Text, WithoutPartial,
};

use super::declare::table;

/// A list of choices, taken one after another. Once it is used up, the first option is taken.
pub(crate) struct Choices(std::vec::IntoIter<u8>);

impl Choices {
    pub(crate) fn new(choices: Vec<u8>) -> Self {
        Self(choices.into_iter())
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::from(self.0.next().unwrap_or(0)) % bound.max(1)
    }

    fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == bound - 1
    }

    fn of<T: Clone>(&mut self, options: &[T]) -> Option<T> {
        (!options.is_empty()).then(|| options[self.below(options.len())].clone())
    }

    pub(crate) fn schema(&mut self) -> Schema {
        let mut schema = Schema::EMPTY;
        for name in ["t", "u", "v"] {
            if name == "t" || self.one_in(2) {
                self.add_table(&mut schema, name);
            }
        }
        self.add_constraints(&mut schema);
        schema
    }

    fn add_table(&mut self, schema: &mut Schema, name: &'static str) {
        let mut columns =
            vec![Column::new("id", SqlType::BigInt), Column::new("key", SqlType::Integer)];
        for name in ["a", "b", "c", "d"] {
            columns.extend(self.one_in(2).then(|| self.column(name)));
        }
        let mut table = table(name, columns);
        self.set_key(&mut table);
        schema.tables.to_mut().push(table);
    }

    fn column(&mut self, name: &'static str) -> Column {
        let lengths = |sql_type: SqlType| [9, 4].map(|length| sql_type.with_length(length));
        let mut types: Vec<SqlType> = SqlType::ALL.into_iter().flat_map(lengths).collect();
        types.dedup();
        let sql_type = types[self.below(types.len())];
        let mut column = Column::new(name, sql_type);
        column.nullable = self.one_in(2);
        self.set_default(&mut column);
        column
    }

    fn set_default(&mut self, column: &mut Column) {
        let literal = column.sql_type.literal_sample(3);
        column.default = match column.sql_type.allowed_default() {
            _ if self.one_in(2) => None,
            AllowedDefault::Integer => Some(DefaultValue::Int(3)),
            AllowedDefault::Decimal(_) => Some(DefaultValue::Int(3)),
            AllowedDefault::Truth => Some(DefaultValue::Bool(true)),
            AllowedDefault::Text => Some(DefaultValue::Text("3".into())),
            AllowedDefault::Literal { or_now: true, .. } if self.one_in(2) => {
                Some(DefaultValue::Now)
            }
            AllowedDefault::Literal { .. } => literal.map(|text| DefaultValue::Text(text.into())),
            AllowedDefault::Now => Some(DefaultValue::Now),
            AllowedDefault::Never { .. } => None,
        };
    }

    fn set_key(&mut self, table: &mut Table) {
        table.columns.to_mut().iter_mut().for_each(|column| column.auto_increment = false);
        let whole = |column: &Column| is_whole(column.sql_type);
        let options: Vec<Text> = table
            .columns
            .iter()
            .filter(|column| can_be_key(column) && !column.nullable)
            .map(|column| column.name.clone())
            .collect();
        let first = self.of(&options).expect("`id` or `key`");
        let mut key = vec![first.clone()];
        if self.one_in(3) {
            key.extend(self.of(&options).filter(|second| *second != first));
        }
        if key.len() == 1 && self.one_in(2) {
            let column = table.columns.to_mut().iter_mut().find(|column| column.name == first);
            if let Some(column) = column.filter(|column| whole(column)) {
                column.auto_increment = true;
                column.default = None;
            }
        }
        table.primary_key = key.into();
    }

    fn add_constraints(&mut self, schema: &mut Schema) {
        let keys: Vec<(Text, Vec<Column>)> = schema
            .tables
            .iter()
            .map(|table| {
                let columns = table.primary_key.iter().filter_map(|name| table.column(name));
                (table.name.clone(), columns.cloned().collect())
            })
            .collect();
        for table in schema.tables.to_mut() {
            let tag = table.name.clone();
            let indexable: Vec<Column> =
                table.columns.iter().filter(|column| can_be_key(column)).cloned().collect();
            for number in 0..2 {
                if self.one_in(2)
                    && let Some(first) = self.of(&indexable)
                {
                    let descending = self.one_in(3);
                    let condition = format!("{} IS NOT NULL", first.name);
                    let column = IndexColumn { name: first.name, descending };
                    let mut index = Index::new(format!("ix_{tag}_{number}"), [column]);
                    if self.one_in(3) {
                        index = index.partial(condition, WithoutPartial::NoIndex);
                    }
                    index.unique = self.one_in(3);
                    table.indexes.to_mut().push(index);
                }
                if self.one_in(3)
                    && let Some(checked) = self.of(&table.columns)
                {
                    let expression = format!("coalesce({}, 1) IS NOT NULL", checked.name);
                    let check = Check::new(format!("ck_{tag}_{number}"), expression);
                    table.checks.to_mut().push(check);
                }
                if self.one_in(2)
                    && let Some((foreign_table, key)) = self.of(&keys)
                {
                    self.add_reference(table, number, foreign_table, &key);
                }
            }
        }
    }

    /// Adds a foreign key over columns of the right types, which are added if they are missing.
    fn add_reference(&mut self, table: &mut Table, number: usize, to: Text, key: &[Column]) {
        let mut columns: Vec<Text> = Vec::new();
        for (place, target) in key.iter().enumerate() {
            let name: Text = format!("r{number}{place}").into();
            let fits = |column: &&Column| {
                column.sql_type == target.sql_type && !columns.contains(&column.name)
            };
            let there = table.columns.iter().find(fits).map(|column| column.name.clone());
            let name = match there.filter(|_| self.one_in(3)) {
                Some(there) => there,
                None if table.column(&name).is_some() => return,
                None => {
                    let column = Column::new(name.clone(), target.sql_type).nullable();
                    table.columns.to_mut().push(column);
                    name
                }
            };
            columns.push(name);
        }
        let action = if self.one_in(2) { Action::Cascade } else { Action::NoAction };
        let name = format!("fk_{}_{number}", table.name);
        let targets = key.iter().map(|column| column.name.clone());
        let foreign_key = ForeignKey::new(name, columns, to, targets).on_delete(action);
        table.foreign_keys.to_mut().push(foreign_key);
    }

    /// The schema with a few changes, most of which need no rebuild.
    pub(crate) fn changed(&mut self, from: &Schema) -> Schema {
        let mut schema = from.clone();
        for number in 0..1 + self.below(4) {
            let place = self.below(schema.tables.len());
            let target = self.of(&schema.tables).expect("`t`");
            let used = used_columns(&schema, place);
            let table = &mut schema.tables.to_mut()[place];
            let unused: Vec<Text> = table
                .columns
                .iter()
                .map(|column| column.name.clone())
                .filter(|name| !used.contains(name))
                .collect();
            match self.below(7) {
                0 => {
                    let mut added = self.column(["e", "f", "g", "h"][number]);
                    let value = BackendKind::Sqlite.dialect().sample(added.sql_type, 3);
                    added.backfill = (!added.nullable || self.one_in(2)).then(|| value.into());
                    table.columns.to_mut().push(added);
                }
                1 => {
                    let key = target.primary_key.iter().filter_map(|name| target.column(name));
                    let key: Vec<Column> = key.cloned().collect();
                    self.add_reference(table, number + 5, target.name.clone(), &key);
                }
                2 => {
                    let gone = self.of(&unused);
                    table.columns.to_mut().retain(|column| Some(&column.name) != gone.as_ref());
                }
                3 => {
                    let gone = self.of(&unused);
                    let mut columns = table.columns.to_mut().iter_mut();
                    if let Some(column) = columns.find(|column| Some(&column.name) == gone.as_ref())
                    {
                        column.renamed_from = Some(column.name.clone());
                        column.name = format!("{}_{number}", column.name).into();
                    }
                }
                4 => {
                    table.indexes.to_mut().pop();
                }
                5 => {
                    let names = table.indexes.iter().map(|index| index.name.clone()).rev();
                    let names: Vec<Text> = names.collect();
                    for (index, name) in table.indexes.to_mut().iter_mut().zip(names) {
                        index.name = name;
                    }
                }
                _ => {
                    let options = table.columns.iter().filter(|column| can_be_key(column));
                    let options: Vec<Text> = options.map(|column| column.name.clone()).collect();
                    let name = self.of(&options).expect("`id`");
                    let column = IndexColumn { name, descending: self.one_in(2) };
                    let index = Index::new(format!("ix_new_{number}_{place}"), [column]);
                    table.indexes.to_mut().push(index);
                }
            }
        }
        // A column that was just added or already renamed is not renamed again.
        for table in schema.tables.to_mut() {
            let old = from.table(&table.name);
            for column in table.columns.to_mut() {
                let was_there = |name: &mut Text| old.is_some_and(|old| old.column(name).is_some());
                let is_rename = column.renamed_from.as_mut().is_some_and(was_there);
                if !is_rename && old.is_some_and(|old| old.column(&column.name).is_none()) {
                    column.renamed_from = None;
                    let value = BackendKind::Sqlite.dialect().sample(column.sql_type, 3);
                    column.backfill = (!column.nullable).then(|| value.into());
                }
            }
        }
        schema
    }

    /// Gives some tables and columns a former name, and the new columns a backfill.
    pub(crate) fn lead_from(&mut self, from: &Schema, to: &mut Schema) {
        let mut free: Vec<Text> = from
            .tables
            .iter()
            .map(|table| table.name.clone())
            .filter(|name| to.table(name).is_none())
            .collect();
        for table in to.tables.to_mut() {
            if from.table(&table.name).is_none() && self.one_in(2) {
                table.renamed_from = free.pop();
            }
            let old = from.table(table.renamed_from.as_ref().unwrap_or(&table.name));
            let mut free: Vec<Text> = old
                .iter()
                .flat_map(|old| old.columns.iter().map(|column| column.name.clone()))
                .filter(|name| table.column(name).is_none())
                .collect();
            for column in table.columns.to_mut() {
                if old.is_some_and(|old| old.column(&column.name).is_none()) && self.one_in(2) {
                    column.renamed_from = free.pop();
                }
            }
            let new_name = |old: &Column| {
                let was_it = |new: &&Column| new.renamed_from.as_ref() == Some(&old.name);
                table.columns.iter().find(was_it).map_or(&old.name, |new| &new.name).clone()
            };
            let mentioned: Vec<Text> =
                old.iter().flat_map(|old| old.columns.iter().map(new_name)).collect();
            for column in table.columns.to_mut() {
                let value = BackendKind::Sqlite.dialect().sample(column.sql_type, 3);
                let value = match self.of(&mentioned) {
                    Some(name) => {
                        format!("CASE WHEN \"{name}\" IS NULL THEN {value} ELSE {value} END")
                    }
                    None => value,
                };
                if !column.auto_increment {
                    column.backfill = (!column.nullable || self.one_in(2)).then(|| value.into());
                }
            }
        }
    }
}

fn is_whole(sql_type: SqlType) -> bool {
    matches!(sql_type, SqlType::SmallInt | SqlType::Integer | SqlType::BigInt)
}

fn can_be_key(column: &Column) -> bool {
    is_whole(column.sql_type) || matches!(column.sql_type, SqlType::Varchar(_))
}

/// The columns that a key, an index or a check of the table uses.
fn used_columns(schema: &Schema, place: usize) -> BTreeSet<Text> {
    let table = &schema.tables[place];
    let mut used: BTreeSet<Text> = table.primary_key.iter().cloned().collect();
    used.extend(table.indexes.iter().flat_map(|index| index.column_names().cloned()));
    used.extend(table.foreign_keys.iter().flat_map(|key| key.columns.iter().cloned()));
    let named = |column: &&Column| {
        table
            .checks
            .iter()
            .any(|check| check.expression.common.contains(&format!("({},", column.name)))
    };
    used.extend(table.columns.iter().filter(named).map(|column| column.name.clone()));
    used
}
