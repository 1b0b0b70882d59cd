//! Moves a migration of a branch that was merged late to a new version, after all others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use db_backend::Version;
use schema_model::Schema;
use schema_model::diff::{Hazard, merged};
use schema_model::snapshot::Snapshot;

use crate::checksums::{is_sealed, seal_some};
use crate::consent;
use crate::draft::{Before, Draft, Earlier};
use crate::error::FolderError;
use crate::folder::{Folder, entries, read};
use crate::generated::{hazards_as_generated, with_declared_changes};
use crate::host::ScratchHost;
use crate::lineage::predecessor;
use crate::staging::Staging;
use crate::writing::next_version;

/// What [`rebase`] did.
#[derive(Debug)]
pub struct Rebased {
    /// The migrations that were moved, in their order.
    pub migrations: Vec<RebasedMigration>,
    /// Their files.
    pub files: Vec<PathBuf>,
}

/// A migration that has a new version.
#[derive(Debug)]
pub struct RebasedMigration {
    /// The name that its folders had.
    pub old_name: String,
    /// The name that they have now.
    pub name: String,
    /// Whether its SQL was generated again; otherwise it was written by hand and is unchanged.
    pub generated: bool,
}

/// Moves migrations to new versions after all others, so that they follow the newest of them, and
/// with each those of its branch that were written after it. Late branches are moved together: none
/// of them can be executed after another one as it is.
///
/// Generated SQL is generated again, up to the code, and executed on all `hosts`. If it now loses
/// or may fail on something that it did not before, that must be allowed, as for a new migration.
/// Edited SQL stays as it is: [`replay`](crate::replay) says whether it still leads to its
/// snapshot.
///
/// # Errors
/// A version without a migration, code that declares nothing beyond the other migrations, branches
/// that change the same thing, and the errors of [`new_migration`](crate::new_migration).
pub fn rebase(
    folder: &Folder,
    versions: &[Version],
    allow: &[String],
    now: DateTime<Utc>,
    hosts: &[ScratchHost],
) -> Result<Rebased, FolderError> {
    versions.iter().try_for_each(|version| folder.name_of(version).map(drop))?;
    let branches = Branches::of(folder, versions)?;
    let steps = branches.steps(folder, hosts)?;
    let mut drafts = Vec::new();
    for step in &steps {
        drafts.push(match &step.replaced {
            Some(_) => Some(step.draft()?),
            None => None,
        });
    }
    let hazards = drafts.iter().flatten().flat_map(|draft| draft.hazards.clone());
    let replaced = steps.iter().filter_map(|step| step.replaced.clone()).flatten();
    consent::check(&hazards.collect::<Vec<_>>(), &replaced.collect::<Vec<_>>(), allow)?;

    let others = |other: &Version| !branches.moved.contains(other);
    let mut newest = branches.others.last().cloned();
    let mut next = folder.newest_version()?;
    let (mut staging, mut migrations, mut earlier) = (Staging::default(), Vec::new(), Vec::new());
    let (mut old, mut sealed) = (Vec::new(), BTreeSet::new());
    for (step, draft) in steps.iter().zip(&drafts) {
        let Step { version, old_name, after, .. } = step;
        let new = next_version(next.as_ref(), now)?;
        let name = format!("{new}{}", old_name.trim_start_matches(|c: char| c.is_ascii_digit()));
        let staged = staging.files().count();
        earlier.push(match draft {
            Some(draft) => {
                let before = Before::known(&others).then(&earlier);
                let texts = draft.proven(folder, &before, hosts)?.0;
                texts.stage(folder, &name, &mut staging);
                Earlier::Generated(texts)
            }
            None => {
                copy(folder, old_name, &name, &mut staging)?;
                Earlier::InFolder(version.clone())
            }
        });
        let follows = newest.map(|newest| newest.0.into());
        let by_hand = folder.coded_snapshot(None)?.by_hand;
        let snapshot = Snapshot { follows, schema: after.clone(), by_hand };
        staging.add(folder.snapshot_file(&new), snapshot.to_json());
        let its = folder.paths_of(version)?;
        if is_sealed(folder, |path| its.iter().any(|one| one == path))? {
            sealed.extend(staging.files().skip(staged).map(|(path, _)| path.to_owned()));
        }
        old.extend(its);
        let (old_name, generated) = (old_name.clone(), draft.is_some());
        migrations.push(RebasedMigration { old_name, name, generated });
        (newest, next) = (Some(new.clone()), Some(new));
    }
    let files = staging.files().map(|(path, _)| folder.root.join(path)).collect();
    old.iter().for_each(|path| staging.remove(path));
    let is_old = |path: &str| old.iter().any(|one| one == path);
    if !sealed.is_empty() {
        seal_some(folder, &mut staging, is_old, |path| sealed.contains(Path::new(path)))?;
    }
    staging.write(&folder.root)?;
    Ok(Rebased { migrations, files })
}

