//! Finds the programs of the servers and the client libraries on this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Folders for programs that a user's `PATH` often lacks.
const FURTHER_FOLDERS: [&str; 4] = ["/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/libexec"];

/// Where each installed version of PostgreSQL has a folder: the parent folder, the prefix before
/// the version, and the subfolder with the programs.
const POSTGRES_VERSIONS: [(&str, &str, &str); 4] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr/lib", "postgresql", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/libexec", "postgresql", ""),
];

/// The files that satisfy the linker's `-lpq`.
const LIBPQ_FILES: [&str; 3] = ["libpq.so", "libpq.dylib", "libpq.a"];

/// What the tests on all three back ends need from the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Requirement {
    PostgresServer,
    MariadbServer,
    PkgConfig,
    PostgresClient,
    MariadbClient,
}

impl Requirement {
    /// What it is, and how it is recognised.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::PostgresServer => "PostgreSQL server (initdb, postgres, psql)",
            Self::MariadbServer => "MariaDB server (mariadb-install-db, mariadbd, mariadb)",
            Self::PkgConfig => "pkg-config, with which the build finds the client libraries",
            Self::PostgresClient => "PostgreSQL client library (libpq, for linking)",
            Self::MariadbClient => "MariaDB client library (libmariadb, for linking)",
        }
    }
}

/// The programs of both servers.
pub(super) struct Tools {
    pub(super) postgres: PostgresTools,
    pub(super) mariadb: MariadbTools,
}

pub(super) struct PostgresTools {
    pub(super) initdb: PathBuf,
    pub(super) postgres: PathBuf,
    pub(super) psql: PathBuf,
}

pub(super) struct MariadbTools {
    pub(super) install_db: PathBuf,
    pub(super) server: PathBuf,
    pub(super) client: PathBuf,
}

impl Tools {
    /// Finds everything.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn find() -> Result<Self, Vec<Requirement>> {
        let postgres = PostgresTools::find();
        let mariadb = MariadbTools::find();
        let pkg_config = find_program("pkg-config").is_some();
        let found = [
            (Requirement::PostgresServer, postgres.is_some()),
            (Requirement::MariadbServer, mariadb.is_some()),
            (Requirement::PkgConfig, pkg_config),
            (Requirement::PostgresClient, links_libpq()),
            (Requirement::MariadbClient, links_libmariadb()),
        ];
        match (postgres, mariadb) {
            (Some(postgres), Some(mariadb)) if found.iter().all(|(_, found)| *found) => {
                Ok(Self { postgres, mariadb })
            }
            _ => Err(found
                .into_iter()
                .filter(|(_, found)| !found)
                .map(|(requirement, _)| requirement)
                .collect()),
        }
    }
}

impl PostgresTools {
    /// The newest installed version. All programs must be of the same version.
    fn find() -> Option<Self> {
        let versions = POSTGRES_VERSIONS.iter().flat_map(|&(parent, prefix, programs)| {
            let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(parent)
                .into_iter()
                .flatten()
                .flatten()
                .filter_map(|entry| {
                    let name = entry.file_name().into_string().ok()?;
                    Some((name.strip_prefix(prefix)?.parse().ok()?, entry.path().join(programs)))
                })
                .collect();
            versions.sort();
            versions.into_iter().rev().map(|(_, folder)| folder)
        });
        versions.chain(folders()).find_map(|folder| {
            let program = |name| executable(&folder, name);
            Some(Self {
                initdb: program("initdb")?,
                postgres: program("postgres")?,
                psql: program("psql")?,
            })
        })
    }
}

impl MariadbTools {
    fn find() -> Option<Self> {
        Some(Self {
            install_db: find_program("mariadb-install-db")?,
            server: find_program("mariadbd")?,
            client: find_program("mariadb")?,
        })
    }
}

/// Finds a program in the `PATH`, or where systems put the programs of administrators.
pub(super) fn find_program(name: &str) -> Option<PathBuf> {
    folders().find_map(|folder| executable(&folder, name))
}

fn folders() -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path: Vec<PathBuf> = std::env::split_paths(&path).collect();
    path.into_iter().chain(FURTHER_FOLDERS.map(PathBuf::from))
}

fn executable(folder: &Path, name: &str) -> Option<PathBuf> {
    let path = folder.join(name);
    path.is_file().then_some(path)
}

/// Looks for libpq in the same way as the build script of `pq-sys`.
fn links_libpq() -> bool {
    std::env::var_os("PQ_LIB_DIR").is_some()
        || output("pkg-config", &["--exists", "libpq"]).is_some()
        || output("pg_config", &["--libdir"]).is_some_and(|folder| {
            // On Debian, each server has a pg_config, which names the folder even without libpq.
            LIBPQ_FILES.iter().any(|file| Path::new(folder.trim()).join(file).exists())
        })
}

/// Looks for libmariadb in the same way as the build script of `mysqlclient-sys`.
fn links_libmariadb() -> bool {
    std::env::var_os("MYSQLCLIENT_LIB_DIR").is_some()
        || output("pkg-config", &["--exists", "mysqlclient"]).is_some()
        || output("pkg-config", &["--exists", "libmariadb"]).is_some()
        || output("mysql_config", &["--libs"]).is_some()
}

/// What a program prints, if it succeeds.
fn output(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
