//! Decimal numbers, which are exact.

use std::fmt;
use std::str::FromStr;

use bigdecimal::{BigDecimal, ParseBigDecimalError};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::query_builder::QueryId;
use diesel::sql_types::{Nullable, SingleValue, SqlOrd, SqlType, is_nullable};
use serde::{Deserialize, Serialize};

/// The SQL type of a decimal number with that many digits after the point; its values are
/// [`Decimal`]s. For SQLite, which stores them without the point, the type has to know where it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Numeric<const SCALE: u32>;

impl<const SCALE: u32> SqlType for Numeric<SCALE> {
    type IsNull = is_nullable::NotNull;
}

impl<const SCALE: u32> SingleValue for Numeric<SCALE> {}

impl<const SCALE: u32> SqlOrd for Numeric<SCALE> {}

impl<const SCALE: u32> QueryId for Numeric<SCALE> {
    type QueryId = Self;

    const HAS_STATIC_QUERY_ID: bool = true;
}

/// A decimal number, which is exact. It is made from a [`BigDecimal`], the decimal number of which
/// Diesel knows how the servers write it.
///
/// A value with more digits after the point than its column is an error, and is not rounded.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, FromSqlRow, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Decimal(pub BigDecimal);

impl From<BigDecimal> for Decimal {
    fn from(number: BigDecimal) -> Self {
        Self(number)
    }
}

impl From<Decimal> for BigDecimal {
    fn from(number: Decimal) -> Self {
        number.0
    }
}

impl FromStr for Decimal {
    type Err = ParseBigDecimalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.to_plain_string())
    }
}

// Diesel's derive knows no types with parameters.
macro_rules! as_expression {
    ($([$($lifetime:lifetime)?] $value:ty, $sql_type:ty);* $(;)?) => {$(
        impl<$($lifetime,)? const SCALE: u32> AsExpression<$sql_type> for $value {
            type Expression = Bound<$sql_type, Self>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
    )*};
}

as_expression! {
    [] Decimal, Numeric<SCALE>;
    ['value] &'value Decimal, Numeric<SCALE>;
    [] Decimal, Nullable<Numeric<SCALE>>;
    ['value] &'value Decimal, Nullable<Numeric<SCALE>>;
}

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod conversions {
    use bigdecimal::BigDecimal;
    use diesel::backend::Backend;
    use diesel::serialize::{self, Output, ToSql};
    use diesel::sql_types::Nullable;

    use super::{Decimal, Numeric};

    impl<const SCALE: u32, DB> ToSql<Nullable<Numeric<SCALE>>, DB> for Decimal
    where
        DB: Backend,
        Self: ToSql<Numeric<SCALE>, DB>,
    {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
            ToSql::<Numeric<SCALE>, DB>::to_sql(self, out)
        }
    }

    impl Decimal {
        /// The number with that many digits after the point.
        fn with_scale(&self, scale: u32) -> Result<BigDecimal, String> {
            let scaled = self.0.with_scale(scale.into());
            if scaled == self.0 {
                return Ok(scaled);
            }
            Err(format!("{self} has more than {scale} digits after the point"))
        }
    }

    #[cfg(feature = "sqlite")]
    mod sqlite {
        use bigdecimal::{BigDecimal, ToPrimitive as _};
        use diesel::deserialize::{self, FromSql};
        use diesel::serialize::{self, IsNull, Output, ToSql};
        use diesel::sql_types::{BigInt, HasSqlType};
        use diesel::sqlite::{Sqlite, SqliteType, SqliteValue};

        use super::{Decimal, Numeric};

        impl<const SCALE: u32> HasSqlType<Numeric<SCALE>> for Sqlite {
            fn metadata(_: &mut ()) -> SqliteType {
                SqliteType::Long
            }
        }

        impl<const SCALE: u32> ToSql<Numeric<SCALE>, Sqlite> for Decimal {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                let (digits, _) = self.with_scale(SCALE)?.into_bigint_and_scale();
                let without_point =
                    digits.to_i64().ok_or_else(|| format!("{self} has more than 18 digits"))?;
                out.set_value(without_point);
                Ok(IsNull::No)
            }
        }

        impl<const SCALE: u32> FromSql<Numeric<SCALE>, Sqlite> for Decimal {
            fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                let without_point: i64 = FromSql::<BigInt, Sqlite>::from_sql(value)?;
                Ok(Self(BigDecimal::new(without_point.into(), SCALE.into())))
            }
        }
    }

    /// Uses Diesel's own conversions.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    macro_rules! delegate_to_diesel {
        ($backend:ty) => {
            impl<const SCALE: u32> ToSql<Numeric<SCALE>, $backend> for Decimal {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, $backend>) -> serialize::Result {
                    let scaled = self.with_scale(SCALE)?;
                    ToSql::<diesel::sql_types::Numeric, $backend>::to_sql(
                        &scaled,
                        &mut out.reborrow(),
                    )
                }
            }

            impl<const SCALE: u32> diesel::deserialize::FromSql<Numeric<SCALE>, $backend>
                for Decimal
            {
                fn from_sql(
                    value: <$backend as Backend>::RawValue<'_>,
                ) -> diesel::deserialize::Result<Self> {
                    let read: BigDecimal = diesel::deserialize::FromSql::<
                        diesel::sql_types::Numeric,
                        $backend,
                    >::from_sql(value)?;
                    Ok(Self(read.with_scale(SCALE.into())))
                }
            }
        };
    }

    #[cfg(feature = "postgres")]
    delegate_to_diesel!(diesel::pg::Pg);
    #[cfg(feature = "mysql")]
    delegate_to_diesel!(diesel::mysql::Mysql);

    #[cfg(feature = "postgres")]
    impl<const SCALE: u32> diesel::sql_types::HasSqlType<Numeric<SCALE>> for diesel::pg::Pg {
        fn metadata(lookup: &mut Self::MetadataLookup) -> diesel::pg::PgTypeMetadata {
            <Self as diesel::sql_types::HasSqlType<diesel::sql_types::Numeric>>::metadata(lookup)
        }
    }

    #[cfg(feature = "mysql")]
    impl<const SCALE: u32> diesel::sql_types::HasSqlType<Numeric<SCALE>> for diesel::mysql::Mysql {
        fn metadata(lookup: &mut Self::MetadataLookup) -> diesel::mysql::MysqlType {
            <Self as diesel::sql_types::HasSqlType<diesel::sql_types::Numeric>>::metadata(lookup)
        }
    }
}
