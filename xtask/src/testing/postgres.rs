//! A throw-away PostgreSQL server.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::interrupt::Interrupt;
use super::run_folder::RunFolder;
use super::server::{CONNECTIONS_MAX, Recipe, Server, prepare, random_password};
use super::tools::PostgresTools;

struct Postgres<'a> {
    tools: &'a PostgresTools,
    run_folder: &'a RunFolder,
    folder: PathBuf,
    password: String,
}

/// Creates a cluster, and starts its server.
pub(super) fn start(
    tools: &PostgresTools,
    run_folder: &RunFolder,
    interrupt: &Interrupt,
) -> anyhow::Result<Server> {
    let folder = run_folder.private_folder("postgres")?;
    let password = random_password()?;
    let password_file = folder.join("password");
    run_folder.private_file(&password_file, &password)?;

    let recipe = Postgres { tools, run_folder, folder, password };
    let mut initdb = run_folder.command(&tools.initdb, &recipe.folder);
    initdb
        .arg("--pgdata")
        .arg(recipe.data())
        .arg("--pwfile")
        .arg(password_file)
        .args(["--username=postgres", "--auth=scram-sha-256"])
        .args(["--encoding=UTF8", "--no-locale", "--no-sync"]);
    prepare(initdb)?;
    Server::start(&recipe, run_folder, interrupt)
}

impl Postgres<'_> {
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }
}

impl Recipe for Postgres<'_> {
    const NAME: &'static str = "PostgreSQL";
    const VARIABLE: &'static str = "TENANTCTL_TEST_POSTGRES";
    // "Immediate shutdown": there is no checkpoint, since nobody will ever read these files again.
    const STOP_SIGNAL: &'static str = "QUIT";

    fn url(&self, port: u16) -> String {
        format!("postgres://postgres:{}@127.0.0.1:{port}", self.password)
    }

    fn command(&self, port: u16) -> Command {
        let mut command = Command::new(&self.tools.postgres);
        command.arg("-D").arg(self.data());
        let port = format!("port={port}");
        let connections = format!("max_connections={CONNECTIONS_MAX}");
        for setting in [
            &port,
            &connections,
            "listen_addresses=127.0.0.1",
            // A socket's path is limited to about 100 bytes, and a checkout may have a longer one.
            "unix_socket_directories=",
            // This server need not survive a crash of the machine.
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
        ] {
            command.arg("-c").arg(setting);
        }
        command
    }

    fn probe(&self, port: u16) -> Command {
        let mut psql = self.run_folder.command(&self.tools.psql, &self.folder);
        psql.args(["--no-psqlrc", "--no-password", "--host=127.0.0.1", "--username=postgres"])
            .arg(format!("--port={port}"))
            .args(["--dbname=postgres", "--command=select 1"])
            .env("PGPASSWORD", &self.password);
        psql
    }

    fn folder(&self) -> &Path {
        &self.folder
    }
}
