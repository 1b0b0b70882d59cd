//! `init`: writes the workspace of a new project.

use std::path::Path;

use anyhow::Result;
use db_backend::{BackendKind, Capabilities};
use migration_folder::{GIT_ATTRIBUTES, Staging};

use crate::cli::InitArgs;
use crate::exit::Exit;
use crate::output::print_line;
use crate::usage::usage_error;

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
    let root = Path::new(".");
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

const NEXT: &str = "
next:
  declare the tables in crates/schema/src/lib.rs
  cargo xtask new-migration create_tables
  cargo xtask provision acme";

/// What the templates are filled with.
struct Template {
    places: [(&'static str, String); 3],
    sections: Vec<&'static str>,
}

impl Template {
    fn of(args: &InitArgs) -> Result<Self> {
        let wanted = match args.back_ends.as_slice() {
            [] => &[BackendKind::Sqlite],
            some => some,
        };
        let kinds = BackendKind::ALL.into_iter().filter(|kind| wanted.contains(kind));
        let mut sections = vec!["all"];
        sections.extend(kinds.clone().map(BackendKind::name));
        if kinds.clone().any(|kind| !Capabilities::of(kind).embedded) {
            sections.push("servers");
        }
        let names: Vec<String> = kinds.map(|kind| format!("\"{kind}\"")).collect();
        let source = |name: &str| source(args.crates.as_deref(), name);
        let places = [
            ("{{schema_core}}", source("schema-core")?),
            ("{{tenantctl}}", source("tenantctl")?),
            ("{{back_ends}}", names.join(", ")),
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
