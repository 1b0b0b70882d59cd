//! Changes several files of a folder: all of them, or none.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::FolderError;

/// Files that will be written or removed, by their path in a folder.
#[derive(Debug, Default)]
pub struct Staging {
    files: Vec<(PathBuf, String)>,
    removed: Vec<PathBuf>,
}

impl Staging {
    /// Adds a file.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: String) {
        self.files.push((path.into(), text));
    }

    /// Takes a file away, with the folders that are empty without it.
    pub fn remove(&mut self, path: impl Into<PathBuf>) {
        self.removed.push(path.into());
    }

    /// The files, in the order in which they were added.
    pub fn files(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.files.iter().map(|(path, text)| (path.as_path(), text.as_str()))
    }

    /// Writes all files beside their final places, and only then moves them there. An existing file
    /// is replaced.
    ///
    /// # Errors
    /// What can't be written or removed; the folder is then unchanged.
    pub fn write(&self, root: &Path) -> Result<(), FolderError> {
        fs::create_dir_all(root).map_err(FolderError::file(root, "created"))?;
        // Hidden, so that nothing reads it as a part of the folder if it is left behind.
        let staged = tempfile::Builder::new()
            .prefix(".new-")
            .tempdir_in(root)
            .map_err(FolderError::file(root, "written"))?;
        let (new, old) = (staged.path().join("new"), staged.path().join("old"));
        for (path, text) in &self.files {
            let path = new.join(path);
            create_parent(&path)?;
            fs::write(&path, text).map_err(FolderError::file(&path, "written"))?;
        }
        let mut moved = Moved::default();
        for path in &self.removed {
            moved.take_away(&root.join(path), &old.join(path))?;
        }
        for (path, _) in &self.files {
            moved.take_away(&root.join(path), &old.join(path))?;
            moved.take(&new.join(path), &root.join(path))?;
        }
        moved.keep();
        for path in &self.removed {
            remove_empty_parents(root, path);
        }
        Ok(())
    }
}

/// What was moved. It is moved back if the rest can't be moved.
#[derive(Default)]
struct Moved {
    new_files: Vec<PathBuf>,
    new_folders: Vec<PathBuf>,
    /// The place of each old file, and where it is now.
    old_files: Vec<(PathBuf, PathBuf)>,
}

impl Moved {
    fn take_away(&mut self, from: &Path, to: &Path) -> Result<(), FolderError> {
        if !from.exists() {
            return Ok(());
        }
        create_parent(to)?;
        fs::rename(from, to).map_err(FolderError::file(from, "replaced"))?;
        self.old_files.push((from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn take(&mut self, from: &Path, to: &Path) -> Result<(), FolderError> {
        let missing = to.ancestors().skip(1).take_while(|folder| !folder.exists());
        self.new_folders.extend(missing.map(Path::to_owned));
        create_parent(to)?;
        fs::rename(from, to).map_err(FolderError::file(to, "written"))?;
        self.new_files.push(to.to_owned());
        Ok(())
    }

    fn keep(mut self) {
        self.new_files.clear();
        self.new_folders.clear();
        self.old_files.clear();
    }
}

impl Drop for Moved {
    fn drop(&mut self) {
        // If a file can't be moved back either, the next check reports it.
        for file in &self.new_files {
            let _ = fs::remove_file(file);
        }
        for folder in &self.new_folders {
            let _ = fs::remove_dir(folder);
        }
        for (place, file) in &self.old_files {
            let _ = fs::rename(file, place);
        }
    }
}

/// Removes the folders around a file that is gone, as far as they are empty.
fn remove_empty_parents(root: &Path, path: &Path) {
    let folders = path.ancestors().skip(1).take_while(|folder| !folder.as_os_str().is_empty());
    for folder in folders {
        // A folder that is not empty stays, and so do those around it.
        if fs::remove_dir(root.join(folder)).is_err() {
            return;
        }
    }
}

fn create_parent(path: &Path) -> Result<(), FolderError> {
    match path.parent() {
        Some(folder) => fs::create_dir_all(folder).map_err(FolderError::file(folder, "created")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn texts(root: &Path) -> BTreeMap<String, String> {
        let mut texts = BTreeMap::new();
        for entry in fs::read_dir(root).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if entry.path().is_dir() {
                let below = self::texts(&entry.path()).into_iter();
                texts.extend(below.map(|(path, text)| (format!("{name}/{path}"), text)));
            } else {
                texts.insert(name, fs::read_to_string(entry.path()).unwrap());
            }
        }
        texts
    }

    #[test]
    fn all_files_change_or_none() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        for (folder, file) in [("kept", "kept/a"), ("gone", "gone/b")] {
            fs::create_dir(root.join(folder)).unwrap();
            fs::write(root.join(file), "old").unwrap();
        }
        fs::write(root.join("in_the_way"), "a file").unwrap();
        let before = texts(root);

        let mut staging = Staging::default();
        staging.remove("gone/b");
        staging.add("kept/a", "new".to_owned());
        staging.add("new/c", "new".to_owned());
        staging.add("in_the_way/d", "new".to_owned());
        staging.write(root).unwrap_err();
        assert_eq!(texts(root), before);

        staging.files.pop();
        staging.write(root).unwrap();
        let after = [("in_the_way", "a file"), ("kept/a", "new"), ("new/c", "new")];
        let after = after.map(|(path, text)| (path.to_owned(), text.to_owned()));
        assert_eq!(texts(root), BTreeMap::from(after));
        assert!(!root.join("gone").exists() && root.join("new").exists());
    }
}
