//! A migration is executed before it is written: up, down, and up again.

use db_backend::{DbError, Refused, Scratch};
use schema_model::diff::{Change, Hazard, diff, hazards, undone, without};
use schema_model::{Schema, Text};
use sql_dialect::catalog::Catalog;

use crate::by_hand::Uses;
use crate::error::Unproven;
use crate::host::{ScratchHost, create};
use crate::rows::{self, EmptyTable, Filled};

/// What to prove, and where.
pub struct Proof<'a> {
    /// Where to prove it.
    pub host: &'a ScratchHost,
    /// Migrates an empty database to `from`.
    pub prepare: &'a dyn Fn(&mut Scratch) -> Result<(), Refused>,
    /// The schema before.
    pub from: &'a Schema,
    /// The schema after.
    pub to: &'a Schema,
    /// Tables that neither schema declares, and that are there before and after.
    pub by_hand: &'a [Text],
}

/// A migration that passed its proof, as its back end executes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The statements of the way up, to the new schema.
    pub up: Vec<String>,
    /// The statements of the way down, back to the old schema.
    pub down: Vec<String>,
    /// What the tables held.
    pub rows: Rows,
    /// How many rows there were in total, before the way up.
    pub rows_count: usize,
    /// The tables that accepted no row.
    pub empty: Vec<EmptyTable>,
    /// The hazards of the way up that fail on the rows tried, each by itself. Everything else was
    /// tried with rows apart from them.
    pub failed: Vec<Hazard>,
    /// The same of the way down.
    pub failed_down: Vec<Hazard>,
}

/// Which rows the tables contained while a migration was executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// Rows in each step.
    Kept,
    /// Rows on the way up only: the way down may fail on rows, and did so here.
    UpOnly,
    /// No rows: the migration may fail on rows, and did so here.
    None,
}

/// Executes the migration from one schema to the other on a scratch database, then the way down,
/// then the migration again. After each step, the catalogue is compared with that of a database in
/// which the schema was created from nothing, the values that are kept are compared with those
/// before, and what was written by hand must still work.
///
/// If the migration may fail on rows (for example, because a new check rejects them), such a
/// failure proves nothing. The way that failed is then tried without rows, and with rows apart from
/// what may fail on them.
///
/// # Errors
/// What differs from what is expected.
///
/// # Panics
/// If no migration can be generated between the two. The caller must have generated one.
pub fn prove(proof: &Proof<'_>) -> Result<Proven, Unproven> {
    let changes =
        |from, to| diff(from, to).expect("a difference that a migration is generated for");
    let undone = undone(proof.from, proof.to);
    let attempt = Attempt {
        up: changes(proof.from, proof.to),
        down: changes(proof.to, &undone),
        undone,
        fresh: fresh_catalog(proof.host, proof.to)?,
        proof,
    };
    let up_may_fail = rows::may_fail_on_rows(&attempt.up);
    let down_may_fail = rows::may_fail_on_rows(&attempt.down);
    // Only a refused statement can be caused by the rows. A changed value or a wrong schema is
    // always a failure.
    match attempt.run(Rows::Kept) {
        Err(Unproven::Refused { .. }) if down_may_fail => match attempt.run(Rows::UpOnly) {
            Err(Unproven::Refused { .. }) if up_may_fail => attempt.run_apart(),
            Ok(proven) => Ok(Proven { failed_down: attempt.apart(Way::Down)?, ..proven }),
            Err(unproven) => Err(unproven),
        },
        Err(Unproven::Refused { .. }) if up_may_fail => attempt.run_apart(),
        result => result,
    }
}

#[derive(Clone, Copy)]
enum Way {
    Up,
    Down,
}

