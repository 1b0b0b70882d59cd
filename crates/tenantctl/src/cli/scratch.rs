//! Servers for scratch databases.

use clap::Args;
use db_backend::BackendKind;

/// Where migrations are executed.
#[derive(Debug, Clone, Args)]
pub struct ScratchArgs {
    /// Only this back end, of sqlite, postgres and mysql; can be given several times [default: all]
    #[arg(long = "back-end", value_name = "KIND")]
    pub(crate) back_ends: Vec<BackendKind>,
    /// A PostgreSQL server for scratch databases
    #[arg(long, env = "TENANTCTL_TEST_POSTGRES", hide_env_values = true, value_name = "URL")]
    pub(crate) postgres_url: Option<String>,
    /// A MySQL or MariaDB server for scratch databases
    #[arg(long, env = "TENANTCTL_TEST_MYSQL", hide_env_values = true, value_name = "URL")]
    pub(crate) mysql_url: Option<String>,
}
