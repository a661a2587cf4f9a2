//! Which resource the interventions convict (DESIGN.md, rule 6).
//!
//! The rule is on estimates: confirmed at e ≥ 0.6 with the others ≤ 0.2, joint when two are ≥ 0.3. It is meant for
//! a step to 0.8; where more was taken, e is brought to that step first ([`over_the_rules_step`]). So that nothing
//! is said with more confidence than was measured, the 95 % intervals must support it:
//!
//! - *binds*: e ≥ 0.6 and the interval lies above 0.3;
//! - *ruled out*: e ≤ 0.2 and the interval lies below 0.5;
//! - *shares*: the interval lies above 0.3.
//!
//! Confirmed takes one that binds, at least one other that was tried, and all others ruled out, the nominee
//! among them where it is another. What binds while nothing else could be tried is a limit, but another may
//! bind with it: it is named and stays suspected.

use redline_model::{Bottleneck, BottleneckStatus, Intervention};

use super::{
    advice::advice,
    place,
    step::{over_the_rules_step, room},
};

const BINDS: f64 = 0.6;
const SHARES: f64 = 0.3;
const RULED_OUT: f64 = 0.2;
/// An interval of this width tells what lies between the two.
const KNOWN: f64 = 0.25;
/// What an interval must lie below to rule a resource out. Calibrated on the simulator: with 0.6, one of two limits
/// that bind together is once in some hundred cases taken for none.
const RULED_OUT_BELOW: f64 = 0.5;

/// A resource that could not be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untested {
    /// Its component, or `server`.
    pub component: String,
    /// The resource, in the words of [`Bottleneck::resource`].
    pub resource: String,
    /// Why it could not be changed: the rest of a sentence that begins with its name.
    pub reason: String,
}

/// What the interventions say about the nominee.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Finding<'a> {
    Confirmed(&'a Intervention),
    /// It binds, but what else may bind was not tried.
    Alone(&'a Intervention),
    Joint(&'a Intervention),
    /// The nominee could not be changed, or not measured well enough.
    Open(Option<&'a Intervention>),
    /// The nominee does not limit, and nothing else was convicted.
    Nothing,
}

/// Convicts a bottleneck, or does not: sets status, elasticity, evidence and advice from the interventions.
#[must_use]
pub fn convict(nominated: Bottleneck, interventions: Vec<Intervention>, untested: Vec<Untested>) -> Bottleneck {
    let mut found = nominated.clone();
    let finding = find(&nominated, &interventions);
    match finding {
        Finding::Confirmed(i) => name(&mut found, &nominated, i, BottleneckStatus::Confirmed),
        Finding::Alone(i) => name(&mut found, &nominated, i, BottleneckStatus::Suspected),
        Finding::Joint(i) => name(&mut found, &nominated, i, BottleneckStatus::Joint),
        Finding::Open(tried) => found.elasticity = tried.map(|i| i.elasticity.estimate),
        Finding::Nothing => {
            (found.component, found.resource) = ("none".into(), "unknown".into());
            found.status = BottleneckStatus::Unknown;
            let was = format!("{} of {} was nominated", nominated.resource, nominated.component);
            if nominated.status != BottleneckStatus::Unknown {
                found.others.insert(0, format!("{was}: {}", found.evidence.join("; ")));
                found.evidence.clear();
            }
        }
    }
    found.evidence.push(conclusion(finding, &nominated, &interventions, &untested));
    found.untested = untested.iter().map(|u| format!("{} of {}: {}", u.resource, u.component, u.reason)).collect();
    found.advice = advice(&found, &interventions);
    found.interventions = interventions;
    found
}

fn find<'a>(nominated: &Bottleneck, interventions: &'a [Intervention]) -> Finding<'a> {
    let others = |i: &Intervention| interventions.iter().filter(|o| !std::ptr::eq(*o, i)).collect::<Vec<_>>();
    let mut sharing: Vec<&Intervention> = interventions.iter().filter(|i| shares(i)).collect();
    sharing.sort_by(|a, b| b.elasticity.estimate.total_cmp(&a.elasticity.estimate));
    let nominee = on(nominated, interventions);
    if sharing.len() >= 2 {
        return Finding::Joint(nominee.filter(|n| shares(n)).unwrap_or(sharing[0]));
    }
    if let Some(i) = interventions.iter().find(|i| binds(i)) {
        let rivals = others(i);
        let nominee_tried = nominee.is_some() || nominated.status == BottleneckStatus::Unknown;
        return match (rivals.iter().all(|r| ruled_out(r)), rivals.is_empty() || !nominee_tried) {
            (true, false) => Finding::Confirmed(i),
            (true, true) => Finding::Alone(i),
            (false, _) => open(nominated, nominee),
        };
    }
    open(nominated, nominee)
}

/// Nothing was convicted: the nominee stays suspected as long as nothing speaks against it.
fn open<'a>(nominated: &Bottleneck, nominee: Option<&'a Intervention>) -> Finding<'a> {
    let against = nominee.is_some_and(|i| over_the_rules_step(i).high < BINDS);
    if against || nominated.status == BottleneckStatus::Unknown { Finding::Nothing } else { Finding::Open(nominee) }
}

