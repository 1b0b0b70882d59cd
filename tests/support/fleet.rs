//! A separate registry with one server, and the program run on it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use db_backend::{Access, AnyConnection, DatabaseUrl, ServerUrl, Timeouts, admin};
use schema_model::Schema;
use serde_json::Value;

use super::cli::{Cli, Outcome};
use super::server::TestServer;

/// A folder to run the program in, whose registry knows one server, called `main`.
///
/// Arguments name a tenant `@acme`. If the server is shared with other cases, the name gets a
/// prefix that only this fleet has. The prefix is removed from every result.
pub struct Fleet<'s> {
    pub cli: Cli,
    server: &'s TestServer,
    url: ServerUrl,
    prefix: String,
}

impl<'s> Fleet<'s> {
    pub fn new(server: &'s TestServer) -> Self {
        let cli = Cli::new();
        let (url, prefix) = if db_backend::Capabilities::of(server.kind()).embedded {
            let folder = cli.folder().join("tenants");
            fs::create_dir(&folder).expect("the folder is writable");
            (ServerUrl::folder(folder), String::new())
        } else {
            (server.url().clone(), format!("{}-", server.fresh_name()))
        };
        Self { cli, server, url, prefix }.with_server()
    }

    /// Another registry, with the same server and the same names.
    pub fn other_registry(&self) -> Self {
        let Self { server, url, prefix, .. } = self;
        Self { cli: Cli::new(), server, url: url.clone(), prefix: prefix.clone() }.with_server()
    }

    fn with_server(self) -> Self {
        self.succeed(&format!("servers add main {}", self.url.expose()));
        self
    }

    /// A fleet with active tenants at head.
    pub fn provisioned(server: &'s TestServer, slugs: &str) -> Self {
        let fleet = Self::new(server);
        fleet.succeed(&format!("provision {slugs}"));
        fleet
    }

    /// Runs the program to its end, its arguments separated by white space.
    pub fn run(&self, args: &str) -> Outcome {
        self.outcome(self.cli.command().args(self.args(args)).output().expect("the program runs"))
    }

    /// Runs the program, which must succeed. Returns its standard output.
    pub fn succeed(&self, args: &str) -> String {
        let outcome = self.run(args);
        assert_eq!(outcome.code, Some(0), "{}: {args}: {outcome}", self.server.kind());
        outcome.stdout
    }

    /// The output of a finished program, without this fleet's prefix.
    pub fn outcome(&self, mut output: Output) -> Outcome {
        for stream in [&mut output.stdout, &mut output.stderr] {
            *stream = self.without_prefix(&String::from_utf8_lossy(stream)).into_bytes();
        }
        self.cli.outcome(&output)
    }

    /// Runs the program to its end with `--format json`; returns exit code and lines.
    pub fn json(&self, args: &str) -> (Option<i32>, Vec<Value>) {
        let mut command = self.cli.command();
        let output = command.args(self.args(args)).args(["--format", "json"]).output();
        let output = output.expect("the program runs");
        (output.status.code(), self.lines(&output))
    }

    /// The JSON lines of a finished program.
    pub fn lines(&self, output: &Output) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        self.without_prefix(&String::from_utf8_lossy(&output.stdout)).lines().map(parse).collect()
    }

    /// The program with its arguments, for cases that act on it while it runs.
    pub fn program(&self, args: &str) -> Command {
        let mut program = self.cli.program();
        program.args(self.args(args));
        program
    }

    fn args(&self, args: &str) -> Vec<String> {
        let word = |word: &str| {
            if let Some(name) = word.strip_prefix('@') {
                self.server.drop_at_end(&self.database_name(name));
            }
            word.replace('@', &self.prefix)
        };
        // The address of a server has an `@` of its own.
        let words = args.split_whitespace();
        words.map(|arg| if arg.contains("://") { arg.to_owned() } else { word(arg) }).collect()
    }

    /// A text without this fleet's prefix.
    pub fn without_prefix(&self, text: &str) -> String {
        if self.prefix.is_empty() { text.to_owned() } else { text.replace(&self.prefix, "") }
    }

    /// What a file calls the tenant that arguments name `@name`.
    pub fn slug(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// The name that `provision` gives a tenant's database.
    pub fn database_name(&self, name: &str) -> String {
        match db_backend::Capabilities::of(self.server.kind()).embedded {
            true => format!("{name}.db"),
            false => format!("tenant_{}{name}", self.prefix),
        }
    }

    /// The server's address.
    pub fn url(&self) -> &ServerUrl {
        &self.url
    }

    pub fn database(&self, name: &str) -> DatabaseUrl {
        self.url.database(&self.database_name(name)).expect("the name is plain")
    }

    /// The file of a tenant on SQLite.
    pub fn file(&self, name: &str) -> PathBuf {
        self.database(name).path().expect("an SQLite tenant").to_owned()
    }

    /// Creates an empty database with the name that a tenant's database would have.
    pub fn create_database(&self, name: &str) {
        let database = self.database_name(name);
        self.server.drop_at_end(&database);
        admin::create_database(&self.url, &database, &Timeouts::default())
            .expect("the server creates databases");
    }

    pub fn open(&self, name: &str) -> AnyConnection {
        open(&self.database(name))
    }

    pub fn execute(&self, name: &str, sql: &str) {
        self.open(name).execute(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// The embedded system database.
    pub fn system(&self) -> AnyConnection {
        open(&DatabaseUrl::file(self.cli.folder().join(".tenantctl/system.db")))
    }

    /// Writes a file into the folder that the program runs in.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.cli.folder().join(path);
        let folder = path.parent().expect("a path inside the folder");
        fs::create_dir_all(folder).expect("the folder is writable");
        fs::write(path, text).expect("the folder is writable");
    }

    /// The differences between a tenant's tables and that schema.
    pub fn differences(&self, name: &str, schema: &Schema) -> Vec<String> {
        let mut connection = self.open(name);
        let version = admin::server_version(&mut connection).expect("servers have versions");
        let dialect = self.server.kind().dialect();
        let actual = connection.catalog().expect("the catalogue is readable");
        actual.differences(&dialect.expected_catalog(schema, &version), self.server.kind())
    }

    /// The versions in a tenant's history, in order, including duplicates.
    pub fn history(&self, name: &str) -> Vec<String> {
        self.column(name, "SELECT version FROM __diesel_schema_migrations ORDER BY version")
    }

    /// The id of the registry whose mark a tenant bears; none if it bears no mark.
    pub fn owner(&self, name: &str) -> Vec<String> {
        self.column(name, "SELECT registry FROM __tenantctl_owner")
    }

    /// The first column of a query on a tenant.
    pub fn column(&self, name: &str, sql: &str) -> Vec<String> {
        let rows = self.open(name).rows(sql, &[]).unwrap_or_else(|error| panic!("{error}: {sql}"));
        rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect()
    }
}

fn open(url: &DatabaseUrl) -> AnyConnection {
    AnyConnection::establish(url, Access::ReadWrite, &Timeouts::default())
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Tenant → outcome, of the lines of a run.
pub fn outcomes(lines: &[Value]) -> BTreeMap<String, String> {
    let finished = lines.iter().filter(|line| line["event"] == "tenant_finished");
    finished.map(|line| (text(&line["tenant"]), text(&line["outcome"]))).collect()
}

/// `acme migrated, beta up_to_date`, of the lines of a run.
pub fn outcomes_in_words(lines: &[Value]) -> String {
    let words: Vec<String> =
        outcomes(lines).iter().map(|(tenant, outcome)| format!("{tenant} {outcome}")).collect();
    words.join(", ")
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a text")).to_owned()
}
