//! The page as a whole, and what its sections are drawn with.

use redline_model::RunReport;
use tabled::{
    builder::Builder,
    settings::{Alignment, Style, object::Columns, peaker::PriorityMax, themes::BorderCorrection},
};

use super::{
    bottleneck, browser, caches, capacity, components, demand, deployments, environment, failures, overloads, steps,
    trials, validity, verdict,
};

/// Whether the page may use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Bold and coloured text by ANSI escapes.
    On,
    /// Plain text.
    Off,
}

/// How the page is laid out.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Columns of the window.
    pub width: usize,
    /// Whether it may use colour.
    pub colour: Colour,
}

/// The whole report.
#[must_use]
pub fn terminal(report: &RunReport, layout: Layout) -> String {
    let sections = [
        verdict::section(report, layout),
        capacity::section(report, layout),
        verdict::evidence(report, layout),
        bottleneck::section(report, layout),
        failures::section(report, layout),
        deployments::section(report, layout),
        overloads::section(report, layout),
        steps::section(report, layout),
        browser::section(report, layout),
        trials::section(report, layout),
        components::section(report, layout),
        caches::section(report, layout),
        demand::section(report, layout),
        validity::section(report, layout),
        environment::section(report, layout),
        verdict::caveats(report, layout),
    ];
    let page: Vec<String> = sections.into_iter().filter(|s| !s.is_empty()).collect();
    page.join("\n\n") + "\n"
}

impl Layout {
    /// A heading.
    pub(crate) fn heading(self, text: &str) -> String {
        self.paint("1", text)
    }
    /// Text that says that all is well.
    pub(crate) fn good(self, text: &str) -> String {
        self.paint("32", text)
    }
    /// Text that the reader must not miss.
    pub(crate) fn bad(self, text: &str) -> String {
        self.paint("31;1", text)
    }
    fn paint(self, code: &str, text: &str) -> String {
        match self.colour {
            Colour::On => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            Colour::Off => text.to_owned(),
        }
    }
    /// Prose, wrapped; the first line starts with `first`, the others with as many spaces.
    pub(crate) fn prose(self, first: &str, text: &str) -> String {
        let width = self.width.clamp(40, 110);
        let rest = " ".repeat(first.chars().count());
        textwrap::fill(text, textwrap::Options::new(width).initial_indent(first).subsequent_indent(&rest))
    }
    /// A table whose first column is text and whose others are figures.
    pub(crate) fn table(self, head: &[&str], rows: Vec<Vec<String>>) -> String {
        let mut builder = Builder::default();
        builder.push_record(head.iter().copied());
        for row in rows {
            builder.push_record(row);
        }
        let mut table = builder.build();
        table.with(Style::rounded()).modify(Columns::new(1..), Alignment::right());
        if table.total_width() > self.width {
            // Narrow windows: no side borders and thin gaps.
            table.with(Style::blank()).with(tabled::settings::Padding::zero());
        }
        table.with(BorderCorrection::span());
        table.to_string()
    }
    /// A table of text only.
    pub(super) fn text_table(self, head: &[&str], rows: Vec<Vec<String>>) -> String {
        let mut builder = Builder::default();
        builder.push_record(head.iter().copied());
        for row in rows {
            builder.push_record(row);
        }
        let mut table = builder.build();
        table
            .with(Style::rounded())
            .with(tabled::settings::Width::wrap(self.width.max(60)).keep_words(true).priority(PriorityMax::right()));
        table.to_string()
    }
}
