//! The plan: each stack that was measured, and what follows from it.

use redline_model::{Basis, Bytes, Demanded, Prices, Rate, RunReport, SizedStack, Sizing, VerdictKind};

use super::{
    demand::needed,
    law::{Law, measured, split},
};

/// Why no plan can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SizingError {
    /// The runs are of different traffic.
    #[error("the runs are of different scenarios ({0}); a plan is for one")]
    Scenarios(String),
    /// A run without a capacity.
    #[error(
        "the run `{0}` has no sustainable load, or no load that it kept up with, so nothing can be planned from it: {1}"
    )]
    NoCapacity(String, String),
}

/// How many servers of each stack carry what is demanded.
///
/// # Errors
/// Where the runs are of different scenarios or one of them has no capacity.
pub fn size(runs: &[RunReport], demanded: Demanded, prices: Option<Prices>) -> Result<Sizing, SizingError> {
    let mut scenarios: Vec<&str> = runs.iter().map(|r| r.fingerprint.scenario.as_str()).collect();
    scenarios.sort_unstable();
    scenarios.dedup();
    if scenarios.len() > 1 {
        return Err(SizingError::Scenarios(scenarios.join(", ")));
    }
    let mut stacks = Vec::new();
    for run in runs {
        let needed = needed(&demanded, run).filter(|_| run.verdict.sustainable.is_some());
        let Some(needed) = needed else {
            return Err(SizingError::NoCapacity(run.run.clone(), run.verdict.sentence.clone()));
        };
        let planner = Planner { run, demanded, needed, prices: prices.as_ref() };
        match measured(run) {
            Some(law) => stacks.push(planner.scaled(&run.fingerprint.topology, Basis::Measured, &law)),
            None => {
                stacks.push(planner.as_it_is());
                let split = split(run);
                stacks.extend(split.map(|law| {
                    planner.scaled(&format!("balanced, from {}", run.fingerprint.topology), Basis::Predicted, &law)
                }));
            }
        }
    }
    let carrying = stacks.iter().filter(|s| s.application_servers.is_some());
    let cost = |s: &SizedStack| s.price.or(s.cores).unwrap_or(f64::INFINITY);
    let cheapest = carrying.min_by(|a, b| cost(a).total_cmp(&cost(b))).map(|s| s.name.clone());
    let scenario = scenarios.first().copied().unwrap_or_default().to_owned();
    Ok(Sizing { scenario, demanded, prices, stacks, cheapest })
}

struct Planner<'a> {
    run: &'a RunReport,
    demanded: Demanded,
    needed: Rate,
    prices: Option<&'a Prices>,
}

impl Planner<'_> {
    fn usable(&self) -> f64 {
        1.0 - self.demanded.headroom.0
    }

    /// A stack of which there is one, as it was measured.
    fn as_it_is(&self) -> SizedStack {
        let sustainable = self.run.verdict.sustainable.map(|c| c.sessions_per_second).unwrap_or_default();
        let servers = &self.run.fingerprint.servers;
        let carries = |load: f64| load * self.usable() >= self.needed.0;
        let survives = self.demanded.survive == 0;
        let why_not = match (carries(sustainable.estimate), survives) {
            (_, false) => Some("it is one server, and there is no other that could be left".to_owned()),
            (false, true) => Some(format!(
                "it carries {:.1} sessions/s within the promise, of which {:.1} may be used",
                sustainable.estimate,
                sustainable.estimate * self.usable()
            )),
            (true, true) => None,
        };
        let fits = why_not.is_none();
        let n = u32::try_from(servers.len().max(1)).unwrap_or(u32::MAX);
        let (cores, memory) = (servers.iter().map(|s| s.cpus).sum(), Bytes(servers.iter().map(|s| s.memory.0).sum()));
        let at_least = self.run.verdict.kind == VerdictKind::AtLeast;
        SizedStack {
            name: self.run.fingerprint.topology.clone(),
            basis: Basis::Measured,
            run: self.run.run.clone(),
            needed: self.needed,
            application_servers: fits.then_some(n),
            at_worst: (fits && carries(sustainable.low)).then_some(n),
            servers: fits.then_some(n),
            cores: fits.then_some(cores),
            memory: fits.then_some(memory),
            sustainable: Some(Rate(sustainable.estimate)),
            each: self.run.verdict.saturation.map(|c| Rate(c.sessions_per_second.estimate)),
            shared: None,
            extrapolated: self.extrapolated(),
            price: self.prices.filter(|_| fits).map(|p| p.of(n, cores, memory)),
            why_not,
            notes: at_least
                .then(|| "Its own limit was not reached: it carries at least this.".to_owned())
                .into_iter()
                .collect(),
        }
    }

    /// A stack with as many application servers as it takes.
    fn scaled(&self, name: &str, basis: Basis, law: &Law) -> SizedStack {
        let more = |n: u32| n + self.demanded.survive;
        let n = law.fewest(self.needed.0, self.usable()).map(more);
        let (shared, shared_cores, shared_memory) = law.others;
        let servers = n.map(|n| n + shared);
        let cores = n.map(|n| f64::from(n) * law.one.0 + shared_cores);
        let memory = n.map(|n| Bytes(u64::from(n) * law.one.1.0 + shared_memory.0));
        let price = |prices: &Prices| Some(prices.of(servers?, cores?, memory?));
        let why_not = n.is_none().then(|| {
            let (what, limit) = law.shared.clone().unwrap_or(("it".to_owned(), 0.0));
            format!(
                "{what} lets {:.1} sessions/s through within the promise, of which {:.1} may be used, however many application servers there are",
                limit * law.kept,
                limit * law.kept * self.usable()
            )
        });
        let mut notes = law.notes.clone();
        if self.demanded.survive > 0 && n.is_some() {
            notes.push("What the application servers share is still there once only.".to_owned());
        }
        SizedStack {
            name: name.to_owned(),
            basis,
            run: self.run.run.clone(),
            needed: self.needed,
            application_servers: n,
            at_worst: law.fewest(self.needed.0, self.usable() * law.low).map(more),
            servers,
            cores,
            memory,
            sustainable: n.map(|n| Rate(law.saturation(n) * law.kept)),
            each: Some(Rate(law.each)),
            shared: law.shared.clone().map(|(what, limit)| (what, Rate(limit))),
            extrapolated: self.extrapolated(),
            price: self.prices.and_then(price),
            why_not,
            notes,
        }
    }

    /// The needed load ÷ the highest that this run completed.
    fn extrapolated(&self) -> f64 {
        let most = self.run.verdict.saturation.or(self.run.verdict.sustainable).map(|c| c.sessions_per_second.estimate);
        most.filter(|most| *most > 0.0).map_or(f64::INFINITY, |most| self.needed.0 / most)
    }
}
