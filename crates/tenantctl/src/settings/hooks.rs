//! The table `[hooks]`: commands around a run and around each tenant.

use std::collections::BTreeMap;
use std::time::Duration;

use toml::Value;

/// What the table is called.
pub(super) const TABLE: &str = "hooks";

/// The commands, in the order in which they are called.
const NAMES: [&str; 4] = ["before_run", "before_tenant", "after_tenant", "after_run"];
const TIMEOUT: &str = "timeout";
/// Long enough for a message to a chat or a backup service, short enough for a person who waits.
const TIMEOUT_DEFAULT: Duration = Duration::from_secs(60);

/// Commands by what they are called for.
#[derive(Debug, Clone)]
pub(crate) struct HookSettings {
    commands: BTreeMap<String, Vec<String>>,
    /// How long each may take.
    pub(crate) timeout: Duration,
    timeout_is_set: bool,
}

impl Default for HookSettings {
    fn default() -> Self {
        Self { commands: BTreeMap::new(), timeout: TIMEOUT_DEFAULT, timeout_is_set: false }
    }
}

impl HookSettings {
    /// All paths that the file may have.
    pub(super) fn paths() -> impl Iterator<Item = String> {
        NAMES.into_iter().chain([TIMEOUT]).map(|name| format!("{TABLE}.{name}"))
    }

    /// Takes one key of the table. `None` if there is no such key.
    pub(super) fn read(&mut self, name: &str, value: &Value) -> Option<Result<(), String>> {
        if name == TIMEOUT {
            return Some(self.read_timeout(value));
        }
        NAMES.contains(&name).then(|| {
            let command = command(value).ok_or_else(|| {
                "must be a text for `sh -c`, or a list of a program and its arguments".to_owned()
            })?;
            self.commands.insert(name.to_owned(), command);
            Ok(())
        })
    }

    fn read_timeout(&mut self, value: &Value) -> Result<(), String> {
        let wrong = || "must be a number of seconds, or a text such as \"15m\"".to_owned();
        let timeout = match value {
            Value::String(text) => tenant_migrate::parse_limit(text)?,
            Value::Integer(seconds) => {
                Duration::from_secs(u64::try_from(*seconds).map_err(|_| wrong())?)
            }
            Value::Float(seconds) => Duration::try_from_secs_f64(*seconds).map_err(|_| wrong())?,
            _ => return Err(wrong()),
        };
        if timeout.is_zero() {
            return Err("a hook needs a limit".to_owned());
        }
        (self.timeout, self.timeout_is_set) = (timeout, true);
        Ok(())
    }

    /// The program and the arguments of that hook.
    pub(crate) fn command(&self, name: &str) -> Option<&[String]> {
        self.commands.get(name).map(Vec::as_slice)
    }

    /// Whether there is any.
    pub(crate) fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// What is to be shown of it.
    pub(super) fn shown(&self, path: &str) -> Option<String> {
        match path.strip_prefix(TABLE)?.strip_prefix('.')? {
            TIMEOUT => self.timeout_is_set.then(|| self.timeout.as_secs_f64().to_string()),
            name => self.command(name).map(|command| command.join(" ")),
        }
    }
}

fn command(value: &Value) -> Option<Vec<String>> {
    let words = match value {
        Value::String(text) if !text.trim().is_empty() => {
            vec!["sh".to_owned(), "-c".to_owned(), text.clone()]
        }
        Value::Array(words) => {
            words.iter().map(|word| word.as_str().map(str::to_owned)).collect::<Option<_>>()?
        }
        _ => return None,
    };
    words.first().is_some_and(|program| !program.trim().is_empty()).then_some(words)
}
