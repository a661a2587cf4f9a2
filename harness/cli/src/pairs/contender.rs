//! What takes part in a comparison: a site that is measured in turns with the others, on the same CPUs.

use std::path::PathBuf;

use redline_model::Waiting;
use redline_stack::Machine;

use super::{
    fit::waiting,
    place::{Place, Warmth},
};
use crate::{
    conclude::Measured, driver::Driver, exit::Failure, interrupt::Interrupt, journal::Journal, live::Live,
    plan::RunPlan,
};

/// What is to take part.
pub(crate) struct Entry {
    /// What it is called in the comparison: its topology, numbered where that is there twice.
    pub(crate) name: String,
    /// Its run: the same scenario, promise and seed as of the others.
    pub(crate) plan: RunPlan,
    /// Where its logs go.
    pub(crate) folder: PathBuf,
}

/// One site with everything that belongs to it alone.
pub(crate) struct Contender {
    /// See [`Entry::name`].
    pub(crate) name: String,
    /// See [`Entry::plan`].
    pub(crate) plan: RunPlan,
    /// Where its load goes.
    pub(crate) place: Place,
    /// What was measured of it.
    pub(crate) journal: Journal,
    /// What else was found.
    pub(crate) measured: Measured,
}

impl Contender {
    /// What makes its trials, in its turn.
    pub(crate) fn driver<'a>(&'a mut self, live: &'a Live, interrupt: &Interrupt) -> Result<Driver<'a>, Failure> {
        Driver::new(&self.plan, self.place.site()?, live, interrupt.clone(), &mut self.journal)
    }

    /// Its turn: what is done while its site is up and the others wait. It is over whatever happened in it, and of several
    /// failures the first is the one to tell.
    pub(crate) async fn turn<T>(
        &mut self,
        live: &Live,
        interrupt: &Interrupt,
        work: impl AsyncFnOnce(&mut Self, Warmth) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let made = match self.place.enter(&self.plan, live, interrupt).await {
            Ok(warmth) => work(self, warmth).await,
            Err(failure) => Err(failure),
        };
        let left = self.place.leave(live).await;
        made.and_then(|made| left.map(|()| made))
    }
}

/// Those that take part, and what becomes of them while they wait.
pub(crate) struct Contest {
    pub(crate) contenders: Vec<Contender>,
    pub(crate) waiting: Waiting,
}

/// Makes sure that the sites can be had, and starts and verifies them where they are up together. Where one cannot be
/// had, those that are up are removed. How they wait is found out where it was not `asked` for.
pub(crate) async fn open_all(
    entries: Vec<Entry>,
    asked: Option<Waiting>,
    live: &Live,
    interrupt: &Interrupt,
) -> Result<Contest, Failure> {
    let machine = Machine::here();
    let waiting = waiting(entries.iter().map(|e| (e.name.as_str(), &e.plan.site)), asked, &machine)?;
    let mut contenders: Vec<Contender> = Vec::new();
    for Entry { name, plan, folder } in entries {
        let place = Place::new(waiting, folder);
        let (journal, measured) = (Journal::start(), Measured::default());
        contenders.push(Contender { name, plan, place, journal, measured });
    }
    if waiting != Waiting::Removed
        && let Err(failure) = start_all(&mut contenders, live, interrupt).await
    {
        // The first failure is the one to tell; the guards remove what cannot be removed now.
        let _ = close_all(&mut contenders).await;
        return Err(failure);
    }
    Ok(Contest { contenders, waiting })
}

async fn start_all(contenders: &mut [Contender], live: &Live, interrupt: &Interrupt) -> Result<(), Failure> {
    for contender in contenders {
        live.say(&format!("{}:", contender.name));
        contender.turn(live, interrupt, async |_, _| Ok(())).await?;
    }
    Ok(())
}

/// Ends and removes all sites; the first failure is told when all were tried.
pub(crate) async fn close_all(contenders: &mut [Contender]) -> Result<(), Failure> {
    let mut first = Ok(());
    for contender in contenders {
        first = first.and(contender.place.close().await);
    }
    first
}
