//! The failure part of a scenario: what breaks after the capacity is known.

use redline_load::{Scenario, Site as ScenarioSite};
use redline_model::{Deploy, Fault, FaultKind, Seconds, Share};
use redline_stack::Topology;

use super::{
    At, FaultScript, Item, Pace, PlannedOverload, WhenNotWhole,
    check::{MATRIX_LOADS, balanced, matrix},
    overload,
    script::{deployments, faults},
};
use crate::plan::SitePlan;

/// How much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// The whole server killed, once.
    Quick,
    /// Each component and the whole server killed, one deployment, one overload.
    Usual,
    /// The whole matrix, every way to deploy, every overload.
    Whole,
}

/// A run of a quick search may take 90 s in all, one of a usual search 5 minutes.
const QUICK_WITHIN: Seconds = Seconds(25.0);
/// What the failure part of a usual run takes at most, where everything recovers.
pub(crate) const USUAL_WITHIN: Seconds = Seconds(135.0);
/// What has not recovered by then is told as just that: whether it would within a minute is for `redline fault run`.
const QUICK_WATCH: Seconds = Seconds(15.0);
const USUAL_WATCH: Seconds = Seconds(25.0);
const QUICK_LENGTH: Seconds = Seconds(2.0);
const USUAL_LENGTH: Seconds = Seconds(5.0);
/// Long enough for the visitors who came first to be at their later steps; at 80 % of what can be served its backlog takes
/// five times as long.
const OVERLOAD_LENGTH: Seconds = Seconds(4.0);
const LOAD: At = At::Sustainable(Share(0.8));

/// The script of that; nothing where the site is not ours to break.
pub(crate) fn failure_part(site: &SitePlan, scenario: &dyn Scenario, extent: Extent) -> Option<FaultScript> {
    let (mut items, notes) = match site {
        SitePlan::Stack { topology, .. } => (of_a_stack(extent, topology, scenario.site()), Vec::new()),
        SitePlan::Model(_) => (of_a_model(extent), vec![MODEL_NOTE.to_owned()]),
        SitePlan::External(_) => return None,
    };
    items.extend(overloads(extent));
    let when_not_whole = WhenNotWhole::Tell;
    let brisk = |within, watch| FaultScript {
        pace: Pace::BRISK,
        within: Some(within),
        watch,
        ..FaultScript::of(items.clone(), vec![LOAD])
    };
    let script = match extent {
        Extent::Quick => brisk(QUICK_WITHIN, QUICK_WATCH),
        Extent::Usual => brisk(USUAL_WITHIN, USUAL_WATCH),
        Extent::Whole => FaultScript::of(items, MATRIX_LOADS.to_vec()),
    };
    Some(FaultScript { when_not_whole, notes, ..script })
}

const MODEL_NOTE: &str = "A model of a server is one process: its parts cannot be killed one by one, it was stopped as a whole; and it has no code that could be deployed.";

fn of_a_stack(extent: Extent, topology: &Topology, site: ScenarioSite) -> Vec<Item> {
    let targets = topology.matrix_targets();
    let kills = || targets.iter().map(|component| on(FaultKind::Kill, component));
    let possible = |how: &Deploy| *how != Deploy::Rolling || balanced(topology);
    let (mut items, ways) = match extent {
        Extent::Quick => (faults([on(FaultKind::Kill, "server")], QUICK_LENGTH), Vec::new()),
        Extent::Usual => (faults(kills(), USUAL_LENGTH), vec![usual_deploy(topology)]),
        Extent::Whole => (faults(matrix(&targets), USUAL_LENGTH), Deploy::ALL.into_iter().filter(possible).collect()),
    };
    // Only the shop's pages say which version they are.
    if site == ScenarioSite::Shop {
        items.extend(deployments(ways));
    }
    items
}

/// The way that fails nobody where it can be had.
fn usual_deploy(topology: &Topology) -> Deploy {
    if balanced(topology) { Deploy::Rolling } else { Deploy::Reload }
}

fn of_a_model(extent: Extent) -> Vec<Item> {
    match extent {
        Extent::Quick => faults([on(FaultKind::Stop, "server")], QUICK_LENGTH),
        Extent::Usual => faults([on(FaultKind::Stop, "server")], USUAL_LENGTH),
        Extent::Whole => faults([FaultKind::Stop, FaultKind::Pause].map(|kind| on(kind, "server")), USUAL_LENGTH),
    }
}

fn overloads(extent: Extent) -> Vec<Item> {
    let (all, lasts): (&[f64], _) = match extent {
        Extent::Quick => (&[], OVERLOAD_LENGTH),
        Extent::Usual => (&[2.0], OVERLOAD_LENGTH),
        Extent::Whole => (&overload::USUAL, USUAL_LENGTH),
    };
    all.iter().map(|times| Item::Overload(PlannedOverload { times: *times, lasts })).collect()
}

fn on(kind: FaultKind, component: &str) -> Fault {
    Fault { kind, component: component.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        args::{NetworkArg, TopologyArg},
        plan,
    };

    #[test]
    fn the_part_fits_the_time_that_it_may_take() {
        let checkout = plan::scenario("checkout").unwrap();
        for name in ["single", "model"] {
            let site = plan::ours(&TopologyArg::of(name, None), NetworkArg::Auto).unwrap();
            let script = |extent| failure_part(&site, checkout, extent).unwrap();
            for (extent, within) in [(Extent::Quick, QUICK_WITHIN), (Extent::Usual, USUAL_WITHIN)] {
                let mut script = script(extent);
                script.within = None;
                assert!(script.breaking_time() <= within, "{name}: {} of {within}", script.breaking_time());
            }
            assert!(script(Extent::Whole).items.len() > script(Extent::Usual).items.len());
        }
    }
}
