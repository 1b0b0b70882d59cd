//! The column types. What is known about a type on every back end is stated here and nowhere else:
//! in its row in `facts`, and in its arms in [`conversion`]. Each back end knows how to write it.

use std::fmt;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// A column type that every back end has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SqlType {
    /// 16-bit signed integer.
    SmallInt,
    /// 32-bit signed integer.
    Integer,
    /// 64-bit signed integer.
    BigInt,
    /// Boolean.
    Bool,
    /// 64-bit floating point number.
    Double,
    /// Text without a limit. It can't be part of a key or an index, because MySQL can't index the
    /// whole value.
    Text,
    /// Text of at most that many characters (see [`lengths`](Self::lengths)).
    Varchar(u32),
    /// Bytes.
    Binary,
    /// An instant in UTC, to the microsecond.
    UtcTimestamp,
    /// A JSON document.
    JsonDoc,
}

impl SqlType {
    /// All types, in the order in which messages list them. A type with a length has the greatest
    /// one.
    pub const ALL: [Self; 10] = [
        Self::SmallInt,
        Self::Integer,
        Self::BigInt,
        Self::Bool,
        Self::Double,
        Self::Text,
        Self::Varchar(VARCHAR_LENGTH_MAX),
        Self::Binary,
        Self::UtcTimestamp,
        Self::JsonDoc,
    ];

    /// The greatest size of a key in bytes. This is InnoDB's limit; no back end has a smaller one.
    pub const KEY_BYTES_MAX: u32 = 3_072;

    /// The greatest size of a row in bytes. This is MySQL's limit, without the values that MySQL
    /// stores outside the row.
    pub const ROW_BYTES_MAX: u32 = 65_535;

