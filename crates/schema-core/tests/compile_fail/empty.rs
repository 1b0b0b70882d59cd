//! A schema without tables.

schema_core::tenant_schema! {}

fn main() {}
