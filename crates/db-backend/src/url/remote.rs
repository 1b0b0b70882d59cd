//! The address of a server's database, in parts, and which of its parts are secret.

use sql_dialect::BackendKind;

use super::percent::{decode, encode};
use crate::error::DbError;

/// What is shown in place of a password.
pub(super) const HIDDEN: &str = "***";

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Password {
    Shown,
    Hidden,
}

/// The parts of `scheme://user:password@host:port/database?key=value`, percent-encoded. They are
/// split by hand, since URL parsers reject libpq's lists of hosts.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Remote {
    pub(super) kind: BackendKind,
    pub(super) user_info: Option<String>,
    pub(crate) hosts: String,
    pub(crate) database: String,
    pub(crate) parameters: Vec<(String, String)>,
}

impl Remote {
    /// What follows `scheme://`.
    pub(super) fn parse(kind: BackendKind, rest: &str) -> Result<Self, DbError> {
        if rest.contains(|character: char| character.is_whitespace() || character.is_control()) {
            return Err(DbError::address(
                "the address has a blank; in a password, write it as %20",
            ));
        }
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        // An unencoded `/` or `?` in a password ends the authority too early. Half of the password
        // would be taken for a database or a parameter, and be shown.
        if database.contains('@') || query.contains('@') {
            return Err(DbError::address("in the address, write / ? and @ as %2F %3F and %40"));
        }
        // The last `@`, since people do not encode those in their passwords.
        let (user_info, hosts) = match authority.rsplit_once('@') {
            Some((user_info, hosts)) => (Some(normal_user_info(user_info)), hosts),
            None => (None, authority),
        };
        let parameter = |pair: &str| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (key.to_owned(), value.to_owned())
        };
        Ok(Self {
            kind,
            user_info,
            hosts: hosts.to_owned(),
            database: database.to_owned(),
            parameters: query.split('&').filter(|pair| !pair.is_empty()).map(parameter).collect(),
        })
    }

    /// The same with that password, which is not encoded yet.
    pub(super) fn with_password(self, password: &str) -> Result<Self, DbError> {
        if self.secrets().next().is_some() {
            return Err(DbError::address("the address has a password already"));
        }
        let Some(user) = self.user_info else {
            return Err(DbError::address("the address names no user; write USER@ before the host"));
        };
        Ok(Self { user_info: Some(format!("{user}:{}", encode(password))), ..self })
    }

    /// The address with the password shown.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn expose(&self) -> String {
        self.to_string_with(Password::Shown)
    }

    /// The value of a parameter, percent-encoded.
    #[cfg(feature = "postgres")]
    pub(crate) fn parameter(&self, key: &str) -> Option<&str> {
        self.parameters.iter().find(|(own, _)| own == key).map(|(_, value)| value.as_str())
    }

    pub(super) fn to_string_with(&self, password: Password) -> String {
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

    /// Hides the passwords in a message.
    pub(super) fn redact(&self, message: &str) -> String {
        let secrets = self.secrets().flat_map(|secret| [secret.to_owned(), decode(secret)]);
        // A password that equals the user's name can't be distinguished from it.
        secrets
            .filter(|secret| !secret.is_empty() && secret != self.user())
            .fold(message.to_owned(), |text, secret| replace_word(&text, &secret))
    }

    fn user(&self) -> &str {
        self.user_info.as_deref().map_or("", |whole| whole.split(':').next().unwrap_or(whole))
    }

    /// The passwords, percent-encoded.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        let own = self.user_info.as_deref().and_then(|whole| whole.split_once(':'));
        let parameters = self.parameters.iter().filter(|(key, _)| is_secret(key));
        own.into_iter()
            .map(|(_, password)| password)
            .chain(parameters.map(|(_, value)| value.as_str()))
    }
}

/// `user:password`, encoded so that each driver reads it as intended.
fn normal_user_info(text: &str) -> String {
    let normal = |part| encode(&decode(part));
    match text.split_once(':') {
        Some((user, password)) => format!("{}:{}", normal(user), normal(password)),
        None => normal(text),
    }
}

/// Whether a parameter of that name is a secret: `password`, `sslpassword` and similar names.
fn is_secret(key: &str) -> bool {
    let key = decode(key).to_ascii_lowercase();
    ["password", "passwd", "pwd", "secret", "token"].iter().any(|word| key.contains(word))
}

/// Hides a secret, except inside longer words, which may contain a short one by chance.
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
