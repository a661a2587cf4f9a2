//! What the interventions come to: what each lever's experiments say together, and which lever must be pulled once more.

use redline_analysis::{InterventionInput, Untested, convict, is_decided, measure_intervention, pooled, step_weights};
use redline_model::{Bottleneck, Intervention, InterventionPeriod, Tick, TrialResult};

use crate::{driver::Raw, intervene::Experiment};

/// What the interventions say of the nominee.
pub(crate) fn proved(
    nominee: Bottleneck,
    raw: &[Raw],
    out_of_reach: &[Untested],
    trials: &[TrialResult],
    experiments: &[Experiment],
) -> Bottleneck {
    let (interventions, mut untested) = measured(raw, trials, experiments);
    untested.splice(0..0, out_of_reach.iter().cloned());
    convict(nominee, interventions, untested)
}

/// Component and resource of what is known least of all that is not known well enough; nothing where all is.
pub(crate) fn least_known(raw: &[Raw], trials: &[TrialResult], experiments: &[Experiment]) -> Option<(String, String)> {
    let (interventions, _) = measured(raw, trials, experiments);
    let width = |i: &Intervention| i.elasticity.high - i.elasticity.low;
    let open = interventions.into_iter().filter(|i| !is_decided(i));
    open.max_by(|a, b| width(a).total_cmp(&width(b))).map(|i| (i.component, i.resource))
}

/// Each lever that was pulled, the experiments with the same one together; and those that there is nothing to conclude
/// from.
fn measured(raw: &[Raw], trials: &[TrialResult], experiments: &[Experiment]) -> (Vec<Intervention>, Vec<Untested>) {
    let weights = step_weights(trials);
    let (mut found, mut untested) = (Vec::new(), Vec::new());
    let mut levers: Vec<&Experiment> = Vec::new();
    for experiment in experiments {
        if !levers.iter().any(|lever| same(lever, experiment)) {
            levers.push(experiment);
        }
    }
    for lever in levers {
        let all: Vec<&Experiment> = experiments.iter().filter(|e| same(lever, e)).collect();
        let numbers = || all.iter().filter(|e| !e.periods.is_empty()).map(|e| e.trial);
        let of = |number| raw.iter().find(move |raw| raw.number() == number);
        let ticks: Vec<Tick> = numbers().filter_map(of).flat_map(|raw| raw.ticks().iter().cloned()).collect();
        let periods: Vec<InterventionPeriod> = all.iter().flat_map(|e| e.periods.iter().copied()).collect();
        let measured = measure_intervention(&InterventionInput {
            component: &lever.component,
            resource: lever.resource,
            done: &lever.done,
            ticks: &ticks,
            periods: &periods,
            weights: &weights,
        });
        match measured {
            Some(intervention) => found.push(intervention),
            None => untested.push(Untested {
                component: lever.component.clone(),
                resource: lever.resource.to_owned(),
                reason: lever.failed.clone().unwrap_or_else(|| "too little was completed to compare".into()),
            }),
        }
    }
    (pooled(found), untested)
}

fn same(one: &Experiment, other: &Experiment) -> bool {
    one.component == other.component && one.resource == other.resource
}
