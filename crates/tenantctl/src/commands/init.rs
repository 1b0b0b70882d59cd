//! `init`: writes the workspace of a new project.

use std::env;
use std::fs;
use std::path::Path;

use anyhow::Result;
use db_backend::{BackendKind, Capabilities};
use migration_folder::{GIT_ATTRIBUTES, Staging};
use schema_rs::DieselToml;

use crate::cli::InitArgs;
use crate::exit::Exit;
use crate::output::print_line;
use crate::settings::FILE;
use crate::usage::usage_error;
use crate::workspace::read_diesel_toml;

/// Each file, and its template. In a template, `{{name}}` is filled in, and what follows a line
/// `# [section]` is only for those sections.
const FILES: [(&str, &str); 12] = [
    ("Cargo.toml", include_str!("../../templates/Cargo.toml.in")),
    (".cargo/config.toml", include_str!("../../templates/cargo_config.toml.in")),
    (".gitignore", include_str!("../../templates/gitignore.in")),
    ("crates/schema/Cargo.toml", include_str!("../../templates/schema_Cargo.toml.in")),
    ("crates/schema/src/lib.rs", include_str!("../../templates/schema_lib.rs.in")),
    ("xtask/Cargo.toml", include_str!("../../templates/xtask_Cargo.toml.in")),
    ("xtask/build.rs", include_str!("../../templates/xtask_build.rs.in")),
    ("xtask/src/main.rs", include_str!("../../templates/xtask_main.rs.in")),
    ("tenantctl.toml", include_str!("../../templates/tenantctl.toml.in")),
    (".github/workflows/tenants.yml", include_str!("../../templates/workflow.yml.in")),
    ("migrations_tenant/CHECKSUMS", ""),
    ("migrations_tenant/.gitattributes", GIT_ATTRIBUTES),
];

pub(crate) fn run(args: &InitArgs) -> Result<Exit> {
    let root = Path::new("");
    if let Some(toml) = read_diesel_toml(root)? {
        return beside_diesel(args, &toml);
    }
    let template = Template::of(args)?;
    let in_the_way: Vec<&str> =
        FILES.iter().map(|(path, _)| *path).filter(|path| root.join(path).exists()).collect();
    if !in_the_way.is_empty() {
        let message = format!("nothing was written, since these exist: {}", in_the_way.join(", "));
        return Err(usage_error(message, Some("run this in an empty folder")));
    }
    let mut staging = Staging::default();
    for (path, text) in FILES {
        staging.add(path, template.fill(text));
    }
    staging.write(root)?;
    let files: String = FILES.iter().map(|(path, _)| format!("  {path}\n")).collect();
    print_line(&format!("written:\n{files}{NEXT}"));
    Ok(Exit::Success)
}

/// In a Diesel project: only the settings, since everything else is there.
fn beside_diesel(args: &InitArgs, toml: &DieselToml) -> Result<Exit> {
    if Path::new(FILE).exists() {
        let message = format!("nothing was written, since {FILE} exists");
        return Err(usage_error(message, Some("`config` shows what it says")));
    }
    let back_ends = match (args.back_ends.as_slice(), database_url()) {
        ([], None) => {
            let message = "nothing says which back end the tenants of this Diesel project have";
            return Err(usage_error(message, Some("name it with --back-end")));
        }
        ([], Some(url)) => vec![kind_of(&url)],
        (some, _) => some.to_vec(),
    };
    let dir = toml.migrations_dir.display().to_string();
    let mut staging = Staging::default();
    let template = Template::with(args, &back_ends, Some(&dir))?;
    staging.add(FILE, template.fill(include_str!("../../templates/tenantctl.toml.in")));
    staging.write(Path::new(""))?;
    let names: Vec<String> = back_ends.iter().map(ToString::to_string).collect();
    let mut lines = vec![
        format!("found {}:", toml.path.display()),
        format!("  migrations: {dir}"),
        format!("  back end:   {}", names.join(", ")),
    ];
    for options in toml.schemas.values() {
        let file = options.file.as_ref().map(|file| format!("  schema.rs:  {}", file.display()));
        let patch = options.patch_file.as_ref();
        lines.extend(file);
        lines.extend(patch.map(|patch| format!("  patch:      {}", patch.display())));
    }
    lines.push(format!("\nwritten:\n  {FILE}\n{NEXT_BESIDE_DIESEL}"));
    print_line(&lines.join("\n"));
    Ok(Exit::Success)
}

