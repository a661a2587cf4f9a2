//! One build, with progress and with the last lines of the step that failed.
//!
//! Docker's first builder is used, not BuildKit: its output is plain text, it needs no session, and other
//! engines that speak Docker's API have it as well.

use std::collections::{HashMap, VecDeque};

use futures::StreamExt;
use testcontainers::bollard::{Docker, body_full, errors::Error, query_parameters::BuildImageOptionsBuilder};

use super::{Rebuild, context::Context};
use crate::{
    OnEvent, StackError, StackEvent,
    base_image::BaseImage,
    error::{indented, one_line},
    labels,
};

/// How many lines of a failed step are shown.
const LAST_LINES: usize = 15;

/// What is to be built.
pub(super) struct Order<'a> {
    pub image: &'a str,
    pub reference: &'a str,
    pub base: &'a BaseImage,
    pub context: &'a Context,
    pub rebuild: Rebuild,
}

/// Builds one image.
pub(super) async fn build(docker: &Docker, order: Order<'_>, on_event: OnEvent<'_>) -> Result<(), StackError> {
    let tar =
        order.context.tar().await.map_err(StackError::io(&order.context.dockerfile, "packing the build context"))?;
    let options = BuildImageOptionsBuilder::new()
        .dockerfile(&order.context.dockerfile)
        .t(order.reference)
        .rm(true)
        .forcerm(true)
        .nocache(order.rebuild == Rebuild::Always)
        .buildargs(&HashMap::from([("BASE", order.base.reference.as_str())]))
        .labels(&HashMap::from([(labels::IMAGE, "1")]))
        .build();
    let mut output = docker.build_image(options, None, Some(body_full(tar.into())));
    let mut progress = Progress::default();
    while let Some(message) = output.next().await {
        let failed = match message {
            Ok(info) => {
                for line in progress.take(&info.stream.unwrap_or_default()) {
                    let Progress { step, steps, .. } = progress;
                    on_event(StackEvent::Building { image: order.image.into(), step, steps, line });
                }
                info.error_detail.and_then(|detail| detail.message)
            }
            Err(Error::DockerStreamError { error }) => Some(error),
            Err(error) => Some(error.to_string()),
        };
        if let Some(reason) = failed {
            return Err(progress.failure(order.image, &reason));
        }
    }
    Ok(())
}

/// Where a build is, read from its output.
#[derive(Default)]
struct Progress {
    step: u32,
    steps: u32,
    command: String,
    last: VecDeque<String>,
    partial: String,
}

impl Progress {
    /// Takes in a piece of output; gives the whole lines in it.
    fn take(&mut self, piece: &str) -> Vec<String> {
        self.partial.push_str(piece);
        let mut lines = Vec::new();
        while let Some(end) = self.partial.find('\n') {
            let line: String = self.partial.drain(..=end).collect();
            let line = without_colours(&line);
            let line = line.trim();
            // What the builder says of its own doings, layer by layer, helps nobody.
            if line.is_empty() || line.starts_with("--->") || line.starts_with("Removing intermediate container") {
                continue;
            }
            lines.push(self.note(line));
        }
        lines
    }
    /// `Step 3/7 : RUN …` begins a step. Gives the line as it is shown.
    fn note(&mut self, line: &str) -> String {
        let header = line.strip_prefix("Step ").and_then(|rest| rest.split_once(" : "));
        if let Some((numbers, command)) = header
            && let Some((step, steps)) = numbers.split_once('/')
        {
            self.step = step.parse().unwrap_or(self.step);
            self.steps = steps.parse().unwrap_or(self.steps);
            self.command = command.to_string();
            self.last.clear();
            return one_line(command);
        }
        if self.last.len() == LAST_LINES {
            self.last.pop_front();
        }
        self.last.push_back(line.to_string());
        line.to_string()
    }
    fn failure(&mut self, image: &str, reason: &str) -> StackError {
        let command: String = one_line(&self.command).chars().take(80).collect();
        // Docker repeats the whole command in its message; its end is what says why.
        let why = one_line(reason);
        let why =
            why.rsplit_once("returned a non-zero code").map_or(why.clone(), |(_, code)| format!("exit code{code}"));
        StackError::Build {
            image: image.into(),
            step: format!("step {}/{} ({command})", self.step, self.steps),
            reason: why,
            lines: indented(self.last.iter().map(String::as_str)),
        }
    }
}

/// The builder paints what a step writes to stderr.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |plain, part| plain + part.split_once('m').map_or(part, |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_shows_its_own_last_lines_only() {
        let mut progress = Progress::default();
        progress.take("Step 1/2 : FROM x\n ---> abc\nStep 2/2 : RUN apt-get upd");
        let lines = progress.take("ate\n\u{1b}[91mErr:1 no route\n\u{1b}[0mE: failed\n");
        assert_eq!(lines, ["RUN apt-get update", "Err:1 no route", "E: failed"]);
        let text = progress.failure("dns", "The command '/bin/sh -c x' returned a non-zero code: 100").to_string();
        assert_eq!(
            text,
            "image dns could not be built: step 2/2 (RUN apt-get update) failed: exit code: 100; its last lines:\n    \
             Err:1 no route\n    E: failed"
        );
    }

    #[tokio::test]
    async fn a_build_that_fails_says_why() {
        if std::env::var("REDLINE_SKIP_DOCKER").is_ok_and(|value| value == "1") {
            println!("failing build: skipped, REDLINE_SKIP_DOCKER=1");
            return;
        }
        let docker = crate::docker::connect().await.unwrap().docker;
        let base = crate::base_image::ensure(&docker, &|_| {}).await.unwrap();
        let dockerfile = b"ARG BASE\nFROM ${BASE}\nRUN echo no such package >&2; exit 100\n";
        let file = crate::embedded::ContextFile { path: "images/broken/Dockerfile".into(), content: dockerfile.into() };
        let context = Context { dockerfile: "images/broken/Dockerfile".into(), files: vec![file] };
        let order = Order {
            image: "broken",
            reference: "redline-broken:test",
            base: &base,
            context: &context,
            rebuild: Rebuild::Always,
        };
        let text = build(&docker, order, &|_| {}).await.unwrap_err().to_string();
        assert!(text.starts_with("image broken could not be built: step 3/"), "{text}");
        assert!(text.contains("exit code: 100; its last lines:\n") && text.contains("no such package"), "{text}");
    }
}
