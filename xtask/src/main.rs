//! Tasks for developers of this repository. All other commands come from tenantctl, and work on
//! this workspace's schema and migrations.

mod bench;
mod demo;
mod testing;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use tenantctl::{ExtraCommands, Migrations, Project};

#[derive(Debug, Subcommand)]
enum Task {
    Demo(demo::DemoArgs),
    Bench(bench::BenchArgs),
    Test(testing::TestArgs),
    // The next task goes here, and into `run` below.
}

impl ExtraCommands for Task {
    const EXIT_CODES: &'static [(u8, &'static str)] =
        &[(testing::EXIT_MISSING_PACKAGES, "`test`: packages are missing, and were not installed")];

    fn run(self) -> Result<ExitCode> {
        match self {
            Self::Demo(args) => demo::run(&args),
            Self::Bench(args) => bench::run(&args),
            Self::Test(args) => testing::run(&args),
        }
    }
}

fn main() -> ExitCode {
    let migrations = Migrations::new("migrations_tenant", tenant_manager::MIGRATIONS);
    Project::new(&schema_core::tenant::SCHEMA, migrations)
        .with_system_folder("crates/system-db/migrations")
        .run_with::<Task>()
}