/// The migrations that are moved, and the others, both ascending.
struct Branches {
    moved: Vec<Version>,
    others: Vec<Version>,
    /// After which one each was written.
    predecessors: BTreeMap<Version, Version>,
}

/// A migration that is moved: where it leads from, and to.
struct Step {
    version: Version,
    old_name: String,
    before: Schema,
    after: Schema,
    /// Its hazards, if it is as it was generated.
    replaced: Option<Vec<Hazard>>,
    /// The newest one of the others.
    newest: Version,
}

impl Branches {
    fn of(folder: &Folder, late: &[Version]) -> Result<Self, FolderError> {
        let versions = folder.snapshot_versions()?;
        let mut predecessors = BTreeMap::new();
        for (index, one) in versions.iter().enumerate() {
            let before = index.checked_sub(1).map(|before| versions[before].clone());
            if let Some(predecessor) = predecessor(folder, one).or(before) {
                predecessors.insert(one.clone(), predecessor);
            }
        }
        let (mut moved, mut others) = (Vec::new(), Vec::new());
        for one in versions {
            let is_moved = late.contains(&one)
                || predecessors.get(&one).is_some_and(|before| moved.contains(before));
            if is_moved { moved.push(one) } else { others.push(one) }
        }
        let nothing = |why: String| Err(FolderError::Version(why + ": there is nothing to rebase"));
        let Some(newest) = others.last() else {
            return nothing(match moved.as_slice() {
                [only] => format!("{only} is the only migration"),
                _ => "no other migration would come before these".to_owned(),
            });
        };
        if let Some(first) = moved.first().filter(|first| *first > newest)
            && predecessors.get(first) == Some(newest)
            && late.len() == 1
        {
            return nothing(format!("{first} follows {newest}, as it should"));
        }
        Ok(Self { moved, others, predecessors })
    }

    fn steps(&self, folder: &Folder, hosts: &[ScratchHost]) -> Result<Vec<Step>, FolderError> {
        let mut state = Schema::EMPTY;
        for other in &self.others {
            state = self.with(folder, &state, other)?;
        }
        let (mut steps, newest) = (Vec::new(), self.others.last());
        for (index, version) in self.moved.iter().enumerate() {
            let old_name = folder.name_of(version)?;
            let before = state.clone();
            let after = if index + 1 == self.moved.len() {
                folder.schema.clone().into_owned()
            } else {
                state = self.with(folder, &state, version)?;
                with_declared_changes(state.clone(), &folder.schema)
            };
            let replaced = hazards_as_generated(folder, version, &old_name, hosts)?;
            let (version, newest) = (version.clone(), newest.unwrap_or(version).clone());
            steps.push(Step { version, old_name, before, after, replaced, newest });
        }
        Ok(steps)
    }

    /// The schema after that migration too, whatever it was written after.
    fn with(
        &self,
        folder: &Folder,
        state: &Schema,
        version: &Version,
    ) -> Result<Schema, FolderError> {
        let theirs = folder.snapshot(version)?.schema;
        let base = match self.predecessors.get(version).map(|before| folder.snapshot(before)) {
            Some(Ok(base)) => base.schema,
            // What it was written after is gone: its snapshot is all that there is.
            Some(Err(_)) => return Ok(theirs),
            None => Schema::EMPTY,
        };
        merged(&base, state, &theirs).ok_or_else(|| {
            FolderError::Version(format!(
                "{version} changes what another branch changes too, so what is between the \
                 migrations can't be told: remove all of its branch except the first, and rebase \
                 that one"
            ))
        })
    }
}

impl Step {
    fn draft(&self) -> Result<Draft<'_>, FolderError> {
        Draft::new(&self.before, &self.after)?.ok_or_else(|| {
            let Self { version, newest, .. } = self;
            FolderError::Version(format!(
                "the code already matches {newest}: it does not declare what {version} adds"
            ))
        })
    }
}

fn copy(
    folder: &Folder,
    old_name: &str,
    name: &str,
    staging: &mut Staging,
) -> Result<(), FolderError> {
    for kind in folder.kinds() {
        let path = folder.of(kind).join(old_name);
        if path.is_dir() {
            for file in entries(&path)? {
                staging.add(folder.file(kind, name, &file), read(&path.join(&file))?);
            }
        }
    }
    Ok(())
}
