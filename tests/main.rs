//! Everything that needs a whole program or a real server, in one binary.

#![expect(clippy::unwrap_used, reason = "a case fails by panicking, and so do its helpers")]

mod adopting;
mod any_pair;
mod assert_migrated;
mod back_ends;
mod catalog;
mod changes;
mod cli;
mod column_types;
mod elsewhere;
mod engine_conformance;
mod manager;
mod migrations;
mod queries;
mod registry;
mod schema_import;
mod schema_rs;
mod schemas;
mod session_conformance;
mod support;
mod tidy;
mod walkthrough;

use db_backend::BackendKind;

use support::server::{find, is_decisive, not_run};

/// The program that the cases run.
const PROGRAM: &str = env!("CARGO_BIN_EXE_tenantctl");

/// On a developer's machine a server may be missing, and the run reports it. Under `CI=true` every
/// server must be available.
#[test]
fn available_servers() {
    let missing: Vec<String> = BackendKind::ALL
        .into_iter()
        .filter_map(|kind| find(kind).err().map(|reason| not_run(kind, &reason)))
        .collect();
    assert!(
        missing.is_empty() || !is_decisive(),
        "under CI=true every back end must be run: {missing:?}"
    );
}
