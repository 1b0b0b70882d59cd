//! The table `[session]`: SQL around the work on each tenant.

use std::collections::BTreeMap;

use db_backend::BackendKind;
use tenant_migrate::SessionSql;
use toml::{Table, Value};

use crate::usage::usage_error;

/// What the table is called.
pub(super) const TABLE: &str = "session";

/// Its keys. Each back end has the same ones in a table of its own.
const NAMES: [&str; 2] = ["before", "after"];

/// SQL by its key, such as `before` or `postgres.before`, in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct SessionSettings(BTreeMap<String, Vec<String>>);

impl SessionSettings {
    /// All paths that the file may have.
    pub(super) fn paths() -> impl Iterator<Item = String> {
        let own = BackendKind::ALL.into_iter().map(|kind| format!("{TABLE}.{kind}"));
        std::iter::once(TABLE.to_owned())
            .chain(own)
            .flat_map(|table| NAMES.map(|name| format!("{table}.{name}")))
    }

    /// Takes one key of the table. `None` if there is no such key.
    pub(super) fn read(&mut self, name: &str, value: &Value) -> Option<Result<(), String>> {
        match value {
            Value::Table(own) if name.parse::<BackendKind>().is_ok() => {
                Some(self.read_own(name, own))
            }
            _ if NAMES.contains(&name) => Some(self.read_sql(name.to_owned(), value)),
            _ => None,
        }
    }

    fn read_own(&mut self, kind: &str, own: &Table) -> Result<(), String> {
        own.iter().try_for_each(|(name, value)| match NAMES.contains(&name.as_str()) {
            true => self
                .read_sql(format!("{kind}.{name}"), value)
                .map_err(|problem| format!("{name}: {problem}")),
            false => Err(format!("`{name}` is unknown; it has `before` and `after`")),
        })
    }

    fn read_sql(&mut self, key: String, value: &Value) -> Result<(), String> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let texts = match value {
            Value::Array(values) => values.iter().map(text).collect(),
            value => text(value).map(|text| vec![text]),
        };
        let wrong = || "must be a text, or a list of texts".to_owned();
        self.0.insert(key, texts.ok_or_else(wrong)?);
        Ok(())
    }

    /// What is to be shown of it.
    pub(crate) fn shown(&self, path: &str) -> Option<String> {
        let key = path.strip_prefix(TABLE)?.strip_prefix('.')?;
        self.0.get(key).map(|texts| texts.join("; "))
    }

    /// What a session on each back end begins and ends with: what is for all, and then its own.
    ///
    /// # Errors
    /// What is wrong with the SQL.
    pub(crate) fn sql(
        &self,
        file: &str,
        kinds: impl Iterator<Item = BackendKind>,
    ) -> anyhow::Result<BTreeMap<BackendKind, SessionSql>> {
        let (mut sql, mut problems) = (BTreeMap::new(), Vec::new());
        for kind in kinds {
            let [before, after] = NAMES.map(|name| {
                let keys = [name.to_owned(), format!("{kind}.{name}")];
                keys.iter().filter_map(|key| self.0.get(key)).flatten().cloned().collect::<Vec<_>>()
            });
            match SessionSql::read(kind, &before, &after) {
                Ok(own) => drop(sql.insert(kind, own)),
                Err(wrong) => problems.extend(wrong),
            }
        }
        problems.sort();
        problems.dedup();
        if problems.is_empty() {
            return Ok(sql);
        }
        let lines: Vec<String> =
            problems.iter().map(|problem| format!("{file}: {TABLE}: {problem}")).collect();
        Err(usage_error(lines.join("\n"), None))
    }
}