    /// The type with that name in the DSL. A type with a length has the greatest one.
    ///
    /// ```
    /// use schema_model::SqlType;
    ///
    /// assert_eq!(SqlType::from_name("Bool"), Some(SqlType::Bool));
    /// let text = SqlType::from_name("Varchar").map(|varchar| varchar.with_length(64));
    /// assert_eq!(text, Some(SqlType::Varchar(64)));
    /// assert_eq!(SqlType::from_name("String"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sql_type| sql_type.name() == name)
    }

    /// The name in the DSL, without a length. The variant here and the type in Diesel have the same
    /// name.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// The kind of its values.
    pub fn values(self) -> ValueKind {
        self.facts().values
    }

    /// The range of an integer type; `None` for other types.
    pub fn integers(self) -> Option<RangeInclusive<i64>> {
        self.facts().integers
    }

    /// Whether the values are integers, so that the database can number rows with them.
    pub fn is_integer(self) -> bool {
        self.integers().is_some()
    }

    /// Whether the values are numbers that may have a fraction.
    pub fn is_fraction(self) -> bool {
        self.values() == ValueKind::Number && !self.is_integer()
    }

    /// Whether values that are equal on one back end are equal on every back end. Of documents,
    /// SQLite compares the texts, and the others compare the content.
    pub fn is_compared_alike(self) -> bool {
        self != Self::JsonDoc
    }

    /// The greatest number of characters of a value, for a type that has a length.
    pub fn length(self) -> Option<u32> {
        self.facts().length.map(|length| length.characters)
    }

    /// The lengths that can be declared, for a type that has a length.
    pub fn lengths(self) -> Option<RangeInclusive<u32>> {
        self.facts().length.map(|length| 1..=length.characters_max)
    }

    /// The type with another length; the same type if it has no length.
    #[must_use]
    pub fn with_length(self, length: u32) -> Self {
        match self {
            Self::Varchar(_) => Self::Varchar(length),
            Self::SmallInt
            | Self::Integer
            | Self::BigInt
            | Self::Bool
            | Self::Double
            | Self::Text
            | Self::Binary
            | Self::UtcTimestamp
            | Self::JsonDoc => self,
        }
    }

    /// The bytes that a value takes in a key of MySQL, which has the tightest limit
    /// ([`KEY_BYTES_MAX`](Self::KEY_BYTES_MAX)); `None` if no key or index can contain the type.
    pub fn key_bytes(self) -> Option<u32> {
        self.facts().key_bytes
    }

    /// The bytes that a value takes in a row of MySQL, which has the tightest limit
    /// ([`ROW_BYTES_MAX`](Self::ROW_BYTES_MAX)).
    pub fn row_bytes(self) -> u32 {
        self.facts().row_bytes
    }

    /// The defaults that a column of this type can have.
    pub fn allowed_default(self) -> AllowedDefault {
        self.facts().default
    }

    /// A literal that every back end reads as a value of this type, for rows without a better
    /// value.
    pub fn placeholder(self) -> &'static str {
        self.facts().placeholder
    }

    /// Whether a column of this type can change to the other type and keep all or some of its
    /// values.
    pub fn can_become(self, other: Self) -> bool {
        self == other || conversion(self, other).is_some()
    }

    /// The facts of the type. A new type gets a row here, arms in [`conversion`], and a place in
    /// `ALL`.
    fn facts(self) -> Facts {
        match self {
            Self::SmallInt => Facts::of_integer("SmallInt", 2, i16::MIN.into()..=i16::MAX.into()),
            Self::Integer => Facts::of_integer("Integer", 4, i32::MIN.into()..=i32::MAX.into()),
            Self::BigInt => Facts::of_integer("BigInt", 8, i64::MIN..=i64::MAX),
            Self::Bool => Facts {
                name: "Bool",
                values: ValueKind::Truth,
                integers: None,
                length: None,
                key_bytes: Some(1),
                row_bytes: 1,
                default: AllowedDefault::Truth,
                placeholder: "FALSE",
            },
            Self::Double => Facts {
                name: "Double",
                values: ValueKind::Number,
                integers: None,
                length: None,
                key_bytes: Some(8),
                row_bytes: 8,
                default: AllowedDefault::Integer,
                placeholder: "0",
            },
            Self::Text => Facts {
                name: "Text",
                values: ValueKind::Text,
                integers: None,
                length: None,
                key_bytes: None,
                row_bytes: BLOB_POINTER_BYTES,
                default: AllowedDefault::Never {
                    because: "MySQL has no default for a Text; Varchar can have one",
                },
                placeholder: "''",
            },
            Self::Varchar(length) => {
                let bytes = length.saturating_mul(CHARACTER_BYTES_MAX);
                Facts {
                    name: "Varchar",
                    values: ValueKind::Text,
                    integers: None,
                    length: Some(Length { characters: length, characters_max: VARCHAR_LENGTH_MAX }),
                    key_bytes: Some(bytes),
                    row_bytes: bytes.saturating_add(LENGTH_PREFIX_BYTES),
                    default: AllowedDefault::Text,
                    placeholder: "''",
                }
            }
            Self::Binary => Facts {
                name: "Binary",
                values: ValueKind::Other,
                integers: None,
                length: None,
                key_bytes: None,
                row_bytes: BLOB_POINTER_BYTES,
                default: AllowedDefault::Never { because: "a Binary can't have one" },
                placeholder: "''",
            },
            Self::UtcTimestamp => Facts {
                name: "UtcTimestamp",
                values: ValueKind::Other,
                integers: None,
                length: None,
                key_bytes: Some(8),
                row_bytes: 8,
                default: AllowedDefault::Now,
                placeholder: "'1970-01-01 00:00:00.000000'",
            },
            Self::JsonDoc => Facts {
                name: "JsonDoc",
                values: ValueKind::Other,
                integers: None,
                length: None,
                key_bytes: None,
                row_bytes: BLOB_POINTER_BYTES,
                default: AllowedDefault::Never { because: "a JsonDoc can't have one" },
                placeholder: "'null'",
            },
        }
    }
}

/// The greatest number of characters that fits in a utf8mb4 row of MySQL.
const VARCHAR_LENGTH_MAX: u32 = 16_383;
/// The bytes of one utf8mb4 character.
const CHARACTER_BYTES_MAX: u32 = 4;
/// The bytes of the length that MySQL stores before a text in a row.
const LENGTH_PREFIX_BYTES: u32 = 2;
/// The bytes in the row for a value that MySQL stores outside the row.
const BLOB_POINTER_BYTES: u32 = 12;

/// The facts of one type. Each field is documented at the method with its name.
struct Facts {
    name: &'static str,
    values: ValueKind,
    integers: Option<RangeInclusive<i64>>,
    length: Option<Length>,
    key_bytes: Option<u32>,
    row_bytes: u32,
    default: AllowedDefault,
    placeholder: &'static str,
}

