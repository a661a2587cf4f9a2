//! The forms that a report can take; every one is made from the document of the run.

use std::str::FromStr;

use redline_model::RunReport;

use crate::{Layout, csv, html, json, junit, markdown, openmetrics, terminal};

/// What a report is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The page for a terminal.
    Terminal,
    /// One HTML file that works offline.
    Html,
    /// Markdown for a comment on a pull request.
    Markdown,
    /// JUnit XML: each validity check, promise, fault and deployment is a test case.
    Junit,
    /// Comma-separated values, a row for each trial.
    Csv,
    /// Comma-separated values, a row for each second.
    CsvTimeline,
    /// The timeline as OpenMetrics text.
    OpenMetrics,
    /// The document itself, in the schema of today.
    Json,
}

/// Why a report could not be written in a format.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A figure cannot be written as JSON.
    #[error("cannot write the report as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A template of redline's own is wrong.
    #[error("cannot write the report as HTML: {0}")]
    Template(#[from] minijinja::Error),
    /// The XML could not be written.
    #[error("cannot write the report as JUnit XML: {0}")]
    Junit(#[from] quick_junit::SerializeError),
    /// The table could not be written.
    #[error("cannot write the report as CSV: {0}")]
    Csv(#[from] ::csv::Error),
    /// Metrics need a moment on the wall clock.
    #[error("cannot write metrics of the report: `{0}` is not a time that a run can have started at")]
    Started(String),
}

/// No such format.
#[derive(Debug, thiserror::Error)]
#[error("there is no report format `{0}`; there are: {list}", list = Format::ALL.map(Format::name).join(", "))]
pub struct NoFormat(String);

impl Format {
    /// All formats, in the order in which they are listed.
    pub const ALL: [Self; 8] = [
        Self::Terminal,
        Self::Html,
        Self::Markdown,
        Self::Junit,
        Self::Csv,
        Self::CsvTimeline,
        Self::OpenMetrics,
        Self::Json,
    ];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Junit => "junit",
            Self::Csv => "csv",
            Self::CsvTimeline => "csv-timeline",
            Self::OpenMetrics => "openmetrics",
            Self::Json => "json",
        }
    }

    /// What it is, in a few words.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Terminal => "the page that a run prints",
            Self::Html => "one file with charts that works offline",
            Self::Markdown => "fits a comment on a pull request",
            Self::Junit => "each validity check, promise, fault and deployment is a test case",
            Self::Csv => "a row for each trial",
            Self::CsvTimeline => "a row for each second",
            Self::OpenMetrics => "the seconds, for a time series database",
            Self::Json => "the document, in the schema of this redline",
        }
    }

    /// Writes `report` in this format; `layout` is for the terminal.
    ///
    /// # Errors
    /// Where the format cannot hold what the report says.
    pub fn render(self, report: &RunReport, layout: Layout) -> Result<String, RenderError> {
        match self {
            Self::Terminal => Ok(terminal::terminal(report, layout)),
            Self::Html => html::page(report),
            Self::Markdown => Ok(markdown::comment(report)),
            Self::Junit => junit::suites(report),
            Self::Csv => csv::trials(report),
            Self::CsvTimeline => csv::seconds(report),
            Self::OpenMetrics => openmetrics::exposition(report),
            Self::Json => Ok(json::document(report)?),
        }
    }
}

impl FromStr for Format {
    type Err = NoFormat;
    fn from_str(name: &str) -> Result<Self, NoFormat> {
        Self::ALL.into_iter().find(|f| f.name() == name).ok_or_else(|| NoFormat(name.to_owned()))
    }
}
