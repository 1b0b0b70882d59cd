//! The default of a column, and whether its type can have it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::back_ends::BackEnds;
use crate::row_expression::Text;
use crate::sql_type::{AllowedDefault, SqlType};

/// A column's default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DefaultValue {
    /// The time of the insert, in UTC; of a type that has only a part of it, that part.
    Now,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number with digits after its point, not all of which are zeros.
    Decimal(Text),
    /// A text, unquoted.
    Text(Text),
}

/// Why a column can't have a default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultMistake {
    /// The column's type allows another kind of default, or none.
    WrongKind,
    /// A number outside the range of the column's type, or with other digits after its point.
    OutOfRange,
    /// A text with more characters than the column can hold.
    TooLong {
        /// The number of characters that it has.
        characters: usize,
        /// The greatest number that the column can hold.
        characters_max: u32,
    },
    /// A text with a NUL character, which PostgreSQL can't store.
    Nul,
    /// A text that is no literal of the column's type.
    NoLiteral,
}

impl DefaultValue {
    /// Checks whether a column of that type can have this default on these back ends.
    ///
    /// # Errors
    /// The first reason why it can't.
    ///
    /// ```
    /// use schema_model::{BackEnds, DefaultMistake, DefaultValue, SqlType};
    ///
    /// let check = |default: DefaultValue| default.check(SqlType::SmallInt, BackEnds::ALL);
    /// assert_eq!(check(DefaultValue::Int(7)), Ok(()));
    /// assert_eq!(check(DefaultValue::Int(70_000)), Err(DefaultMistake::OutOfRange));
    /// assert_eq!(check(DefaultValue::Now), Err(DefaultMistake::WrongKind));
    /// ```
    pub fn check(&self, sql_type: SqlType, back_ends: BackEnds) -> Result<(), DefaultMistake> {
        match (self, sql_type.allowed_default_on(back_ends)) {
            (Self::Now, AllowedDefault::Now | AllowedDefault::Literal { or_now: true, .. })
            | (Self::Bool(_), AllowedDefault::Truth) => Ok(()),
            (Self::Int(value), AllowedDefault::Integer) => {
                let fits = sql_type.default_integers().contains(value);
                if fits { Ok(()) } else { Err(DefaultMistake::OutOfRange) }
            }
            (Self::Text(text), AllowedDefault::Text) => {
                let characters = text.chars().count();
                match sql_type.length() {
                    Some(characters_max) if characters > characters_max as usize => {
                        Err(DefaultMistake::TooLong { characters, characters_max })
                    }
                    Some(_) | None if text.contains('\0') => Err(DefaultMistake::Nul),
                    Some(_) | None => Ok(()),
                }
            }
            (Self::Int(value), AllowedDefault::Decimal(digits)) => {
                let end = 10_u64.checked_pow(digits.whole()).unwrap_or(u64::MAX);
                if value.unsigned_abs() < end { Ok(()) } else { Err(DefaultMistake::OutOfRange) }
            }
            (Self::Decimal(number), AllowedDefault::Decimal(digits)) => {
                if digits.contain(number) {
                    Ok(())
                } else {
                    Err(DefaultMistake::OutOfRange)
                }
            }
            (Self::Text(text), AllowedDefault::Literal { .. }) => {
                let is_literal = sql_type.is_literal(text);
                if is_literal { Ok(()) } else { Err(DefaultMistake::NoLiteral) }
            }
            (Self::Now | Self::Bool(_) | Self::Int(_) | Self::Decimal(_) | Self::Text(_), _) => {
                Err(DefaultMistake::WrongKind)
            }
        }
    }
}

/// The value as the DSL writes it: `now`, `true`, `-1`, `"text"`.
impl fmt::Display for DefaultValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now => f.write_str("now"),
            Self::Bool(truth) => write!(f, "{truth}"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Decimal(number) => f.write_str(number),
            Self::Text(text) => write!(f, "{text:?}"),
        }
    }
}
