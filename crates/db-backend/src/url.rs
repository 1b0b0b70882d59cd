//! Addresses of servers and databases, which never show their password by accident.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::error::{DbError, DbErrorKind};
use crate::name;
use sql_dialect::BackendKind;

/// Where tenant databases live: `sqlite:FOLDER`, or `postgres://…` or `mysql://…` without a
/// database (on PostgreSQL the database of the URL, if there is one, is used to create others
/// from).
///
/// `Display` and `Debug` show `***` for a password; [`expose`](Self::expose) is for storing it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ServerUrl(Address);

/// Where one database is: a path (or `sqlite:PATH`) of an SQLite file, or `postgres://…/NAME` or
/// `mysql://…/NAME`.
///
/// `Display` and `Debug` show `***` for a password; [`expose`](Self::expose) is for storing it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DatabaseUrl(Address);

impl ServerUrl {
    /// The folder of SQLite files at that path.
    pub fn folder(path: impl Into<PathBuf>) -> Self {
        Self(Address::Path(path.into()))
    }

    /// The back end.
    pub fn kind(&self) -> BackendKind {
        self.0.kind()
    }

    /// The whole address with its password, for storing and connecting, never for showing.
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
    /// [`DbErrorKind::Address`] where the name can't be a database's here, or would leave the
    /// folder.
    pub fn database(&self, name: &str) -> Result<DatabaseUrl, DbError> {
        name::check(self.kind(), name)?;
        Ok(DatabaseUrl(match &self.0 {
            Address::Path(folder) => Address::Path(folder.join(name)),
            Address::Remote(remote) => {
                Address::Remote(Remote { database: encode(name), ..remote.clone() })
            }
        }))
    }

    /// A database of this server that is always there, to create and drop others from.
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

/// The database that every PostgreSQL server is delivered with.
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

    /// The whole address with its password, for storing and connecting, never for showing.
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

