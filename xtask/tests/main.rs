//! The tasks of this repository, from their arguments to their exit codes.

mod bench;
mod demo;
mod help;
mod support;

/// The program that the tests run.
const PROGRAM: &str = env!("CARGO_BIN_EXE_xtask");
