//! One migration in place of old ones, for databases that have none of them yet.
//!
//! It has the version of the newest of its members. When it is complete, the history and the
//! journal say of each member what they would say if it had been applied by itself: nothing later
//! has to know which way a database took.

use std::path::Path;

use db_backend::{History, JournalEntry, Version};

use crate::checksum::statements_checksum;
use crate::failure::count;
use crate::fault::{Fault, LoadError};
use crate::load::{Examined, Source, examine, migration_folders, unreadable};
use crate::migration::{Member, Migration, MigrationSet};

const REMEDY: &str = "squash the migrations again, or remove the folder";

impl From<&Migration> for Member {
    fn from(migration: &Migration) -> Self {
        Self {
            version: migration.version.clone(),
            checksum: migration.checksum.clone(),
            statements: count(migration.up_statements.len()),
            done_checksum: statements_checksum(&migration.up_statements),
        }
    }
}

impl MigrationSet {
    /// The same set with the squashed migration in that folder, if there is one.
    ///
    /// # Errors
    /// Everything that is wrong with it; first of all, that it was not made from the migrations of
    /// this set as they are.
    pub fn with_squashed(self, folder: &Path) -> Result<Self, LoadError> {
        if !folder.is_dir() {
            return Ok(self);
        }
        let one_fault = |fault: Fault| LoadError { faults: vec![fault] };
        let paths =
            migration_folders(folder).map_err(|error| one_fault(unreadable(folder, &error)))?;
        match <[_; 1]>::try_from(paths) {
            Ok([path]) => added(self, Source::read(path).map_err(one_fault)?),
            Err(paths) if paths.is_empty() => Ok(self),
            Err(paths) => {
                let problem = format!("there are {} squashed migrations in it", paths.len());
                Err(one_fault(Fault::new(folder, problem, "keep the one that is right")))
            }
        }
    }

    /// The squashed migration, if that database is to get it: it has no migration yet, and none was
    /// begun in it except for the squashed one.
    pub(crate) fn squashed_for(&self, observed: &History) -> Option<&Migration> {
        let squashed = self.squashed()?;
        let is_its_own = |row: &JournalEntry| !row.finished && row.version == squashed.version;
        let is_new = observed.applied.iter().flatten().next().is_none()
            && observed.journal.iter().all(is_its_own);
        is_new.then_some(squashed)
    }

    /// The migration that a row of that database's journal is about.
    pub(crate) fn of_entry(&self, row: &JournalEntry, observed: &History) -> Option<&Migration> {
        let squashed = self.squashed_for(observed).filter(|one| one.version == row.version);
        squashed.or_else(|| self.get(&row.version))
    }

    /// The migration whose folder has that name, the squashed one included.
    pub(crate) fn named(&self, name: &str) -> Option<&Migration> {
        self.squashed().into_iter().chain(self).find(|migration| migration.name == name)
    }
}

/// The set with that squashed migration.
pub(crate) fn added(mut set: MigrationSet, source: Source) -> Result<MigrationSet, LoadError> {
    let path = source.path.clone();
    let Examined { migration, squashes } =
        examine(set.kind(), source).map_err(|faults| LoadError { faults })?;
    let members: Vec<&Migration> =
        set.iter().filter(|member| member.version <= migration.version).collect();
    let mut problems = Vec::new();
    if squashes.is_empty() {
        problems.push("its metadata.toml does not say what it was made from".to_owned());
    } else {
        for Migration { version, name, checksum, .. } in &members {
            match squashes.get(&version.0) {
                None => problems.push(format!("it was made without {name}")),
                Some(known) if known != checksum => {
                    problems.push(format!("{name} was edited after it had been squashed"));
                }
                Some(_) => {}
            }
        }
        let is_gone = |version: &&String| set.get(&Version((*version).clone())).is_none();
        let gone = squashes.keys().filter(is_gone);
        problems.extend(gone.map(|version| format!("no migration has the version {version}")));
        if squashes.keys().next_back() != Some(&migration.version.0) {
            problems.push("its version is not that of its newest member".to_owned());
        }
    }
    if !problems.is_empty() {
        let faults = problems.into_iter().map(|problem| Fault::new(&path, problem, REMEDY));
        return Err(LoadError { faults: faults.collect() });
    }
    let members: Vec<Member> = members.into_iter().map(Member::from).collect();
    set.set_squashed(Migration { members, ..migration });
    Ok(set)
}
