//! Our side of the comparison: the manager, used in the same way as the commands use it.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use db_backend::ServerUrl;
use system_db::Slug;
use tenant_manager::{Config, FinishedRun, Placement, Selection, TenantManager, new_run_id};
use tenant_migrate::{Counts, Goal, RunOptions};

use super::contender::{Contender, Fleet, Subject};
use super::floor::drop_all;

/// The fleets of the manager. Each has a registry of its own, which holds no other tenants.
pub(super) struct OurFleets<'a> {
    subject: &'a Subject<'a>,
    folder: PathBuf,
    round: u16,
}

impl<'a> OurFleets<'a> {
    /// Creates the registries. This is not measured, since a command finds its registry there too.
    pub(super) fn new(subject: &'a Subject<'a>, round: u16) -> Result<Self> {
        let folder = subject.folder.join(format!("ours-{}-{round}", subject.server.kind()));
        let fleets = Self { subject, folder, round };
        for fleet in Fleet::ALL {
            let server = match subject.server.path() {
                Some(_) => ServerUrl::folder(fleets.folder.join(fleet.name()).join("tenants")),
                None => subject.server.clone(),
            };
            fleets.open(fleet)?.registry().add_server("bench", &server)?;
        }
        Ok(fleets)
    }

    fn open(&self, fleet: Fleet) -> Result<TenantManager> {
        Ok(TenantManager::open_or_create(&Config::embedded(self.folder.join(fleet.name())))?)
    }

    fn slugs(&self, fleet: Fleet) -> Result<Vec<Slug>> {
        let slug = |number| {
            let process = std::process::id();
            format!("bench-{process}-{}-{}-{number}", self.round, fleet.name()).parse()
        };
        Ok((0..self.subject.tenants).map(slug).collect::<Result<_, _>>()?)
    }

    fn options(&self, goal: Goal) -> RunOptions {
        let options = RunOptions::new(new_run_id());
        RunOptions { goal, limits: self.subject.limits, ..options }
    }

    fn before_newest(&self) -> Result<Goal> {
        let last = self.subject.older().last().context("there is one migration only")?;
        Ok(Goal::Version(last.version.clone()))
    }

    fn migrate_all(&self, fleet: Fleet) -> Result<Counts> {
        let manager = self.open(fleet)?;
        let tenants = manager.active(&Selection::all())?;
        let options = self.options(Goal::Head);
        let run = manager.fleet_run(options).cancelled_by(self.subject.cancel);
        counts(run.migrate(&tenants)?)
    }

    fn expect(&self, what: &str, tenants: usize) -> Result<()> {
        let all = usize::from(self.subject.tenants);
        ensure!(tenants == all, "only {tenants} of {all} tenants were {what}");
        Ok(())
    }
}

impl Contender for OurFleets<'_> {
    fn provision(&self, fleet: Fleet) -> Result<()> {
        let slugs = self.slugs(fleet)?;
        let goal = match fleet {
            Fleet::Fresh => Goal::Head,
            Fleet::Behind => self.before_newest()?,
        };
        let manager = self.open(fleet)?;
        let options = self.options(goal);
        let run = manager.fleet_run(options).cancelled_by(self.subject.cancel);
        let done = run.provision(&slugs, &Placement::default())?;
        let counts = counts(done.run.context("all tenants were active before")?)?;
        self.expect("provisioned", counts.migrated)
    }

    fn migrate(&self) -> Result<()> {
        self.expect("migrated", self.migrate_all(Fleet::Behind)?.migrated)
    }

    fn no_op(&self) -> Result<()> {
        self.expect("up to date", self.migrate_all(Fleet::Fresh)?.up_to_date)
    }

    fn drop_databases(&self) -> Result<()> {
        for fleet in Fleet::ALL {
            let manager = self.open(fleet)?;
            let server = manager.registry().server("bench")?.url;
            let tenants = manager.registry().tenants()?;
            let names: Vec<String> = tenants.into_iter().map(|tenant| tenant.database).collect();
            drop_all(&server, &names)?;
        }
        Ok(())
    }
}

fn counts(run: FinishedRun) -> Result<Counts> {
    run.ledger?;
    Ok(run.report.counts)
}