/// Where Diesel would find its database: in the environment, or in `.env`.
fn database_url() -> Option<String> {
    const NAME: &str = "DATABASE_URL";
    env::var(NAME).ok().or_else(|| {
        let text = fs::read_to_string(".env").ok()?;
        let value =
            text.lines().find_map(|line| line.trim().strip_prefix(NAME)?.trim().strip_prefix('='));
        Some(value?.trim().trim_matches(['"', '\'']).to_owned())
    })
}

/// The back end of an address, as Diesel reads it.
fn kind_of(url: &str) -> BackendKind {
    match url.split_once("://") {
        Some(("postgres" | "postgresql", _)) => BackendKind::Postgres,
        Some(("mysql" | "mariadb", _)) => BackendKind::Mysql,
        _ => BackendKind::Sqlite,
    }
}

const NEXT_BESIDE_DIESEL: &str = "
next:
  check                                    are the migrations sound?
  servers add NAME URL                     where the databases are
  tenants import --match 'customer_*'      which of them are tenants
  tenants census                           where they stand";

const NEXT: &str = "
next:
  declare the tables in crates/schema/src/lib.rs
  cargo xtask new-migration create_tables
  cargo xtask provision acme";

/// What the templates are filled with.
struct Template {
    places: [(&'static str, String); 4],
    sections: Vec<&'static str>,
}

impl Template {
    fn of(args: &InitArgs) -> Result<Self> {
        match args.back_ends.as_slice() {
            [] => Self::with(args, &[BackendKind::Sqlite], None),
            some => Self::with(args, some, None),
        }
    }

    /// `dir` is the folder of the migrations, if they are not in the program.
    fn with(args: &InitArgs, wanted: &[BackendKind], dir: Option<&str>) -> Result<Self> {
        let kinds = BackendKind::ALL.into_iter().filter(|kind| wanted.contains(kind));
        let mut sections = vec!["all"];
        sections.extend(kinds.clone().map(BackendKind::name));
        if kinds.clone().any(|kind| !Capabilities::of(kind).embedded) {
            sections.push("servers");
        }
        if dir.is_some() {
            sections.push("dir");
        }
        let names: Vec<String> = kinds.map(|kind| format!("\"{kind}\"")).collect();
        let source = |name: &str| source(args.crates.as_deref(), name);
        let places = [
            ("{{schema_core}}", source("schema-core")?),
            ("{{tenantctl}}", source("tenantctl")?),
            ("{{back_ends}}", names.join(", ")),
            ("{{dir}}", dir.map(|dir| format!("{dir:?}")).unwrap_or_default()),
        ];
        Ok(Self { places, sections })
    }

    fn fill(&self, template: &str) -> String {
        let mut filled = String::new();
        let mut is_in = true;
        for line in template.lines() {
            let section = line.trim().strip_prefix("# [").and_then(|rest| rest.strip_suffix(']'));
            match section {
                Some(section) => is_in = self.sections.contains(&section),
                None if is_in => {
                    let of =
                        |line: String, (place, text): &(&str, String)| line.replace(place, text);
                    filled.push_str(&self.places.iter().fold(line.to_owned(), of));
                    filled.push('\n');
                }
                None => {}
            }
        }
        filled
    }
}

/// Where a crate comes from, as in `Cargo.toml`.
fn source(crates: Option<&Path>, name: &str) -> Result<String> {
    let Some(crates) = crates else {
        return Ok(format!("version = {:?}", env!("CARGO_PKG_VERSION")));
    };
    let path = crates.join(name);
    if !path.join("Cargo.toml").is_file() {
        let message = format!("there is no crate {name} in {}", crates.display());
        return Err(usage_error(message, Some("--crates is the folder `crates` of a checkout")));
    }
    Ok(format!("path = {:?}", path.display().to_string()))
}
