//! Mistakes in a declaration: what the compiler says of them, all at once and each at its place.
//! `TRYBUILD=overwrite cargo test -p schema-core --test compile_fail` writes the expected texts anew.

#[test]
fn mistakes_are_reported_at_their_place() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
