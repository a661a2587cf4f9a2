//! What is to be broken, at which loads: from the arguments or a file, checked before anything starts.

use std::{path::Path, str::FromStr};

use redline_load::Site as ScenarioSite;
use redline_model::{Deploy, Fault, FaultKind, Rate, Retries, Seconds, Share, ThinkScale};
use serde::Deserialize;

use crate::{
    args::{DeployArgs, FaultArgs, FaultCommand, NetworkArg},
    exit::Failure,
    plan::{self, Mode, Output, RunPlan, SitePlan},
};

/// How long a fault lasts unless something else is asked for.
const USUAL_LENGTH: Seconds = Seconds(5.0);
const LONGEST: Seconds = Seconds(600.0);
/// The loads of the issue that brought the matrix: half of what is sustainable, and as much as one should run at.
const MATRIX_LOADS: [f64; 2] = [0.5, 0.8];
const MATRIX_KINDS: [FaultKind; 5] =
    [FaultKind::Kill, FaultKind::Pause, FaultKind::Slow, FaultKind::CutOff, FaultKind::Restart];
const MATRIX_COMPONENTS: [&str; 5] = ["dns", "nginx", "php", "mysql", "server"];

/// How much load goes on while something is broken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum At {
    /// A share of the sustainable load, which is measured first.
    Sustainable(Share),
    /// Sessions per second.
    Rate(Rate),
}

/// One fault and how long it lasts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlannedFault {
    pub(crate) fault: Fault,
    pub(crate) lasts: Seconds,
}

/// Everything that is to be broken, one after the other, each at each load.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FaultScript {
    pub(crate) faults: Vec<PlannedFault>,
    /// New versions that come, after the faults.
    pub(crate) deploys: Vec<Deploy>,
    pub(crate) loads: Vec<At>,
    pub(crate) manners: Manners,
}

/// How visitors behave when something fails.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Manners {
    pub(crate) retries: Retries,
    /// How long they wait for an answer; absent: as long as usual.
    pub(crate) patience: Option<Seconds>,
}

impl FaultScript {
    /// Whether the sustainable load has to be known.
    pub(crate) fn needs_capacity(&self) -> bool {
        self.loads.iter().any(|at| matches!(at, At::Sustainable(_)))
    }
    /// The longest fault; a deployment counts as a usual one.
    pub(crate) fn longest(&self) -> Seconds {
        let deploys = if self.deploys.is_empty() { 0.0 } else { USUAL_LENGTH.0 };
        Seconds(self.faults.iter().map(|f| f.lasts.0).fold(deploys, f64::max))
    }
}

impl FromStr for At {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let at = if text.contains('%') {
            text.parse().map(Self::Sustainable).map_err(|e: redline_model::UnitError| e.to_string())?
        } else {
            text.parse().map(Self::Rate).map_err(|_| {
                format!("`{text}` is not a load; write a share of the sustainable load like 80%, or a rate like 20/s")
            })?
        };
        match at {
            Self::Sustainable(share) if !(0.01..=1.5).contains(&share.0) => {
                Err(format!("`{text}` is out of range: it may be from 1% to 150% of the sustainable load"))
            }
            Self::Rate(rate) if rate.0 <= 0.0 => Err(format!("`{text}` is out of range: it must be above 0")),
            at => Ok(at),
        }
    }
}

/// What was asked for.
pub(crate) enum Asked {
    /// What can be broken.
    List {
        /// On this topology.
        topology: String,
        /// Reached so.
        network: NetworkArg,
    },
    /// To break it.
    Run(Box<RunPlan>),
}

