//! Random pairs of schemas, over all that the DSL can declare, and how to read one that failed.
//!
//! A pair is drawn as plain data ([`plan`]) and made into two schemas that the DSL would accept:
//! whatever does not fit is [repaired](repair), never refused, so that a failing pair shrinks to few
//! tables, columns and mutations.

mod declare;
mod describe;
mod expressions;
mod mutate;
mod plan;
pub(crate) mod repair;

use std::borrow::Cow;
use std::fmt;

use proptest::prelude::*;
use schema_model::Schema;

pub(crate) use describe::describe;

/// Two schemas with a migration between them, and one back.
#[derive(Clone)]
pub(crate) struct Pair {
    /// The schema as it is, as a file has it: without what is about a change.
    pub(crate) from: Schema,
    /// The schema as it is to be, with its renames and backfills.
    pub(crate) to: Schema,
}

/// Any two schemas. The second is mostly the first with some mutations, and else one of its own,
/// in which what has the same name differs in every way.
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

/// As one would paste it into the macro, so that what proptest prints can be kept as a case.
impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "from:\n{}\nto:\n{}", describe(&self.from), describe(&self.to))
    }
}

/// The element of that number, counted round and round.
fn pick<T>(list: &[T], number: u8) -> Option<&T> {
    list.get(usize::from(number).checked_rem(list.len())?)
}

fn owned(text: &str) -> Cow<'static, str> {
    Cow::Owned(text.to_owned())
}
