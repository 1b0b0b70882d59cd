//! The column types. What is known about a type on every back end is stated here and nowhere else:
//! in its row in `facts`, and in its arms in [`conversion`]. Each back end knows how to write it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::back_ends::BackEnds;

mod facts;
mod literals;
mod stated;

pub use facts::{AllowedDefault, Conversion, Digits, ValueKind};
use facts::{CHARACTER_BYTES_MAX, Facts, LENGTH_PREFIX_BYTES, Length, VARCHAR_LENGTH_MAX};
use literals::Literals;

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
    /// A UUID. SQLite and MySQL have no such type, and store its text: so expressions read it like
    /// PostgreSQL's, people can read it, and it sorts like the bytes.
    Uuid,
    /// A day of the calendar.
    Date,
    /// A time of day, to the microsecond.
    Time,
    /// A day and a time of day without a time zone, to the microsecond. Where it has to be an
    /// instant, it is one in UTC.
    Timestamp,
    /// 32-bit floating point number.
    Float,
    /// A JSON document as a text; on PostgreSQL it stays as it was written.
    Json,
    /// Decimal number with that many digits in all, and after the point. It is exact: SQLite, which
    /// has no such type, stores it as a 64-bit integer without the point.
    Numeric {
        /// The digits in all.
        precision: u32,
        /// The digits after the point.
        scale: u32,
    },
}

impl SqlType {
    /// All types, in the order in which messages list them. A type with a length has the greatest
    /// one.
    pub const ALL: [Self; 17] = [
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
        Self::Uuid,
        Self::Date,
        Self::Time,
        Self::Timestamp,
        Self::Float,
        Self::Json,
        Self::Numeric { precision: Self::DIGITS_MAX, scale: 6 },
    ];

    /// The greatest size of a key in bytes. This is InnoDB's limit; no back end has a smaller one.
    pub const KEY_BYTES_MAX: u32 = 3_072;

    /// The greatest number of digits of a decimal number: those of a 64-bit integer.
    pub const DIGITS_MAX: u32 = 18;

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

    /// Whether values that are equal on one back end are equal on every back end. Of documents,
    /// SQLite compares the texts, and the others compare the content. A decimal number has no point
    /// there.
    pub fn is_compared_alike(self) -> bool {
        !matches!(self, Self::JsonDoc | Self::Json | Self::Numeric { .. })
    }

    /// The type with another length; the same type if it has no length.
    #[must_use]
    pub fn with_length(self, length: u32) -> Self {
        if let Self::Varchar(_) = self { Self::Varchar(length) } else { self }
    }

    /// The greatest numbers of digits on these back ends.
    pub fn digits_max(back_ends: BackEnds) -> Digits {
        match back_ends {
            BackEnds { sqlite: true, .. } => {
                Digits { precision: Self::DIGITS_MAX, scale: Self::DIGITS_MAX }
            }
            BackEnds { mysql: true, .. } => Digits { precision: 65, scale: 30 },
            BackEnds { .. } => Digits { precision: 1_000, scale: 1_000 },
        }
    }

    /// The type with other digits; the same type if it has none.
    #[must_use]
    pub fn with_digits(self, Digits { precision, scale }: Digits) -> Self {
        if let Self::Numeric { .. } = self { Self::Numeric { precision, scale } } else { self }
    }

    /// The defaults that a column of this type can have on these back ends.
    pub fn allowed_default_on(self, back_ends: BackEnds) -> AllowedDefault {
        match self {
            Self::Text if !back_ends.mysql => AllowedDefault::Text,
            _ => self.allowed_default(),
        }
    }

