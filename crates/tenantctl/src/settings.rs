//! `tenantctl.toml`: what a team says once, instead of with every command.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io;

use anyhow::{Context, Result};
use clap::Command;
use db_backend::BackendKind;
use toml::Value;

pub(crate) use self::hooks::HookSettings;
pub(crate) use self::session::SessionSettings;
use crate::usage::usage_error;

mod hooks;
mod session;

/// The name of the file, in the folder in which a command runs.
pub(crate) const FILE: &str = "tenantctl.toml";

/// What each key is called, and the argument that it is the default of.
pub(crate) const KEYS: [Key; 9] = [
    Key { table: "registry", name: "data_dir", argument: "data_dir", kind: Kind::Path },
    Key { table: "registry", name: "system_url", argument: "system_url", kind: Kind::Address },
    Key { table: "migrations", name: "dir", argument: "migrations", kind: Kind::Path },
    Key { table: "migrations", name: "back_ends", argument: "back_ends", kind: Kind::BackEnds },
    Key { table: "limits", name: "jobs", argument: "jobs", kind: Kind::Number },
    Key { table: "limits", name: "per_server", argument: "per_server", kind: Kind::Number },
    Key { table: "limits", name: "connect_timeout", argument: "connect_timeout", kind: Kind::Time },
    Key { table: "limits", name: "lock_timeout", argument: "lock_timeout", kind: Kind::Time },
    Key {
        table: "limits",
        name: "statement_timeout",
        argument: "statement_timeout",
        kind: Kind::Time,
    },
];

/// A key of the file.
pub(crate) struct Key {
    table: &'static str,
    name: &'static str,
    pub(crate) argument: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Path,
    /// May have a password.
    Address,
    /// A list of their names.
    BackEnds,
    Number,
    /// Seconds, or a text with a unit.
    Time,
}

impl Key {
    /// `limits.jobs`.
    pub(crate) fn path(&self) -> String {
        format!("{}.{}", self.table, self.name)
    }

    /// Whether its value must not be shown as it is.
    pub(crate) fn is_address(&self) -> bool {
        self.kind == Kind::Address
    }
}

/// What the file says.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// The values as their arguments would be written, by argument.
    pub(crate) values: BTreeMap<&'static str, Vec<String>>,
    /// What no argument says.
    pub(crate) session: SessionSettings,
    pub(crate) hooks: HookSettings,
    /// What a person should know about the file.
    pub(crate) notes: Vec<String>,
}

