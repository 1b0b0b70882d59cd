//! Makes one migration of old ones, for new databases.
//!
//! The old ones stay, for databases that have some of them. The squashed one lies outside the stock
//! folders, where stock Diesel would run both. Before it is written, it is executed: it must lead
//! to the same schema and the same rows as its members.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use db_backend::{BackendKind, Refused, Scratch, Statement, Version};
use schema_model::Schema;
use schema_model::diff::diff;
use tenant_migrate::{Migration, MigrationSet};

use crate::checksums::{files_in, is_sealed, seal_staged};
use crate::draft::read_migrations;
use crate::error::FolderError;
use crate::finding::Finding;
use crate::folder::Folder;
use crate::host::{ScratchHost, migrate};
use crate::sql;
use crate::squash_proof::Reached;
use crate::staging::Staging;
use crate::writing::check_folder;

/// A squashed migration that was written.
#[derive(Debug)]
pub struct Squashed {
    /// The back end.
    pub kind: BackendKind,
    /// The names of the migrations that it stands for, ascending.
    pub members: Vec<String>,
    /// How many statements those have.
    pub statements_before: usize,
    /// How many it has.
    pub statements: usize,
    /// Where its statements come from.
    pub from: SquashedFrom,
    /// Its files.
    pub files: Vec<PathBuf>,
}

/// Where the statements of a squashed migration come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SquashedFrom {
    /// They create the schema as the code declared it. Nothing else is left of its members.
    Schema,
    /// They are those of its members, one after the other.
    Members,
}

/// Writes one migration that new databases get in place of those below that version, for the back
/// end of each host. One that is there already is replaced.
///
/// # Errors
/// A folder with findings, a version without a migration, fewer than two migrations below it, or
/// migrations that no single one can stand for. The folder is then unchanged.
pub fn squash(
    folder: &Folder,
    below: &Version,
    hosts: &[ScratchHost],
) -> Result<Vec<Squashed>, FolderError> {
    check_folder(folder)?;
    let mut staging = Staging::default();
    let mut all = Vec::new();
    let kinds = folder.kinds();
    for host in hosts.iter().filter(|host| kinds.contains(&host.kind())) {
        let set = read_migrations(folder, host.kind())?;
        if let Some(set) = set.filter(|set| set.get(below).is_some()) {
            all.push(squash_one(folder, &set, below, host, &mut staging)?);
        }
    }
    if all.is_empty() {
        return Err(FolderError::no_migration(below));
    }
    let is_squashed = |path: &str| {
        let path = folder.root.join(path);
        all.iter().any(|squashed: &Squashed| path.starts_with(folder.squashed(squashed.kind)))
    };
    // Without code, a folder is sealed only if its team wants that.
    if folder.is_coded() || is_sealed(folder, |_| true)? {
        seal_staged(folder, &mut staging, is_squashed)?;
    }
    staging.write(&folder.root)?;
    Ok(all)
}

fn squash_one(
    folder: &Folder,
    set: &MigrationSet,
    below: &Version,
    host: &ScratchHost,
    staging: &mut Staging,
) -> Result<Squashed, FolderError> {
    let kind = host.kind();
    let (members, then): (Vec<&Migration>, Vec<&Migration>) =
        set.iter().partition(|migration| migration.version < *below);
    let (Some(newest), true) = (members.last(), members.len() > 1) else {
        let (below, count) = (below.clone(), members.len());
        return Err(FolderError::FewMembers { kind, below, count });
    };
    let expected = Reached::by(host, &|scratch| migrate(scratch, members.iter().copied()), &then)?
        .map_err(|refused| not_squashed(kind, vec![in_words("replayed", &refused)]))?;

    let mut problems = Vec::new();
    let mut ways = Vec::new();
    if let Some(schema) = declared(folder, &newest.version).filter(|_| !expected.has_rows()) {
        ways.extend(created(kind, &schema));
    }
    match joined(kind, &members) {
        Ok(joined) => ways.extend(joined),
        Err(problem) => problems.push(problem),
    }
    for way in ways {
        let what = way.in_words();
        match Reached::by(host, &|scratch| way.migrate(scratch), &then)? {
            Err(refused) => problems.push(in_words(what, &refused)),
            Ok(reached) => match expected.differences(&reached, host) {
                none if none.is_empty() => return way.stage(folder, kind, &members, staging),
                differences => {
                    problems.push(format!("{what}: {}", differences.join("; ")));
                    // It would lead there outside of a transaction, too.
                    if way.from == SquashedFrom::Members {
                        break;
                    }
                }
            },
        }
    }
    Err(not_squashed(kind, problems))
}

