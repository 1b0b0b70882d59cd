//! A throw-away MariaDB server.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::interrupt::Interrupt;
use super::run_folder::RunFolder;
use super::server::{CONNECTIONS_MAX, Recipe, Server, prepare, random_password};
use super::tools::MariadbTools;

struct Mariadb<'a> {
    tools: &'a MariadbTools,
    run_folder: &'a RunFolder,
    folder: PathBuf,
    password: String,
}

/// Creates a data folder, and starts its server.
pub(super) fn start(
    tools: &MariadbTools,
    run_folder: &RunFolder,
    interrupt: &Interrupt,
) -> anyhow::Result<Server> {
    let folder = run_folder.private_folder("mariadb")?;
    let recipe = Mariadb { tools, run_folder, folder, password: random_password()? };

    let mut install = run_folder.command(&tools.install_db, &recipe.folder);
    install
        // Must be the first argument, or it is not understood.
        .arg("--no-defaults")
        .arg(format!("--datadir={}", recipe.data().display()))
        .args(["--auth-root-authentication-method=normal", "--skip-test-db"]);
    prepare(install)?;

    // The server runs this before it listens, so that no client ever sees root without a password.
    let password = &recipe.password;
    let users = format!(
        "DELETE FROM mysql.global_priv WHERE User <> 'mariadb.sys';\n\
         FLUSH PRIVILEGES;\n\
         CREATE USER 'root'@'127.0.0.1' IDENTIFIED BY '{password}';\n\
         GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;\n"
    );
    run_folder.private_file(&recipe.init_file(), &users)?;
    let server = Server::start(&recipe, run_folder, interrupt)?;
    recipe.speak_another_language(&server);
    Ok(server)
}

impl Mariadb<'_> {
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn init_file(&self) -> PathBuf {
        self.folder.join("users.sql")
    }

    /// Messages in German from now on, for every session that chooses no language itself.
    fn speak_another_language(&self, server: &Server) {
        // Where that language is not installed, the tests that need it say so.
        let _ = prepare(self.client(server.port, "SET GLOBAL lc_messages = 'de_DE'"));
    }
}

impl Recipe for Mariadb<'_> {
    const NAME: &'static str = "MariaDB";
    const VARIABLE: &'static str = "TENANTCTL_TEST_MYSQL";
    const STOP_SIGNAL: &'static str = "TERM";

    fn url(&self, port: u16) -> String {
        format!("mysql://root:{}@127.0.0.1:{port}", self.password)
    }

    fn command(&self, port: u16) -> Command {
        let mut command = Command::new(&self.tools.server);
        command
            .arg("--no-defaults")
            .arg(format!("--datadir={}", self.data().display()))
            .arg(format!("--init-file={}", self.init_file().display()))
            .arg(format!("--port={port}"))
            .arg(format!("--max-connections={CONNECTIONS_MAX}"))
            .args(["--bind-address=127.0.0.1", "--skip-name-resolve"])
            // Relative to the data folder: a socket's path is limited to about 100 bytes.
            .args(["--socket=server.sock", "--pid-file=server.pid"])
            // The default character set stays latin1, as on many old servers, so that the tests
            // fail where the program does not name its own.
            //
            // This server need not survive a crash of the machine.
            .args(["--innodb-flush-log-at-trx-commit=0", "--innodb-fast-shutdown=2"])
            // Otherwise each DDL statement waits for the disk several times.
            .args(["--innodb-flush-method=nosync", "--skip-innodb-doublewrite", "--sync-frm=OFF"]);
        command
    }

    fn client(&self, port: u16, statement: &str) -> Command {
        let mut client = self.run_folder.command(&self.tools.client, &self.folder);
        client
            .args(["--no-defaults", "--host=127.0.0.1", "--user=root"])
            .arg(format!("--port={port}"))
            .arg(format!("--execute={statement}"))
            .env("MYSQL_PWD", &self.password);
        client
    }

    fn folder(&self) -> &Path {
        &self.folder
    }
}
