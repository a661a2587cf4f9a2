//! What takes part in a comparison: a site that is up together with the others, on the same CPUs.

use redline_model::Bytes;
use redline_stack::Machine;

use crate::{
    conclude::Measured,
    driver::Driver,
    environment,
    exit::Failure,
    interrupt::Interrupt,
    journal::Journal,
    live::Live,
    plan::{RunPlan, SitePlan},
    site::Site,
};

/// What the generator, Docker and the host's page cache need beside the stacks.
const SPARE: Bytes = Bytes(512 << 20);

/// One site with everything that belongs to it alone.
pub(crate) struct Contender {
    /// What it is called in the comparison: its topology, numbered where that is there twice.
    pub(crate) name: String,
    /// Its run: the same scenario, promise and seed as of the others.
    pub(crate) plan: RunPlan,
    /// Where its load goes.
    pub(crate) site: Site,
    /// What was measured of it.
    pub(crate) journal: Journal,
    /// What else was found.
    pub(crate) measured: Measured,
}

impl Contender {
    /// What makes its trials.
    pub(crate) fn driver<'a>(&'a mut self, live: &'a Live, interrupt: &Interrupt) -> Result<Driver<'a>, Failure> {
        Driver::new(&self.plan, &mut self.site, live, interrupt.clone(), &mut self.journal)
    }
}

/// Starts and verifies the sites of all plans; all of them stay up. Where one cannot be had, those that are up are removed.
pub(crate) async fn open_all(
    plans: Vec<(String, RunPlan)>,
    live: &Live,
    interrupt: &Interrupt,
) -> Result<Vec<Contender>, Failure> {
    let machine = Machine::here();
    fit_together(plans.iter().map(|(name, plan)| (name.as_str(), memory(&plan.site))), machine.memory)?;
    let mut all: Vec<Contender> = Vec::new();
    for (name, plan) in plans {
        live.say(&format!("{name}:"));
        // The site before has left this process on the generator's CPUs; the next one counts those of the machine.
        environment::pin_to(&machine.cpus);
        match Site::open(&plan, live, interrupt.clone()).await {
            Ok(mut site) => {
                site.rest();
                all.push(Contender { name, plan, site, journal: Journal::start(), measured: Measured::default() });
            }
            Err(failure) => {
                // The first failure is the one to tell; the guards remove what cannot be removed now.
                let _ = close_all(all.into_iter().map(|contender| contender.site).collect()).await;
                return Err(failure);
            }
        }
    }
    Ok(all)
}

/// Ends and removes all sites; the first failure is told when all were tried.
pub(crate) async fn close_all(sites: Vec<Site>) -> Result<(), Failure> {
    let mut first = Ok(());
    for site in sites {
        first = first.and(site.close().await);
    }
    first
}

/// What the servers of a site may use; nothing for one that is not of containers.
fn memory(site: &SitePlan) -> Bytes {
    match site {
        SitePlan::Stack { topology, .. } => topology.memory(),
        SitePlan::Model(_) | SitePlan::External(_) => Bytes(0),
    }
}

fn fit_together<'a>(sites: impl Iterator<Item = (&'a str, Bytes)>, there: Bytes) -> Result<(), Failure> {
    let all: Vec<(&str, Bytes)> = sites.collect();
    let asked: u64 = all.iter().map(|(_, memory)| memory.0).sum();
    if asked == 0 || asked + SPARE.0 <= there.0 {
        return Ok(());
    }
    let each: Vec<String> = all.iter().map(|(name, memory)| format!("{name} {memory}")).collect();
    Err(Failure::environment(format!(
        "the stacks do not fit on this machine together: {} make {}, and this machine has {there}, of which {SPARE} stay for the generator; measure each with `redline scenario` and compare the saved runs",
        each.join(", "),
        Bytes(asked)
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stacks_that_do_not_fit_together_are_told_by_how_much() {
        let two = || [("single", Bytes(2 << 30)), ("balanced", Bytes(6 << 30))].into_iter();
        assert!(fit_together(two(), Bytes(9 << 30)).is_ok());
        let told = fit_together(two(), Bytes(8 << 30)).unwrap_err().to_string();
        assert!(told.contains("single 2.00 GiB, balanced 6.00 GiB make 8.00 GiB"), "{told}");
        assert!(fit_together([("model", Bytes(0))].into_iter(), Bytes(1)).is_ok());
    }
}
