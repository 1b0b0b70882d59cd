//! Random pairs of schemas that cover everything the DSL can declare, printed so that a failing
//! pair can be read.
//!
//! A pair is drawn as plain data ([`plan`]) and turned into two schemas that the DSL would accept.
//! Whatever does not fit is [repaired](repair) and never rejected, so that a failing pair shrinks
//! to few tables, columns and mutations.

mod declare;
mod describe;
mod expressions;
mod mutate;
pub(crate) mod plan;
pub(crate) mod repair;

use std::borrow::Cow;
use std::fmt;

use proptest::prelude::*;
use schema_model::Schema;

pub(crate) use describe::describe;

/// Two schemas with a migration between them, and one back.
#[derive(Clone)]
pub(crate) struct Pair {
    /// The schema before the change, as a file has it: without renames and backfills.
    pub(crate) from: Schema,
    /// The schema after the change, with renames and backfills.
    pub(crate) to: Schema,
}

/// Any two schemas. The second is usually the first one with some mutations. Otherwise it is
/// independent, and things with the same name differ in every way.
pub(crate) fn pairs() -> impl Strategy<Value = Pair> {
    plan::pair().prop_map(|plan| {
        let from = plan::schema(&plan.from);
        let mut to = plan.other.as_deref().map_or_else(|| from.clone(), plan::schema);
        if plan.other.is_some() {
            declare::claim_renames(&from, &mut to, &plan.choices);
        }
        for mutation in &plan.mutations {
            mutate::apply(&mut to, mutation);
            repair::repair(&mut to);
        }
        declare::settle_renames(&from, &mut to);
        declare::fill(&from, &mut to, &plan.choices);
        Pair { from, to }
    })
}

/// The pair in the syntax of the macro, so that what proptest prints can be kept as a test case.
impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "from:\n{}\nto:\n{}", describe(&self.from), describe(&self.to))
    }
}

/// The element with that number, modulo the length.
fn pick<T>(list: &[T], number: u8) -> Option<&T> {
    list.get(usize::from(number).checked_rem(list.len())?)
}

fn owned(text: &str) -> Cow<'static, str> {
    Cow::Owned(text.to_owned())
}
