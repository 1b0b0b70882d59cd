//! `tenants import`: registers many existing databases at once.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context, Result};
use db_backend::{Access, AnyConnection, DatabaseUrl, DbError, TextTable, Timeouts, watched};
use tenant_manager::{ImportPlan, ImportRow, TenantManager};

use crate::cli::ImportArgs;
use crate::output::{print_line, table};
use crate::targets::label;
use crate::usage::usage_error;
use crate::words::{counted, labels};

const COLUMNS: [&str; 5] = ["slug", "server", "database", "schema", "labels"];

pub(super) fn run(manager: &TenantManager, args: &ImportArgs) -> Result<()> {
    let rows = rows(manager, args)?;
    if rows.is_empty() {
        return Err(usage_error("there is nothing to import", None));
    }
    let plan = manager.plan_import(&rows, args.server.as_deref(), args.schema.name.as_deref())?;
    if args.dry_run {
        show(&plan);
        return Ok(());
    }
    manager.import(&plan)?;
    print_line(&format!("registered {}{}", counted(plan.new.len(), "tenant"), before(&plan)));
    print_line("`status --verify` reads where they are");
    Ok(())
}

fn show(plan: &ImportPlan) {
    let cells = plan.new.iter().map(|(new, server)| {
        vec![new.slug.to_string(), server.clone(), new.database.clone(), labels(&new.labels)]
    });
    print_line(&table(&["TENANT", "SERVER", "DATABASE", "LABELS"], cells.collect()));
    let new = counted(plan.new.len(), "tenant");
    print_line(&format!("\nwould register {new}{}", before(plan)));
}

fn before(plan: &ImportPlan) -> String {
    match plan.registered.len() {
        0 => String::new(),
        1 => "; 1 was registered before".to_owned(),
        count => format!("; {count} were registered before"),
    }
}

fn rows(manager: &TenantManager, args: &ImportArgs) -> Result<Vec<ImportRow>> {
    match (&args.csv, &args.from_url, &args.query, &args.matching) {
        (Some(file), ..) => from_csv(file),
        (_, Some(url), Some(query), _) => from_query(url, query),
        (_, _, _, Some(pattern)) => {
            let server = match &args.server {
                Some(server) => server.clone(),
                None => only_server(manager)?,
            };
            Ok(manager.discover(&server, pattern)?)
        }
        _ => Err(usage_error("nothing says what to import", None)),
    }
}

fn only_server(manager: &TenantManager) -> Result<String> {
    match manager.registry().servers()?.as_slice() {
        [only] => Ok(only.name.clone()),
        _ => Err(usage_error("--match needs a server", Some("name one with --server"))),
    }
}

fn from_csv(file: &Path) -> Result<Vec<ImportRow>> {
    let input: Box<dyn Read> = if file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        let opened = File::open(file);
        Box::new(opened.with_context(|| format!("{} can't be read", file.display()))?)
    };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(input);
    let wrong = |error: csv::Error| usage_error(format!("{}: {error}", file.display()), None);
    let header = reader.headers().map_err(wrong)?.clone();
    let columns = Columns::new(header.iter())?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push(columns.row(format!("line {line}"), |column| record.get(column))?);
    }
    Ok(rows)
}

fn from_query(url: &str, query: &str) -> Result<Vec<ImportRow>> {
    let url: DatabaseUrl =
        url.parse().map_err(|error| usage_error(format!("--from-url: {error}"), None))?;
    let query = query.trim().trim_end_matches(';').to_owned();
    let answer: Result<TextTable, DbError> = watched(move |watch| {
        let timeouts = Timeouts::default();
        watch.call(Some(timeouts.own_statement() + timeouts.grace), || {
            AnyConnection::establish(&url, Access::ReadOnly, &timeouts)?.table(&query)
        })
    });
    let (names, cells) = answer.context("the query of --query failed")?;
    if cells.is_empty() {
        return Ok(Vec::new());
    }
    let columns = Columns::new(names.iter().map(String::as_str))?;
    let row = |(number, cells): (usize, Vec<Option<String>>)| {
        columns.row(format!("row {}", number + 1), |column| cells.get(column)?.as_deref())
    };
    cells.into_iter().enumerate().map(row).collect()
}

/// Which column holds what.
struct Columns {
    slug: usize,
    server: Option<usize>,
    database: Option<usize>,
    schema: Option<usize>,
    labels: Option<usize>,
}

impl Columns {
    fn new<'n>(names: impl Iterator<Item = &'n str>) -> Result<Self> {
        let names: Vec<String> = names.map(str::to_ascii_lowercase).collect();
        let place = |column: &str| names.iter().position(|name| name == column);
        let hint = format!("the columns are {}; only `slug` is needed", COLUMNS.join(", "));
        if let Some(unknown) = names.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
            return Err(usage_error(format!("the column `{unknown}` is unknown"), Some(&hint)));
        }
        match place("slug") {
            Some(slug) => Ok(Self {
                slug,
                server: place("server"),
                database: place("database"),
                schema: place("schema"),
                labels: place("labels"),
            }),
            None => Err(usage_error("there is no column `slug`", Some(&hint))),
        }
    }

    fn row<'c>(&self, place: String, cell: impl Fn(usize) -> Option<&'c str>) -> Result<ImportRow> {
        let filled = |column: Option<usize>| {
            column.and_then(&cell).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        Ok(ImportRow {
            slug: filled(Some(self.slug)).unwrap_or_default(),
            server: filled(self.server),
            database: filled(self.database),
            schema: filled(self.schema),
            labels: filled(self.labels)
                .map_or(Ok(BTreeMap::new()), |text| read_labels(&text))
                .with_context(|| place.clone())?,
            place,
        })
    }
}

/// `region=eu plan=pro`, as `tenants list` prints them, or a JSON object of texts.
fn read_labels(text: &str) -> Result<BTreeMap<String, String>> {
    if text.starts_with('{') {
        let labels: BTreeMap<String, String> = serde_json::from_str(text)
            .map_err(|error| usage_error(format!("`{text}` are no labels: {error}"), None))?;
        return labels.iter().map(|(name, value)| label(&format!("{name}={value}"))).collect();
    }
    text.split_whitespace().map(label).collect()
}
