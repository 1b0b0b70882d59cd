//! An ordinary user of a server, with fewer rights than the tests' own user.

use db_backend::admin::{self, Created};
use db_backend::{Access, AnyConnection, BackendKind, DatabaseUrl, DbError, ServerUrl, Timeouts};

use super::server::TestServer;

/// May create databases whose names begin with the user's; dropped together with them.
pub struct User {
    url: ServerUrl,
    name: String,
    server: TestServer,
}

const PASSWORD: &str = "0rdinary";

impl User {
    /// A new user of a server. A folder has no users.
    pub fn on(server: TestServer) -> Self {
        let name = server.fresh_name();
        let address = server.url().expose();
        let (_, host) = address.rsplit_once('@').expect("the tests' own user is in it");
        let url = format!("{}://{name}:{PASSWORD}@{host}", server.kind());
        let url = url.parse().expect("it is an address");
        let user = Self { url, name, server };
        let name = &user.name;
        user.as_superuser(&match user.kind() {
            BackendKind::Mysql => format!(
                "CREATE USER {name} IDENTIFIED BY '{PASSWORD}'; \
                 GRANT ALL ON `{}%`.* TO {name}",
                name.replace('_', "\\_")
            ),
            _ => format!("CREATE ROLE {name} LOGIN CREATEDB PASSWORD '{PASSWORD}'"),
        });
        user
    }

    /// The back end.
    pub fn kind(&self) -> BackendKind {
        self.server.kind()
    }

    /// The server's address with this user.
    pub fn url(&self) -> &ServerUrl {
        &self.url
    }

    /// The server with the tests' own user.
    pub fn server(&self) -> &TestServer {
        &self.server
    }

    /// The user's name as written in SQL.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The server's error for a wrong password.
    pub fn turned_away_with(&self, wrong: &str) -> DbError {
        let address = self.url.expose().replace(PASSWORD, wrong);
        let server: ServerUrl = address.parse().expect("it is an address");
        admin::ping(&server, &Timeouts::default()).expect_err("the password is wrong")
    }

    /// The name of a database that the user may create; it is dropped at the end.
    pub fn fresh_name(&self) -> String {
        let name = format!("{}_{}", self.name, self.server.fresh_name());
        self.server.drop_at_end(&name);
        name
    }

    /// A new database that belongs to the user. It is dropped at the end.
    pub fn fresh_database(&self) -> DatabaseUrl {
        let name = self.fresh_name();
        let created = admin::create_database(&self.url, &name, &Timeouts::default());
        assert_eq!(created, Ok(Created::New));
        self.url.database(&name).expect("the name is plain")
    }

    /// Executes SQL that the user may not execute, as the tests' own user.
    pub fn as_superuser(&self, statements: &str) {
        self.try_as_superuser(statements).expect("the superuser may do anything");
    }

    fn try_as_superuser(&self, statements: &str) -> Result<(), DbError> {
        let always_there = match self.kind() {
            BackendKind::Mysql => "mysql",
            _ => "postgres",
        };
        let address = format!("{}/{always_there}", self.server.url().expose());
        let database: DatabaseUrl = address.parse()?;
        AnyConnection::establish(&database, Access::ReadWrite, &Timeouts::default())
            .and_then(|mut connection| connection.execute(statements))
    }
}

impl Drop for User {
    fn drop(&mut self) {
        // On PostgreSQL everything that the user owns must be dropped first.
        self.server.drop_databases();
        let keyword = match self.kind() {
            BackendKind::Mysql => "USER",
            _ => "ROLE",
        };
        // A failed case should fail for its own reason.
        let _ = self.try_as_superuser(&format!("DROP {keyword} {}", self.name));
    }
}