fn binds(i: &Intervention) -> bool {
    let e = over_the_rules_step(i);
    e.estimate >= BINDS && e.low > SHARES
}

/// Whether an intervention says what it is there to say: that its resource limits, or that it does not, or that it is
/// something between and known well. More pairs would hardly change it.
#[must_use]
pub fn is_decided(i: &Intervention) -> bool {
    let e = over_the_rules_step(i);
    binds(i) || ruled_out(i) || e.high - e.low < KNOWN
}

fn shares(i: &Intervention) -> bool {
    over_the_rules_step(i).low >= SHARES
}

pub(super) fn ruled_out(i: &Intervention) -> bool {
    let e = over_the_rules_step(i);
    e.estimate <= RULED_OUT && e.high < RULED_OUT_BELOW
}

/// The CPU by any of its names.
pub(super) fn is_cpu(resource: &str) -> bool {
    matches!(resource, "cpu" | "cpu-quota")
}

/// Whether an intervention was on this bottleneck's resource. The CPU is one resource, whoever uses it.
fn concerns(bottleneck: &Bottleneck, i: &Intervention) -> bool {
    let same_place = place::overlap(&bottleneck.component, &i.component);
    // Two quotas at different places are two resources.
    let two_quotas = bottleneck.resource == "cpu-quota" && i.resource == "cpu-quota" && !same_place;
    let cpu = is_cpu(&bottleneck.resource) && is_cpu(&i.resource) && !two_quotas;
    cpu || (bottleneck.resource == i.resource && same_place)
}

/// The intervention on this bottleneck's resource: its very own, else one on the same by another name.
pub(super) fn on<'a>(bottleneck: &Bottleneck, all: &'a [Intervention]) -> Option<&'a Intervention> {
    let own = |i: &&Intervention| i.resource == bottleneck.resource && i.component == bottleneck.component;
    all.iter().find(own).or_else(|| all.iter().find(|i| concerns(bottleneck, i)))
}

fn name(found: &mut Bottleneck, nominated: &Bottleneck, i: &Intervention, status: BottleneckStatus) {
    found.status = status;
    found.elasticity = Some(i.elasticity.estimate);
    if !concerns(nominated, i) {
        if nominated.status != BottleneckStatus::Unknown {
            let was = format!("{} of {}: {}", nominated.resource, nominated.component, found.evidence.join("; "));
            found.others.insert(0, format!("{was} (nominated by its signals, not convicted)"));
        }
        found.evidence.clear();
        (found.component, found.resource) = (i.component.clone(), i.resource.clone());
    }
}

/// A resource with its component; one that is ruled out although taking from it cost throughput, with why.
fn with_room(i: &Intervention) -> String {
    let name = format!("{} of {}", i.resource, i.component);
    if ruled_out(i) && i.elasticity.estimate > RULED_OUT {
        return format!("{name} (more was taken than its room: it would carry {:.2} × as much)", room(i));
    }
    name
}

fn conclusion(finding: Finding, nominated: &Bottleneck, all: &[Intervention], untested: &[Untested]) -> String {
    let names = |of: Vec<&Intervention>| {
        let names: Vec<String> = of.iter().map(|i| with_room(i)).collect();
        if names.is_empty() { "nothing".to_owned() } else { names.join(" and ") }
    };
    let out = names(all.iter().filter(|i| ruled_out(i)).collect());
    match finding {
        Finding::Confirmed(i) => format!("The throughput follows {} and not {out}.", names(vec![i])),
        Finding::Alone(i) => format!(
            "The throughput follows {}, but not everything else could be changed to compare: another limit may bind with it.",
            names(vec![i])
        ),
        Finding::Joint(_) => {
            let both = names(all.iter().filter(|i| shares(i)).collect());
            format!(
                "The throughput follows {both}: taking from any one of them costs throughput, so they bind together."
            )
        }
        Finding::Open(Some(i)) if binds(i) => {
            let rivals = all.iter().filter(|o| !std::ptr::eq(*o, i) && !ruled_out(o));
            let rivals: Vec<String> = rivals
                .map(|o| {
                    let e = o.elasticity;
                    format!("{} of {} (elasticity {:.2} to {:.2})", o.resource, o.component, e.low, e.high)
                })
                .collect();
            format!(
                "The throughput follows {}, but whether also {} cannot be told: measured too noisily.",
                names(vec![i]),
                rivals.join(" and ")
            )
        }
        Finding::Open(Some(i)) => format!(
            "The interventions cannot tell: the elasticity to {} lies between {:.2} and {:.2}.",
            names(vec![i]),
            i.elasticity.low,
            i.elasticity.high
        ),
        Finding::Open(None) => {
            let why = untested
                .iter()
                .find(|u| u.resource == nominated.resource && u.component == nominated.component)
                .map_or("it was not changed", |u| u.reason.trim_end_matches('.'));
            format!("{} of {} could not be tried: {why}. Ruled out: {out}.", nominated.resource, nominated.component)
        }
        Finding::Nothing => format!("No resource that was changed explains the throughput. Ruled out: {out}."),
    }
}
