//! The databases that the cases run on, and the migrations that they apply.

use std::sync::Arc;

use db_backend::{
    Access, BackendKind, Connector, DatabaseUrl, DbError, ExecutionMode, History, Timeouts, Version,
};
use tenant_migrate::{
    EmbeddedMigration, Migration, MigrationSet, MigrationSets, Outcome, Record, Run, RunOptions,
    SetKey, Target, TenantReport,
};

/// The databases that a case runs on.
pub struct Ground<'a> {
    /// Opens databases.
    pub connector: Arc<dyn Connector>,
    /// Their back end.
    pub kind: BackendKind,
    /// Creates an empty one.
    pub fresh: &'a dyn Fn() -> DatabaseUrl,
}

impl Ground<'_> {
    pub fn set(&self, migrations: &[EmbeddedMigration]) -> MigrationSet {
        MigrationSet::from_embedded(self.kind, migrations).expect("the migrations are sound")
    }

    pub fn sets(&self, migrations: &[EmbeddedMigration]) -> MigrationSets {
        MigrationSets::from([(SetKey::of(self.kind), self.set(migrations))])
    }

    pub fn target(&self, database: &DatabaseUrl) -> Target {
        Target {
            slug: "acme".to_owned(),
            server: "server".to_owned(),
            set: SetKey::of(self.kind),
            database: database.clone(),
            record: Record::default(),
        }
    }

    pub fn migrate(
        &self,
        database: &DatabaseUrl,
        migrations: &[EmbeddedMigration],
    ) -> TenantReport {
        self.migrate_with(Arc::clone(&self.connector), database, migrations)
    }

    pub fn migrate_with(
        &self,
        connector: Arc<dyn Connector>,
        database: &DatabaseUrl,
        migrations: &[EmbeddedMigration],
    ) -> TenantReport {
        let faulty = Ground { connector, ..*self };
        faulty.migrate_target(&self.target(database), migrations, &options())
    }

    pub fn migrate_target(
        &self,
        target: &Target,
        migrations: &[EmbeddedMigration],
        options: &RunOptions,
    ) -> TenantReport {
        self.run(migrations, options).migrate_tenant(target)
    }

    pub fn run(&self, migrations: &[EmbeddedMigration], options: &RunOptions) -> Run {
        Run::new(Arc::clone(&self.connector), self.sets(migrations), options.clone())
    }

    /// Reverts a migration under the lock, with its `down.sql`.
    pub fn revert(&self, database: &DatabaseUrl, migration: &Migration) -> Result<(), DbError> {
        let timeouts = Timeouts::default();
        let mut connection = self.connector.connect(database, Access::ReadWrite, &timeouts)?;
        let mode =
            connection.execution_mode(&migration.down_statements, migration.run_in_transaction);
        connection.lock(mode)?;
        if mode != ExecutionMode::Journalled {
            connection.begin()?;
        }
        for statement in &migration.down_statements {
            connection.execute(statement)?;
        }
        if mode == ExecutionMode::Journalled {
            connection.begin()?;
        }
        connection.remove_from_history(&migration.version)?;
        connection.remove_from_journal(&migration.version)?;
        connection.commit()?;
        connection.unlock()
    }

    pub fn history(&self, database: &DatabaseUrl) -> History {
        let timeouts = Timeouts::default();
        let opened = self.connector.connect(database, Access::ReadOnly, &timeouts);
        opened.and_then(|mut connection| connection.history()).expect("the history can be read")
    }

    pub fn fingerprint(&self, database: &DatabaseUrl) -> String {
        let timeouts = Timeouts::default();
        let opened = self.connector.connect(database, Access::ReadOnly, &timeouts);
        opened.and_then(|mut connection| connection.fingerprint()).expect("the schema can be read")
    }

    /// The result of the migrations on an empty database without any failure.
    pub fn expected(&self, migrations: &[EmbeddedMigration]) -> Expected {
        let reference = (self.fresh)();
        assert_migrated_all(&self.migrate(&reference, migrations), "reference");
        let set = self.set(migrations);
        let versions = set.iter().map(|migration| migration.version.clone()).collect();
        Expected { versions, fingerprint: self.fingerprint(&reference) }
    }

    pub fn assert_is(&self, expected: &Expected, database: &DatabaseUrl, context: &str) {
        let history = self.history(database);
        assert_eq!(history.applied.as_ref(), Some(&expected.versions), "{context}");
        for row in &history.journal {
            assert!(row.finished && row.in_flight.is_none(), "{context}: {row:?}");
            assert_eq!(row.statements_done, row.statements_total, "{context}: {row:?}");
        }
        assert_eq!(self.fingerprint(database), expected.fingerprint, "{context}");
    }

    pub fn assert_migrated(
        &self,
        database: &DatabaseUrl,
        migrations: &[EmbeddedMigration],
        context: &str,
    ) {
        self.assert_is(&self.expected(migrations), database, context);
    }
}

/// The expected state of a database.
pub struct Expected {
    versions: Vec<Version>,
    fingerprint: String,
}

/// Only one attempt, so that each case sees its failure.
pub fn options() -> RunOptions {
    let mut options = RunOptions::new("run");
    options.retry.attempts_max = 1;
    options
}

/// Asserts that something was applied, and nothing failed.
pub fn assert_migrated_all(report: &TenantReport, context: &str) {
    assert!(matches!(report.outcome, Outcome::Migrated { .. }), "{context}: {:?}", report.outcome);
}

const fn migration(directory: &'static str, up: &'static str) -> EmbeddedMigration {
    EmbeddedMigration { directory, up, down: None, metadata: None }
}

pub const FIRST: EmbeddedMigration = EmbeddedMigration {
    down: Some("DROP TABLE a;"),
    ..migration("2026-01-01_a", "CREATE TABLE a (id INTEGER PRIMARY KEY);")
};
pub const SECOND: EmbeddedMigration = EmbeddedMigration {
    down: Some("DROP TABLE b;"),
    ..migration(
        "2026-01-02_b",
        "CREATE TABLE b (id INTEGER PRIMARY KEY);
         INSERT INTO b (id) VALUES (1);
         ALTER TABLE b ADD COLUMN note INTEGER;
         INSERT INTO a (id) VALUES (1);",
    )
};
pub const THIRD: EmbeddedMigration = EmbeddedMigration {
    down: Some("DROP TABLE c;"),
    ..migration(
        "2026-01-03_c",
        "CREATE TABLE c (id INTEGER PRIMARY KEY); CREATE INDEX c_id ON c (id);",
    )
};
pub const ALL: &[EmbeddedMigration] = &[FIRST, SECOND, THIRD];

/// The third of four statements is broken.
pub const BROKEN: EmbeddedMigration = migration(
    "2026-01-02_b",
    "CREATE TABLE b (id INTEGER PRIMARY KEY);
     INSERT INTO b (id) VALUES (1);
     CREATE TALBE c (id INTEGER PRIMARY KEY);
     CREATE TABLE d (id INTEGER PRIMARY KEY);",
);
pub const FIXED: EmbeddedMigration = migration(
    "2026-01-02_b",
    "CREATE TABLE b (id INTEGER PRIMARY KEY);
     INSERT INTO b (id) VALUES (1);
     CREATE TABLE e (id INTEGER PRIMARY KEY);",
);

pub const fn outside(migration: EmbeddedMigration) -> EmbeddedMigration {
    EmbeddedMigration { metadata: Some("run_in_transaction = false"), ..migration }
}

pub fn versions(text: &str) -> Vec<Version> {
    text.split_whitespace().map(|version| Version(version.to_owned())).collect()
}
