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
    let server = Server::start(&recipe, run_folder, interrupt)?;
    recipe.speak_another_language(&server)?;
    Ok(server)
}

impl Postgres<'_> {
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Messages in German from now on, except for the superuser, who may choose.
    fn speak_another_language(&self, server: &Server) -> anyhow::Result<()> {
        let execute = |statement: &str| prepare(self.client(server.port, statement));
        execute("ALTER ROLE postgres SET lc_messages = 'C'")?;
        // Where no language but English is installed, the tests that need another one say so.
        let spoken = MESSAGE_LOCALES
            .iter()
            .any(|locale| execute(&format!("ALTER SYSTEM SET lc_messages = '{locale}'")).is_ok());
        if spoken { execute("SELECT pg_reload_conf()") } else { Ok(()) }
    }
}

/// Locales in which messages are translated to the language that [`LANGUAGE`] names, if that is
/// installed: any will do but `C`, and on recent systems but `C.UTF-8`.
const MESSAGE_LOCALES: [&str; 3] = ["de_DE.UTF-8", "en_US.UTF-8", "C.UTF-8"];

/// What gettext asks for the language, unless the locale is one without any.
const LANGUAGE: (&str, &str) = ("LANGUAGE", "de");

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
        command.env(LANGUAGE.0, LANGUAGE.1).arg("-D").arg(self.data());
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

    fn client(&self, port: u16, statement: &str) -> Command {
        let mut psql = self.run_folder.command(&self.tools.psql, &self.folder);
        psql.args(["--no-psqlrc", "--no-password", "--host=127.0.0.1", "--username=postgres"])
            .arg(format!("--port={port}"))
            .arg("--dbname=postgres")
            .arg(format!("--command={statement}"))
            .env("PGPASSWORD", &self.password);
        psql
    }

    fn folder(&self) -> &Path {
        &self.folder
    }
}