impl Way {
    fn step(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

struct Attempt<'a> {
    proof: &'a Proof<'a>,
    up: Vec<Change>,
    down: Vec<Change>,
    /// The old schema, declared so that the way down leads to it.
    undone: Schema,
    /// The catalogue of a database in which the new schema was created from nothing.
    fresh: Catalog,
}

impl Attempt<'_> {
    /// Runs without rows, and then each way apart.
    fn run_apart(&self) -> Result<Proven, Unproven> {
        let proven = self.run(Rows::None)?;
        let (failed, failed_down) = (self.apart(Way::Up)?, self.apart(Way::Down)?);
        Ok(Proven { failed, failed_down, ..proven })
    }

    /// Tries with rows what can't fail on them, and then each hazard by itself. Returns those that
    /// fail.
    fn apart(&self, way: Way) -> Result<Vec<Hazard>, Unproven> {
        let hazards = hazards(self.changes(way));
        let may_fail: Vec<&Hazard> =
            hazards.iter().filter(|hazard| !hazard.kind.loses_data()).collect();
        match self.run_without(way, &may_fail) {
            // What is left out may be what the rest needs. Then nothing can be tried apart.
            Err(Unproven::Refused { .. }) if !may_fail.is_empty() => return Ok(Vec::new()),
            result => result?,
        }
        let mut failed = Vec::new();
        for hazard in &may_fail {
            let others: Vec<&Hazard> =
                may_fail.iter().copied().filter(|other| other != hazard).collect();
            match self.run_without(way, &others) {
                Err(Unproven::Refused { .. }) => failed.push((*hazard).clone()),
                result => result?,
            }
        }
        Ok(failed)
    }

    /// Goes that way with rows, to a schema without what these hazards are about. Does nothing if
    /// no migration leads there. No declaration may have that schema (a column that numbers its
    /// rows without being a key), so the catalogue is not compared with it.
    fn run_without(&self, way: Way, hazards: &[&Hazard]) -> Result<(), Unproven> {
        let (start, goal) = match way {
            Way::Up => (self.proof.from, self.proof.to),
            Way::Down => (self.proof.to, &self.undone),
        };
        let Ok(changes) = diff(start, &without(goal, self.changes(way), hazards)) else {
            return Ok(());
        };
        let mut scratch = self.with_rows(way)?;
        carry_out(&mut scratch, start, &changes, way.step()).map(drop)
    }

    /// A database with rows before that way. If no rows can go up, it has rows of the new schema.
    fn with_rows(&self, way: Way) -> Result<Scratch, Unproven> {
        let (from, to) = (self.proof.from, self.proof.to);
        let mut scratch = self.prepared()?.0;
        rows::fill(&mut scratch, from);
        match way {
            Way::Up => return Ok(scratch),
            Way::Down => match carry_out(&mut scratch, from, &self.up, "up") {
                Ok(_) => return Ok(scratch),
                Err(Unproven::Refused { .. }) => {}
                Err(unproven) => return Err(unproven),
            },
        }
        let mut scratch = self.prepared()?.0;
        carry_out(&mut scratch, from, &self.up, "up")?;
        rows::fill(&mut scratch, to);
        Ok(scratch)
    }

    fn changes(&self, way: Way) -> &[Change] {
        match way {
            Way::Up => &self.up,
            Way::Down => &self.down,
        }
    }

    fn run(&self, rows: Rows) -> Result<Proven, Unproven> {
        let (from, to) = (self.proof.from, self.proof.to);
        let (mut scratch, before) = self.prepared()?;
        let filled = match rows {
            Rows::Kept | Rows::UpOnly => rows::fill(&mut scratch, from),
            Rows::None => Filled::default(),
        };
        let old_uses = Uses::of(&mut scratch, from, &before)?;
        let up = self.up(&mut scratch)?;
        let new_uses = self.still_works(&mut scratch, to, &old_uses, "up")?;
        if rows == Rows::UpOnly {
            scratch = self.prepared()?.0;
            apply_again(&mut scratch, &up, "up")?;
        }
        let down = self.down(&mut scratch, &before)?;
        self.still_works(&mut scratch, from, &old_uses, "down")?;
        apply_again(&mut scratch, &up, "up again")?;
        self.compare_with_new(&mut scratch, "up again")?;
        self.still_works(&mut scratch, to, &new_uses, "up again")?;
        Ok(Proven {
            up,
            down,
            rows,
            rows_count: filled.rows,
            empty: filled.empty,
            failed: Vec::new(),
            failed_down: Vec::new(),
        })
    }