/// A way to do at once what the members do.
struct Way {
    from: SquashedFrom,
    text: String,
    statements: Vec<Statement>,
    run_in_transaction: bool,
}

impl Way {
    fn in_words(&self) -> &'static str {
        match (self.from, self.run_in_transaction) {
            (SquashedFrom::Schema, _) => "as the schema that the code declared",
            (SquashedFrom::Members, true) => "one after the other, in a transaction",
            (SquashedFrom::Members, false) => "one after the other",
        }
    }

    fn migrate(&self, scratch: &mut Scratch) -> Result<(), Refused> {
        scratch.migrate(&self.statements, self.run_in_transaction)
    }

    fn stage(
        self,
        folder: &Folder,
        kind: BackendKind,
        members: &[&Migration],
        staging: &mut Staging,
    ) -> Result<Squashed, FolderError> {
        let place = folder.squashed(kind);
        for old in files_in(&place)? {
            staging.remove(folder.path_in(&old));
        }
        let newest = members.last().map_or("", |newest| newest.name.as_str());
        let spelled = newest.split('_').next().unwrap_or_default();
        let own = place.join(format!("{spelled}_squashed"));
        let metadata = metadata(members, self.run_in_transaction);
        let texts = [("up.sql", self.text), ("metadata.toml", metadata)];
        let mut files = Vec::new();
        for (name, text) in texts {
            let path = own.join(name);
            staging.add(folder.path_in(&path), text);
            files.push(path);
        }
        Ok(Squashed {
            kind,
            members: members.iter().map(|member| member.name.clone()).collect(),
            statements_before: members.iter().map(|member| member.up_statements.len()).sum(),
            statements: self.statements.len(),
            from: self.from,
            files,
        })
    }
}

/// The schema that the code declared at that version, if all of it was declared.
fn declared(folder: &Folder, version: &Version) -> Option<Schema> {
    if !folder.is_coded() {
        return None;
    }
    let snapshot = folder.snapshot(version).ok()?;
    snapshot.by_hand.is_empty().then_some(snapshot.schema)
}

/// The statements that create a schema.
fn created(kind: BackendKind, schema: &Schema) -> Option<Way> {
    let changes = diff(&Schema::EMPTY, schema).ok()?;
    let text = sql::text(&sql::statements(&kind.dialect().render(&changes)));
    let statements = sql_text::split(&text, kind.syntax()).ok()?;
    Some(Way { from: SquashedFrom::Schema, text, statements, run_in_transaction: true })
}

/// The statements of the members. Some of them can't be in one transaction, although each member
/// can.
fn joined(kind: BackendKind, members: &[&Migration]) -> Result<Vec<Way>, String> {
    let before_last = &members[..members.len().saturating_sub(1)];
    let changes_session = before_last.iter().find_map(|member| {
        let statement = member.up_statements.iter().find(|one| one.may_change_session)?;
        Some((member, statement))
    });
    if let Some((member, statement)) = changes_session {
        return Err(format!(
            "{}: line {} may change the session in which the migrations after it would run",
            member.name, statement.line
        ));
    }
    let expected: Vec<&str> = members
        .iter()
        .flat_map(|member| member.up_statements.iter().map(|statement| statement.sql.as_str()))
        .collect();
    let found = ["", ";\n"].iter().find_map(|end| {
        let text = members.iter().fold(String::new(), |mut text, member| {
            let gap = if text.is_empty() { "" } else { "\n" };
            // Writing to a `String` can't fail.
            let _ = write!(text, "{gap}-- {}\n{}\n{end}", member.name, member.up.trim_end());
            text
        });
        let statements = sql_text::split(&text, kind.syntax()).ok()?;
        let is_same = statements.iter().map(|one| one.sql.as_str()).eq(expected.iter().copied());
        is_same.then_some((text, statements))
    });
    let (text, statements) = found.ok_or("their files can't be joined to one")?;
    let in_transaction = members.iter().all(|member| member.run_in_transaction);
    let choices: &[bool] = if in_transaction { &[true, false] } else { &[false] };
    let ways = choices.iter().map(|run_in_transaction| Way {
        from: SquashedFrom::Members,
        text: text.clone(),
        statements: statements.clone(),
        run_in_transaction: *run_in_transaction,
    });
    Ok(ways.collect())
}

