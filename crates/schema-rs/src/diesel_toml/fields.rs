//! The fields of a table in a TOML file, taken one by one. What is wrong with one is collected with
//! its line.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A problem and its line.
pub(super) type Problem = (usize, String);

/// One table of the file.
pub(super) struct Fields<'t, 'p> {
    text: &'t str,
    /// The table's own key with a dot, or nothing.
    prefix: String,
    table: &'t DeTable<'t>,
    /// What relative paths are relative to.
    folder: &'t Path,
    problems: &'p mut Vec<Problem>,
    /// The keys that were asked for.
    known: BTreeSet<String>,
}

impl<'t, 'p> Fields<'t, 'p> {
    pub(super) fn new(
        text: &'t str,
        prefix: String,
        table: &'t DeTable<'t>,
        folder: &'t Path,
        problems: &'p mut Vec<Problem>,
    ) -> Self {
        Self { text, prefix, table, folder, problems, known: BTreeSet::new() }
    }

    /// The key with those of the tables that it is in.
    pub(super) fn full(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    /// The keys of tables that nothing asked for.
    pub(super) fn other_tables(&self) -> Vec<String> {
        let tables = self.table.iter().filter(|(_, value)| value.get_ref().is_table());
        let keys = tables.map(|(key, _)| key.get_ref().to_string());
        keys.filter(|key| !self.known.contains(key)).collect()
    }

    /// Reads a table within this one, if there is one.
    pub(super) fn within(&mut self, key: &str, read: impl FnOnce(&mut Fields<'t, '_>)) {
        let Some(value) = self.value(key) else { return };
        match value.get_ref() {
            DeValue::Table(table) => {
                let prefix = format!("{}.", self.full(key));
                read(&mut Fields::new(self.text, prefix, table, self.folder, self.problems));
            }
            _ => self.problem(key, "must be a table"),
        }
    }

    /// Whether there is a field that is then ignored.
    pub(super) fn ignore(&mut self, key: &str) -> bool {
        self.value(key).is_some()
    }

    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let value = self.value(key)?.get_ref().as_str().map(ToOwned::to_owned);
        self.or_problem(key, value, "must be a text")
    }

    /// A path, relative to the file's folder.
    pub(super) fn path(&mut self, key: &str) -> Option<PathBuf> {
        self.text(key).map(|path| self.folder.join(path))
    }

    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        let value = self.value(key)?.get_ref().as_bool();
        self.or_problem(key, value, "must be true or false")
    }

    pub(super) fn texts(&mut self, key: &str) -> Vec<String> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let texts = value.get_ref().as_array().and_then(|items| {
            let text = |item: &Spanned<DeValue<'_>>| item.get_ref().as_str().map(ToOwned::to_owned);
            items.iter().map(text).collect::<Option<Vec<_>>>()
        });
        self.or_problem(key, texts, "must be a list of texts").unwrap_or_default()
    }

    /// A list of regular expressions; `None` without one.
    pub(super) fn regexes(&mut self, key: &str) -> Option<Vec<Regex>> {
        self.value(key)?;
        let mut regexes = Vec::new();
        for text in self.texts(key) {
            match Regex::new(&text) {
                Ok(regex) => regexes.push(regex),
                Err(_) => {
                    self.problem(key, &format!("has `{text}`, which is not a regular expression"));
                }
            }
        }
        Some(regexes)
    }

    /// One of these texts.
    pub(super) fn choice<T: Copy + Default>(&mut self, key: &str, choices: &[(&str, T)]) -> T {
        let Some(value) = self.value(key) else { return T::default() };
        let text = value.get_ref().as_str();
        let choice =
            choices.iter().find(|(name, _)| text == Some(*name)).map(|(_, choice)| *choice);
        let names: Vec<String> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        self.or_problem(key, choice, &format!("must be {}", names.join(" or "))).unwrap_or_default()
    }

    /// One of these texts, or `true` or `false`.
    pub(super) fn choice_or_flag<T: Copy + Default>(
        &mut self,
        key: &str,
        choices: &[(&str, T)],
        flagged: impl FnOnce(bool) -> T,
    ) -> T {
        match self.value(key).and_then(|value| value.get_ref().as_bool()) {
            Some(flag) => flagged(flag),
            None => self.choice(key, choices),
        }
    }

    /// Says what is wrong with a field.
    pub(super) fn problem(&mut self, key: &str, problem: &str) {
        let place = self.table.iter().find(|(known, _)| known.get_ref() == key);
        let start = place.map_or(0, |(key, _)| key.span().start);
        let line = self.text[..start.min(self.text.len())].matches('\n').count() + 1;
        self.problems.push((line, format!("`{}` {problem}", self.full(key))));
    }

    fn or_problem<T>(&mut self, key: &str, value: Option<T>, problem: &str) -> Option<T> {
        if value.is_none() {
            self.problem(key, problem);
        }
        value
    }

    fn value(&mut self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.known.insert(key.to_owned());
        self.table.get(key)
    }
}