    fn prepared(&self) -> Result<(Scratch, Catalog), Unproven> {
        let mut scratch = self.proof.host.scratch()?;
        (self.proof.prepare)(&mut scratch)
            .map_err(|refused| Unproven::Refused { step: "before", refused })?;
        let catalog = scratch.catalog()?;
        Ok((scratch, catalog))
    }

    fn up(&self, scratch: &mut Scratch) -> Result<Vec<String>, Unproven> {
        let statements = carry_out(scratch, self.proof.from, &self.up, "up")?;
        self.compare_with_new(scratch, "up")?;
        Ok(statements)
    }

    fn down(&self, scratch: &mut Scratch, before: &Catalog) -> Result<Vec<String>, Unproven> {
        let statements = carry_out(scratch, self.proof.to, &self.down, "down")?;
        differ("down", scratch.catalog()?.differences(before, self.proof.host.kind()))?;
        Ok(statements)
    }

    /// Fails if something that was written by hand worked before and no longer does.
    fn still_works(
        &self,
        scratch: &mut Scratch,
        schema: &Schema,
        before: &Uses,
        step: &'static str,
    ) -> Result<Uses, Unproven> {
        let catalog = scratch.catalog()?;
        let uses = Uses::of(scratch, schema, &catalog)?;
        let broken = uses.broken_since(before, self.proof.host, schema)?;
        if broken.is_empty() { Ok(uses) } else { Err(Unproven::Broken { step, broken }) }
    }

    fn compare_with_new(&self, scratch: &mut Scratch, step: &'static str) -> Result<(), Unproven> {
        let mut catalog = Catalog { others: None, ..scratch.catalog()? };
        catalog.tables.retain(|name, _| !self.proof.by_hand.iter().any(|table| table == name));
        let kind = self.proof.host.kind();
        differ(step, catalog.differences(&self.fresh, kind))?;
        differ(step, catalog.differences(&scratch.expected_catalog(self.proof.to), kind))
    }
}

/// Carries out the changes, and checks that no value has changed.
fn carry_out(
    scratch: &mut Scratch,
    from: &Schema,
    changes: &[Change],
    step: &'static str,
) -> Result<Vec<String>, Unproven> {
    let (kept_before, kept_after) = rows::kept(from, changes);
    let before = rows::values(scratch, &kept_before)?;
    let pieces = scratch.dialect().render(changes);
    let statements =
        scratch.apply(&pieces).map_err(|refused| Unproven::Refused { step, refused })?;
    let after = rows::values(scratch, &kept_after)?;
    for (before, after) in before.into_iter().zip(after) {
        if before != after {
            return Err(Unproven::Lost { step, before, after });
        }
    }
    Ok(statements)
}

/// Executes the statements as they are in the file.
fn apply_again(
    scratch: &mut Scratch,
    statements: &[String],
    step: &'static str,
) -> Result<(), Unproven> {
    let refused = |refused| Unproven::Refused { step, refused };
    let text = crate::sql::text(statements);
    let statements =
        sql_text::split(&text, scratch.dialect().kind().syntax()).map_err(DbError::from)?;
    scratch.migrate(&statements, true).map_err(refused)
}

fn fresh_catalog(host: &ScratchHost, schema: &Schema) -> Result<Catalog, Unproven> {
    let mut scratch = host.scratch()?;
    create(&mut scratch, schema)
        .map_err(|refused| Unproven::Refused { step: "create", refused })?;
    Ok(Catalog { others: None, ..scratch.catalog()? })
}

fn differ(step: &'static str, differences: Vec<String>) -> Result<(), Unproven> {
    if differences.is_empty() { Ok(()) } else { Err(Unproven::Differs { step, differences }) }
}
