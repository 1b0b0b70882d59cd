//! Migrates between random pairs of schemas, there and back, on every available back end.
//!
//! A failing pair is made as small as possible and printed in the DSL. Add it as a case to
//! `changes/`, so that every run tries it.

use std::cell::Cell;
use std::fmt::Write as _;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::Write as _;
use std::process::Command;

use db_backend::BackendKind;
use migration_folder::{Rows, ScratchHost};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use schema_model::diff::{diff, undone};

use crate::changes::{host, prove_between, with_causes};
use crate::schemas::{Pair, pairs};
use crate::support::cases::test_on;

/// Asks for many more pairs, for `cargo xtask test --thorough`.
const THOROUGH: &str = "TENANTCTL_THOROUGH";
/// The seed of a run to repeat.
const SEED: &str = "TENANTCTL_SEED";
/// The fixed seed of the usual run.
const USUAL_SEED: u64 = 20_261_123;

test_on! {
    sqlite, postgres, mysql: on_host {
        any_schema_becomes_any_other,
    }
}

fn on_host(kind: BackendKind, case: fn(&ScratchHost)) {
    let Some(host) = host(kind) else { return };
    case(&host);
}

/// Makes this test, in another process, only print its digest.
const DIGEST: &str = "TENANTCTL_DIGEST";

#[test]
fn the_same_pair_gives_the_same_bytes_in_another_process() {
    let here = digest();
    if std::env::var_os(DIGEST).is_some() {
        println!("digest {here}");
        return;
    }
    let name = "any_pair::the_same_pair_gives_the_same_bytes_in_another_process";
    let mut elsewhere = Command::new(std::env::current_exe().unwrap());
    let output =
        elsewhere.args([name, "--exact", "--nocapture"]).env(DIGEST, "1").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains(&format!("digest {here}")), "{here}: {said}");
}

/// A digest of what is rendered for many pairs on all back ends.
fn digest() -> String {
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, rng(USUAL_SEED));
    let mut text = String::new();
    for _ in 0..60 {
        let Pair { from, to } = pairs().new_tree(&mut runner).unwrap().current();
        let back = undone(&from, &to);
        for changes in [diff(&from, &to), diff(&to, &back)].into_iter().flatten() {
            for kind in BackendKind::ALL {
                write!(text, "{:?}", kind.dialect().render(&changes)).unwrap();
            }
        }
    }
    tenant_migrate::checksum(&text)
}

fn any_schema_becomes_any_other(host: &ScratchHost) {
    let thorough = std::env::var_os(THOROUGH).is_some();
    let cases = cases(host.kind(), thorough);
    let seed = seed(thorough);
    if thorough {
        say(&format!("{}: {cases} pairs, {SEED}={seed}", host.kind()));
    }
    let config = Config {
        cases,
        failure_persistence: None,
        // A shrinking step costs as much as a case, and servers are slow.
        max_shrink_iters: 400,
        max_global_rejects: cases,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, rng(seed));
    let with_rows = Cell::new(0);
    let result = runner.run(&pairs(), |pair| {
        let rows = try_pair(host, &pair)?;
        with_rows.set(with_rows.get() + u32::from(rows == Rows::Kept));
        Ok(())
    });
    if let Err(error) = result {
        panic!("{}, {SEED}={seed}: {error}", host.kind());
    }
    let with_rows = with_rows.get();
    if thorough {
        say(&format!("{}: {with_rows} of {cases} with rows all the way", host.kind()));
    }
    // Not all pairs have rows: a random change of a key or a check often does not fit them.
    assert!(with_rows * 2 > cases, "{}: only {with_rows} of {cases} with rows", host.kind());
}

/// Written directly, since the output of a passing test is not shown.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("standard error is open");
}

fn cases(kind: BackendKind, thorough: bool) -> u32 {
    match (db_backend::Capabilities::of(kind).embedded, thorough) {
        (true, true) => 10_000,
        (false, true) => 500,
        (true, false) => 150,
        (false, false) => 12,
    }
}

fn seed(thorough: bool) -> u64 {
    match std::env::var(SEED) {
        Ok(seed) => seed.parse().expect("a seed is a number"),
        Err(_) if thorough => RandomState::new().build_hasher().finish(),
        Err(_) => USUAL_SEED,
    }
}

fn rng(seed: u64) -> TestRng {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

fn try_pair(host: &ScratchHost, pair: &Pair) -> Result<Rows, TestCaseError> {
    let Pair { from, to } = pair;
    let is_supported = diff(from, to).is_ok() && diff(to, &undone(from, to)).is_ok();
    if !is_supported {
        return Err(TestCaseError::reject("no migration is generated for it"));
    }
    prove_between(host, from, to)
        .map(|proven| proven.rows)
        .map_err(|unproven| TestCaseError::fail(with_causes(unproven)))
}
