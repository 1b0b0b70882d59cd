//! The values of sample rows: they satisfy the simple checks of their table, and refer to the rows
//! of the same number in other tables.

use schema_model::{Column, DefaultValue, Schema, SqlType, Table, ValueKind};
use sql_dialect::Dialect;

use crate::condition::{self, Condition, Test};

/// The value of a column in a sample row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sample {
    /// NULL.
    Null,
    /// The back end's own sample of that type and number.
    Usual(SqlType, u8),
    /// A value of that type that was declared, or found for a check.
    Chosen(SqlType, DefaultValue),
}

impl Sample {
    /// The value as a literal.
    pub(crate) fn literal(&self, dialect: &dyn Dialect) -> String {
        match self {
            Self::Null => "NULL".to_owned(),
            Self::Usual(sql_type, number) => dialect.sample(*sql_type, *number),
            Self::Chosen(sql_type, value) => dialect.literal(*sql_type, value),
        }
    }
}

/// The value of that column in the row of that number. Different numbers have different values if
/// the checks allow it.
pub(crate) fn sample(schema: &Schema, table: &Table, column: &Column, number: u8) -> Sample {
    let (table, column) = origin(schema, table, column);
    if !column.samples.is_empty() {
        let at = usize::from(number.saturating_sub(1)) % column.samples.len();
        return Sample::Chosen(column.sql_type, column.samples[at].clone());
    }
    let usual = Sample::Usual(column.sql_type, number);
    let mut alternatives = alternatives(table).into_iter();
    let solution = alternatives.find_map(|tests| {
        // All columns must have a value, or else another alternative may be the one.
        let values = table.columns.iter().map(|other| solved(other, &tests, number));
        let values: Option<Vec<Option<Sample>>> = values.collect();
        let at = table.columns.iter().position(|other| other.name == column.name)?;
        values?.into_iter().nth(at)
    });
    solution.flatten().unwrap_or(usual)
}

/// The schema with the samples that the code declares for the same columns, by their names now or
/// before the next migration.
pub(crate) fn with_samples(mut schema: Schema, code: &Schema) -> Schema {
    for table in schema.tables.to_mut() {
        let is_it = |other: &&Table| {
            other.name == table.name || other.renamed_from.as_ref() == Some(&table.name)
        };
        let Some(declared) = code.tables.iter().find(is_it) else { continue };
        for column in table.columns.to_mut() {
            let is_it = |other: &&Column| {
                other.name == column.name || other.renamed_from.as_ref() == Some(&column.name)
            };
            if let Some(declared) = declared.columns.iter().find(is_it) {
                column.samples = declared.samples.clone();
            }
        }
    }
    schema
}

/// The column that a foreign key refers to, which has the same values. A chain of keys ends after a
/// few, since it may be a circle.
fn origin<'s>(schema: &'s Schema, table: &'s Table, column: &'s Column) -> (&'s Table, &'s Column) {
    let (mut table, mut column) = (table, column);
    for _ in 0..8 {
        let target = table.foreign_keys.iter().find_map(|key| {
            let at = key.columns.iter().position(|name| *name == column.name)?;
            let parent = schema.table(&key.foreign_table)?;
            Some((parent, parent.column(&key.foreign_columns[at])?))
        });
        match target {
            Some(target) => (table, column) = target,
            None => break,
        }
    }
    (table, column)
}

/// The tests of which all must hold, for each way to satisfy the checks of the table.
fn alternatives(table: &Table) -> Vec<Vec<(String, Test)>> {
    /// Enough for checks that people write by hand.
    const ALTERNATIVES_MAX: usize = 32;
    let conditions = table.checks.iter().map(|check| condition::read(&check.expression.common));
    let mut found = expanded(&Condition::All(conditions.collect()));
    found.truncate(ALTERNATIVES_MAX);
    found
}

fn expanded(condition: &Condition) -> Vec<Vec<(String, Test)>> {
    match condition {
        Condition::Unknown => vec![Vec::new()],
        Condition::On(column, test) => vec![vec![(column.clone(), test.clone())]],
        Condition::Any(parts) => parts.iter().flat_map(expanded).collect(),
        Condition::All(parts) => parts.iter().fold(vec![Vec::new()], |all, part| {
            let part = expanded(part);
            let with_part = |tests: &Vec<(String, Test)>| {
                let join = |more: &Vec<(String, Test)>| [&**tests, &**more].concat();
                part.iter().map(join).collect::<Vec<_>>()
            };
            all.iter().flat_map(with_part).collect()
        }),
    }
}

