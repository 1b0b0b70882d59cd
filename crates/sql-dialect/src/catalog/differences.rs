//! Compares two catalogues, and reports the differences as sentences for people.

use std::collections::BTreeMap;
use std::fmt;

use crate::kind::BackendKind;

use super::{Catalog, CatalogColumn, CatalogForeignKey, CatalogIndex, CatalogTable};

impl Catalog {
    /// One sentence for each difference from the expected catalogue; empty if they are the same.
    /// Definitions and expressions are compared as that back end reads them: SQLite adds quotes to
    /// the columns of a view when one is renamed.
    pub fn differences(&self, expected: &Self, kind: BackendKind) -> Vec<String> {
        let mut found = Vec::new();
        for (name, pair) in pairs(&self.tables, &expected.tables) {
            let place = format!("table `{name}`");
            match pair {
                Pair::Missing(_) => found.push(format!("{place} is missing")),
                Pair::Extra(_) => found.push(format!("{place} is not in the schema")),
                Pair::Both(actual, expected) => found.extend(
                    actual
                        .differences(expected, kind)
                        .into_iter()
                        .map(|text| format!("{place}: {text}")),
                ),
            }
        }
        if let (Some(actual), Some(expected)) = (&self.others, &expected.others) {
            found.extend(pairs(actual, expected).filter_map(|(name, pair)| match pair {
                Pair::Missing(_) => Some(format!("{name} is missing")),
                Pair::Extra(_) => Some(format!("{name} is not in the schema")),
                Pair::Both(actual, expected) if reads_alike(actual, expected, kind) => None,
                Pair::Both(actual, expected) => differs(name, actual, expected),
            }));
        }
        found
    }
}

impl CatalogTable {
    fn differences(&self, expected: &Self, kind: BackendKind) -> Vec<String> {
        let mut found = Vec::new();
        for (name, pair) in pairs(&self.columns, &expected.columns) {
            let place = format!("column `{name}`");
            match pair {
                Pair::Missing(_) => found.push(format!("{place} is missing")),
                Pair::Extra(_) => found.push(format!("{place} is not in the schema")),
                Pair::Both(actual, expected) => found.extend(
                    actual.differences(expected).into_iter().map(|text| format!("{place} {text}")),
                ),
            }
        }
        let keys = [&self.primary_key, &expected.primary_key].map(|key| key.join(", "));
        found.extend(differs("the primary key", &keys[0], &keys[1]));
        found.extend(pairs(&self.indexes, &expected.indexes).filter_map(|(name, pair)| {
            let place = format!("index `{name}`");
            match pair {
                Pair::Missing(index) => Some(format!("{place} is missing ({index})")),
                Pair::Extra(index) => Some(format!("{place} is not in the schema ({index})")),
                Pair::Both(actual, expected) if actual.is(expected, kind) => None,
                Pair::Both(actual, expected) => differs(&place, actual, expected),
            }
        }));
        let missing = expected.foreign_keys.difference(&self.foreign_keys);
        found.extend(missing.map(|key| format!("{key} is missing")));
        let extra = self.foreign_keys.difference(&expected.foreign_keys);
        found.extend(extra.map(|key| format!("{key} is not in the schema")));
        found.extend(pairs(&self.checks, &expected.checks).filter_map(|(name, pair)| {
            let place = format!("check `{name}`");
            match pair {
                Pair::Missing(_) => Some(format!("{place} is missing")),
                Pair::Extra(_) => Some(format!("{place} is not in the schema")),
                Pair::Both(Some(actual), Some(expected)) => {
                    let is_same = reads_alike(actual, expected, kind);
                    if is_same { None } else { differs(&place, actual, expected) }
                }
                Pair::Both(_, None) | Pair::Both(None, _) => None,
            }
        }));
        let options = [&self.options, &expected.options].map(|options| or_none(options));
        found.extend(differs("the rest of its definition", options[0], options[1]));
        found
    }
}

impl CatalogColumn {
    fn differences(&self, expected: &Self) -> Vec<String> {
        let facets = |column: &Self| {
            [
                column.sql_type.clone(),
                if column.nullable { "NULL" } else { "NOT NULL" }.to_owned(),
                format!("DEFAULT {}", column.default.as_deref().unwrap_or("none")),
                if column.auto_increment { "auto-increment" } else { "not auto-increment" }
                    .to_owned(),
            ]
        };
        let facets = facets(self).into_iter().zip(facets(expected));
        facets
            .filter(|(actual, expected)| actual != expected)
            .map(|(actual, expected)| format!("is `{actual}`, expected `{expected}`"))
            .collect()
    }
}

