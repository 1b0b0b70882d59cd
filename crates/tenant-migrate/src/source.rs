//! Diesel's own traits for a [`MigrationSet`], to pass it to stock Diesel.

use std::fmt;

use diesel::backend::Backend;
use diesel::connection::BoxableConnection;
use diesel::migration::{
    Migration as DieselMigration, MigrationMetadata, MigrationName, MigrationSource,
    MigrationVersion, Result,
};

use crate::migration::{Migration, MigrationSet};

impl<DB: Backend> MigrationSource<DB> for MigrationSet {
    fn migrations(&self) -> Result<Vec<Box<dyn DieselMigration<DB>>>> {
        Ok(self.iter().cloned().map(|migration| Box::new(migration) as _).collect())
    }
}

impl<DB: Backend> DieselMigration<DB> for Migration {
    fn run(&self, connection: &mut dyn BoxableConnection<DB>) -> Result<()> {
        Ok(connection.batch_execute(&self.up)?)
    }

    fn revert(&self, connection: &mut dyn BoxableConnection<DB>) -> Result<()> {
        let Some(down) = &self.down else {
            return Err(format!("migration {} has no down.sql", self.name).into());
        };
        Ok(connection.batch_execute(down)?)
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        self
    }

    fn name(&self) -> &dyn MigrationName {
        self
    }
}

impl MigrationMetadata for Migration {
    fn run_in_transaction(&self) -> bool {
        self.run_in_transaction
    }
}

impl MigrationName for Migration {
    fn version(&self) -> MigrationVersion<'_> {
        MigrationVersion::from(&self.version.0)
    }
}

impl fmt::Display for Migration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}