/// A value of the column that passes its tests: `Some(None)` if it has no tests, `None` if no value
/// was found.
fn solved(column: &Column, tests: &[(String, Test)], number: u8) -> Option<Option<Sample>> {
    let own = tests.iter().filter(|(name, _)| name.eq_ignore_ascii_case(&column.name));
    let own: Vec<&Test> = own.map(|(_, test)| test).collect();
    if own.is_empty() || own == [&Test::Null(false)] {
        return Some(None);
    }
    if own.contains(&&Test::Null(true)) {
        return column.nullable.then_some(Some(Sample::Null));
    }
    let mut candidates = candidates(column, &own, number).into_iter();
    let found = candidates.find(|value| own.iter().all(|test| passes(value, test)));
    found.map(|value| Some(Sample::Chosen(column.sql_type, value)))
}

/// Values that may pass the tests, those of which each number has its own first.
fn candidates(column: &Column, tests: &[&Test], number: u8) -> Vec<DefaultValue> {
    let n = i64::from(number);
    let mut found = Vec::new();
    for test in tests {
        if let Test::OneOf(true, values) = test {
            let at = usize::from(number.saturating_sub(1)) % values.len().max(1);
            found.extend(values.iter().cycle().skip(at).take(values.len()).cloned());
        }
    }
    match column.sql_type.values() {
        ValueKind::Number => {
            let constants = tests.iter().filter_map(|test| match test {
                Test::Compare(_, DefaultValue::Int(constant)) => Some(*constant),
                _ => None,
            });
            let near = |constant: i64| [n, -n, 1, -1].map(|step| constant.saturating_add(step));
            let constants: Vec<i64> = constants.collect();
            let numbers = std::iter::once(n).chain(constants.iter().copied().flat_map(near));
            let numbers = numbers.chain(constants.iter().copied());
            let fits = |number: &i64| {
                column.sql_type.integers().is_none_or(|integers| integers.contains(number))
            };
            found.extend(numbers.filter(fits).map(DefaultValue::Int));
        }
        ValueKind::Truth => found.extend([n % 2 == 1, n % 2 == 0].map(DefaultValue::Bool)),
        ValueKind::Text => found.extend(texts(column, tests, number)),
        ValueKind::Other => {
            let literals = [number, 4, 5].map(|number| column.sql_type.literal_sample(number));
            found
                .extend(literals.into_iter().flatten().map(|text| DefaultValue::Text(text.into())));
        }
    }
    found
}

/// Texts of each length with the number in them, in the form of a pattern if there is one.
fn texts(column: &Column, tests: &[&Test], number: u8) -> Vec<DefaultValue> {
    /// The greatest length that is tried for a column without one of its own.
    const CHARACTERS_MAX: usize = 512;
    let patterns = tests.iter().filter_map(|test| match test {
        Test::Like(true, pattern) => Some(pattern.as_str()),
        _ => None,
    });
    let constants = tests.iter().filter_map(|test| match test {
        Test::Compare(_, DefaultValue::Text(text)) => Some(text.to_string()),
        _ => None,
    });
    let most = column.sql_type.length().map_or(CHARACTERS_MAX, |length| length as usize);
    let pattern = patterns.into_iter().next().unwrap_or("%");
    let filled = (0..=most.min(CHARACTERS_MAX)).map(|length| {
        let filling: String =
            number.to_string().chars().chain("x".chars().cycle().take(length)).collect();
        pattern.replacen('%', &filling, 1).replace('%', "").replace('_', "x")
    });
    let constants: Vec<String> = constants.collect();
    let after = constants.iter().map(|text| format!("{text}{number}"));
    let texts = filled.chain(after).chain(constants.clone()).chain([String::new()]);
    texts
        .filter(|text| text.chars().count() <= most)
        .map(|text| DefaultValue::Text(text.into()))
        .collect()
}

