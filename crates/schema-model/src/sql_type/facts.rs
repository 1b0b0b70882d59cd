//! What is known about a type, as data.

use std::fmt;
use std::ops::RangeInclusive;

use super::literals::Literals;

/// The facts of one type. Each field is documented at the method of `SqlType` with its name.
pub(super) struct Facts {
    pub(super) name: &'static str,
    pub(super) values: ValueKind,
    pub(super) integers: Option<RangeInclusive<i64>>,
    pub(super) default_integers: RangeInclusive<i64>,
    pub(super) length: Option<Length>,
    pub(super) digits: Option<Digits>,
    pub(super) key_bytes: Option<u32>,
    pub(super) row_bytes: u32,
    pub(super) default: AllowedDefault,
    pub(super) placeholder: &'static str,
    pub(super) literals: Option<Literals>,
}

/// The declared length, and the greatest possible one.
pub(super) struct Length {
    pub(super) characters: u32,
    pub(super) characters_max: u32,
}

/// The decimal digits of a number, in all and after the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digits {
    /// In all.
    pub precision: u32,
    /// After the point.
    pub scale: u32,
}

impl Digits {
    /// The digits before the point.
    pub fn whole(self) -> u32 {
        self.precision.saturating_sub(self.scale)
    }

    /// The bytes in MySQL, which stores nine digits in four.
    pub(super) fn bytes(self) -> u32 {
        let bytes = |digits: u32| digits / 9 * 4 + (digits % 9).div_ceil(2);
        bytes(self.whole()) + bytes(self.scale)
    }

    /// Whether it is a number with these digits, and exactly as many after the point as these.
    pub(crate) fn contain(self, number: &str) -> bool {
        let number = number.strip_prefix('-').unwrap_or(number);
        let Some((whole, fraction)) = number.split_once('.') else { return false };
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_plain = whole == "0" || !whole.is_empty() && !whole.starts_with('0');
        are_digits(whole)
            && are_digits(fraction)
            && is_plain
            && whole.trim_start_matches('0').len() as u64 <= u64::from(self.whole())
            && fraction.len() as u64 == u64::from(self.scale)
            && fraction.bytes().any(|byte| byte != b'0')
    }
}

impl Facts {
    /// A type whose values take that many bytes, in a row and in a key, and that has no default.
    pub(super) fn new(name: &'static str, values: ValueKind, bytes: u32) -> Self {
        Self {
            name,
            values,
            integers: None,
            default_integers: i64::MIN..=i64::MAX,
            length: None,
            digits: None,
            key_bytes: Some(bytes),
            row_bytes: bytes,
            default: AllowedDefault::Never { because: "its type can't have one" },
            placeholder: "0",
            literals: None,
        }
    }

    pub(super) fn of_integer(
        name: &'static str,
        bytes: u32,
        integers: RangeInclusive<i64>,
    ) -> Self {
        let facts = Self::new(name, ValueKind::Number, bytes).default(AllowedDefault::Integer);
        Self { integers: Some(integers.clone()), default_integers: integers, ..facts }
    }

    /// A type whose values MySQL stores outside the row, so that no key can contain one.
    pub(super) fn outside_row(
        name: &'static str,
        values: ValueKind,
        no_default_because: &'static str,
    ) -> Self {
        let default = AllowedDefault::Never { because: no_default_because };
        let facts = Self::new(name, values, BLOB_POINTER_BYTES).default(default);
        Self { key_bytes: None, ..facts }
    }

    /// A type with the values that these texts are on every back end.
    pub(super) fn of_literals(name: &'static str, bytes: u32, literals: Literals) -> Self {
        let facts = Self::new(name, ValueKind::Other, bytes);
        let default = AllowedDefault::Literal { words: literals.words, or_now: false };
        Self { literals: Some(literals), ..facts.default(default) }
    }

    /// A type with the parts of a date or of a time of day.
    pub(super) fn of_times(name: &'static str, bytes: u32, literals: Literals) -> Self {
        let default = AllowedDefault::Literal { words: literals.words, or_now: true };
        Self::of_literals(name, bytes, literals).default(default)
    }

    pub(super) fn default(self, default: AllowedDefault) -> Self {
        Self { default, ..self }
    }

    pub(super) fn placeholder(self, placeholder: &'static str) -> Self {
        Self { placeholder, ..self }
    }
}

/// The greatest number of characters that fits in a utf8mb4 row of MySQL.
pub(super) const VARCHAR_LENGTH_MAX: u32 = 16_383;
/// The bytes of one utf8mb4 character.
pub(super) const CHARACTER_BYTES_MAX: u32 = 4;
/// The bytes of the length that MySQL stores before a text in a row.
pub(super) const LENGTH_PREFIX_BYTES: u32 = 2;
/// The bytes in the row for a value that MySQL stores outside the row.
const BLOB_POINTER_BYTES: u32 = 12;

/// The kinds of values, as far as an expression over them has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// Numbers, which can be compared.
    Number,
    /// TRUE or FALSE.
    Truth,
    /// Texts, which have a length and can be compared with a literal.
    Text,
    /// Values that an expression can test for NULL, and compare with their literals, if the type
    /// has literals.
    Other,
}

/// The defaults that a type allows. Displayed as the end of `expected …`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllowedDefault {
    /// An integer in the type's [range](crate::SqlType::default_integers).
    Integer,
    /// A whole number, or one with that many digits after the point.
    Decimal(Digits),
    /// `true` or `false`.
    Truth,
    /// A text that is not longer than a value can be.
    Text,
    /// One of the type's literals, as a text.
    Literal {
        /// What these are, with an example.
        words: &'static str,
        /// Whether `now` is possible too.
        or_now: bool,
    },
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
            Self::Decimal(Digits { scale: 0, .. }) => f.write_str("an integer"),
            Self::Decimal(Digits { scale, .. }) => {
                write!(
                    f,
                    "an integer, or a number with {scale} digits after the point, not all zeros"
                )
            }
            Self::Truth => f.write_str("true or false"),
            Self::Text => f.write_str("a \"text\""),
            Self::Literal { words, or_now: true } => write!(f, "now, or {words}"),
            Self::Literal { words, or_now: false } => f.write_str(words),
            Self::Now => f.write_str("now"),
            Self::Never { because } => write!(f, "none, because {because}"),
        }
    }
}

/// What happens to the values of a column that changes its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversion {
    /// Every value has an equivalent in the new type.
    Always,
    /// Some values have no equivalent, and the migration fails on them on every back end. A text is
    /// a number if the number would be printed like that: without a leading zero or plus sign. A
    /// text is a UUID if it is one in lower case. A timestamp is a date if it is its beginning.
    IfItFits,
}
