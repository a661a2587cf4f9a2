//! What takes the whole site along when it fails.

use std::collections::BTreeMap;

use redline_model::{FaultKind, Outage, RunReport, SinglePoint};

/// Components and servers without a second one, with the outage that killing them made where that was tried. A
/// component whose death failed nobody is none.
pub(super) fn single_points(run: &RunReport) -> Vec<SinglePoint> {
    let servers = &run.fingerprint.servers;
    let mut instances: BTreeMap<&str, usize> = BTreeMap::new();
    for component in servers.iter().flat_map(|s| &s.components) {
        *instances.entry(kind_of(&component.component)).or_default() += 1;
    }
    let alone = instances.iter().filter(|(_, n)| **n == 1).map(|(name, _)| (*name).to_owned());
    let whole = (servers.len() == 1).then(|| "server".to_owned());
    let mut points: Vec<SinglePoint> =
        alone.chain(whole).map(|what| SinglePoint { outage: killed(run, &what), what }).collect();
    points.retain(|point| point.outage != Some(Outage::None));
    points
}

/// `php@web1` is one of the `php`.
fn kind_of(component: &str) -> &str {
    component.split('@').next().unwrap_or(component)
}

/// The outage when it was killed, the longest where that was tried at several loads.
fn killed(run: &RunReport, what: &str) -> Option<Outage> {
    let length = |outage: &Outage| match outage {
        Outage::None | Outage::Unclear { .. } => 0.0,
        Outage::Ended { length, .. } => length.0,
        Outage::NotEnded { at_least } => at_least.0,
    };
    let kills = run.failures.iter().filter(|f| f.fault.kind == FaultKind::Kill && kind_of(&f.fault.component) == what);
    kills.map(|f| f.outage).max_by(|a, b| length(a).total_cmp(&length(b)))
}