    /// Replaces the password, wherever a driver's message repeats it.
    pub(crate) fn redact(&self, message: &str) -> String {
        let Address::Remote(remote) = &self.0 else { return message.to_owned() };
        let secrets = remote.secrets().flat_map(|secret| [secret.to_owned(), decode(secret)]);
        // A password that equals the user's name can't be told from it.
        secrets
            .filter(|secret| !secret.is_empty() && secret != remote.user())
            .fold(message.to_owned(), |text, secret| replace_word(&text, &secret))
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
            Address::Path(_) if !text.starts_with("sqlite:") => {
                Err(fault("a server's address begins with sqlite:, postgres:// or mysql://"))
            }
            address => Ok(Self(address)),
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = DbError;

    fn from_str(text: &str) -> Result<Self, DbError> {
        match Address::parse(text)? {
            Address::Remote(remote) if remote.database.is_empty() => {
                Err(fault("the address names no database; append /NAME"))
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

/// What stands for a password.
const HIDDEN: &str = "***";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Password {
    Shown,
    Hidden,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Address {
    Path(PathBuf),
    Remote(Remote),
}

/// The parts of `scheme://user:password@host:port/database?key=value`, percent-encoded. They are
/// taken apart by hand, since libpq's lists of hosts are no URLs to a parser.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Remote {
    kind: BackendKind,
    user_info: Option<String>,
    pub(crate) hosts: String,
    pub(crate) database: String,
    pub(crate) parameters: Vec<(String, String)>,
}

impl Address {
    /// The text may hold a password wherever it is malformed, so no message repeats it.
    fn parse(text: &str) -> Result<Self, DbError> {
        if text.contains('\0') {
            return Err(fault("the address has a NUL character"));
        }
        let (scheme, rest) = match text.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) => (scheme, rest),
            _ => return Self::parse_path(text),
        };
        match (scheme, rest.strip_prefix("//")) {
            ("postgres" | "postgresql", Some(rest)) => Remote::parse(BackendKind::Postgres, rest),
            ("mysql" | "mariadb", Some(rest)) => Remote::parse(BackendKind::Mysql, rest),
            ("sqlite", path) => Self::parse_path(path.unwrap_or(rest)),
            _ => Err(fault("the address begins with none of sqlite:, postgres:// and mysql://")),
        }
    }

    fn parse_path(path: &str) -> Result<Self, DbError> {
        match path {
            "" => Err(fault("the address is empty")),
            ":memory:" => {
                Err(fault("a database in memory is gone with its connection; name a file"))
            }
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

impl Remote {
    fn parse(kind: BackendKind, rest: &str) -> Result<Address, DbError> {
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        // A bare `/` or `?` in a password ends the authority too early, and half of the password
        // would pass for a database or a parameter, and be shown.
        if database.contains('@') || query.contains('@') {
            return Err(fault("in the address, write / ? and @ as %2F %3F and %40"));
        }
        // The last `@`, since people do not encode those of their passwords.
        let (user_info, hosts) = match authority.rsplit_once('@') {
            Some((user_info, hosts)) => (Some(normal_user_info(user_info)), hosts),
            None => (None, authority),
        };
        let parameter = |pair: &str| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (key.to_owned(), value.to_owned())
        };
        Ok(Address::Remote(Self {
            kind,
            user_info,
            hosts: hosts.to_owned(),
            database: database.to_owned(),
            parameters: query.split('&').filter(|pair| !pair.is_empty()).map(parameter).collect(),
        }))
    }

    /// The address again, the password shown.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn expose(&self) -> String {
        self.to_string_with(Password::Shown)
    }

    /// The value of a parameter, percent-encoded.
    #[cfg(feature = "postgres")]
    pub(crate) fn parameter(&self, key: &str) -> Option<&str> {
        self.parameters.iter().find(|(own, _)| own == key).map(|(_, value)| value.as_str())
    }

    fn to_string_with(&self, password: Password) -> String {
        let user_info = match (&self.user_info, password) {
            (None, _) => String::new(),
            (Some(shown), Password::Shown) => format!("{shown}@"),
            (Some(whole), Password::Hidden) => match whole.split_once(':') {
                Some((user, _)) => format!("{user}:{HIDDEN}@"),
                None => format!("{whole}@"),
            },
        };
        let shown = |(key, value): &(String, String)| {
            let hidden = password == Password::Hidden && is_secret(key);
            format!("{key}={}", if hidden { HIDDEN } else { value })
        };
        let parameters: Vec<String> = self.parameters.iter().map(shown).collect();
        let (slash, query) = (
            if self.database.is_empty() { "" } else { "/" },
            if parameters.is_empty() { "" } else { "?" },
        );
        format!(
            "{}://{user_info}{}{slash}{}{query}{}",
            self.kind,
            self.hosts,
            self.database,
            parameters.join("&"),
        )
    }

    fn user(&self) -> &str {
        self.user_info.as_deref().map_or("", |whole| whole.split(':').next().unwrap_or(whole))
    }

    /// The passwords, percent-encoded.
    fn secrets(&self) -> impl Iterator<Item = &str> {
        let own = self.user_info.as_deref().and_then(|whole| whole.split_once(':'));
        let parameters = self.parameters.iter().filter(|(key, _)| is_secret(key));
        own.into_iter()
            .map(|(_, password)| password)
            .chain(parameters.map(|(_, value)| value.as_str()))
    }
}

/// Whether what stands before a colon can be a scheme: a path rather has a slash, a dot or a drive
/// letter there.
fn is_scheme(text: &str) -> bool {
    text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+')
}

/// `user:password`, encoded so that each driver reads it as it was meant.
fn normal_user_info(text: &str) -> String {
    let normal = |part| encode(&decode(part));
    match text.split_once(':') {
        Some((user, password)) => format!("{}:{}", normal(user), normal(password)),
        None => normal(text),
    }
}

/// Whether a parameter of that name holds a secret: `password`, `sslpassword` and what may come.
fn is_secret(key: &str) -> bool {
    let key = decode(key).to_ascii_lowercase();
    ["password", "passwd", "pwd", "secret", "token"].iter().any(|word| key.contains(word))
}

/// Replaces a secret, but not the letters of longer words that a short one may be part of.
fn replace_word(text: &str, secret: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(secret) {
        let (before, after) = (&rest[..start], &rest[start + secret.len()..]);
        let inside =
            before.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric);
        replaced.push_str(before);
        replaced.push_str(if inside { secret } else { HIDDEN });
        rest = after;
    }
    replaced + rest
}

fn fault(message: &str) -> DbError {
    DbError::new(DbErrorKind::Address, message)
}

/// Percent-encodes everything but letters, digits and `-._~`.
pub(crate) fn encode(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// Reverses [`encode`]; a `%` that begins no code stands for itself.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests;
