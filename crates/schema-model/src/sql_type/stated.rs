//! What is asked about a type and stated in its facts.

use std::ops::RangeInclusive;

use super::{AllowedDefault, Digits, SqlType, ValueKind};

impl SqlType {
    /// The kind of its values.
    pub fn values(self) -> ValueKind {
        self.facts().values
    }

    /// The range of an integer type; `None` for other types.
    pub fn integers(self) -> Option<RangeInclusive<i64>> {
        self.facts().integers
    }

    /// The integers that can be a default, if the type [allows](Self::allowed_default) integers.
    pub fn default_integers(self) -> RangeInclusive<i64> {
        self.facts().default_integers
    }

    /// Whether the values are integers, so that the database can number rows with them.
    pub fn is_integer(self) -> bool {
        self.integers().is_some()
    }

    /// Whether the values are numbers that may have a fraction.
    pub fn is_fraction(self) -> bool {
        self.values() == ValueKind::Number && !self.is_integer()
    }

    /// The greatest number of characters of a value, for a type that has a length.
    pub fn length(self) -> Option<u32> {
        self.facts().length.map(|length| length.characters)
    }

    /// The lengths that can be declared, for a type that has a length.
    pub fn lengths(self) -> Option<RangeInclusive<u32>> {
        self.facts().length.map(|length| 1..=length.characters_max)
    }

    /// The digits of a decimal number, for a type that has them.
    pub fn digits(self) -> Option<Digits> {
        self.facts().digits
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

    /// What the type's literals are, for people, if it has any: texts that every back end reads as
    /// its values, compares as it compares these values, and prints as they are.
    pub fn literal_words(self) -> Option<&'static str> {
        self.facts().literals.map(|literals| literals.words)
    }

    /// Whether that text is one of the type's literals.
    ///
    /// ```
    /// use schema_model::SqlType;
    ///
    /// let uuid = "018f4e2a-0000-7000-8000-00000000002a";
    /// assert!(SqlType::Uuid.is_literal(uuid));
    /// assert!(!SqlType::Uuid.is_literal(&uuid.to_uppercase()));
    /// assert!(!SqlType::Text.is_literal(uuid));
    /// ```
    pub fn is_literal(self, text: &str) -> bool {
        self.facts().literals.is_some_and(|literals| literals.contain(text))
    }

    /// One of the type's literals, if it has any: another one for each number from 1 to 9.
    pub fn literal_sample(self, number: u8) -> Option<String> {
        self.facts().literals.map(|literals| literals.sample(number))
    }

    /// Whether the values are parts of a calendar or a clock, and no instants.
    pub fn is_local(self) -> bool {
        matches!(self.allowed_default(), AllowedDefault::Literal { or_now: true, .. })
    }

    /// The name in the DSL, without a length. The variant here and the type in Diesel have the same
    /// name.
    pub fn name(self) -> &'static str {
        self.facts().name
    }
}