/// Whether the value passes the test.
fn passes(value: &DefaultValue, test: &Test) -> bool {
    match (value, test) {
        (DefaultValue::Int(value), Test::Compare(operator, DefaultValue::Int(constant))) => {
            operator.allows(value.cmp(constant))
        }
        (DefaultValue::Text(value), Test::Compare(operator, DefaultValue::Text(constant))) => {
            operator.allows(value.cmp(constant))
        }
        (DefaultValue::Bool(value), Test::Compare(operator, DefaultValue::Bool(constant))) => {
            operator.allows(value.cmp(constant))
        }
        (DefaultValue::Text(value), Test::Length(operator, length)) => {
            let characters = i64::try_from(value.chars().count()).unwrap_or(i64::MAX);
            operator.allows(characters.cmp(length))
        }
        (value, Test::OneOf(holds, values)) => values.contains(value) == *holds,
        (DefaultValue::Text(value), Test::Like(holds, pattern)) => {
            let characters: Vec<char> = value.chars().collect();
            let pattern: Vec<char> = pattern.chars().collect();
            matches(&characters, &pattern) == *holds
        }
        (_, Test::Null(is_null)) => !is_null,
        _ => false,
    }
}

/// Whether a text matches a pattern of `LIKE`.
fn matches(text: &[char], pattern: &[char]) -> bool {
    match (text, pattern) {
        (_, ['%', rest @ ..]) => (0..=text.len()).any(|skipped| matches(&text[skipped..], rest)),
        ([_, text @ ..], ['_', rest @ ..]) => matches(text, rest),
        ([one, text @ ..], [other, rest @ ..]) => one == other && matches(text, rest),
        ([], []) => true,
        ([], _) | (_, []) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use insta::assert_snapshot;
    use schema_model::{Check, Column, Schema, SqlType, Table};

    use super::{Sample, sample};

    #[test]
    fn samples_satisfy_simple_checks() {
        let rows = [
            (SqlType::Varchar(40), "a LIKE 'https://%'"),
            (SqlType::Varchar(9), "a LIKE 'x_%' AND length(a) >= 6"),
            (SqlType::Text, "length(a) = 20"),
            (SqlType::Varchar(9), "a IN ('new', 'paid', 'sent')"),
            (SqlType::Varchar(9), "a <> 'z' AND a <> '1'"),
            (SqlType::Integer, "a > 1000"),
            (SqlType::Integer, "a BETWEEN -5 AND -3"),
            (SqlType::SmallInt, "a < 0 OR a = 7"),
            (SqlType::Bool, "NOT a"),
            (SqlType::Integer, "a % 2 = 0"),
            (SqlType::Uuid, "a <> '00000000-0000-4000-8000-000000000002'"),
        ];
        let mut shown = String::new();
        for (sql_type, check) in rows {
            let table = Table::new("t", ["a"])
                .columns([Column::new("a", sql_type)])
                .checks([Check::new("ck", check)]);
            let schema = Schema::new([table.clone()]);
            let values =
                [1, 2, 3].map(|number| match sample(&schema, &table, &table.columns[0], number) {
                    Sample::Null => "NULL".to_owned(),
                    Sample::Usual(..) => "usual".to_owned(),
                    Sample::Chosen(_, value) => value.to_string(),
                });
            writeln!(shown, "{check}: {}", values.join(", ")).expect("a text takes any text");
        }
        assert_snapshot!(shown, @r#"
        a LIKE 'https://%': "https://1", "https://2", "https://3"
        a LIKE 'x_%' AND length(a) >= 6: "xx1xxx", "xx2xxx", "xx3xxx"
        length(a) = 20: "1xxxxxxxxxxxxxxxxxxx", "2xxxxxxxxxxxxxxxxxxx", "3xxxxxxxxxxxxxxxxxxx"
        a IN ('new', 'paid', 'sent'): "new", "paid", "sent"
        a <> 'z' AND a <> '1': "1x", "2", "3"
        a > 1000: 1001, 1002, 1003
        a BETWEEN -5 AND -3: -4, -3, -4
        a < 0 OR a = 7: -1, -2, -3
        NOT a: false, false, false
        a % 2 = 0: usual, usual, usual
        a <> '00000000-0000-4000-8000-000000000002': "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000004", "00000000-0000-4000-8000-000000000003"
        "#);
    }
}
