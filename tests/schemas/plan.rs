//! A pair of schemas as plain data: numbers that choose from whatever exists at that time.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use schema_model::{
    Action, AllowedDefault, Check, Column, DefaultValue, Digits, ForeignKey, Index, IndexColumn,
    List, Partial, Schema, SqlType, Table, Text, WithoutPartial,
};

use super::expressions::{conditions, terms};
use super::mutate::{self, Mutation};
use super::repair::{COLUMNS_MAX, check_name, foreign_key_name, index_name, repair};
use super::{owned, pick};

/// No name is the beginning of another one, so that the names of constraints don't move between
/// tables.
pub(crate) const TABLES: [&str; 6] = [
    "notes",
    "users",
    "order",
    "group",
    "select",
    "tables_with_a_name_that_is_nearly_as_long_as_a_name_can_ever",
];

/// An index on `code_size` has the same name as an index on `code` and `size`.
pub(crate) const COLUMNS: [&str; 15] = [
    "id",
    "code",
    "size",
    "owner_id",
    "title",
    "active",
    "order",
    "code_size",
    "ratio",
    "made_at",
    "parent_id",
    "type",
    "group",
    "where",
    "columns_with_a_name_that_is_nearly_as_long_as_a_name_can_ever",
];

/// The names of checks, and of indexes and foreign keys that are not named after their columns.
pub(crate) const WORDS: [&str; 3] = ["sane", "small", "order"];

const TEXTS: [&str; 7] = ["1", "", "it's", r"\n 'a\'", "100% %s", "größe €", "\"q\" -- /*"];

/// The plan of two schemas.
#[derive(Debug, Clone)]
pub(crate) struct PairPlan {
    pub(crate) from: Vec<TablePlan>,
    /// The tables of the second schema, if it is independent of the first.
    pub(crate) other: Option<Vec<TablePlan>>,
    pub(crate) mutations: Vec<Mutation>,
    /// Numbers for the decisions that need both schemas; used cyclically.
    pub(crate) choices: Vec<u8>,
}

#[derive(Debug, Clone)]
pub(crate) struct TablePlan {
    name: u8,
    columns: Vec<ColumnPlan>,
    key: Vec<u8>,
    numbered: bool,
    indexes: Vec<IndexPlan>,
    checks: Vec<CheckPlan>,
    foreign_keys: Vec<KeyPlan>,
}

#[derive(Debug, Clone)]
pub(crate) struct ColumnPlan {
    name: u8,
    sql_type: SqlType,
    nullable: bool,
    default: Option<u8>,
}

#[derive(Debug, Clone)]
pub(crate) struct IndexPlan {
    name: Option<u8>,
    columns: Vec<(u8, bool)>,
    unique: bool,
    partial: Option<(u8, u8, bool)>,
}

#[derive(Debug, Clone)]
pub(crate) struct CheckPlan {
    name: u8,
    terms: Vec<(u8, u8)>,
}

#[derive(Debug, Clone)]
pub(crate) struct KeyPlan {
    name: Option<u8>,
    table: u8,
    key: u8,
    columns: u8,
    on_delete: Action,
    on_update: Action,
}

pub(crate) fn pair() -> impl Strategy<Value = PairPlan> {
    let tables = || vec(table(), 0..=5);
    let changes = prop_oneof![
        4 => (Just(None), vec(mutate::mutation(), 0..=6)),
        1 => (tables().prop_map(Some), vec(mutate::mutation(), 0..=2)),
    ];
    (tables(), changes, vec(any::<u8>(), 1..8)).prop_map(|(from, (other, mutations), choices)| {
        PairPlan { from, other, mutations, choices }
    })
}

pub(crate) fn table() -> impl Strategy<Value = TablePlan> {
    let parts = (vec(index(), 0..=3), vec(check(), 0..=2), vec(foreign_key(), 0..=2));
    (any::<u8>(), vec(column(), 1..=7), vec(any::<u8>(), 1..=2), any::<bool>(), parts).prop_map(
        |(name, columns, key, numbered, (indexes, checks, foreign_keys))| TablePlan {
            name,
            columns,
            key,
            numbered,
            indexes,
            checks,
            foreign_keys,
        },
    )
}

pub(crate) fn column() -> impl Strategy<Value = ColumnPlan> {
    (any::<u8>(), sql_type(), any::<bool>(), option::of(any::<u8>())).prop_map(
        |(name, sql_type, nullable, default)| ColumnPlan { name, sql_type, nullable, default },
    )
}

pub(crate) fn sql_type() -> impl Strategy<Value = SqlType> {
    let those = |are: fn(&SqlType) -> bool| {
        let types = types_with(&[10, 1, 2, 64, 255, 300]).into_iter().filter(are);
        select(types.collect::<Vec<_>>())
    };
    // Most keys are numbers or texts, and so are most conversions.
    prop_oneof![
        2 => those(|sql_type| sql_type.is_integer()),
        1 => those(|sql_type| sql_type.length().is_some()),
        2 => those(|sql_type| !sql_type.is_integer() && sql_type.length().is_none()),
    ]
}

