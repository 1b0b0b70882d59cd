//! Which packages are missing, and how the system's package manager installs them.

use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use nix::unistd::Uid;

use super::tools::{Requirement, Tools, find_program};

/// A package manager, and its names for the packages that are required.
struct PackageManager {
    program: &'static str,
    /// Updates the list of packages, which a fresh system may lack.
    refresh: Option<&'static [&'static str]>,
    install: &'static [&'static str],
    postgres_server: &'static str,
    mariadb_server: &'static str,
    pkg_config: &'static str,
    postgres_client: &'static str,
    mariadb_client: &'static str,
}

/// The first one that is installed is used.
const MANAGERS: [PackageManager; 5] = [
    PackageManager {
        program: "apt-get",
        refresh: Some(&["apt-get", "update"]),
        // It is better to fail than to remove a MySQL that somebody uses.
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
    PackageManager {
        program: "dnf",
        refresh: None,
        install: &["dnf", "install", "--assumeyes"],
        postgres_server: "postgresql-server",
        mariadb_server: "mariadb-server",
        pkg_config: "pkgconf-pkg-config",
        postgres_client: "libpq-devel",
        mariadb_client: "mariadb-connector-c-devel",
    },
    PackageManager {
        program: "zypper",
        refresh: None,
        install: &["zypper", "--non-interactive", "install"],
        postgres_server: "postgresql-server",
        mariadb_server: "mariadb",
        pkg_config: "pkgconf-pkg-config",
        postgres_client: "postgresql-devel",
        mariadb_client: "libmariadb-devel",
    },
    PackageManager {
        program: "apk",
        refresh: None,
        install: &["apk", "add", "--no-cache"],
        postgres_server: "postgresql",
        mariadb_server: "mariadb mariadb-client",
        pkg_config: "pkgconf",
        postgres_client: "libpq-dev",
        mariadb_client: "mariadb-connector-c-dev",
    },
    PackageManager {
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

impl PackageManager {
    fn packages(&self, requirement: Requirement) -> &'static str {
        match requirement {
            Requirement::PostgresServer => self.postgres_server,
            Requirement::MariadbServer => self.mariadb_server,
            Requirement::PkgConfig => self.pkg_config,
            Requirement::PostgresClient => self.postgres_client,
            Requirement::MariadbClient => self.mariadb_client,
        }
    }

    /// The commands that install everything, if they run with the rights of root.
    fn commands(&self, missing: &[Requirement]) -> Vec<Vec<&'static str>> {
        let packages =
            missing.iter().flat_map(|requirement| self.packages(*requirement).split(' '));
        let install = self.install.iter().copied().chain(packages).collect();
        self.refresh.map(<[_]>::to_vec).into_iter().chain([install]).collect()
    }
}

/// Finds the programs and libraries. If some are missing, root installs them, and other users do so
/// only on request. Otherwise this prints what is missing, with the commands that install it, and
/// returns `None`.
///
/// # Errors
/// If the package manager fails.
pub(super) fn find_or_install(is_requested: bool) -> anyhow::Result<Option<Tools>> {
    let missing = match Tools::find() {
        Ok(tools) => return Ok(Some(tools)),
        Err(missing) => missing,
    };
    eprintln!("the tests on all back ends need these, which are not installed:");
    for requirement in &missing {
        eprintln!("  {}", requirement.describe());
    }
    let manager = MANAGERS.into_iter().find(|manager| find_program(manager.program).is_some());
    let Some(manager) = manager else {
        eprintln!("\nfound no supported package manager; install them by hand");
        print_alternative();
        return Ok(None);
    };

    let commands = manager.commands(&missing);
    let Some(prefix) = prefix(Uid::effective().is_root(), is_requested, has_sudo) else {
        eprint!("{}", instructions(&commands, is_requested));
        print_alternative();
        return Ok(None);
    };
    eprintln!("\ninstalling them with {}", manager.program);
    for command in commands {
        run(&[prefix, &command].concat())?;
    }
    match Tools::find() {
        Ok(tools) => Ok(Some(tools)),
        Err(missing) => {
            eprintln!("\nstill missing after {} installed them:", manager.program);
            for requirement in missing {
                eprintln!("  {}", requirement.describe());
            }
            print_alternative();
            Ok(None)
        }
    }
}

fn print_alternative() {
    eprintln!("\nplain `cargo test` covers SQLite, and needs none of these");
}

/// What the user can run by hand.
fn instructions(commands: &[Vec<&str>], is_requested: bool) -> String {
    let how = match is_requested {
        true => "only root may install them, and sudo asks for a password; run:",
        false => "nothing was installed; run this again with --install, or run:",
    };
    let lines = commands.iter().map(|command| format!("  sudo {}\n", command.join(" ")));
    format!("\n{how}\n\n{}", lines.collect::<String>())
}

/// What to put before a command so that it may install; `None` if it should not, or may not.
fn prefix(
    is_root: bool,
    is_requested: bool,
    has_sudo: impl FnOnce() -> bool,
) -> Option<&'static [&'static str]> {
    match (is_root, is_requested) {
        (true, _) => Some(&[]),
        (false, true) => has_sudo().then_some(&["sudo", "--non-interactive"]),
        (false, false) => None,
    }
}

/// Whether sudo works without asking for a password.
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
        .with_context(|| format!("can't run `{line}`"))?;
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
        use Requirement::{
            MariadbClient, MariadbServer, PkgConfig, PostgresClient, PostgresServer,
        };
        let everything = [PostgresServer, MariadbServer, PkgConfig, PostgresClient, MariadbClient];
        let lines = |manager: &PackageManager| {
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
        let untried = || panic!("sudo is not tried");
        assert_eq!(prefix(true, false, untried), Some(&[][..]));
        assert_eq!(prefix(true, true, untried), Some(&[][..]));
        assert_eq!(prefix(false, false, untried), None);
        assert_eq!(prefix(false, true, || true), Some(&["sudo", "--non-interactive"][..]));
        assert_eq!(prefix(false, true, || false), None);
    }

    #[test]
    fn missing_packages_are_reported_with_the_commands() {
        let [apt, ..] = MANAGERS;
        let commands = apt.commands(&[Requirement::PostgresClient]);
        insta::assert_snapshot!(instructions(&commands, false), @"
        nothing was installed; run this again with --install, or run:

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
        let commands = apt.commands(&[Requirement::PostgresClient]);
        assert_eq!(commands[1].last(), Some(&"libpq-dev"));
        assert!(!commands[1].contains(&"mariadb-server"));
    }
}
