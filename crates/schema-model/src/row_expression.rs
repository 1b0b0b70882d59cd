//! Expressions over the columns of a row: of checks, partial indexes and backfills.

use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// Text that is `'static` from the DSL and owned from JSON.
pub type Text = Cow<'static, str>;

/// The functions that an expression can call because they mean the same on every back end, in upper
/// case, and how many arguments they have.
pub const FUNCTIONS: [(&str, RangeInclusive<usize>); 9] = [
    ("ABS", 1..=1),
    ("COALESCE", 2..=32),
    ("CONCAT", 1..=32),
    ("LENGTH", 1..=1),
    ("LTRIM", 1..=1),
    ("REPLACE", 3..=3),
    ("RTRIM", 1..=1),
    ("SUBSTR", 2..=3),
    ("TRIM", 1..=1),
];

/// An expression over the columns of a row, in SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowExpression {
    /// What every back end understands, except for those that have another one.
    pub common: Text,
    /// What single back ends have instead.
    pub instead: Instead,
}

/// What single back ends have instead of an expression.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Instead {
    /// On SQLite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sqlite: Option<Text>,
    /// On PostgreSQL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postgres: Option<Text>,
    /// On MySQL and MariaDB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mysql: Option<Text>,
}

impl Instead {
    /// Whether every back end has the same expression.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Its expressions, each with the word for its back ends in the DSL.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Text)> {
        let Self { sqlite, postgres, mysql } = self;
        let all = [("sqlite", sqlite), ("postgres", postgres), ("mysql", mysql)];
        all.into_iter().filter_map(|(name, text)| Some((name, text.as_ref()?)))
    }
}

impl RowExpression {
    /// The expressions of all back ends, the common one first.
    pub fn all(&self) -> impl Iterator<Item = &Text> {
        std::iter::once(&self.common).chain(self.instead.iter().map(|(_, own)| own))
    }

    /// The same with each of them replaced.
    #[must_use]
    pub fn map(&self, replace: impl Fn(&str) -> String) -> Self {
        let own = |text: &Option<Text>| text.as_ref().map(|text| replace(text).into());
        let Instead { sqlite, postgres, mysql } = &self.instead;
        Self {
            common: replace(&self.common).into(),
            instead: Instead { sqlite: own(sqlite), postgres: own(postgres), mysql: own(mysql) },
        }
    }
}

/// One that every back end understands.
impl<T: Into<Text>> From<T> for RowExpression {
    fn from(common: T) -> Self {
        Self { common: common.into(), instead: Instead::default() }
    }
}

/// As the DSL writes it, but without quotes: `a / 2 = 1, mysql = a DIV 2 = 1`.
impl fmt::Display for RowExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.common)?;
        self.instead.iter().try_for_each(|(name, own)| write!(f, ", {name} = {own}"))
    }
}
