//! From the arguments of `redline fault` and `redline deploy` to a plan, checked before anything starts.

use redline_load::Site as ScenarioSite;
use redline_model::{Deploy, Fault, FaultKind, Retries, Seconds, Share, ThinkScale};
use redline_stack::{ComponentKind, Topology};

use super::{
    At, FaultScript, Item, Manners, Pace, PlannedOverload, file, overload,
    script::{deployments, faults},
};
use crate::{
    args::{DeployArgs, FaultArgs, FaultCommand, NetworkArg, OverloadArgs, TopologyArg},
    exit::Failure,
    plan::{self, Browser, Mode, Output, RunPlan, SitePlan},
};

/// How long a fault lasts unless something else is asked for.
const USUAL_LENGTH: Seconds = Seconds(5.0);
const LONGEST: Seconds = Seconds(600.0);
/// The loads of the issue that brought the matrix: half of what is sustainable, and as much as one should run at.
pub(super) const MATRIX_LOADS: [At; 2] = [At::Sustainable(Share(0.5)), At::Sustainable(Share(0.8))];
const MATRIX_KINDS: [FaultKind; 5] =
    [FaultKind::Kill, FaultKind::Pause, FaultKind::Slow, FaultKind::CutOff, FaultKind::Restart];
const USUAL_LOAD: At = At::Sustainable(Share(0.8));

/// What was asked for.
pub(crate) enum Asked {
    /// What can be broken.
    List {
        /// On this topology.
        topology: TopologyArg,
        /// Reached so.
        network: NetworkArg,
    },
    /// To break it.
    Run(Box<RunPlan>),
    /// To overload it without protections, and then with each.
    Protections(Box<RunPlan>),
}

/// Reads and checks what was asked for.
pub(crate) fn check(command: FaultCommand) -> Result<Asked, Failure> {
    let (args, items, loads, of) = match command {
        FaultCommand::List { topology, network } => return Ok(Asked::List { topology, network }),
        FaultCommand::Run { kind, component, overload, args } => {
            let items = asked(&kind, component.as_deref(), &overload, length(args.lasts)?)?;
            (args, items, vec![USUAL_LOAD], overload.of)
        }
        FaultCommand::Protections { overload, args } => {
            let times = if overload.times.is_empty() { vec![2.0] } else { overload.times };
            let overload = OverloadArgs { times, ..overload };
            let items = asked(overload::NAME, None, &overload, length(args.lasts)?)?;
            let loads = if args.at.is_empty() { vec![USUAL_LOAD] } else { args.at.clone() };
            if loads.len() > 1 {
                return Err(Failure::usage("`fault protections` compares at one load: give --at once"));
            }
            let script = FaultScript { overload_of: overload.of, ..FaultScript::of(items, loads) };
            return assemble(*args, script).map(|plan| Asked::Protections(Box::new(plan)));
        }
        FaultCommand::Matrix { args } => {
            let lasts = length(args.lasts)?;
            let site = plan::ours(&args.topology, args.network)?;
            (args, faults(matrix(&matrix_targets(&site)), lasts), MATRIX_LOADS.to_vec(), None)
        }
        FaultCommand::Plan { file, of, args } => {
            let (items, loads) = file::read(&file, length(args.lasts)?)?;
            (args, items, loads, of)
        }
    };
    let loads = if args.at.is_empty() { loads } else { args.at.clone() };
    let script = FaultScript { overload_of: of, ..FaultScript::of(items, loads) };
    assemble(*args, script).map(|plan| Asked::Run(Box::new(plan)))
}

/// Reads and checks what `redline deploy` was asked for.
pub(crate) fn check_deploy(args: DeployArgs) -> Result<RunPlan, Failure> {
    let DeployArgs { ways, load } = args;
    // A wrong topology is told later.
    let rolls = plan::containers(&load.topology).is_ok_and(|topology| balanced(&topology));
    let possible = |how: &Deploy| *how != Deploy::Rolling || rolls;
    let ways = if ways.is_empty() { Deploy::ALL.into_iter().filter(possible).collect() } else { ways };
    let loads = if load.at.is_empty() { vec![USUAL_LOAD] } else { load.at.clone() };
    assemble(load, FaultScript::of(deployments(ways), loads))
}

/// `redline fault run`'s words.
fn asked(kind: &str, component: Option<&str>, overload: &OverloadArgs, lasts: Seconds) -> Result<Vec<Item>, Failure> {
    if kind == overload::NAME {
        if component.is_some_and(|component| component != "server") {
            return Err(Failure::usage("an overload is of the whole site: leave the component out"));
        }
        let times = if overload.times.is_empty() { overload::USUAL.to_vec() } else { overload.times.clone() };
        let one = |times| Ok(Item::Overload(PlannedOverload { times: overload::times(times)?, lasts }));
        return times.into_iter().map(one).collect::<Result<_, String>>().map_err(Failure::usage);
    }
    if !overload.times.is_empty() || overload.of.is_some() {
        return Err(Failure::usage("--times and --of are for `fault run overload`"));
    }
    let Some(component) = component else {
        return Err(Failure::usage(format!(
            "`fault run {kind}` needs a component, like mysql, or server for all of it (see `redline fault list`)"
        )));
    };
    Ok(faults([format!("{kind} {component}").parse().map_err(Failure::usage)?], lasts))
}