/// The declared length, and the greatest possible one.
struct Length {
    characters: u32,
    characters_max: u32,
}

impl Facts {
    fn of_integer(name: &'static str, bytes: u32, integers: RangeInclusive<i64>) -> Self {
        Self {
            name,
            values: ValueKind::Number,
            integers: Some(integers),
            length: None,
            key_bytes: Some(bytes),
            row_bytes: bytes,
            default: AllowedDefault::Integer,
            placeholder: "0",
        }
    }
}

/// The kinds of values, as far as an expression over them has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// Numbers, which can be compared.
    Number,
    /// TRUE or FALSE.
    Truth,
    /// Texts, which have a length and can be compared with a literal.
    Text,
    /// Values that an expression can only test for NULL.
    Other,
}

/// The defaults that a type allows. Displayed as the end of `expected …`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllowedDefault {
    /// An integer in the type's [range](SqlType::integers), or any 64-bit integer if it has no
    /// range.
    Integer,
    /// `true` or `false`.
    Truth,
    /// A text that is not longer than a value can be.
    Text,
    /// `now`.
    Now,
    /// No default.
    Never {
        /// The reason, as a clause.
        because: &'static str,
    },
}

impl fmt::Display for AllowedDefault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer => f.write_str("an integer"),
            Self::Truth => f.write_str("true or false"),
            Self::Text => f.write_str("a \"text\""),
            Self::Now => f.write_str("now"),
            Self::Never { because } => write!(f, "none, because {because}"),
        }
    }
}

/// The type as the DSL names it, with its length: `Varchar(64)`.
impl fmt::Display for SqlType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length() {
            Some(length) => write!(f, "{}({length})", self.name()),
            None => f.write_str(self.name()),
        }
    }
}

/// What happens to the values of a column that changes its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversion {
    /// Every value has an equivalent in the new type.
    Always,
    /// Some values have no equivalent, and the migration fails on them on every back end. A text is
    /// a number if the number would be printed like that: without a leading zero or plus sign.
    IfItFits,
}

/// The conversion between two different types that all back ends agree on, if there is one.
///
/// There is no conversion between texts and timestamps, because each back end accepts different
/// texts as timestamps, and none between texts and fractional numbers, because each back end prints
/// such numbers in its own way.
pub fn conversion(from: SqlType, to: SqlType) -> Option<Conversion> {
    use Conversion::{Always, IfItFits};
    use SqlType::{
        BigInt, Binary, Bool, Double, Integer, JsonDoc, SmallInt, Text, UtcTimestamp, Varchar,
    };
    let fits = |fits: bool| Some(if fits { Always } else { IfItFits });
    match (from, to) {
        (Bool, SmallInt | Integer | BigInt) => Some(Always),
        (SmallInt | Integer | BigInt, Bool) => Some(IfItFits),
        (SmallInt, SmallInt | Integer | BigInt) | (Integer, Integer | BigInt) => Some(Always),
        (Integer, SmallInt) | (BigInt, SmallInt | Integer) => Some(IfItFits),
        // A BigInt beyond 2^53 has no exact Double.
        (SmallInt | Integer, Double) => Some(Always),
        (BigInt, Double) | (Double, SmallInt | Integer | BigInt) => Some(IfItFits),
        (SmallInt | Integer | BigInt, Text) => Some(Always),
        (SmallInt | Integer | BigInt, Varchar(length)) => fits(length >= characters_max(from)),
        (Varchar(old), Varchar(new)) => fits(new >= old),
        (Varchar(_), Text) | (JsonDoc, Text) => Some(Always),
        (Text | JsonDoc, Varchar(_)) => Some(IfItFits),
        (Text | Varchar(_), SmallInt | Integer | BigInt | JsonDoc) => Some(IfItFits),
        (Bool | Binary | UtcTimestamp, _) | (_, Bool | Binary | UtcTimestamp) => None,
        (Double, _) | (_, Double) | (JsonDoc, _) | (_, JsonDoc) => None,
        (BigInt, BigInt) | (Text, Text) => None,
    }
}

/// The length of the longest number of that type: the least one, with its sign.
fn characters_max(integer: SqlType) -> u32 {
    let least = integer.integers().map_or(0, |integers| *integers.start());
    least.unsigned_abs().checked_ilog10().map_or(1, |tens| tens + 2)
}
