//! A `#[test]` per case and back end, so that a failure names both and hides no other failure.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Makes a module per back end, with a `#[test]` per case.
///
/// ```ignore
/// test_on! {
///     sqlite, postgres, mysql: on_server {
///         a_case,
///         another_case,
///     }
/// }
/// ```
///
/// `on_server` runs a case; it is a `fn(BackendKind, Case)`, and each suite has one that suits its
/// cases. For `simulated`, `on_simulated` runs a case; it is a `fn(SimStyle, Case)`, and only
/// suites with simulated cases need it. Use this macro once per module, because the modules that it
/// makes are named after the back ends.
///
/// The cases of a back end that is not in this build are shown as ignored. A case finds out whether
/// its server is available when it runs: see [`available`](super::server::available).
macro_rules! test_on {
    ($($back_end:ident),+ : $run:ident $cases:tt) => {
        $($crate::support::cases::test_on! { @back_end $back_end $run $cases })+
    };

    (@back_end simulated $run:ident $cases:tt) => {
        mod simulated {
            use tenant_migrate::sim::SimStyle;

            use super::on_simulated;

            $crate::support::cases::test_on! { @style lock_is_transaction LockIsTransaction $cases }
            $crate::support::cases::test_on! { @style transactional_ddl TransactionalDdl $cases }
            $crate::support::cases::test_on! { @style implicit_commit ImplicitCommit $cases }

            // A style without a module does not compile.
            const _: fn(SimStyle) = |style| match style {
                SimStyle::LockIsTransaction
                | SimStyle::TransactionalDdl
                | SimStyle::ImplicitCommit => {}
            };
        }
    };
    (@style $module:ident $style:ident { $($case:ident),+ $(,)? }) => {
        mod $module {
            $(
                #[test]
                fn $case() {
                    super::on_simulated(super::SimStyle::$style, super::super::$case);
                }
            )+
        }
    };

    (@back_end sqlite $run:ident $cases:tt) => {
        $crate::support::cases::test_on! { @kind sqlite Sqlite "sqlite" $run $cases }
    };
    (@back_end postgres $run:ident $cases:tt) => {
        $crate::support::cases::test_on! { @kind postgres Postgres "postgres" $run $cases }
    };
    (@back_end mysql $run:ident $cases:tt) => {
        $crate::support::cases::test_on! { @kind mysql Mysql "mysql" $run $cases }
    };
    (@kind $module:ident $kind:ident $feature:literal $run:ident { $($case:ident),+ $(,)? }) => {
        mod $module {
            $(
                #[test]
                #[cfg_attr(not(feature = $feature), ignore = "this build is without the back end")]
                fn $case() {
                    super::$run(db_backend::BackendKind::$kind, super::$case);
                }
            )+
        }
    };
}
pub(crate) use test_on;

/// Tries every row of a table, and fails at the end with the names of all that failed.
///
/// Use it for rows that share something too expensive for a `#[test]` each, such as a database.
/// Each row must remove what a failed row before it may have left behind.
pub fn try_each<T>(
    rows: impl IntoIterator<Item = T>,
    name: impl Fn(&T) -> String,
    mut row: impl FnMut(T),
) {
    let failed: Vec<String> = rows
        .into_iter()
        .filter_map(|values| {
            let name = name(&values);
            catch_unwind(AssertUnwindSafe(|| row(values))).err().map(|_| name)
        })
        .collect();
    assert!(failed.is_empty(), "these fail; each failure is shown above: {failed:#?}");
}
