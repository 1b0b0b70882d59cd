//! Servers for scratch databases.

use clap::Args;

/// Servers for scratch databases.
#[derive(Debug, Clone, Args)]
pub struct ScratchArgs {
    /// A PostgreSQL server for scratch databases
    #[arg(long, env = "TENANTCTL_TEST_POSTGRES", hide_env_values = true, value_name = "URL")]
    pub(crate) postgres_url: Option<String>,
    /// A MySQL or MariaDB server for scratch databases
    #[arg(long, env = "TENANTCTL_TEST_MYSQL", hide_env_values = true, value_name = "URL")]
    pub(crate) mysql_url: Option<String>,
}
