//! The Diesel type of a column.

use std::fmt;

/// A type as a `table!` writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnType {
    /// Its Rust name.
    pub(crate) rust_name: String,
    /// Its name in the database, for a definition of its own.
    pub(crate) sql_name: String,
    /// The schema of that name, if it is not the default one.
    pub(crate) schema: Option<String>,
    pub(crate) is_nullable: bool,
    pub(crate) is_array: bool,
    pub(crate) is_unsigned: bool,
}

impl ColumnType {
    /// A plain type.
    pub(crate) fn new(rust_name: impl Into<String>, sql_name: &str) -> Self {
        Self {
            rust_name: rust_name.into(),
            sql_name: sql_name.to_owned(),
            schema: None,
            is_nullable: false,
            is_array: false,
            is_unsigned: false,
        }
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wrappers = [
            (self.is_nullable, "Nullable<", ">"),
            (self.is_array, "Array<Nullable<", ">>"),
            (self.is_unsigned, "Unsigned<", ">"),
        ];
        let around = || wrappers.iter().filter(|(applies, ..)| *applies);
        around().try_for_each(|(_, before, _)| f.write_str(before))?;
        f.write_str(&self.rust_name)?;
        around().rev().try_for_each(|(.., after)| f.write_str(after))
    }
}

/// The types that Diesel has on every back end, by each of their names.
pub(crate) const COMMON: [&str; 32] = [
    "Bool",
    "Integer",
    "SmallInt",
    "BigInt",
    "Binary",
    "Text",
    "Double",
    "Float",
    "Numeric",
    "Timestamp",
    "Date",
    "Time",
    "Float4",
    "Smallint",
    "Int2",
    "Int4",
    "Int8",
    "Bigint",
    "Float8",
    "Decimal",
    "VarChar",
    "Varchar",
    "Char",
    "Tinytext",
    "Mediumtext",
    "Longtext",
    "Tinyblob",
    "Blob",
    "Mediumblob",
    "Longblob",
    "Varbinary",
    "Bit",
];
