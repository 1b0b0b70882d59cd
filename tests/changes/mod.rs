//! Every kind of change: the SQL for each back end as a page for a reviewer, and its proof.

mod any_expression;
mod by_hand;
mod expressions;
mod keys;
mod meaning;
mod rows;
mod tables;
mod types;

use std::fmt::Write as _;

use db_backend::{BackendKind, Refused, Scratch};
use migration_folder::{Proof, Proven, ScratchHost, Unproven, prove};
use schema_model::Schema;
use schema_model::diff::{diff, hazards, undone};
use sql_dialect::Piece;

use crate::support::server::available;

/// A change by its name, and the schemas before and after it.
struct Case {
    name: &'static str,
    from: &'static Schema,
    to: &'static Schema,
}

/// Cases as a user would declare them, each with a module for its tables.
macro_rules! cases {
    ($($module:ident $name:literal: { $($from:tt)* } => { $($to:tt)* })*) => {
        $(
            mod $module {
                pub mod from { schema_core::tenant_schema! { $($from)* } }
                pub mod to { schema_core::tenant_schema! { $($to)* } }
            }

            fn $module() -> Case {
                Case { name: $name, from: &$module::from::SCHEMA, to: &$module::to::SCHEMA }
            }
        )*

        /// All cases.
        pub(super) const ALL: &[fn() -> Case] = &[$($module),*];

        use crate::changes::each_change_is_proven;

        $crate::support::cases::test_on! {
            sqlite, postgres, mysql: each_change_is_proven { $($module),* }
        }
    };
}
use cases;

fn each_change_is_proven(kind: BackendKind, case: fn() -> Case) {
    let Some(host) = host(kind) else { return };
    let Case { from, to, .. } = case();
    prove_between(&host, from, to).unwrap_or_else(|unproven| panic!("{}", with_causes(unproven)));
}

/// The host on which a back end is tried; `None` if no server is available.
pub fn host(kind: BackendKind) -> Option<ScratchHost> {
    let server = available(kind)?;
    let is_embedded = db_backend::Capabilities::of(kind).embedded;
    Some(if is_embedded {
        ScratchHost::memory()
    } else {
        ScratchHost::server(server.url().clone())
    })
}

/// Proves the migration between two schemas, from a database in which the first was created.
pub fn prove_between(host: &ScratchHost, from: &Schema, to: &Schema) -> Result<Proven, Unproven> {
    let prepare = |scratch: &mut Scratch| -> Result<(), Refused> { create(scratch, from, &[]) };
    prove(&Proof { host, prepare: &prepare, from, to, by_hand: &[] })
}

/// Creates a schema, and then what else was written by hand.
fn create(scratch: &mut Scratch, schema: &Schema, by_hand: &[String]) -> Result<(), Refused> {
    let changes = diff(&Schema::EMPTY, schema).expect("tables can always be created");
    let mut pieces = scratch.dialect().render(&changes);
    pieces.extend(by_hand.iter().cloned().map(Piece::Statement));
    scratch.apply(&pieces).map(drop)
}

/// The reason that a proof failed, as one text.
pub fn with_causes(unproven: Unproven) -> String {
    format!("{:#}", anyhow::Error::new(unproven))
}

/// The page for a reviewer to read.
#[test]
fn the_sql_of_each_change() {
    let mut page = String::new();
    for case in tables::ALL.iter().chain(types::ALL).chain(keys::ALL).map(|case| case()) {
        writeln!(page, "## {}\n", case.name).unwrap();
        let up = diff(case.from, case.to).unwrap();
        for hazard in hazards(&up) {
            writeln!(page, "- `--allow {hazard}`: {}", hazard.effect).unwrap();
        }
        let down = diff(case.to, &undone(case.from, case.to)).unwrap();
        for (way, changes) in [("up", up), ("down", down)] {
            for kind in BackendKind::ALL {
                let pieces = kind.dialect().render(&changes);
                let statements: Vec<String> = pieces
                    .iter()
                    .flat_map(Piece::statements)
                    .map(|statement| format!("{statement};"))
                    .collect();
                writeln!(page, "\n{kind}, {way}:\n\n```sql\n{}\n```", statements.join("\n\n"))
                    .unwrap();
            }
        }
        page.push('\n');
    }
    insta::assert_snapshot!(page);
}

/// The change may fail on rows, but that is not the reason here.
#[test]
fn a_lost_value_is_not_blamed_on_the_rows() {
    mod from {
        schema_core::tenant_schema! {
            notes (id) { id -> BigInt, body -> Text, }
        }
    }
    mod to {
        schema_core::tenant_schema! {
            #[unique(code)]
            notes (id) {
                id -> BigInt,
                body -> Text,
                #[default(0)]
                #[backfill("id")]
                code -> BigInt,
            }
        }
    }
    const TRIGGER: &str = "CREATE TRIGGER spoil AFTER UPDATE ON notes
        BEGIN UPDATE notes SET body = 'spoilt' WHERE id = new.id; END";
    let (from, to) = (&from::SCHEMA, &to::SCHEMA);
    let prepare = |scratch: &mut Scratch| -> Result<(), Refused> {
        create(scratch, from, &[TRIGGER.to_owned()])
    };
    assert!(hazards(&diff(from, to).unwrap()).iter().any(|hazard| !hazard.kind.loses_data()));
    let host = &ScratchHost::memory();
    let proven = prove(&Proof { host, prepare: &prepare, from, to, by_hand: &[] });
    assert!(matches!(proven, Err(Unproven::Lost { step: "up", .. })), "{proven:?}");
}
