//! `metadata.toml`: how one migration is executed.

use std::collections::BTreeMap;
use std::time::Duration;

use db_backend::Timeouts;
use serde::Deserialize;

/// The key that Diesel knows.
const DIESELS: &str = "run_in_transaction";
/// Our table.
const OURS: &str = "tenantctl";
/// How many edits a key may be away from Diesel's and still be meant as it.
const TYPO_MAX: usize = 4;

/// What a migration says about its own execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) run_in_transaction: bool,
    pub(crate) limits: OwnLimits,
    /// The migrations that it was made from: version → checksum.
    pub(crate) squashes: BTreeMap<String, String>,
}

impl Default for Metadata {
    fn default() -> Self {
        Self { run_in_transaction: true, limits: OwnLimits::default(), squashes: BTreeMap::new() }
    }
}

/// Limits that a migration has instead of the run's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OwnLimits {
    /// For each statement to run; zero means no limit.
    pub statement: Option<Duration>,
    /// For each lock that a statement needs.
    pub lock: Option<Duration>,
}

impl OwnLimits {
    /// The limits of a run, with these in their place.
    pub fn within(self, run: Timeouts) -> Timeouts {
        Timeouts {
            statement: self.statement.unwrap_or(run.statement),
            lock: self.lock.unwrap_or(run.lock),
            ..run
        }
    }

    /// What is to be said about them before the migration is applied.
    pub(crate) fn notes(self) -> impl Iterator<Item = String> {
        let note = |what: &str, limit: Duration| match limit {
            Duration::ZERO => format!("{what} have no limit, as its metadata.toml says"),
            limit => format!("{what} may take {} s, as its metadata.toml says", limit.as_secs()),
        };
        let statement = self.statement.map(|limit| note("its statements", limit));
        let lock = self.lock.map(|limit| note("its waits for locks", limit));
        statement.into_iter().chain(lock)
    }
}

/// Our own table in the file. Only this program writes or reads it, so every key must be known.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Own {
    statement_timeout: Option<Limit>,
    lock_timeout: Option<Limit>,
    squashes: BTreeMap<String, String>,
}

/// `"90s"`, `"30m"`, `"2h"` or `"none"`.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Limit(Duration);

impl TryFrom<String> for Limit {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        parse_limit(&text).map(Limit)
    }
}

/// `90s`, `30m`, `2h`, or `none`, which is zero.
///
/// # Errors
/// What is right instead.
pub fn parse_limit(text: &str) -> Result<Duration, String> {
    if text == "none" {
        return Ok(Duration::ZERO);
    }
    let unit = text.trim_start_matches(|character: char| character.is_ascii_digit());
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        _ => 0,
    };
    let number: u64 = text[..text.len() - unit.len()].parse().unwrap_or(0);
    match number.checked_mul(seconds) {
        None | Some(0) => Err(format!(
            "`{text}` is no limit: write a number with `s`, `m` or `h`, as in \"90s\", or \"none\""
        )),
        Some(seconds) => Ok(Duration::from_secs(seconds)),
    }
}

/// Reads the file. Diesel's own reader takes a missing key for `false` and ignores malformed files.
/// The documented default is a transaction, and a typo must not switch it off. Keys of other
/// programs are theirs.
///
/// # Errors
/// What is wrong with it, and what to do.
pub(crate) fn parse(text: &str) -> Result<Metadata, (String, String)> {
    let correct = || format!("write `{DIESELS} = true` or `false`");
    let mut table: toml::Table =
        toml::from_str(text).map_err(|error| (error.message().to_owned(), correct()))?;
    let run_in_transaction = match table.remove(DIESELS) {
        Some(toml::Value::Boolean(value)) => Some(value),
        Some(other) => {
            return Err((format!("`{DIESELS}` is {}, and not a boolean", other), correct()));
        }
        None => None,
    };
    let own = table.remove(OURS);
    let is_typo =
        |key: &&String| strsim::damerau_levenshtein(&key.to_lowercase(), DIESELS) <= TYPO_MAX;
    if let Some(typo) = table.keys().find(is_typo) {
        return Err((format!("`{typo}` looks like a typo of `{DIESELS}`"), correct()));
    }
    let Some(own) = own else {
        let run_in_transaction = run_in_transaction.unwrap_or(true);
        return Ok(Metadata { run_in_transaction, ..Metadata::default() });
    };
    let Own { statement_timeout, lock_timeout, squashes } =
        own.try_into().map_err(|error: toml::de::Error| {
            let remedy = "the keys are `statement_timeout` and `lock_timeout`";
            (format!("in [{OURS}]: {}", error.message()), remedy.to_owned())
        })?;
    if lock_timeout.as_ref().is_some_and(|limit| limit.0.is_zero()) {
        let problem = format!("in [{OURS}]: `lock_timeout` can't be \"none\"");
        return Err((problem, "a wait for locks holds up a service; name a limit".to_owned()));
    }
    let Some(run_in_transaction) = run_in_transaction else {
        let problem = format!("there is no `{DIESELS}` beside [{OURS}]");
        let remedy = format!(
            "write `{DIESELS} = true` or `false`, since stock Diesel takes a file without it for `false`"
        );
        return Err((problem, remedy));
    };
    let limit = |limit: Option<Limit>| limit.map(|limit| limit.0);
    let limits = OwnLimits { statement: limit(statement_timeout), lock: limit(lock_timeout) };
    Ok(Metadata { run_in_transaction, limits, squashes })
}
