//! What is missing, and how the system's package manager installs it.

use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use nix::unistd::Uid;

use super::tools::{Need, Tools, find_program};

/// A package manager, and what our needs are called there.
struct Manager {
    program: &'static str,
    /// Brings its list of packages up to date, where a fresh system has none.
    refresh: Option<&'static [&'static str]>,
    install: &'static [&'static str],
    postgres_server: &'static str,
    mariadb_server: &'static str,
    pkg_config: &'static str,
    postgres_client: &'static str,
    mariadb_client: &'static str,
}

/// In the order in which they are looked for.
const MANAGERS: [Manager; 5] = [
    Manager {
        program: "apt-get",
        refresh: Some(&["apt-get", "update"]),
        // Rather fail than remove a MySQL that somebody uses.
        install: &[
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "install",
            "--yes",
            "--no-install-recommends",
            "--no-remove",
        ],
        postgres_server: "postgresql",
        mariadb_server: "mariadb-server",
        pkg_config: "pkg-config",
        postgres_client: "libpq-dev",
        mariadb_client: "libmariadb-dev",
    },
    Manager {
        program: "dnf",
        refresh: None,
        install: &["dnf", "install", "--assumeyes"],
        postgres_server: "postgresql-server",
        mariadb_server: "mariadb-server",
        pkg_config: "pkgconf-pkg-config",
        postgres_client: "libpq-devel",
        mariadb_client: "mariadb-connector-c-devel",
    },
    Manager {
        program: "zypper",
        refresh: None,
        install: &["zypper", "--non-interactive", "install"],
        postgres_server: "postgresql-server",
        mariadb_server: "mariadb",
        pkg_config: "pkgconf-pkg-config",
        postgres_client: "postgresql-devel",
        mariadb_client: "libmariadb-devel",
    },
    Manager {
        program: "apk",
        refresh: None,
        install: &["apk", "add", "--no-cache"],
        postgres_server: "postgresql",
        mariadb_server: "mariadb mariadb-client",
        pkg_config: "pkgconf",
        postgres_client: "libpq-dev",
        mariadb_client: "mariadb-connector-c-dev",
    },
    Manager {
        program: "pacman",
        refresh: None,
        install: &["pacman", "--sync", "--needed", "--noconfirm"],
        postgres_server: "postgresql",
        mariadb_server: "mariadb mariadb-clients",
        pkg_config: "pkgconf",
        postgres_client: "postgresql-libs",
        mariadb_client: "mariadb-libs",
    },
];

impl Manager {
    fn packages(&self, need: Need) -> &'static str {
        match need {
            Need::PostgresServer => self.postgres_server,
            Need::MariadbServer => self.mariadb_server,
            Need::PkgConfig => self.pkg_config,
            Need::PostgresClient => self.postgres_client,
            Need::MariadbClient => self.mariadb_client,
        }
    }

    /// The commands that install it all, for one who has the right to.
    fn commands(&self, needs: &[Need]) -> Vec<Vec<&'static str>> {
        let packages = needs.iter().flat_map(|need| self.packages(*need).split(' '));
        let install = self.install.iter().copied().chain(packages).collect();
        self.refresh.map(<[_]>::to_vec).into_iter().chain([install]).collect()
    }
}

/// Finds the programs and libraries. Those that are missing are installed by root, and by others where
/// they ask for it; else what is missing is printed with the commands that install it, and there is
/// nothing to go on with.
///
/// # Errors
/// Where the package manager fails.
pub(super) fn find_or_install(asked_for: bool) -> anyhow::Result<Option<Tools>> {
    let needs = match Tools::find() {
        Ok(tools) => return Ok(Some(tools)),
        Err(needs) => needs,
    };
    eprintln!("the tests on all back ends need what is not on this machine yet:");
    for need in &needs {
        eprintln!("  {}", need.describe());
    }
    let manager = MANAGERS.into_iter().find(|manager| find_program(manager.program).is_some());
    let Some(manager) = manager else {
        eprintln!("\nfound no package manager that is known here; install them by hand");
        print_alternative();
        return Ok(None);
    };

    let commands = manager.commands(&needs);
    let Some(prefix) = prefix(Uid::effective().is_root(), asked_for, has_sudo) else {
        eprint!("{}", instructions(&commands, asked_for));
        print_alternative();
        return Ok(None);
    };
    eprintln!("\ninstalling them with {}", manager.program);
    for command in commands {
        run(&[prefix, &command].concat())?;
    }
    match Tools::find() {
        Ok(tools) => Ok(Some(tools)),
        Err(needs) => {
            eprintln!("\nstill not found after {} has installed them:", manager.program);
            for need in needs {
                eprintln!("  {}", need.describe());
            }
            print_alternative();
            Ok(None)
        }
    }
}

