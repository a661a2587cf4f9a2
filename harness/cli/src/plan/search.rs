//! How a search's time is spent, and what comes after it.

use redline_analysis::{Precision, SearchPlan};
use redline_load::Scenario;
use redline_model::Seconds;

use super::{Mode, Proof, SitePlan, USUAL_LEVERS};
use crate::{
    args::{Only, ScenarioArgs},
    exit::Failure,
    faults::{Extent, FaultScript, USUAL_WITHIN, failure_part},
    intervene, measure,
};

/// The capacity, and then what breaks: both or one of them.
pub(super) fn mode(args: &ScenarioArgs, site: &SitePlan, scenario: &dyn Scenario) -> Result<Mode, Failure> {
    let failure = failure_part(site, scenario, extent(args));
    match args.only {
        Some(Only::Failure) => failure.map(|script| Mode::Faults(Box::new(script))).ok_or_else(|| {
            Failure::usage("--only failure needs a stack of our own: a target that somebody else runs is not broken")
        }),
        Some(Only::Capacity) => capacity(args, Seconds(0.0)).map(|(plan, proof)| search(plan, proof, None)),
        None => both(args, failure),
    }
}

fn both(args: &ScenarioArgs, failure: Option<FaultScript>) -> Result<Mode, Failure> {
    if args.budget.is_some() {
        // What is searched comes first: the failure part gets what is left where that is enough for both.
        return match capacity(args, USUAL_WITHIN) {
            Ok((plan, proof @ Proof::ByIntervention { .. })) if failure.is_some() => Ok(search(plan, proof, failure)),
            _ => capacity(args, Seconds(0.0)).map(|(plan, proof)| search(plan, proof, None)),
        };
    }
    capacity(args, Seconds(0.0)).map(|(plan, proof)| search(plan, proof, failure))
}

fn search(plan: SearchPlan, proof: Proof, failure: Option<FaultScript>) -> Mode {
    Mode::Search { plan: Box::new(plan), proof, failure: failure.map(Box::new) }
}

fn extent(args: &ScenarioArgs) -> Extent {
    match (args.quick, args.thorough) {
        (true, _) => Extent::Quick,
        (_, true) => Extent::Whole,
        _ => Extent::Usual,
    }
}

/// The search and whether the bottleneck is proved, where a budget has to be enough for `others` too.
fn capacity(args: &ScenarioArgs, others: Seconds) -> Result<(SearchPlan, Proof), Failure> {
    if let Some(budget) = args.budget {
        let calibration = measure::CALIBRATION_TOTAL + others;
        let with_proof = calibration + intervene::expected_time(USUAL_LEVERS);
        return match SearchPlan::for_budget_beside(budget, with_proof) {
            Ok(plan) => Ok((plan, Proof::ONCE)),
            Err(_) => {
                let plan = SearchPlan::for_budget_beside(budget, calibration).map_err(Failure::usage)?;
                Ok((plan, Proof::LeftOut))
            }
        };
    }
    if let Some(precision) = args.precision {
        let plan = SearchPlan::for_precision(precision).map_err(Failure::usage)?;
        return Ok((plan, Proof::USUAL));
    }
    Ok(match (args.quick, args.thorough) {
        (true, _) => (SearchPlan::new(Precision::Quick), Proof::LeftOut),
        (_, true) => (SearchPlan::new(Precision::Thorough), Proof::THOROUGH),
        _ => (SearchPlan::new(Precision::Default), Proof::USUAL),
    })
}