impl Settings {
    /// Reads the file in the present folder; without one, there are no settings.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn read() -> Result<Self> {
        match fs::read_to_string(FILE) {
            Ok(text) => Self::parse(&text, |name| env::var(name).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("{FILE} can't be read")),
        }
    }

    fn parse(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let file: toml::Table = toml::from_str(text)
            .map_err(|error| usage_error(format!("{FILE}: {}", error.to_string().trim()), None))?;
        let mut settings = Self::default();
        let mut problems = Vec::new();
        for (table, values) in &file {
            let Value::Table(values) = values else {
                problems.push(unknown(table, paths()));
                continue;
            };
            for (name, value) in values {
                let path = format!("{table}.{name}");
                if let Some(read) = settings.read_other(table, name, value) {
                    problems.extend(read.err().map(|problem| format!("{path}: {problem}")));
                    continue;
                }
                match KEYS.iter().find(|key| key.path() == path) {
                    None => problems.push(unknown(&path, paths())),
                    Some(key) => match settings.read_value(key, value, &variable) {
                        Ok(()) => {}
                        Err(problem) => problems.push(format!("{path}: {problem}")),
                    },
                }
            }
        }
        if problems.is_empty() {
            return Ok(settings);
        }
        let lines: Vec<String> =
            problems.iter().map(|problem| format!("{FILE}: {problem}")).collect();
        Err(usage_error(lines.join("\n"), None))
    }

    /// Reads a key that no argument has. `None` if it is another one.
    fn read_other(&mut self, table: &str, name: &str, value: &Value) -> Option<Result<(), String>> {
        match table {
            session::TABLE => self.session.read(name, value),
            hooks::TABLE => self.hooks.read(name, value),
            _ => None,
        }
    }

    /// The keys that no argument has, each with its value in the file.
    pub(crate) fn others(&self) -> impl Iterator<Item = (String, Option<String>)> {
        other_paths().map(|path| {
            let value = self.session.shown(&path).or_else(|| self.hooks.shown(&path));
            (path, value)
        })
    }

    fn read_value(
        &mut self,
        key: &Key,
        value: &Value,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<(), String> {
        let text = match (key.kind, value) {
            (Kind::Number, Value::Integer(number)) => number.to_string(),
            (Kind::Time, Value::Integer(seconds)) => seconds.to_string(),
            (Kind::Time, Value::Float(seconds)) => seconds.to_string(),
            (Kind::Time, Value::String(text)) => {
                tenant_migrate::parse_limit(text)?.as_secs().to_string()
            }
            (Kind::Path | Kind::Address, Value::String(text)) => {
                if key.is_address()
                    && !text.contains("${")
                    && db_backend::hide_password(text) != *text
                {
                    let path = key.path();
                    self.notes.push(format!(
                        "{FILE}: {path} has a password in clear; write `${{NAME}}` and set that \
                         environment variable"
                    ));
                }
                filled_in(text, variable)?
            }
            (Kind::BackEnds, Value::Array(names)) => {
                let names = names.iter().map(back_end).collect::<Result<_, _>>()?;
                self.values.insert(key.argument, names);
                return Ok(());
            }
            (Kind::BackEnds, _) => return Err(BACK_ENDS.to_owned()),
            (Kind::Number, _) => return Err("must be a number".to_owned()),
            (Kind::Time, _) => {
                return Err("must be a number of seconds, or a text such as \"15m\"".to_owned());
            }
            (Kind::Path | Kind::Address, _) => return Err("must be a text".to_owned()),
        };
        self.values.insert(key.argument, vec![text]);
        Ok(())
    }

    /// The back ends of the tenants; none, if the file does not say.
    pub(crate) fn back_ends(&self) -> Vec<BackendKind> {
        let names = self.values.get("back_ends").into_iter().flatten();
        names.filter_map(|name| name.parse().ok()).collect()
    }

    /// Makes these values the defaults of the command's arguments, and of those of its subcommands:
    /// the command line and the environment come first.
    pub(crate) fn apply(&self, mut command: Command) -> Command {
        for (argument, values) in &self.values {
            if command.get_arguments().any(|known| known.get_id() == *argument) {
                // Once for each process.
                let leaked = |value: &String| -> &'static str { value.clone().leak() };
                let is_address =
                    KEYS.iter().any(|key| key.argument == *argument && key.is_address());
                command = command.mut_arg(argument, |known| {
                    known.default_values(values.iter().map(leaked)).hide_default_value(is_address)
                });
            }
        }
        let names: Vec<String> =
            command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        for name in names {
            command = command.mut_subcommand(name, |sub| self.apply(sub));
        }
        command
    }
}

/// All paths that the file may have.
fn paths() -> impl Iterator<Item = String> {
    KEYS.iter().map(Key::path).chain(other_paths())
}

fn other_paths() -> impl Iterator<Item = String> {
    SessionSettings::paths().chain(HookSettings::paths())
}

const BACK_ENDS: &str = "must be a list of back ends: sqlite, postgres or mysql";

fn back_end(name: &Value) -> Result<String, String> {
    let kind = name.as_str().and_then(|name| name.parse::<BackendKind>().ok());
    kind.map(|kind| kind.to_string())
        .ok_or_else(|| format!("{name} is no back end; it {BACK_ENDS}"))
}

/// The text with each `${NAME}` replaced by that environment variable.
fn filled_in(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut parts = text.split("${");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').ok_or_else(|| "a `${` has no `}`".to_owned())?;
        let value = variable(name)
            .ok_or_else(|| format!("the environment variable `{name}` is not set"))?;
        filled.push_str(&value);
        filled.push_str(rest);
    }
    Ok(filled)
}

fn unknown(name: &str, known: impl Iterator<Item = String>) -> String {
    let nearest = known.min_by_key(|key| strsim::damerau_levenshtein(name, key));
    match nearest {
        Some(nearest) => format!("`{name}` is unknown; did you mean `{nearest}`?"),
        None => format!("`{name}` is unknown"),
    }
}
