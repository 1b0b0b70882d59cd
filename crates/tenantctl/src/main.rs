//! The program for operators, with this workspace's schema and migrations.

use std::process::ExitCode;

use tenantctl::{Migrations, Project};

fn main() -> ExitCode {
    let migrations = Migrations::new("migrations_tenant", tenant_manager::MIGRATIONS);
    Project::new(&schema_core::tenant::SCHEMA, migrations)
        .with_system_folder("crates/system-db/migrations")
        .run()
}