/// All types. A type with a length occurs once for each of these lengths, and one with digits with
/// several of them.
pub(crate) fn types_with(lengths: &[u32]) -> Vec<SqlType> {
    let digits = |precision, scale| Digits { precision, scale };
    let all_digits = [digits(9, 2), digits(10, 4), digits(18, 0), digits(5, 5)];
    let with_lengths = |sql_type: SqlType| match (sql_type.length(), sql_type.digits()) {
        (Some(_), _) => lengths.iter().map(|&length| sql_type.with_length(length)).collect(),
        (_, Some(_)) => all_digits.map(|digits| sql_type.with_digits(digits)).to_vec(),
        (None, None) => vec![sql_type],
    };
    SqlType::ALL.into_iter().flat_map(with_lengths).collect()
}

pub(crate) fn index() -> impl Strategy<Value = IndexPlan> {
    let partial = option::weighted(0.3, any::<(u8, u8, bool)>());
    // Foreign keys can only refer to columns in ascending order.
    let column = (any::<u8>(), prop::bool::weighted(0.2));
    (name(), vec(column, 1..=3), any::<bool>(), partial)
        .prop_map(|(name, columns, unique, partial)| IndexPlan { name, columns, unique, partial })
}

pub(crate) fn check() -> impl Strategy<Value = CheckPlan> {
    (any::<u8>(), vec(any::<(u8, u8)>(), 1..=2)).prop_map(|(name, terms)| CheckPlan { name, terms })
}

pub(crate) fn foreign_key() -> impl Strategy<Value = KeyPlan> {
    (name(), any::<(u8, u8, u8)>(), action(), action()).prop_map(
        |(name, (table, key, columns), on_delete, on_update)| KeyPlan {
            name,
            table,
            key,
            columns,
            on_delete,
            on_update,
        },
    )
}

fn name() -> impl Strategy<Value = Option<u8>> {
    option::weighted(0.2, any::<u8>())
}

pub(crate) fn action() -> impl Strategy<Value = Action> {
    select(vec![Action::NoAction, Action::Cascade, Action::SetNull])
}

/// The schema with these tables.
pub(crate) fn schema(plans: &[TablePlan]) -> Schema {
    let mut schema = Schema::new(plans.iter().filter_map(made_table));
    repair(&mut schema);
    // The tables that the keys refer to exist only now.
    for plan in plans {
        for key in &plan.foreign_keys {
            if let Some(name) = pick(&TABLES, plan.name) {
                add_foreign_key(&mut schema, name, key);
            }
        }
    }
    repair(&mut schema);
    schema
}

/// The table without its foreign keys.
pub(crate) fn made_table(plan: &TablePlan) -> Option<Table> {
    let columns: Vec<Column> = plan.columns.iter().filter_map(made_column).collect();
    let key = plan.key.iter().filter_map(|&number| Some(pick(&columns, number)?.name.clone()));
    let mut table = Table::new(*pick(&TABLES, plan.name)?, key).columns(columns.iter().cloned());
    if let ([key], true) = (&*table.primary_key, plan.numbered) {
        let key = key.clone();
        table
            .columns
            .to_mut()
            .iter_mut()
            .for_each(|column| column.auto_increment = column.name == key);
    }
    plan.indexes.iter().for_each(|index| add_index(&mut table, index));
    plan.checks.iter().for_each(|check| add_check(&mut table, check));
    Some(table)
}

pub(crate) fn made_column(plan: &ColumnPlan) -> Option<Column> {
    Some(Column {
        nullable: plan.nullable,
        default: plan.default.and_then(|number| default(plan.sql_type, number)),
        ..Column::new(*pick(&COLUMNS, plan.name)?, plan.sql_type)
    })
}

