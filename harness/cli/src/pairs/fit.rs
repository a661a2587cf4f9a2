//! What becomes of the stacks that wait: frozen where all of them fit in memory, else removed.

use redline_model::{Bytes, Waiting};
use redline_stack::{CpuPlan, Machine, StackError};

use crate::{exit::Failure, plan::SitePlan};

/// What the generator, Docker and the host's page cache need beside the stacks.
const SPARE: Bytes = Bytes(512 << 20);

/// How these sites wait for their turns, where that was not `asked` for.
pub(crate) fn waiting<'a>(
    sites: impl Iterator<Item = (&'a str, &'a SitePlan)> + Clone,
    asked: Option<Waiting>,
    machine: &Machine,
) -> Result<Waiting, Failure> {
    for (_, site) in sites.clone() {
        if let SitePlan::Stack { topology, .. } = site {
            // One that is too large by itself is told now, and not after the others were searched.
            CpuPlan::new(topology, machine).map_err(StackError::from)?;
        }
    }
    choose(sites.map(|(name, site)| (name, memory(site))), asked, machine.memory)
}

/// What the servers of a site may use; nothing for one that is not of containers.
fn memory(site: &SitePlan) -> Bytes {
    match site {
        SitePlan::Stack { topology, .. } => topology.memory(),
        SitePlan::Model(_) | SitePlan::External(_) => Bytes(0),
    }
}

fn choose<'a>(
    sites: impl Iterator<Item = (&'a str, Bytes)>,
    asked: Option<Waiting>,
    there: Bytes,
) -> Result<Waiting, Failure> {
    let all: Vec<(&str, Bytes)> = sites.collect();
    let needed = Bytes(all.iter().map(|(_, memory)| memory.0).sum());
    let fit = needed.0 == 0 || needed.0 + SPARE.0 <= there.0;
    match (asked, fit) {
        (Some(Waiting::Removed), _) | (None, false) => Ok(Waiting::Removed),
        (None, true) => Ok(Waiting::Frozen),
        (Some(asked), true) => Ok(asked),
        (Some(Waiting::Resting | Waiting::Frozen), false) => Err(too_much(&all, needed, there)),
    }
}

fn too_much(all: &[(&str, Bytes)], needed: Bytes, there: Bytes) -> Failure {
    let each: Vec<String> = all.iter().map(|(name, memory)| format!("{name} {memory}")).collect();
    Failure::environment(format!(
        "the stacks do not fit on this machine together: {} make {needed}, and this machine has {there}, of which {SPARE} stay for the generator; `redline compare --waiting removed` has one up at a time",
        each.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: [(&str, Bytes); 2] = [("single", Bytes(2 << 30)), ("balanced", Bytes(6 << 30))];

    fn chosen(asked: Option<Waiting>, there: u64) -> Result<Waiting, Failure> {
        choose(TWO.into_iter(), asked, Bytes(there << 30))
    }

    #[test]
    fn stacks_that_fit_together_are_frozen_in_turns_and_others_are_removed() {
        assert_eq!(chosen(None, 9).unwrap(), Waiting::Frozen);
        assert_eq!(chosen(None, 8).unwrap(), Waiting::Removed);
        assert_eq!(chosen(Some(Waiting::Removed), 64).unwrap(), Waiting::Removed);
        assert_eq!(chosen(Some(Waiting::Resting), 64).unwrap(), Waiting::Resting);
        assert_eq!(choose([("model", Bytes(0))].into_iter(), None, Bytes(1)).unwrap(), Waiting::Frozen);
    }

    #[test]
    fn what_was_asked_for_and_does_not_fit_is_told_by_how_much() {
        let told = chosen(Some(Waiting::Frozen), 8).unwrap_err().to_string();
        assert!(told.contains("single 2.00 GiB, balanced 6.00 GiB make 8.00 GiB"), "{told}");
    }
}
