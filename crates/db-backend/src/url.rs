//! Addresses of servers and databases, which never show their password by accident.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sql_dialect::BackendKind;

use crate::error::DbError;
use crate::name;

mod percent;
mod remote;

use percent::decode;
pub(crate) use percent::encode;
pub(crate) use remote::Remote;
use remote::{HIDDEN, Password};

/// Where tenant databases live: `sqlite:FOLDER`, or `postgres://…` or `mysql://…` without a
/// database (on PostgreSQL the database of the URL, if there is one, is used to create others
/// from).
///
/// `Display` and `Debug` show `***` for a password; [`expose`](Self::expose) is for storing it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ServerUrl(Address);

/// Where one database is: a path (or `sqlite:PATH`) of an SQLite file, or `postgres://…/NAME` or
/// `mysql://…/NAME`. A path that could be a mistyped address is only accepted after `sqlite:`.
///
/// `Display` and `Debug` show `***` for a password; [`expose`](Self::expose) is for storing it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DatabaseUrl(Address);

impl ServerUrl {
    /// The folder of SQLite files at that path.
    pub fn folder(path: impl Into<PathBuf>) -> Self {
        Self(Address::Path(path.into()))
    }

    /// The same address with that password.
    ///
    /// # Errors
    /// [`DbErrorKind::Address`](crate::DbErrorKind::Address) if the address names no user, or has a
    /// password already.
    pub fn with_password(self, password: &str) -> Result<Self, DbError> {
        match self.0 {
            Address::Path(_) => Err(DbError::address("a folder has no password")),
            Address::Remote(remote) => Ok(Self(Address::Remote(remote.with_password(password)?))),
        }
    }

    /// The back end.
    pub fn kind(&self) -> BackendKind {
        self.0.kind()
    }

    /// The whole address with its password, for storing and connecting, never for display.
    pub fn expose(&self) -> String {
        self.0.to_string_with(Password::Shown)
    }

    /// The folder of an SQLite server.
    pub fn path(&self) -> Option<&Path> {
        self.0.path()
    }

    /// The database of that name on this server; for SQLite the file's path inside the folder.
    ///
    /// # Errors
    /// [`DbErrorKind::Address`](crate::DbErrorKind::Address) if no database can have that name
    /// here, or if it would leave the folder.
    pub fn database(&self, name: &str) -> Result<DatabaseUrl, DbError> {
        name::check(self.kind(), name)?;
        Ok(DatabaseUrl(match &self.0 {
            Address::Path(folder) => Address::Path(folder.join(name)),
            Address::Remote(remote) => {
                Address::Remote(Remote { database: encode(name), ..remote.clone() })
            }
        }))
    }

    /// A database of this server that always exists, from which others are created and dropped.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub fn maintenance(&self) -> DatabaseUrl {
        let mut address = self.0.clone();
        if let Address::Remote(Remote { kind: BackendKind::Postgres, database, .. }) = &mut address
            && database.is_empty()
        {
            MAINTENANCE_DATABASE.clone_into(database);
        }
        DatabaseUrl(address)
    }
}

/// The database that every PostgreSQL server has from the start.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) const MAINTENANCE_DATABASE: &str = "postgres";

impl DatabaseUrl {
    /// The SQLite file at that path.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self(Address::Path(path.into()))
    }

    /// The back end.
    pub fn kind(&self) -> BackendKind {
        self.0.kind()
    }

    /// The whole address with its password, for storing and connecting, never for display.
    pub fn expose(&self) -> String {
        self.0.to_string_with(Password::Shown)
    }

    /// The file of an SQLite database.
    pub fn path(&self) -> Option<&Path> {
        self.0.path()
    }

    /// The database's name on its server; for SQLite the file's path.
    pub fn name(&self) -> String {
        match &self.0 {
            Address::Path(path) => path.display().to_string(),
            Address::Remote(remote) => decode(&remote.database),
        }
    }

    /// Hides the password wherever a driver's message repeats it.
    pub(crate) fn redact(&self, message: &str) -> String {
        match &self.0 {
            Address::Path(_) => message.to_owned(),
            Address::Remote(remote) => remote.redact(message),
        }
    }

    /// The parts of the address of a server's database.
    #[cfg(any(feature = "postgres", feature = "mysql", test))]
    pub(crate) fn remote(&self) -> Option<&Remote> {
        match &self.0 {
            Address::Path(_) => None,
            Address::Remote(remote) => Some(remote),
        }
    }
}