/// One of the defaults that a column of that type can have.
pub(crate) fn default(sql_type: SqlType, number: u8) -> Option<DefaultValue> {
    match sql_type.allowed_default() {
        AllowedDefault::Integer => {
            // Back ends print greater fractions differently.
            let (least, greatest) = sql_type.integers().unwrap_or(-999_999..=999_999).into_inner();
            let values = [0, 1, -1, 7, greatest, least];
            pick(&values, number).map(|&value| DefaultValue::Int(value))
        }
        AllowedDefault::Decimal(Digits { precision, scale }) => {
            let whole = if precision > scale { "7" } else { "0" };
            let fraction = "1".repeat(scale as usize);
            let values = [
                DefaultValue::Int(0),
                DefaultValue::Decimal(format!("{whole}.{fraction}").into()),
                DefaultValue::Decimal(format!("-{whole}.{fraction}").into()),
            ];
            let values = &values[..if scale == 0 { 1 } else { 3 }];
            pick(values, number).cloned()
        }
        AllowedDefault::Truth => Some(DefaultValue::Bool(number.is_multiple_of(2))),
        AllowedDefault::Text => {
            let length = sql_type.length().map_or(usize::MAX, |length| length as usize);
            let text = pick(&TEXTS, number)?.chars().take(length);
            Some(DefaultValue::Text(text.collect::<String>().into()))
        }
        AllowedDefault::Literal { or_now: true, .. } if number.is_multiple_of(3) => {
            Some(DefaultValue::Now)
        }
        AllowedDefault::Literal { .. } => {
            let literal = sql_type.literal_sample(number % 3 + 1)?;
            Some(DefaultValue::Text(literal.into()))
        }
        AllowedDefault::Now => Some(DefaultValue::Now),
        AllowedDefault::Never { .. } => None,
    }
}

pub(crate) fn add_index(table: &mut Table, plan: &IndexPlan) {
    let column = |&(number, descending): &(u8, bool)| {
        Some(IndexColumn { name: pick(&table.columns, number)?.name.clone(), descending })
    };
    let columns: Option<Vec<IndexColumn>> = plan.columns.iter().map(column).collect();
    let partial = plan.partial.and_then(|(column, condition, full)| {
        let conditions = conditions(pick(&table.columns, column)?);
        Some(Partial {
            condition: owned(pick(&conditions, condition)?).into(),
            without_partial: if full { WithoutPartial::FullIndex } else { WithoutPartial::NoIndex },
        })
    });
    let Some(columns) = columns.map(List::from) else { return };
    let mut index = Index { name: Text::default(), columns, unique: plan.unique, partial };
    let word = plan.name.and_then(|number| pick(&WORDS, number));
    index.name = index_name(&table.name, &index, word.copied()).into();
    table.indexes.to_mut().push(index);
}

pub(crate) fn add_check(table: &mut Table, plan: &CheckPlan) {
    let all: Vec<Vec<String>> =
        table.columns.iter().map(terms).filter(|terms| !terms.is_empty()).collect();
    let term = |&(column, term): &(u8, u8)| pick(pick(&all, column)?, term).cloned();
    let mut expression: Vec<String> = plan.terms.iter().filter_map(term).collect();
    expression.dedup();
    let check = pick(&WORDS, plan.name)
        .filter(|_| !expression.is_empty())
        .map(|name| Check::new(check_name(&table.name, name), expression.join(" AND ")));
    table.checks.to_mut().extend(check);
}

/// Adds a foreign key to the table of that name. The table may get columns for it.
pub(crate) fn add_foreign_key(schema: &mut Schema, own: &str, plan: &KeyPlan) {
    let Some(target) = pick(&schema.tables, plan.table).cloned() else { return };
    let Some(table) = schema.tables.to_mut().iter_mut().find(|table| table.name == own) else {
        return;
    };
    let uniques = target.indexes.iter().filter(|index| index.unique);
    let mut keys = vec![target.primary_key.to_vec()];
    keys.extend(uniques.map(|index| index.column_names().cloned().collect()));
    let Some(foreign_columns) = pick(&keys, plan.key) else { return };

    let mut columns = Vec::new();
    for (name, at) in foreign_columns.iter().zip(0..) {
        let Some(parent) = target.column(name) else { return };
        let is_free = |column: &&Column| {
            let itself = table.name == target.name && *foreign_columns == [column.name.clone()];
            column.sql_type == parent.sql_type && !itself && !columns.contains(&column.name)
        };
        let fitting: Vec<&Column> = table.columns.iter().filter(is_free).collect();
        let chosen =
            pick(&fitting, plan.columns.wrapping_add(at)).map(|column| column.name.clone());
        let name = chosen.or_else(|| add_column_like(table, parent, plan.columns));
        let Some(name) = name else { return };
        columns.push(name);
    }
    let mut key = ForeignKey::new("", columns, target.name.clone(), foreign_columns.clone())
        .on_delete(plan.on_delete)
        .on_update(plan.on_update);
    let word = plan.name.and_then(|number| pick(&WORDS, number));
    key.name = foreign_key_name(&table.name, &key, word.copied()).into();
    table.foreign_keys.to_mut().push(key);
}

fn add_column_like(table: &mut Table, parent: &Column, number: u8) -> Option<Text> {
    let free: Vec<&str> = COLUMNS
        .into_iter()
        .filter(|name| table.column(name).is_none() && table.name != *name)
        .collect();
    let name = owned(pick(&free, number).filter(|_| table.columns.len() < COLUMNS_MAX)?);
    table.columns.to_mut().push(Column::new(name.clone(), parent.sql_type).nullable());
    Some(name)
}
