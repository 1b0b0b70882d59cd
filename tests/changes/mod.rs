//! Every kind of change: the SQL for each back end as a page to read, and its proof.

mod keys;
mod tables;

use std::fmt::Write as _;

use db_backend::{BackendKind, Refused, Scratch};
use migration_folder::{Ground, Proof, Proven, Unproven, prove};
use schema_model::Schema;
use schema_model::diff::{diff, hazards, undone};

use crate::support::server::servers;

/// A change by its name, and the schemas before and after it.
struct Case {
    name: &'static str,
    from: &'static Schema,
    to: &'static Schema,
}

/// Cases as they would be declared, each with a module for its tables.
macro_rules! cases {
    ($($module:ident $name:literal: { $($from:tt)* } => { $($to:tt)* })*) => {
        $(mod $module {
            pub mod from { schema_core::tenant_schema! { $($from)* } }
            pub mod to { schema_core::tenant_schema! { $($to)* } }
        })*

        /// All of them.
        pub(super) const ALL: &[Case] = &[
            $(Case { name: $name, from: &$module::from::SCHEMA, to: &$module::to::SCHEMA },)*
        ];
    };
}
use cases;

fn all() -> impl Iterator<Item = &'static Case> {
    tables::ALL.iter().chain(keys::ALL)
}

/// Where each back end at hand is tried.
pub fn grounds() -> Vec<Ground> {
    let ground = |kind: BackendKind, url: db_backend::ServerUrl| {
        if db_backend::Capabilities::of(kind).embedded {
            Ground::memory()
        } else {
            Ground::server(url)
        }
    };
    servers().into_iter().map(|server| ground(server.kind(), server.url().clone())).collect()
}

/// Proves the migration between two schemas, from a database in which the first was created.
pub fn prove_between(ground: &Ground, from: &Schema, to: &Schema) -> Result<Proven, Unproven> {
    let prepare = |scratch: &mut Scratch| -> Result<(), Refused> {
        let changes = diff(&Schema::EMPTY, from).expect("tables can always be created");
        let pieces = scratch.dialect().render(&changes);
        scratch.carry_out(&pieces).map(drop)
    };
    prove(&Proof { ground, prepare: &prepare, from, to })
}

/// Why a proof failed, in one text.
pub fn with_causes(unproven: Unproven) -> String {
    format!("{:#}", anyhow::Error::new(unproven))
}

/// The page that a reviewer reads.
#[test]
fn the_sql_of_each_change() {
    let mut page = String::new();
    for case in all() {
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
                    .flat_map(sql_dialect::Piece::statements)
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

/// The change may fail on rows, but that is not what is wrong with it.
#[test]
fn a_lost_value_is_not_put_down_to_the_rows() {
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
    let prepare = |scratch: &mut Scratch| -> Result<(), Refused> {
        let changes = diff(&Schema::EMPTY, &from::SCHEMA).expect("tables can always be created");
        let mut pieces = scratch.dialect().render(&changes);
        pieces.push(sql_dialect::Piece::Statement(TRIGGER.to_owned()));
        scratch.carry_out(&pieces).map(drop)
    };
    let (from, to) = (&from::SCHEMA, &to::SCHEMA);
    assert!(hazards(&diff(from, to).unwrap()).iter().any(|hazard| !hazard.kind.loses()));
    let proven = prove(&Proof { ground: &Ground::memory(), prepare: &prepare, from, to });
    assert!(matches!(proven, Err(Unproven::Lost { step: "up", .. })), "{proven:?}");
}

#[test]
fn each_change_is_proven() {
    for ground in grounds() {
        for case in all() {
            let proven = prove_between(&ground, case.from, case.to);
            let failed = proven.err().map(with_causes);
            assert_eq!(failed, None, "{}, {}", ground.kind(), case.name);
        }
    }
}
