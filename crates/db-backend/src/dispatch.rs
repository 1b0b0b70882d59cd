//! One expression for the Diesel connection of any back end.
//!
//! A `#[cfg]` inside an exported macro is resolved with the features of the crate that calls it,
//! which may be fewer than the features of this crate. So the match is assembled by one macro per
//! back end, chosen here, which adds its arm or nothing.

/// Evaluates an expression with the Diesel connection inside an
/// [`AnyConnection`](crate::AnyConnection).
///
/// The expression is expanded once for each back end of the build, so that one Diesel query serves
/// all of them: `dispatch!(&mut any, c => settings::table.count().get_result(c))`.
#[macro_export]
macro_rules! dispatch {
    ($any:expr, $connection:ident => $body:expr) => {
        $crate::__dispatch_sqlite!({} $any, $connection => $body)
    };
}

#[cfg(feature = "sqlite")]
#[doc(hidden)]
#[macro_export]
macro_rules! __dispatch_sqlite {
    ({$($arms:tt)*} $any:expr, $connection:ident => $body:expr) => {
        $crate::__dispatch_postgres!(
            {$($arms)* $crate::AnyConnection::Sqlite($connection) => $body,}
            $any, $connection => $body
        )
    };
}

#[cfg(not(feature = "sqlite"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __dispatch_sqlite {
    ({$($arms:tt)*} $any:expr, $connection:ident => $body:expr) => {
        $crate::__dispatch_postgres!({$($arms)*} $any, $connection => $body)
    };
}

#[cfg(feature = "postgres")]
#[doc(hidden)]
#[macro_export]
macro_rules! __dispatch_postgres {
    ({$($arms:tt)*} $any:expr, $connection:ident => $body:expr) => {
        $crate::__dispatch_mysql!(
            {$($arms)* $crate::AnyConnection::Postgres($connection) => $body,}
            $any, $connection => $body
        )
    };
}

#[cfg(not(feature = "postgres"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __dispatch_postgres {
    ({$($arms:tt)*} $any:expr, $connection:ident => $body:expr) => {
        $crate::__dispatch_mysql!({$($arms)*} $any, $connection => $body)
    };
}

#[cfg(feature = "mysql")]
#[doc(hidden)]
#[macro_export]
macro_rules! __dispatch_mysql {
    ({$($arms:tt)*} $any:expr, $connection:ident => $body:expr) => {
        $crate::__dispatch_match!(
            {$($arms)* $crate::AnyConnection::Mysql($connection) => $body,}
            $any, $connection => $body
        )
    };
}

#[cfg(not(feature = "mysql"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __dispatch_mysql {
    ({$($arms:tt)*} $any:expr, $connection:ident => $body:expr) => {
        $crate::__dispatch_match!({$($arms)*} $any, $connection => $body)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __dispatch_match {
    ({$($arms:tt)*} $any:expr, $connection:ident => $body:expr) => {
        match $any { $($arms)* }
    };
}