impl FromStr for ServerUrl {
    type Err = DbError;

    fn from_str(text: &str) -> Result<Self, DbError> {
        match Address::parse(text)? {
            Address::Path(_) if !text.starts_with("sqlite:") => Err(DbError::address(
                "a server's address begins with sqlite:, postgres:// or mysql://",
            )),
            address => Ok(Self(address)),
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = DbError;

    fn from_str(text: &str) -> Result<Self, DbError> {
        match Address::parse(text)? {
            Address::Remote(remote) if remote.database.is_empty() => {
                Err(DbError::address("the address names no database; append /NAME"))
            }
            address => Ok(Self(address)),
        }
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string_with(Password::Hidden))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string_with(Password::Hidden))
    }
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerUrl({self})")
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Address {
    Path(PathBuf),
    Remote(Remote),
}

impl Address {
    /// A malformed text may contain a password anywhere, so no message repeats it.
    fn parse(text: &str) -> Result<Self, DbError> {
        if text.contains('\0') {
            return Err(DbError::address("the address has a NUL character"));
        }
        let (scheme, rest) = match text.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) => (scheme, rest),
            _ if may_be_an_address(text) => {
                return Err(DbError::address(
                    "the address has no known scheme; if it is a file, write sqlite:PATH",
                ));
            }
            _ => return Self::parse_path(text),
        };
        match (scheme, rest.strip_prefix("//")) {
            ("postgres" | "postgresql", Some(rest)) => {
                Remote::parse(BackendKind::Postgres, rest).map(Self::Remote)
            }
            ("mysql" | "mariadb", Some(rest)) => {
                Remote::parse(BackendKind::Mysql, rest).map(Self::Remote)
            }
            ("sqlite", path) => Self::parse_path(path.unwrap_or(rest)),
            _ => Err(DbError::address(
                "the address does not begin with sqlite:, postgres:// or mysql://",
            )),
        }
    }

    fn parse_path(path: &str) -> Result<Self, DbError> {
        match path {
            "" => Err(DbError::address("the address is empty")),
            ":memory:" => Err(DbError::address(
                "a database in memory is gone with its connection; name a file",
            )),
            _ if path.trim() != path => {
                Err(DbError::address("the path begins or ends with a blank"))
            }
            _ if path.contains("://") => Err(DbError::address("the path is another address")),
            _ => Ok(Self::Path(PathBuf::from(path))),
        }
    }

    fn kind(&self) -> BackendKind {
        match self {
            Self::Path(_) => BackendKind::Sqlite,
            Self::Remote(remote) => remote.kind,
        }
    }

    fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Remote(_) => None,
        }
    }

    fn to_string_with(&self, password: Password) -> String {
        match self {
            Self::Path(path) => format!("sqlite:{}", path.display()),
            Self::Remote(remote) => remote.to_string_with(password),
        }
    }
}

/// Whether what precedes a colon can be a scheme: a path would have a slash, a dot or a drive
/// letter there.
fn is_scheme(text: &str) -> bool {
    text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+')
}

/// Whether a text without a known scheme may be a mistyped address, and not just a path.
fn may_be_an_address(text: &str) -> bool {
    let drive = text.as_bytes().get(1..3).is_some_and(|after| matches!(after, b":\\" | b":/"));
    let is_plain = |character: char| !character.is_whitespace() && !matches!(character, ':' | '@');
    !text.starts_with(['/', '.'])
        && !drive
        && text != ":memory:"
        && (text.contains("//") || !text.chars().all(is_plain))
}

/// The text with its password hidden, if it is an address, well formed or not: then the password is
/// what is between the first colon of its authority and its last `@`.
pub fn hide_password(text: &str) -> String {
    if let Ok(url) = text.parse::<ServerUrl>() {
        return url.to_string();
    }
    let Some((before, hosts)) = text.rsplit_once('@') else { return text.to_owned() };
    let slash = before.find('/').unwrap_or(0);
    let (scheme, user_info) = before.split_at(slash);
    match user_info.split_once(':') {
        Some((user, _)) => format!("{scheme}{user}:{HIDDEN}@{hosts}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
