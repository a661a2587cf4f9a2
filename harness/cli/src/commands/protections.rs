//! `redline fault protections`: the same overload with one protection after the other.

use redline_analysis::Peak;
use redline_model::{OverloadReport, Rate, Retries, RunReport, Share};
use redline_reports::protections;
use redline_stack::topology::Protection;

use crate::{
    exit::{Ended, Failure},
    faults::{At, FaultScript},
    interrupt::Interrupt,
    plan::{Mode, Output, RunPlan, SitePlan},
    report, run,
};

/// A visitor who tries again, and one of many who have a budget for it together.
const AGAIN: Retries = Retries { most: 3, budget: None };
const BUDGET: Share = Share(0.1);

/// A load that is sustainable, as a share of what can be served, where it was not measured.
const SUSTAINED: f64 = 0.9;

/// What the first run found, so that the others have the same load and are held against the same peak.
struct Reference {
    of: Rate,
    around: Rate,
    peak: Peak,
    /// Pages per second that it serves at its sustainable load.
    pages: Rate,
}

/// What one run changes.
struct Variant {
    name: String,
    protection: Option<Protection>,
    retries: Retries,
}

/// Makes a run for each and one table of all.
pub(crate) async fn compare(plan: RunPlan) -> Result<Ended, Failure> {
    let interrupt = Interrupt::listen()?;
    let made = run::make(&plan, interrupt.clone()).await?;
    let mut rows = vec![("as it is".to_owned(), made.document)];
    let mut trouble = made.trouble;
    if let Some(reference) = reference(&rows[0].1) {
        for variant in variants(&plan, reference.pages) {
            if trouble.is_some() || rows.last().is_some_and(|(_, last)| last.interrupted.is_some()) {
                break;
            }
            eprintln!("\nnow with: {}", variant.name);
            let made = run::make(&with(&plan, &variant, &reference), interrupt.clone()).await?;
            rows.push((variant.name, made.document));
            trouble = made.trouble;
        }
    }
    show(&plan, &rows)?;
    let interrupted = rows.iter().any(|(_, document)| document.interrupted.is_some());
    match trouble {
        Some(failure) => Err(failure),
        None if interrupted => Ok(Ended::Interrupted),
        None => Ok(report::ended(&rows[0].1)),
    }
}

/// Nothing where the first run made no overload.
fn reference(document: &RunReport) -> Option<Reference> {
    let overload = document.overloads.first()?;
    let control = document.trials.iter().find(|trial| trial.number == overload.control)?;
    let steps = control.steps_per_second.0;
    // Where the sustainable load is not known: most of what the multiples are of.
    let pages = match overload.of_sustainable.filter(|share| share.0 > 0.0) {
        Some(share) => Rate(steps / share.0),
        None => Rate(SUSTAINED * steps * overload.of.0 / overload.around.0),
    };
    // The first run's peak is already at the speed of its control.
    let peak = Peak { goodput: overload.peak, machine_speed: of_cpu(document).and(control.machine_speed) };
    Some(Reference { of: overload.of, around: overload.around, peak, pages })
}

/// The speed of the machine at the peak, where the stack's throughput goes with it.
fn of_cpu(document: &RunReport) -> Option<f64> {
    document.verdict.after_peak.as_ref()?.machine_speed
}

/// Those of the site, then those of the visitors, then both.
fn variants(plan: &RunPlan, pages: Rate) -> Vec<Variant> {
    let retries = match &plan.mode {
        Mode::Faults(script) => script.manners.retries,
        _ => Retries::default(),
    };
    let ours = matches!(plan.site, SitePlan::Stack { .. });
    let limit = Protection::LimitReq(pages);
    let of_the_site = [limit, Protection::ShortBacklog, Protection::TerminateTimeout].into_iter().filter(|_| ours);
    let mut all: Vec<Variant> = of_the_site.map(|p| Variant { name: p.sets(), protection: Some(p), retries }).collect();
    for (name, retries) in [
        ("3 retries".to_owned(), AGAIN),
        (format!("3 retries, budget {BUDGET}"), Retries { budget: Some(BUDGET), ..AGAIN }),
    ] {
        let limited = Variant { name: format!("{}, {name}", limit.sets()), protection: Some(limit), retries };
        all.push(Variant { name, protection: None, retries });
        all.extend(ours.then_some(limited));
    }
    all
}

/// The plan with the variant, and the first run's loads: nothing is searched again.
fn with(plan: &RunPlan, variant: &Variant, reference: &Reference) -> RunPlan {
    let mut plan = plan.clone();
    if let (SitePlan::Stack { topology, .. }, Some(protection)) = (&mut plan.site, variant.protection) {
        **topology = topology.as_ref().clone().protected(protection);
    }
    if let Mode::Faults(script) = &mut plan.mode {
        **script = FaultScript {
            loads: vec![At::Rate(reference.around)],
            overload_of: Some(reference.of),
            overload_peak: Some(reference.peak),
            manners: crate::faults::Manners { retries: variant.retries, ..script.manners },
            ..script.as_ref().clone()
        };
    }
    plan
}

fn show(plan: &RunPlan, rows: &[(String, RunReport)]) -> Result<Ended, Failure> {
    match plan.output {
        Output::Json => {
            let all: Vec<serde_json::Value> = rows
                .iter()
                .map(|(name, document)| {
                    serde_json::json!({ "protection": name, "run": document.run, "overloads": document.overloads })
                })
                .collect();
            crate::print(&format!("{:#}\n", serde_json::Value::Array(all)))
        }
        Output::Page => {
            let of = |document: &RunReport| -> Vec<OverloadReport> { document.overloads.clone() };
            let rows: Vec<(String, Vec<OverloadReport>)> =
                rows.iter().map(|(name, document)| (name.clone(), of(document))).collect();
            let folder = plan.out.display();
            crate::print(&format!("{}\n\nEach run is saved in {folder}\n", protections(&rows, report::layout())))
        }
    }
}
