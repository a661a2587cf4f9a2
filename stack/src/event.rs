//! What happens while a stack is built and started, for whoever shows progress.

use std::{fmt, time::Duration};

use redline_model::Bytes;

use crate::{NetworkKind, topology::ComponentKind};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum StackEvent {
    /// The base image is being looked for, pulled or made.
    Base {
        /// What is being done.
        doing: String,
    },
    /// An image is built already and nothing that it depends on has changed.
    ImageReused {
        /// The image.
        image: String,
    },
    /// Another redline is building the same image; this one waits for it.
    Waiting {
        /// The image.
        image: String,
    },
    /// An image build did something.
    Building {
        /// The image.
        image: String,
        /// The Dockerfile's step that is under way, from 1.
        step: u32,
        /// How many steps there are.
        steps: u32,
        /// The last line of its output.
        line: String,
    },
    /// An image was built.
    Built {
        /// The image.
        image: String,
        /// How long it took.
        took: Duration,
    },
    /// The network was chosen.
    Network {
        /// Which one.
        kind: NetworkKind,
        /// Why.
        reason: String,
    },
    /// A component's container was started.
    Started {
        /// The server.
        server: String,
        /// The component.
        component: ComponentKind,
    },
    /// A component answers by its own protocol.
    Ready {
        /// The server.
        server: String,
        /// The component.
        component: ComponentKind,
        /// Since its container was started.
        took: Duration,
    },
    /// A server has its share of this machine.
    Share {
        /// The server.
        server: String,
        /// In cores, as read back.
        cpus: f64,
        /// As read back.
        memory: Bytes,
    },
    /// One thing about the site was verified from outside.
    Verified {
        /// What.
        what: String,
    },
    /// Something that the reader of the results must know.
    Warning(String),
}

impl fmt::Display for StackEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Base { doing } => write!(f, "base image: {doing}"),
            Self::ImageReused { image } => write!(f, "image {image}: present"),
            Self::Waiting { image } => write!(f, "image {image}: another redline is building it, waiting"),
            Self::Building { image, step, steps, line } => write!(f, "image {image}: step {step}/{steps}: {line}"),
            Self::Built { image, took } => write!(f, "image {image}: built in {:.1} s", took.as_secs_f64()),
            Self::Network { kind, reason } => write!(f, "network: {kind} ({reason})"),
            Self::Started { server, component } => write!(f, "{server}/{component}: started"),
            Self::Ready { server, component, took } => {
                write!(f, "{server}/{component}: ready after {:.2} s", took.as_secs_f64())
            }
            Self::Share { server, cpus, memory } => write!(f, "{server}: has {cpus} cores and {memory}"),
            Self::Verified { what } => write!(f, "verified: {what}"),
            Self::Warning(text) => write!(f, "warning: {text}"),
        }
    }
}

/// Whoever wants to know what happens.
pub type OnEvent<'a> = &'a (dyn Fn(StackEvent) + Sync);