fn metadata(members: &[&Migration], run_in_transaction: bool) -> String {
    let mut text = format!("run_in_transaction = {run_in_transaction}\n");
    let limits = [
        ("statement_timeout", longest(members.iter().map(|member| member.limits.statement))),
        ("lock_timeout", longest(members.iter().map(|member| member.limits.lock))),
    ];
    for (index, (key, limit)) in
        limits.iter().filter_map(|(key, limit)| Some((key, (*limit)?))).enumerate()
    {
        let table = if index == 0 { "\n[tenantctl]\n" } else { "" };
        let limit = match limit {
            Duration::ZERO => "none".to_owned(),
            limit => format!("{}s", limit.as_secs()),
        };
        let _ = writeln!(text, "{table}{key} = {limit:?}");
    }
    text.push_str(
        "\n# The migrations that it was made from, and the checksum of each up.sql.\n\
         [tenantctl.squashes]\n",
    );
    for member in members {
        let _ = writeln!(text, "{:?} = {:?}", member.version.0, member.checksum);
    }
    text
}

/// The longest of some limits, of which zero is none at all.
fn longest(limits: impl Iterator<Item = Option<Duration>>) -> Option<Duration> {
    limits.flatten().max_by_key(|limit| (limit.is_zero(), *limit))
}

/// Whether the squashed migration of a host's back end leads where its members lead. What its files
/// show without a database is a finding of [`check_files`](crate::check_files).
///
/// # Errors
/// If a scratch database can't be created or read. What differs is a finding.
pub fn check_squashed(folder: &Folder, host: &ScratchHost) -> Result<Option<Finding>, FolderError> {
    let kind = host.kind();
    let set = MigrationSet::from_dir(kind, &folder.of(kind));
    let set = set.and_then(|set| set.with_squashed(&folder.squashed(kind)));
    let Ok(set) = set else { return Ok(None) };
    let Some(squashed) = set.squashed() else { return Ok(None) };
    let (members, then): (Vec<&Migration>, Vec<&Migration>) =
        set.iter().partition(|migration| migration.version <= squashed.version);
    // What the migrations themselves can't do is a finding of their replay.
    let in_turn = |scratch: &mut Scratch| migrate(scratch, members.iter().copied());
    let expected = Reached::by(host, &in_turn, &then)?;
    let Ok(expected) = expected else { return Ok(None) };
    let path = folder.squashed(kind).join(&squashed.name).join("up.sql");
    let remedy =
        "squash the migrations again; or remove its folder, and new databases get each one";
    let finding = |problem: String| Some(folder.finding(&path, problem, remedy));
    let at_once = |scratch: &mut Scratch| migrate(scratch, [squashed]);
    Ok(match Reached::by(host, &at_once, &then)? {
        Ok(reached) => match expected.differences(&reached, host) {
            none if none.is_empty() => None,
            differences => finding(format!(
                "it does not lead where its members lead: {}",
                differences.join("; ")
            )),
        },
        Err(refused) => finding(in_words("it fails", &refused)),
    })
}

fn not_squashed(kind: BackendKind, problems: Vec<String>) -> FolderError {
    FolderError::NotSquashed { kind, problems }
}

fn in_words(what: &str, Refused { statement, error }: &Refused) -> String {
    match statement.as_deref() {
        Some(Statement { line, .. }) if *line > 0 => format!("{what}: line {line}: {error}"),
        Some(_) | None => format!("{what}: {error}"),
    }
}
