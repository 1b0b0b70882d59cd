//! Which types a column can change between with its values.

use crate::model::{Column, SqlType};

/// What becomes of a value whose column changes its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversion {
    /// Every value has one of the new type that means the same.
    Always,
    /// Some values have none; the migration fails on them, on every back end. A text is a number if the
    /// number would be printed so: not with a zero or a plus before it.
    WhereItFits,
}

/// The conversion that all back ends agree on, if there is one between these (different) types.
///
/// A text and an instant have none, since each back end reads other texts as instants; nor do a
/// number with a fraction and a text, which each back end prints in its own way.
pub fn conversion(from: SqlType, to: SqlType) -> Option<Conversion> {
    use Conversion::{Always, WhereItFits};
    use SqlType::{
        BigInt, Binary, Bool, Double, Integer, JsonDoc, SmallInt, Text, UtcTimestamp, Varchar,
    };
    let fits = |fits: bool| Some(if fits { Always } else { WhereItFits });
    match (from, to) {
        (Bool, SmallInt | Integer | BigInt) => Some(Always),
        (SmallInt | Integer | BigInt, Bool) => Some(WhereItFits),
        (SmallInt, SmallInt | Integer | BigInt) | (Integer, Integer | BigInt) => Some(Always),
        (Integer, SmallInt) | (BigInt, SmallInt | Integer) => Some(WhereItFits),
        // Beyond 2^53 it has no exact one.
        (SmallInt | Integer, Double) => Some(Always),
        (BigInt, Double) | (Double, SmallInt | Integer | BigInt) => Some(WhereItFits),
        (SmallInt | Integer | BigInt, Text) => Some(Always),
        (SmallInt | Integer | BigInt, Varchar(length)) => fits(length >= digits_max(from)),
        (Varchar(old), Varchar(new)) => fits(new >= old),
        (Varchar(_), Text) | (JsonDoc, Text) => Some(Always),
        (Text | JsonDoc, Varchar(_)) => Some(WhereItFits),
        (Text | Varchar(_), SmallInt | Integer | BigInt | JsonDoc) => Some(WhereItFits),
        (Bool | Binary | UtcTimestamp, _) | (_, Bool | Binary | UtcTimestamp) => None,
        (Double, _) | (_, Double) | (JsonDoc, _) | (_, JsonDoc) => None,
        (BigInt, BigInt) | (Text, Text) => None,
    }
}

/// Whether the old column can't become the new one with its values.
pub(super) fn is_replaced(base: &Column, new: &Column) -> bool {
    base.sql_type != new.sql_type && conversion(base.sql_type, new.sql_type).is_none()
}

/// Characters of the longest number of that type, with its sign.
fn digits_max(integer: SqlType) -> u32 {
    match integer {
        SqlType::SmallInt => 6,
        SqlType::Integer => 11,
        _ => 20,
    }
}