impl CatalogIndex {
    /// Whether it matches the expected index, which may accept any condition.
    fn is(&self, expected: &Self, kind: BackendKind) -> bool {
        let has_condition = match (&self.condition, &expected.condition) {
            (Some(_), Some(None)) => true,
            (Some(Some(actual)), Some(Some(expected))) => reads_alike(actual, expected, kind),
            (actual, expected) => actual == expected,
        };
        (&self.columns, self.unique) == (&expected.columns, expected.unique) && has_condition
    }
}

impl fmt::Display for CatalogIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.unique { "unique on " } else { "on " };
        write!(f, "{kind}{}", self.columns.join(", "))?;
        match &self.condition {
            None => Ok(()),
            Some(condition) => write!(f, " where {}", condition.as_deref().unwrap_or("…")),
        }
    }
}

impl fmt::Display for CatalogForeignKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "foreign key ")?;
        if let Some(name) = &self.name {
            write!(f, "`{name}` ")?;
        }
        let Self { columns, foreign_table, foreign_columns, actions, name: _ } = self;
        write!(f, "({columns}) → {foreign_table} ({foreign_columns}) ON DELETE {actions}")
    }
}

/// Whether two texts of a catalogue mean the same, as far as their tokens tell.
fn reads_alike(actual: &str, expected: &str, kind: BackendKind) -> bool {
    actual == expected || sql_text::reads_alike(actual, expected, kind.syntax()).unwrap_or(false)
}

/// The two sides of one name.
enum Pair<'c, T> {
    Missing(&'c T),
    Extra(&'c T),
    Both(&'c T, &'c T),
}

/// The names of both sides: the expected ones, in order, then the others.
fn pairs<'c, T>(
    actual: &'c BTreeMap<String, T>,
    expected: &'c BTreeMap<String, T>,
) -> impl Iterator<Item = (&'c String, Pair<'c, T>)> {
    let wanted = expected.iter().map(|(name, expected)| match actual.get(name) {
        Some(actual) => (name, Pair::Both(actual, expected)),
        None => (name, Pair::Missing(expected)),
    });
    let extra = actual.iter().filter(|(name, _)| !expected.contains_key(*name));
    wanted.chain(extra.map(|(name, actual)| (name, Pair::Extra(actual))))
}