fn print_alternative() {
    eprintln!("\nplain `cargo test` covers SQLite and needs none of them");
}

/// What to run by hand.
fn instructions(commands: &[Vec<&str>], asked_for: bool) -> String {
    let how = match asked_for {
        true => "only root may install them, and sudo asks for a password; run:",
        false => "nothing was installed; run this again with --install, or:",
    };
    let lines = commands.iter().map(|command| format!("  sudo {}\n", command.join(" ")));
    format!("\n{how}\n\n{}", lines.collect::<String>())
}

/// What comes before a command so that it installs; `None` where it is not to, or may not.
fn prefix(
    is_root: bool,
    asked_for: bool,
    has_sudo: impl FnOnce() -> bool,
) -> Option<&'static [&'static str]> {
    match (is_root, asked_for) {
        (true, _) => Some(&[]),
        (false, true) => has_sudo().then_some(&["sudo", "--non-interactive"]),
        (false, false) => None,
    }
}

/// Whether sudo asks for no password.
fn has_sudo() -> bool {
    let sudo = Command::new("sudo")
        .args(["--non-interactive", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    sudo.is_ok_and(|status| status.success())
}

fn run(command: &[&str]) -> anyhow::Result<()> {
    let line = command.join(" ");
    eprintln!("+ {line}");
    let [program, args @ ..] = command else { bail!("an empty command") };
    let status = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot run `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed with {status}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_of_each_manager() {
        use Need::{MariadbClient, MariadbServer, PkgConfig, PostgresClient, PostgresServer};
        let everything = [PostgresServer, MariadbServer, PkgConfig, PostgresClient, MariadbClient];
        let lines = |manager: &Manager| {
            let commands = manager.commands(&everything);
            commands.iter().map(|command| command.join(" ")).collect::<Vec<_>>().join("\n")
        };
        let all: Vec<String> = MANAGERS.iter().map(lines).collect();
        insta::assert_snapshot!(all.join("\n\n"), @r"
        apt-get update
        env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends --no-remove postgresql mariadb-server pkg-config libpq-dev libmariadb-dev

        dnf install --assumeyes postgresql-server mariadb-server pkgconf-pkg-config libpq-devel mariadb-connector-c-devel

        zypper --non-interactive install postgresql-server mariadb pkgconf-pkg-config postgresql-devel libmariadb-devel

        apk add --no-cache postgresql mariadb mariadb-client pkgconf libpq-dev mariadb-connector-c-dev

        pacman --sync --needed --noconfirm postgresql mariadb mariadb-clients pkgconf postgresql-libs mariadb-libs
        ");
    }

    #[test]
    fn only_root_installs_unasked() {
        let no_need = || panic!("sudo is not tried");
        assert_eq!(prefix(true, false, no_need), Some(&[][..]));
        assert_eq!(prefix(true, true, no_need), Some(&[][..]));
        assert_eq!(prefix(false, false, no_need), None);
        assert_eq!(prefix(false, true, || true), Some(&["sudo", "--non-interactive"][..]));
        assert_eq!(prefix(false, true, || false), None);
    }

    #[test]
    fn what_is_not_installed_is_said_with_its_command() {
        let [apt, ..] = MANAGERS;
        let commands = apt.commands(&[Need::PostgresClient]);
        insta::assert_snapshot!(instructions(&commands, false), @"
        nothing was installed; run this again with --install, or:

          sudo apt-get update
          sudo env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends --no-remove libpq-dev
        ");
        insta::assert_snapshot!(instructions(&commands, true), @"
        only root may install them, and sudo asks for a password; run:

          sudo apt-get update
          sudo env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends --no-remove libpq-dev
        ");
    }

    #[test]
    fn only_what_is_missing_is_installed() {
        let [apt, ..] = MANAGERS;
        let commands = apt.commands(&[Need::PostgresClient]);
        assert_eq!(commands[1].last(), Some(&"libpq-dev"));
        assert!(!commands[1].contains(&"mariadb-server"));
    }
}
