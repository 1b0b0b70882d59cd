//! Writes several files to a folder: all of them, or none.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::FolderError;

/// Files that will be written, by their path in a folder.
#[derive(Debug, Default)]
pub struct Staging {
    files: Vec<(PathBuf, String)>,
}

impl Staging {
    /// Adds a file.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: String) {
        self.files.push((path.into(), text));
    }

    /// The files, in the order in which they were added.
    pub fn files(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.files.iter().map(|(path, text)| (path.as_path(), text.as_str()))
    }

    /// Writes all files beside their final places, and only then moves them there. An existing file
    /// is replaced.
    ///
    /// # Errors
    /// What can't be written; the folder is then unchanged, except for files that were replaced.
    pub fn write(&self, root: &Path) -> Result<(), FolderError> {
        fs::create_dir_all(root).map_err(FolderError::file(root, "created"))?;
        // Hidden, so that nothing reads it as a part of the folder if it is left behind.
        let staged = tempfile::Builder::new()
            .prefix(".new-")
            .tempdir_in(root)
            .map_err(FolderError::file(root, "written"))?;
        for (path, text) in &self.files {
            let path = staged.path().join(path);
            create_parent(&path)?;
            fs::write(&path, text).map_err(FolderError::file(&path, "written"))?;
        }
        let mut moved = Moved::default();
        for (path, _) in &self.files {
            moved.take(&staged.path().join(path), &root.join(path))?;
        }
        moved.keep();
        Ok(())
    }
}

/// Files that were moved into place. They are removed again if the rest can't be moved.
#[derive(Default)]
struct Moved {
    new_files: Vec<PathBuf>,
    new_folders: Vec<PathBuf>,
}

impl Moved {
    fn take(&mut self, from: &Path, to: &Path) -> Result<(), FolderError> {
        let missing = to.ancestors().skip(1).take_while(|folder| !folder.exists());
        self.new_folders.extend(missing.map(Path::to_owned));
        create_parent(to)?;
        if !to.exists() {
            self.new_files.push(to.to_owned());
        }
        fs::rename(from, to).map_err(FolderError::file(to, "written"))
    }

    fn keep(mut self) {
        self.new_files.clear();
        self.new_folders.clear();
    }
}

impl Drop for Moved {
    fn drop(&mut self) {
        // If a file can't be removed either, the next check reports it.
        for file in &self.new_files {
            let _ = fs::remove_file(file);
        }
        for folder in &self.new_folders {
            let _ = fs::remove_dir(folder);
        }
    }
}

fn create_parent(path: &Path) -> Result<(), FolderError> {
    match path.parent() {
        Some(folder) => fs::create_dir_all(folder).map_err(FolderError::file(folder, "created")),
        None => Ok(()),
    }
}
