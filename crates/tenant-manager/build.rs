//! Builds again when a migration is added, which the compiler does not notice.

fn main() {
    println!("cargo::rerun-if-changed=migrations_tenant");
}
