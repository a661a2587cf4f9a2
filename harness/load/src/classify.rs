//! What became of a request that has no complete response, from the chain of its error's causes.

use std::{error::Error, io};

use nix::errno::Errno;
use redline_model::Outcome;

use crate::dns::DnsError;

/// How far a request had come when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// No response head had arrived.
    Head,
    /// The response's body was arriving.
    Body,
}

/// A request that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) outcome: Outcome,
    /// The server may have seen, and logged, the request all the same.
    pub(crate) maybe_seen: bool,
}

/// What became of the request that failed with `error`.
pub(crate) fn failure(error: &reqwest::Error, phase: Phase) -> Failure {
    if phase == Phase::Body {
        return Failure { outcome: in_body(error), maybe_seen: true };
    }
    if error.is_connect() {
        return Failure { outcome: connecting(error), maybe_seen: false };
    }
    // A timeout of the whole request while it still waited for its connection looks like any other.
    let outcome = if error.is_timeout() { Outcome::Timeout } else { after_connecting(error) };
    Failure { outcome, maybe_seen: outcome != Outcome::Generator }
}

fn connecting(error: &reqwest::Error) -> Outcome {
    if find::<DnsError>(error).is_some() {
        return Outcome::Dns;
    }
    match find_io(error) {
        Some(cause) if exhausted(cause) => Outcome::Generator,
        Some(cause) => match cause.kind() {
            io::ErrorKind::TimedOut => Outcome::ConnectTimeout,
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::UnexpectedEof => {
                Outcome::Reset
            }
            // What rustls refuses comes as invalid data.
            io::ErrorKind::InvalidData => Outcome::Protocol,
            // No route to the host is a refusal by the network.
            _ => Outcome::Refused,
        },
        None if error.is_timeout() => Outcome::ConnectTimeout,
        None => Outcome::Protocol,
    }
}

fn after_connecting(error: &reqwest::Error) -> Outcome {
    if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
        return Outcome::Protocol;
    }
    match find_io(error) {
        Some(cause) if exhausted(cause) => Outcome::Generator,
        Some(cause) if cause.kind() == io::ErrorKind::InvalidData => Outcome::Protocol,
        // Closed, reset or broken before the answer began.
        _ => Outcome::Reset,
    }
}

fn in_body(error: &reqwest::Error) -> Outcome {
    if error.is_timeout() {
        return Outcome::Timeout;
    }
    let garbage = |cause: &io::Error| matches!(cause.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput);
    let unreadable = find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse);
    if unreadable || find_io(error).is_some_and(garbage) { Outcome::Protocol } else { Outcome::Truncated }
}

/// The generator's own machine has no local port, file descriptor or buffer left.
fn exhausted(cause: &io::Error) -> bool {
    let errno = cause.raw_os_error().map(Errno::from_raw);
    matches!(errno, Some(Errno::EADDRNOTAVAIL | Errno::EMFILE | Errno::ENFILE | Errno::ENOBUFS | Errno::ENOMEM))
}

/// The causes of an error, outermost first.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let first: &'a (dyn Error + 'static) = error;
    std::iter::successors(Some(first), |e: &&'a (dyn Error + 'static)| -> Option<&'a (dyn Error + 'static)> {
        (*e).source()
    })
}

fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    causes(error).find_map(|e| e.downcast_ref::<E>())
}

/// The innermost I/O error: outer ones only wrap it.
fn find_io<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    causes(error).filter_map(|e| e.downcast_ref::<io::Error>()).last()
}
