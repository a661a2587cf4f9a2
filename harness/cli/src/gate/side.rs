//! One side of a regression gate: a git revision, a topology, or an image in the place of a component's own.

use redline_stack::{Source, topology};

use super::revision::{self, Revision};
use crate::{
    args::{NetworkArg, TopologyArg},
    exit::Failure,
    plan::{self, SitePlan},
};

/// One side, read and checked.
pub(super) struct Side {
    /// What it is called: the text that it was asked for by, a revision with its commit.
    pub(super) name: String,
    /// What is started.
    site: SitePlan,
    /// The revision's files are needed until the gate is over.
    revision: Option<Revision>,
}

/// What a side's files live in; they go with it.
pub(super) struct Kept(#[expect(dead_code, reason = "the folder lives as long as this")] Revision);

impl Side {
    /// What is started, and what has to be kept while it runs.
    pub(super) fn parts(self) -> (SitePlan, Option<Kept>) {
        (self.site, self.revision.map(Kept))
    }
}

/// What was asked for, or what this redline has.
pub(super) fn read(asked: Option<&str>, topology: Option<&str>, network: NetworkArg) -> Result<Side, Failure> {
    let usual = topology.unwrap_or("single");
    let Some(text) = asked else {
        return Ok(Side {
            name: format!("this redline's {usual}"),
            site: plan::ours(&TopologyArg::of(usual, None), network)?,
            revision: None,
        });
    };
    if let Some((component, reference)) = text.split_once('=') {
        return image(component, reference, usual, network);
    }
    if text.ends_with(".toml") || is_topology(text)? {
        return Ok(Side {
            name: text.to_owned(),
            site: plan::ours(&TopologyArg::of(text, None), network)?,
            revision: None,
        });
    }
    if revision::commit(text).is_some() {
        return at_revision(text, usual, network);
    }
    Err(Failure::usage(format!(
        "`{text}` is neither a topology (see `redline list`), nor a topology's file, nor a revision of the git repository here, nor COMPONENT=IMAGE"
    )))
}

fn is_topology(name: &str) -> Result<bool, Failure> {
    let stacks = topology::all().map_err(Failure::usage)?;
    Ok(stacks.iter().any(|t| t.name == name) || redline_model_server::all()?.iter().any(|m| m.name == name))
}

fn image(component: &str, reference: &str, usual: &str, network: NetworkArg) -> Result<Side, Failure> {
    let mut topology = topology::find(usual).map_err(Failure::usage)?;
    let images = topology.images();
    if !images.contains(&component) || reference.is_empty() {
        return Err(Failure::usage(format!(
            "`{component}={reference}`: write COMPONENT=IMAGE; {usual} has the components {}",
            images.join(", ")
        )));
    }
    topology.source = Source::default().with_image(component, reference);
    let site = SitePlan::Stack { topology: Box::new(topology), network: plan::network(network) };
    Ok(Side { name: format!("{component}={reference}"), site, revision: None })
}

/// The topology of that name from the revision, or a file of today, with the revision's images and shop.
fn at_revision(text: &str, usual: &str, network: NetworkArg) -> Result<Side, Failure> {
    let revision = revision::fetch(text)?;
    let file = revision.topology(usual);
    let from = if file.is_file() { file.display().to_string() } else { usual.to_owned() };
    let mut topology = topology::find(&from).map_err(|e| Failure::usage(format!("at {text}: {e}")))?;
    topology.source = Source::folder(&revision.stack())?;
    let site = SitePlan::Stack { topology: Box::new(topology), network: plan::network(network) };
    Ok(Side { name: format!("{text} ({})", revision.commit), site, revision: Some(revision) })
}
