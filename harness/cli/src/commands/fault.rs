//! `redline fault`: what can be broken here, and the breaking of it.

use redline_model::{Availability, FaultChoice, FaultKind};

use crate::{
    args::{FaultCommand, NetworkArg, TopologyArg},
    exit::{Ended, Failure},
    faults::{Asked, check},
    plan::{self, SitePlan},
    run,
};

/// Widest line where nobody has said how wide the window is.
const PLAIN_WIDTH: usize = 110;
const NAME: usize = 15;
/// The one that has no component.
const OVERLOAD: &str = "the whole site: more visitors come than can be served, for some seconds, with nobody turned away by redline; then the load before";

/// Lists, or breaks and measures.
pub(crate) async fn work(command: FaultCommand) -> Result<Ended, Failure> {
    match check(command)? {
        Asked::List { topology, network } => list(&topology, network).await,
        Asked::Run(plan) => run::measured_run(*plan).await,
        Asked::Protections(plan) => super::protections::compare(*plan).await,
    }
}

async fn list(topology: &TopologyArg, network: NetworkArg) -> Result<Ended, Failure> {
    let choices = match plan::ours(topology, network)? {
        SitePlan::Stack { topology, network } => redline_stack::fault_choices(&topology, network).await?,
        SitePlan::Model(_) | SitePlan::External(_) => {
            return Err(Failure::usage(
                "`fault list` is for stacks of containers; a model of a server can be broken by `stop server` and `pause server`",
            ));
        }
    };
    let width = console::Term::stdout().size_checked().map_or(PLAIN_WIDTH, |(_, columns)| usize::from(columns));
    crate::print(&page(&choices, width.clamp(50, PLAIN_WIDTH)))
}

/// One paragraph a kind of fault: what it can be done to, what it does, and what it cannot be done to and why.
fn page(choices: &[FaultChoice], width: usize) -> String {
    let paragraphs = FaultKind::ALL.iter().map(|kind| {
        let of_kind: Vec<&FaultChoice> = choices.iter().filter(|choice| choice.fault.kind == *kind).collect();
        paragraph(*kind, &of_kind, width)
    });
    let overload = textwrap::fill(
        OVERLOAD,
        textwrap::Options::new(width)
            .initial_indent(&format!("{:<NAME$}", "overload"))
            .subsequent_indent(&" ".repeat(NAME + 2)),
    );
    paragraphs.chain([overload]).collect::<Vec<_>>().join("\n") + "\n"
}

fn paragraph(kind: FaultKind, choices: &[&FaultChoice], width: usize) -> String {
    let available = |c: &&&FaultChoice| c.available == Availability::Available;
    let mut texts: Vec<String> = Vec::new();
    for (does, components) in grouped(choices.iter().filter(available).map(|c| (c.does.as_str(), *c))) {
        texts.push(format!("{components}: {does}"));
    }
    let warned = choices.iter().filter(available).find_map(|c| c.does_not_test.as_deref());
    texts.extend(warned.map(|what| format!("  does not test: {what}")));
    let missing = choices.iter().filter_map(|c| match &c.available {
        Availability::Available => None,
        Availability::NotAvailable { reason } => Some((reason.as_str(), *c)),
    });
    for (reason, components) in grouped(missing) {
        texts.push(format!("  not available for {components}: {reason}"));
    }
    let wrapped = |(number, text): (usize, String)| {
        let name = if number == 0 { kind.as_str() } else { "" };
        let (first, rest) = (format!("{name:<NAME$}"), " ".repeat(NAME + 2));
        textwrap::fill(&text, textwrap::Options::new(width).initial_indent(&first).subsequent_indent(&rest))
    };
    texts.into_iter().enumerate().map(wrapped).collect::<Vec<_>>().join("\n")
}

/// The components of which the same is said, in the order in which it is said first.
fn grouped<'a>(said: impl Iterator<Item = (&'a str, &'a FaultChoice)>) -> Vec<(&'a str, String)> {
    let mut groups: Vec<(&str, String)> = Vec::new();
    for (text, choice) in said {
        let component = choice.fault.component.as_str();
        match groups.iter_mut().find(|(known, _)| *known == text) {
            Some((_, components)) => *components += &format!(", {component}"),
            None => groups.push((text, component.to_owned())),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use redline_model::Fault;

    use super::*;

    #[test]
    fn what_is_the_same_for_all_is_said_once() {
        let choice = |component: &str, available| FaultChoice {
            fault: Fault { kind: FaultKind::Kill, component: component.into() },
            available,
            does: "ends it".into(),
            does_not_test: Some("the loss of power".into()),
        };
        let missing = || Availability::NotAvailable { reason: "it is not here".into() };
        let choices = [
            choice("dns", Availability::Available),
            choice("php", Availability::Available),
            choice("mysql", missing()),
        ];
        let page = page(&choices, 80);
        let expected = "kill           dns, php: ends it\n                 does not test: the loss of power\n                 not available for mysql: it is not here\n";
        assert!(page.starts_with(expected), "{page}");
    }
}
