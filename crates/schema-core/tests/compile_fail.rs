//! Mistakes in a declaration, and what the compiler says about them: all together, each at its
//! place. `TRYBUILD=overwrite cargo test -p schema-core --test compile_fail` writes the expected
//! texts again.

#[test]
fn mistakes_are_reported_at_their_place() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