/// Reads and checks what was asked for.
pub(crate) fn check(command: FaultCommand) -> Result<Asked, Failure> {
    let (args, faults, loads) = match command {
        FaultCommand::List { topology, network } => return Ok(Asked::List { topology: topology.topology, network }),
        FaultCommand::Run { kind, component, args } => {
            let fault = format!("{kind} {component}").parse().map_err(Failure::usage)?;
            let lasts = length(args.lasts)?;
            (args, vec![PlannedFault { fault, lasts }], vec![At::Sustainable(Share(0.8))])
        }
        FaultCommand::Matrix { args } => {
            let lasts = length(args.lasts)?;
            (args, matrix(lasts), MATRIX_LOADS.map(|share| At::Sustainable(Share(share))).to_vec())
        }
        FaultCommand::Plan { file, args } => {
            let (faults, loads) = read(&file, length(args.lasts)?)?;
            (args, faults, loads)
        }
    };
    let loads = if args.at.is_empty() { loads } else { args.at.clone() };
    assemble(*args, faults, Vec::new(), loads).map(|plan| Asked::Run(Box::new(plan)))
}

/// Reads and checks what `redline deploy` was asked for.
pub(crate) fn check_deploy(args: DeployArgs) -> Result<RunPlan, Failure> {
    let DeployArgs { ways, load } = args;
    let deploys = if ways.is_empty() { Deploy::ALL.to_vec() } else { ways };
    let loads = if load.at.is_empty() { vec![At::Sustainable(Share(0.8))] } else { load.at.clone() };
    assemble(load, Vec::new(), deploys, loads)
}

fn assemble(
    args: FaultArgs,
    faults: Vec<PlannedFault>,
    deploys: Vec<Deploy>,
    loads: Vec<At>,
) -> Result<RunPlan, Failure> {
    let scenario = plan::scenario(&args.scenario)?;
    if scenario.site() == ScenarioSite::Any && scenario.name() == "url" && args.path.is_none() {
        return Err(Failure::usage("the scenario `url` needs --path: which page is it?"));
    }
    let patience = args.patience;
    if patience.is_some_and(|p| !(0.05..=60.0).contains(&p.0)) {
        return Err(Failure::usage("--timeout is out of range: it may be from 50ms to 60s"));
    }
    let site = plan::ours(&args.topology.topology, args.network)?;
    check_site(&site, &faults, &deploys)?;
    let retries = Retries { most: args.retries, budget: args.retry_budget };
    let script = FaultScript { faults, deploys, loads, manners: Manners { retries, patience } };
    Ok(RunPlan {
        options: redline_model::JourneyOptions { path: args.path.clone(), requests_per_session: None },
        slo: plan::slo(scenario, &args.slo)?,
        scenario,
        site,
        mode: Mode::Faults(Box::new(script)),
        arrivals: plan::arrivals(args.arrivals),
        think: ThinkScale(0.0),
        seed: args.seed.unwrap_or_else(plan::new_seed),
        out: args.out,
        output: if args.json { Output::Json } else { Output::Page },
    })
}

/// Whether the site has what is to be broken and deployed.
pub(crate) fn check_site(site: &SitePlan, faults: &[PlannedFault], deploys: &[Deploy]) -> Result<(), Failure> {
    if let SitePlan::Model(model) = site
        && let Some(planned) = faults.iter().find(|p| p.fault.component != "server")
    {
        return Err(Failure::usage(format!(
            "the model `{}` is one process and has no {}: break `server`, by stop or pause",
            model.name, planned.fault.component
        )));
    }
    if let (SitePlan::Model(model), false) = (site, deploys.is_empty()) {
        let problem =
            format!("the model `{}` has no code that could be deployed; use a topology of containers", model.name);
        return Err(Failure::usage(problem));
    }
    Ok(())
}

fn length(asked: Option<Seconds>) -> Result<Seconds, Failure> {
    let length = asked.unwrap_or(USUAL_LENGTH);
    if (0.1..=LONGEST.0).contains(&length.0) {
        return Ok(length);
    }
    Err(Failure::usage(format!("--for {length} is out of range: a fault may last from 100ms to {LONGEST}")))
}