fn assemble(args: FaultArgs, script: FaultScript) -> Result<RunPlan, Failure> {
    let scenario = plan::scenario(&args.scenario)?;
    if scenario.site() == ScenarioSite::Any && scenario.name() == "url" && args.path.is_none() {
        return Err(Failure::usage("the scenario `url` needs --path: which page is it?"));
    }
    let patience = args.patience;
    if patience.is_some_and(|p| !(0.05..=60.0).contains(&p.0)) {
        return Err(Failure::usage("--timeout is out of range: it may be from 50ms to 60s"));
    }
    if !(6.0..=600.0).contains(&args.watch.0) {
        return Err(Failure::usage("--watch is out of range: it may be from 6s to 10min"));
    }
    let site = plan::ours(&args.topology, args.network)?;
    check_site(&site, &script.items)?;
    let retries = Retries { most: args.retries, budget: args.retry_budget };
    let script = FaultScript {
        manners: Manners { retries, patience },
        repeat: args.repeat,
        pace: if args.brief { Pace::BRISK } else { Pace::CAREFUL },
        watch: args.watch,
        ..script
    };
    Ok(RunPlan {
        options: redline_model::JourneyOptions { path: args.path.clone(), requests_per_session: None },
        slo: plan::slo(scenario, &args.slo)?,
        scenario,
        site,
        mode: Mode::Faults(Box::new(script)),
        arrivals: plan::arrivals(args.arrivals),
        think: ThinkScale(0.0),
        seed: args.seed.unwrap_or_else(plan::new_seed),
        browser: Browser::LeftOut,
        dashboard: args.dashboard,
        otlp: args.otlp,
        out: args.out,
        output: if args.json { Output::Json } else { Output::Page },
    })
}

/// Whether the site has what is to be done to it.
pub(crate) fn check_site(site: &SitePlan, items: &[Item]) -> Result<(), Failure> {
    match site {
        SitePlan::Model(model) => possible_on_a_model(items, &model.name),
        SitePlan::Stack { topology, .. } => possible(topology, items),
        SitePlan::External(_) => Ok(()),
    }
}

fn possible_on_a_model(items: &[Item], model: &str) -> Result<(), Failure> {
    let wrong = items.iter().find_map(|item| match item {
        Item::Fault(planned) if planned.fault.component != "server" => Some(format!(
            "the model `{model}` is one process and has no {}: break `server`, by stop or pause",
            planned.fault.component
        )),
        Item::Deploy(_) => {
            Some(format!("the model `{model}` has no code that could be deployed; use a topology of containers"))
        }
        Item::Fault(_) | Item::Overload(_) => None,
    });
    wrong.map_or(Ok(()), |problem| Err(Failure::usage(problem)))
}

/// How long a fault lasts.
pub(super) fn length(asked: Option<Seconds>) -> Result<Seconds, Failure> {
    let length = asked.unwrap_or(USUAL_LENGTH);
    if (0.1..=LONGEST.0).contains(&length.0) {
        return Ok(length);
    }
    Err(Failure::usage(format!("--for {length} is out of range: a fault may last from 100ms to {LONGEST}")))
}

/// Every kind that leaves data alone, on every component.
pub(super) fn matrix(targets: &[String]) -> impl Iterator<Item = Fault> {
    let of = |component: &String| MATRIX_KINDS.map(|kind| Fault { kind, component: component.clone() });
    targets.iter().flat_map(of)
}

/// What a matrix is on.
pub(super) fn matrix_targets(site: &SitePlan) -> Vec<String> {
    match site {
        SitePlan::Stack { topology, .. } => topology.matrix_targets(),
        SitePlan::Model(_) | SitePlan::External(_) => vec!["server".to_owned()],
    }
}

/// What is to be broken is there, and the deployments have what they need.
fn possible(topology: &Topology, items: &[Item]) -> Result<(), Failure> {
    let targets = topology.fault_targets();
    let wrong = items.iter().find_map(|item| match item {
        Item::Fault(planned) if !targets.contains(&planned.fault.component) => Some(format!(
            "there is no component `{}` in the topology `{}`; there are {}",
            planned.fault.component,
            topology.name,
            targets.join(", ")
        )),
        Item::Deploy(Deploy::Rolling) if !balanced(topology) => Some(format!(
            "a rolling deployment needs a load balancer, and the topology `{}` has none; use `--topology balanced`",
            topology.name
        )),
        _ => None,
    });
    wrong.map_or(Ok(()), |problem| Err(Failure::usage(problem)))
}

/// Whether there is a load balancer.
pub(super) fn balanced(topology: &Topology) -> bool {
    topology.having(ComponentKind::Balancer).next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_has_every_kind_on_every_component() {
        let targets = redline_stack::topology::find("single").unwrap().matrix_targets();
        let all: Vec<String> = matrix(&targets).map(|fault| fault.to_string()).collect();
        assert_eq!(all.len(), 25);
        assert!(all.iter().any(|fault| fault == "cut-off mysql"));
    }

    #[test]
    fn an_overload_is_asked_for_by_its_times() {
        let none = OverloadArgs { times: Vec::new(), of: None };
        let five = OverloadArgs { times: vec![5.0], of: None };
        assert_eq!(asked("overload", None, &none, USUAL_LENGTH).unwrap().len(), 3);
        let items = asked("overload", None, &five, USUAL_LENGTH).unwrap();
        assert_eq!(items, [Item::Overload(PlannedOverload { times: 5.0, lasts: USUAL_LENGTH })]);
        assert!(asked("overload", Some("mysql"), &none, USUAL_LENGTH).is_err());
        assert!(asked("kill", Some("mysql"), &five, USUAL_LENGTH).unwrap_err().to_string().contains("--times"));
        assert!(asked("kill", None, &none, USUAL_LENGTH).unwrap_err().to_string().contains("mysql"));
    }
}