fn differs<T: PartialEq + fmt::Display + ?Sized>(
    place: &str,
    actual: &T,
    expected: &T,
) -> Option<String> {
    (actual != expected).then(|| format!("{place} is `{actual}`, expected `{expected}`"))
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn settings() -> Catalog {
        let column = |sql_type: &str| CatalogColumn {
            sql_type: sql_type.to_owned(),
            ..CatalogColumn::default()
        };
        let mut table = CatalogTable { primary_key: vec!["key".to_owned()], ..Default::default() };
        table.columns.insert("key".to_owned(), column("varchar(255)"));
        table.columns.insert("value".to_owned(), column("jsonb"));
        let index = CatalogIndex { columns: vec!["value".to_owned()], ..CatalogIndex::default() };
        table.indexes.insert("ix_value".to_owned(), index);
        table.checks.insert("short".to_owned(), None);
        table.foreign_keys.insert(CatalogForeignKey {
            columns: "key".to_owned(),
            foreign_table: "keys".to_owned(),
            foreign_columns: "id".to_owned(),
            actions: "CASCADE".to_owned(),
            name: Some("fk".to_owned()),
        });
        Catalog { tables: BTreeMap::from([("settings".to_owned(), table)]), others: None }
    }

    fn differences_after(change: impl FnOnce(&mut CatalogTable)) -> String {
        let mut actual = settings();
        change(actual.tables.get_mut("settings").expect("the table of this test"));
        actual.differences(&settings(), BackendKind::Sqlite).join("\n")
    }

    #[test]
    fn equal_catalogues_do_not_differ() {
        assert_snapshot!(differences_after(|_| {}), @"");
    }

    #[test]
    fn a_check_that_is_rewritten_is_compared_by_name() {
        let rewritten = |table: &mut CatalogTable| {
            table.checks.insert("short".to_owned(), Some("(length(key) < 9)".to_owned()));
        };
        assert_snapshot!(differences_after(rewritten), @"");
    }

    #[test]
    fn every_facet_has_its_sentence() {
        let differences = differences_after(|table| {
            let value = table.columns.get_mut("value").expect("the column of this test");
            *value = CatalogColumn {
                sql_type: "text".to_owned(),
                nullable: true,
                default: Some("'{}'".to_owned()),
                auto_increment: true,
            };
            table.columns.remove("key");
            table.columns.insert("extra".to_owned(), CatalogColumn::default());
            table.primary_key.push("value".to_owned());
            let index = table.indexes.remove("ix_value").expect("the index of this test");
            table.indexes.insert("ix_other".to_owned(), index);
            table.foreign_keys.clear();
            table.checks.clear();
            table.options = "ENGINE=MyISAM".to_owned();
        });
        assert_snapshot!(differences, @"
        table `settings`: column `key` is missing
        table `settings`: column `value` is `text`, expected `jsonb`
        table `settings`: column `value` is `NULL`, expected `NOT NULL`
        table `settings`: column `value` is `DEFAULT '{}'`, expected `DEFAULT none`
        table `settings`: column `value` is `auto-increment`, expected `not auto-increment`
        table `settings`: column `extra` is not in the schema
        table `settings`: the primary key is `key, value`, expected `key`
        table `settings`: index `ix_value` is missing (on value)
        table `settings`: index `ix_other` is not in the schema (on value)
        table `settings`: foreign key `fk` (key) → keys (id) ON DELETE CASCADE is missing
        table `settings`: check `short` is missing
        table `settings`: the rest of its definition is `ENGINE=MyISAM`, expected `none`
        ");
    }

    #[test]
    fn tables_and_other_objects_have_their_sentences() {
        let view = |sql: &str| BTreeMap::from([("view v".to_owned(), sql.to_owned())]);
        let before = Catalog { others: Some(view("SELECT 1")), ..settings() };
        let after = Catalog { others: Some(view("SELECT 2")), ..Catalog::default() };
        let empty = Catalog { others: Some(BTreeMap::new()), ..Catalog::default() };
        assert_snapshot!(after.differences(&before, BackendKind::Sqlite).join("\n"), @"
        table `settings` is missing
        view v is `SELECT 2`, expected `SELECT 1`
        ");
        assert_snapshot!(before.differences(&empty, BackendKind::Sqlite).join("\n"), @"
        table `settings` is not in the schema
        view v is not in the schema
        ");
        assert_snapshot!(empty.differences(&after, BackendKind::Sqlite).join("\n"), @"view v is missing");
    }

    #[test]
    fn objects_that_a_schema_does_not_declare_are_accepted() {
        let view = BTreeMap::from([("view v".to_owned(), "SELECT 1".to_owned())]);
        let actual = Catalog { others: Some(view), ..settings() };
        assert_snapshot!(actual.differences(&settings(), BackendKind::Sqlite).join("\n"), @"");
    }

    #[test]
    fn texts_are_compared_as_their_back_end_reads_them() {
        let with = |view: &str, check: &str| {
            let mut catalog = settings();
            catalog.others = Some(BTreeMap::from([("view v".to_owned(), view.to_owned())]));
            let table = catalog.tables.get_mut("settings").expect("the table of this test");
            table.checks.insert("short".to_owned(), Some(check.to_owned()));
            catalog
        };
        let plain = with("SELECT Key FROM settings", "length(key) < 9");
        let quoted = with("SELECT \"key\" FROM \"settings\"", "length( \"key\" ) < 9");
        let other = with("SELECT 'key' FROM settings", "length(key) < 8");
        let differences = |actual: &Catalog| actual.differences(&plain, BackendKind::Sqlite);
        assert_snapshot!(differences(&quoted).join("\n"), @"");
        assert_snapshot!(differences(&other).join("\n"), @"
        table `settings`: check `short` is `length(key) < 8`, expected `length(key) < 9`
        view v is `SELECT 'key' FROM settings`, expected `SELECT Key FROM settings`
        ");
    }
}