fn matrix(lasts: Seconds) -> Vec<PlannedFault> {
    let of = |component: &'static str| {
        let fault = move |kind| Fault { kind, component: component.to_owned() };
        MATRIX_KINDS.into_iter().map(move |kind| PlannedFault { fault: fault(kind), lasts })
    };
    MATRIX_COMPONENTS.into_iter().flat_map(of).collect()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    at: Vec<String>,
    fault: Vec<FaultTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultTable {
    kind: String,
    component: String,
    r#for: Option<String>,
}

/// Reads a file of faults: `at = ["50%"]` and a `[[fault]]` table for each with `kind`, `component` and `for`.
fn read(file: &Path, usual: Seconds) -> Result<(Vec<PlannedFault>, Vec<At>), Failure> {
    let wrong = |problem: String| Failure::usage(format!("{}: {problem}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|e| wrong(format!("it cannot be read ({e})")))?;
    parse(&text, usual).map_err(wrong)
}

fn parse(text: &str, usual: Seconds) -> Result<(Vec<PlannedFault>, Vec<At>), String> {
    let written: File = toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        format!("line {line}: {}", error.message().lines().collect::<Vec<_>>().join(" "))
    })?;
    if written.fault.is_empty() {
        return Err("there is no [[fault]] in it".to_owned());
    }
    let one = |(number, table): (usize, FaultTable)| {
        let at = |problem: String| format!("fault {}: {problem}", number + 1);
        let fault = format!("{} {}", table.kind, table.component);
        let fault = fault.parse().map_err(|e: redline_model::FaultError| at(e.to_string()))?;
        let lasts = match table.r#for {
            None => usual,
            Some(text) => text.parse().map_err(|e: redline_model::UnitError| at(e.to_string()))?,
        };
        let lasts = length(Some(lasts)).map_err(|e| at(e.to_string().replace("--for", "for =")))?;
        Ok(PlannedFault { fault, lasts })
    };
    let faults = written.fault.into_iter().enumerate().map(one).collect::<Result<Vec<_>, String>>()?;
    let loads = written.at.iter().map(|at| at.parse()).collect::<Result<Vec<At>, String>>()?;
    let loads = if loads.is_empty() { vec![At::Sustainable(Share(0.8))] } else { loads };
    Ok((faults, loads))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_is_a_share_or_a_rate() {
        assert_eq!("80%".parse(), Ok(At::Sustainable(Share(0.8))));
        assert_eq!("20/s".parse(), Ok(At::Rate(Rate(20.0))));
        for wrong in ["0%", "900%", "fast", "0/s", ""] {
            assert!(wrong.parse::<At>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_matrix_has_every_kind_on_every_component() {
        let all = matrix(USUAL_LENGTH);
        assert_eq!(all.len(), 25);
        assert!(all.iter().any(|p| p.fault.to_string() == "cut-off mysql"));
    }

    #[test]
    fn a_file_says_what_to_break_and_where_it_is_wrong() {
        let text = "at = [\"50%\"]\n[[fault]]\nkind = \"kill\"\ncomponent = \"mysql\"\nfor = \"2s\"\n";
        let (faults, loads) = parse(text, USUAL_LENGTH).unwrap();
        assert_eq!((faults[0].lasts, loads[0]), (Seconds(2.0), At::Sustainable(Share(0.5))));
        for (wrong, named) in [
            ("[[fault]]\nkind = \"kill\"\ncomponent = \"mysql\"\nlength = \"2s\"\n", "line 4"),
            ("[[fault]]\nkind = \"melt\"\ncomponent = \"mysql\"\n", "fault 1: there is no fault `melt`"),
            ("[[fault]]\nkind = \"kill\"\ncomponent = \"redis\"\n", "redis"),
            ("[[fault]]\nkind = \"kill\"\ncomponent = \"mysql\"\nfor = \"soon\"\n", "soon"),
            ("fault = []\n", "no [[fault]]"),
        ] {
            let error = parse(wrong, USUAL_LENGTH).unwrap_err();
            assert!(error.contains(named), "{error}");
        }
    }
}
