//! The lines of `CHECKSUMS`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use crate::error::FolderError;

/// The file's name in its folder.
pub(crate) const FILE: &str = "CHECKSUMS";

/// The lines of the file. Their order means nothing, but lines keep their places, so that branches
/// differ only in what they add.
///
/// Invariant: no two lines are equal.
#[derive(Default)]
pub(crate) struct Lines(Vec<Line>);

pub(crate) struct Line {
    /// Relative to the folder.
    path: String,
    /// SHA-256 in lower-case hex.
    sum: String,
}

impl Lines {
    /// The lines of the file in that folder; none, if there is no file.
    pub(crate) fn read(root: &Path) -> Result<Self, FolderError> {
        let file = root.join(FILE);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(FolderError::file(&file, "read")(error)),
        };
        let (mut lines, mut known) = (Self::default(), BTreeSet::new());
        for (number, line) in text.lines().enumerate() {
            let Some((sum, path)) = line.split_once("  ") else {
                let base = root.parent().unwrap_or(root);
                let path = file.strip_prefix(base).unwrap_or(&file).display().to_string();
                return Err(FolderError::Checksums { path, line: number + 1 });
            };
            // A merge may keep an equal line of each branch.
            if known.insert(line.to_owned()) {
                lines.0.push(Line { path: path.to_owned(), sum: sum.to_owned() });
            }
        }
        Ok(lines)
    }

    /// The paths that have a line.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|line| line.path.as_str())
    }

    /// The checksums of each path: one, except after branches that sealed it differently.
    pub(crate) fn by_path(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut by_path: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for Line { path, sum } in &self.0 {
            by_path.entry(path).or_default().push(sum);
        }
        by_path
    }

    /// Gives lines new paths. Returns whether there is one that has got one.
    pub(crate) fn rename(&mut self, renamed: impl Fn(&str) -> Option<String>) -> bool {
        let mut is_changed = false;
        for line in &mut self.0 {
            if let Some(path) = renamed(&line.path) {
                line.path = path;
                is_changed = true;
            }
        }
        is_changed
    }

    pub(crate) fn retain(&mut self, stays: impl Fn(&str) -> bool) {
        self.0.retain(|line| stays(&line.path));
    }

    /// Gives each path its only line: in the place of the one that it has, or else at the end, one
    /// version after the other.
    pub(crate) fn set(&mut self, mut sums: BTreeMap<String, String>) {
        let mut replaced = BTreeSet::new();
        self.0.retain_mut(|line| {
            let Some(sum) = sums.get(&line.path) else { return true };
            line.sum.clone_from(sum);
            replaced.insert(line.path.clone())
        });
        sums.retain(|path, _| !replaced.contains(path));
        let mut new: Vec<Line> = sums.into_iter().map(|(path, sum)| Line { path, sum }).collect();
        // The sort is stable, so the paths of a version stay in their order.
        new.sort_by_cached_key(|line| version_in(&line.path));
        self.0.extend(new);
    }

    pub(crate) fn text(&self) -> String {
        self.0.iter().map(|Line { path, sum }| format!("{sum}  {path}\n")).collect()
    }
}

/// The version that a file belongs to.
pub(crate) fn version_in(path: &str) -> String {
    let mut parts = path.rsplit('/');
    let (file, folder) = (parts.next().unwrap_or(path), parts.next().unwrap_or(path));
    let name = file.strip_suffix(".json").unwrap_or(folder);
    tenant_migrate::version_of(name).map_or_else(|| name.to_owned(), |version| version.0)
}