    /// Whether the values are instants.
    pub fn is_instant(self) -> bool {
        self == Self::UtcTimestamp
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
            Self::Bool => Facts::new("Bool", ValueKind::Truth, 1)
                .default(AllowedDefault::Truth)
                .placeholder("FALSE"),
            Self::Double => {
                Facts::new("Double", ValueKind::Number, 8).default(AllowedDefault::Integer)
            }
            Self::Text => {
                let because = "MySQL has no default for a Text; Varchar can have one";
                Facts::outside_row("Text", ValueKind::Text, because).placeholder("''")
            }
            Self::Varchar(length) => {
                let bytes = length.saturating_mul(CHARACTER_BYTES_MAX);
                let facts = Facts::new("Varchar", ValueKind::Text, bytes);
                Facts {
                    length: Some(Length { characters: length, characters_max: VARCHAR_LENGTH_MAX }),
                    row_bytes: bytes.saturating_add(LENGTH_PREFIX_BYTES),
                    ..facts.default(AllowedDefault::Text).placeholder("''")
                }
            }
            Self::Binary => {
                Facts::outside_row("Binary", ValueKind::Other, "a Binary can't have one")
                    .placeholder("''")
            }
            Self::UtcTimestamp => Facts::new("UtcTimestamp", ValueKind::Other, 8)
                .default(AllowedDefault::Now)
                .placeholder("'1970-01-01 00:00:00.000000'"),
            Self::JsonDoc => {
                Facts::outside_row("JsonDoc", ValueKind::Other, "a JsonDoc can't have one")
                    .placeholder("'null'")
            }
            Self::Float => Facts {
                // Those that are exact.
                default_integers: -FLOAT_INTEGER_MAX..=FLOAT_INTEGER_MAX,
                ..Facts::new("Float", ValueKind::Number, 4).default(AllowedDefault::Integer)
            },
            Self::Numeric { precision, scale } => {
                let digits = Digits { precision, scale };
                let facts = Facts::new("Numeric", ValueKind::Other, digits.bytes());
                Facts { digits: Some(digits), ..facts.default(AllowedDefault::Decimal(digits)) }
            }
            Self::Json => Facts::outside_row("Json", ValueKind::Other, "a Json can't have one")
                .placeholder("'null'"),
            Self::Uuid => {
                let literals = Literals {
                    words: "a UUID in lower case, such as \"00000000-0000-0000-0000-000000000000\"",
                    form: "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
                    sample: "00000000-0000-4000-8000-00000000000#",
                };
                Facts::of_literals("Uuid", UUID_CHARACTERS * CHARACTER_BYTES_MAX, literals)
                    .placeholder("'00000000-0000-0000-0000-000000000000'")
            }
            Self::Date => {
                let words = "a date such as \"2026-03-01\"";
                let literals = Literals { words, form: "YYYY-MM-DD", sample: "2026-01-0#" };
                Facts::of_times("Date", 3, literals).placeholder("'1970-01-01'")
            }
            Self::Time => {
                let words = "a time of day such as \"18:30:00\" or \"18:30:00.250\"";
                let literals = Literals { words, form: "hh:mm:ssf", sample: "00:00:0#" };
                Facts::of_times("Time", 6, literals).placeholder("'00:00:00'")
            }
            Self::Timestamp => {
                let literals = Literals {
                    words: "a date and time such as \"2026-03-01 18:30:00\" or \
                            \"2026-03-01 18:30:00.250\"",
                    form: "YYYY-MM-DD hh:mm:ssf",
                    sample: "2026-01-0# 00:00:00",
                };
                Facts::of_times("Timestamp", 8, literals).placeholder("'1970-01-01 00:00:00'")
            }
        }
    }
}

/// Up to this number, every integer has a Float, which has 24 bits for it.
const FLOAT_INTEGER_MAX: i64 = 1 << 24;
/// The characters of a UUID.
const UUID_CHARACTERS: u32 = 36;

/// The type as the DSL names it, with its length: `Varchar(64)`.
impl fmt::Display for SqlType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.length(), self.digits()) {
            (Some(length), _) => write!(f, "{}({length})", self.name()),
            (_, Some(Digits { precision, scale })) => {
                write!(f, "{}({precision}, {scale})", self.name())
            }
            (None, None) => f.write_str(self.name()),
        }
    }
}

