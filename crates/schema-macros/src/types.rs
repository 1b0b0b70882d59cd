//! The column types of the DSL, and what the checks need to know of them.

use syn::Ident;

/// A column type by its name in the DSL, which is also its name in Diesel and in the model.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SqlType {
    SmallInt,
    Integer,
    BigInt,
    Bool,
    Double,
    Text,
    Varchar,
    Binary,
    UtcTimestamp,
    JsonDoc,
}

impl SqlType {
    const ALL: [(Self, &str); 10] = [
        (Self::SmallInt, "SmallInt"),
        (Self::Integer, "Integer"),
        (Self::BigInt, "BigInt"),
        (Self::Bool, "Bool"),
        (Self::Double, "Double"),
        (Self::Text, "Text"),
        (Self::Varchar, "Varchar"),
        (Self::Binary, "Binary"),
        (Self::UtcTimestamp, "UtcTimestamp"),
        (Self::JsonDoc, "JsonDoc"),
    ];

    pub(crate) fn from_ident(ident: &Ident) -> syn::Result<Self> {
        let known = Self::ALL.into_iter().find(|(_, name)| ident == name);
        known.map(|(sql_type, _)| sql_type).ok_or_else(|| {
            let message = format!("unknown type `{ident}`; expected one of {}", Self::names());
            syn::Error::new(ident.span(), message)
        })
    }

    /// All that can be written for a type.
    pub(crate) fn names() -> String {
        let names = Self::ALL.map(|(_, name)| name).join(", ");
        format!("{names}, or Nullable<…> of one")
    }

    /// The values that an integer of this type can hold.
    pub(crate) fn integer_range(self) -> Option<std::ops::RangeInclusive<i128>> {
        match self {
            Self::SmallInt => Some(i16::MIN.into()..=i16::MAX.into()),
            Self::Integer => Some(i32::MIN.into()..=i32::MAX.into()),
            Self::BigInt => Some(i64::MIN.into()..=i64::MAX.into()),
            Self::Bool
            | Self::Double
            | Self::Text
            | Self::Varchar
            | Self::Binary
            | Self::UtcTimestamp
            | Self::JsonDoc => None,
        }
    }

    /// Bytes of a value in a MySQL key, where such a type can be part of one; `max_length` counts
    /// characters, of which utf8mb4 takes four bytes each.
    pub(crate) fn key_bytes(self, max_length: u32) -> Option<u32> {
        match self {
            Self::Bool => Some(1),
            Self::SmallInt => Some(2),
            Self::Integer => Some(4),
            Self::BigInt | Self::Double | Self::UtcTimestamp => Some(8),
            Self::Varchar => Some(max_length.saturating_mul(4)),
            Self::Text | Self::Binary | Self::JsonDoc => None,
        }
    }

    /// Bytes of a value in a MySQL row. What MySQL keeps elsewhere leaves a pointer.
    pub(crate) fn row_bytes(self, max_length: u32) -> u32 {
        const LENGTH_PREFIX: u32 = 2;
        const BLOB_POINTER: u32 = 12;
        match self {
            Self::Varchar => max_length.saturating_mul(4).saturating_add(LENGTH_PREFIX),
            Self::Text | Self::Binary | Self::JsonDoc => BLOB_POINTER,
            Self::Bool
            | Self::SmallInt
            | Self::Integer
            | Self::BigInt
            | Self::Double
            | Self::UtcTimestamp => self.key_bytes(max_length).unwrap_or(BLOB_POINTER),
        }
    }
}