/// The conversion between two different types that all back ends agree on, if there is one.
///
/// There is no conversion between texts and timestamps, because each back end accepts different
/// texts as timestamps, and none between texts and fractional numbers, because each back end prints
/// such numbers in its own way.
pub fn conversion(from: SqlType, to: SqlType) -> Option<Conversion> {
    use Conversion::{Always, IfItFits};
    use SqlType::{
        BigInt, Binary, Bool, Date, Double, Float, Integer, Json, JsonDoc, Numeric, SmallInt, Text,
        Time, Timestamp, UtcTimestamp, Uuid, Varchar,
    };
    let fits = |fits: bool| Some(if fits { Always } else { IfItFits });
    match (from, to) {
        (Bool, SmallInt | Integer | BigInt) => Some(Always),
        (SmallInt | Integer | BigInt, Bool) => Some(IfItFits),
        (SmallInt, SmallInt | Integer | BigInt) | (Integer, Integer | BigInt) => Some(Always),
        (Integer, SmallInt) | (BigInt, SmallInt | Integer) => Some(IfItFits),
        // A BigInt beyond 2^53 has no exact Double.
        (SmallInt | Integer, Double) => Some(Always),
        (BigInt, Double) | (Double | Float, SmallInt | Integer | BigInt) => Some(IfItFits),
        // Nor has an Integer beyond 2^24 an exact Float.
        (SmallInt, Float) | (Float, Double) => Some(Always),
        (Integer | BigInt | Double, Float) => Some(IfItFits),
        (SmallInt | Integer | BigInt, Text) => Some(Always),
        (SmallInt | Integer | BigInt, Varchar(length)) => fits(length >= characters_max(from)),
        (Varchar(old), Varchar(new)) => fits(new >= old),
        (Varchar(_), Text) | (JsonDoc | Json | Uuid, Text) | (JsonDoc, Json) => Some(Always),
        (Text | JsonDoc | Json, Varchar(_)) | (Json, JsonDoc) => Some(IfItFits),
        (Text | Varchar(_), SmallInt | Integer | BigInt | JsonDoc | Json) => Some(IfItFits),
        (Text, Uuid) => Some(IfItFits),
        (SmallInt | Integer | BigInt, Numeric { .. }) => {
            let digits = characters_max(from) - 1;
            fits(to.digits().is_some_and(|to| to.whole() >= digits))
        }
        (Numeric { .. }, SmallInt | Integer | BigInt) => Some(IfItFits),
        (Numeric { precision, scale }, Numeric { precision: new_precision, scale: new_scale }) => {
            let whole = precision.saturating_sub(scale);
            fits(new_scale >= scale && new_precision.saturating_sub(new_scale) >= whole)
        }
        (Numeric { .. }, _) | (_, Numeric { .. }) => None,
        // A shorter text is never a UUID.
        (Uuid, Varchar(length)) => (length >= UUID_CHARACTERS).then_some(Always),
        (Varchar(length), Uuid) => (length >= UUID_CHARACTERS).then_some(IfItFits),
        // A timestamp without a time zone is in UTC.
        (UtcTimestamp | Date, Timestamp) | (Timestamp, UtcTimestamp) => Some(Always),
        // If it is the beginning of the day.
        (Timestamp, Date) => Some(IfItFits),
        (Date | Time | Timestamp, _) | (_, Date | Time | Timestamp) => None,
        (Bool | Binary | UtcTimestamp, _) | (_, Bool | Binary | UtcTimestamp) => None,
        (Double | Float | Uuid, _) | (_, Double | Float | Uuid) => None,
        (JsonDoc | Json, _) | (_, JsonDoc | Json) => None,
        (BigInt, BigInt) | (Text, Text) => None,
    }
}

/// The length of the longest number of that type: the least one, with its sign.
fn characters_max(integer: SqlType) -> u32 {
    let least = integer.integers().map_or(0, |integers| *integers.start());
    least.unsigned_abs().checked_ilog10().map_or(1, |tens| tens + 2)
}
