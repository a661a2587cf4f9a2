//! A chart as data: what is drawn, in which unit, with its words. The page's script draws it.

use serde::Serialize;

use super::table::Table;

/// One chart of the page.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Chart {
    /// Its id in the page.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// How to read it.
    pub about: String,
    /// What it shows, in words: for those who cannot see it.
    pub summary: String,
    /// The same figures as a table.
    #[serde(skip)]
    pub table: Option<Table>,
    /// How it is drawn.
    #[serde(flatten)]
    pub drawing: Drawing,
}

/// A chart's words, for the template; its figures are drawn by the page's script.
#[derive(Debug, Serialize)]
pub(super) struct Drawn<'a> {
    id: &'a str,
    title: &'a str,
    about: &'a str,
    summary: &'a str,
    table: Option<&'a Table>,
}

impl<'a> Drawn<'a> {
    pub(super) fn of(chart: &'a Chart) -> Self {
        let Chart { id, title, about, summary, table, .. } = chart;
        Self { id, title, about, summary, table: table.as_ref() }
    }
}

/// How a chart is drawn.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub(super) enum Drawing {
    /// Lines and points over one horizontal axis, in panels above each other.
    Lines(Lines),
    /// An interval for each row.
    Ranges(Ranges),
    /// Shares by class over time.
    Heat(Heat),
    /// Stretches of time in rows.
    Spans(Spans),
    /// Several charts of lines of which one is looked at.
    Choice(Choice),
}

/// See [`Drawing::Lines`].
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Lines {
    pub x_name: &'static str,
    pub x_unit: Unit,
    pub panels: Vec<Panel>,
    /// The horizontal values that series without their own share.
    pub x: Vec<f64>,
    pub series: Vec<Series>,
    /// Vertical lines, each with its interval.
    pub marks: Vec<Mark>,
    /// Shaded stretches.
    pub bands: Vec<Band>,
}

/// A vertical axis with its own unit.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Panel {
    pub name: String,
    pub unit: Unit,
    pub scale: Scale,
    /// Horizontal lines: where, and what they are.
    pub limits: Vec<(f64, String)>,
}

/// How an axis is divided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Scale {
    #[default]
    Linear,
    Log,
}

/// What a figure is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Unit {
    /// Events per second.
    #[default]
    Rate,
    /// Seconds.
    Time,
    /// Seconds since the run's start, shown as minutes.
    Clock,
    /// Seconds since a trial's start, shown as such.
    Moment,
    /// CPU cores.
    Cores,
    /// Things.
    Count,
    /// A ratio.
    Ratio,
}

/// Figures of one kind.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Series {
    pub name: String,
    pub panel: usize,
    pub style: Style,
    /// Which of the page's colours.
    pub colour: usize,
    /// Its own horizontal values; empty: those of the chart.
    pub x: Vec<f64>,
    pub y: Vec<Option<f64>>,
    /// What each point is, where points have names.
    pub labels: Vec<String>,
}

/// How a series is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Style {
    #[default]
    Line,
    Dashed,
    /// A line through points.
    Joined,
    Circles,
    Triangles,
    Diamonds,
    Squares,
}

/// See [`Drawing::Spans`].
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Spans {
    pub x_name: &'static str,
    pub x_unit: Unit,
    /// Where the horizontal axis ends.
    pub length: f64,
    pub rows: Vec<String>,
    /// The rows that begin something.
    pub begins: Vec<usize>,
    /// What is told of each row.
    pub tips: Vec<String>,
    pub series: Vec<SpanSeries>,
}

/// Stretches of one kind: row, from, to.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct SpanSeries {
    pub name: String,
    pub colour: usize,
    pub spans: Vec<(usize, f64, f64)>,
}

/// See [`Drawing::Choice`].
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Choice {
    /// What is chosen, as a word before the list.
    pub what: &'static str,
    pub charts: Vec<Chosen>,
}

/// One of the charts to choose from. All have the same number of panels.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Chosen {
    pub name: String,
    #[serde(flatten)]
    pub lines: Lines,
}

/// A vertical line with its interval.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Mark {
    pub x: f64,
    pub low: f64,
    pub high: f64,
    pub name: String,
    pub colour: usize,
}

/// A shaded stretch.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Band {
    pub from: f64,
    pub to: f64,
    pub name: String,
    pub tone: Tone,
}

/// What a shaded stretch is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Tone {
    /// One of several in a row; every second is shaded.
    #[default]
    Plain,
    /// Something is done to the site.
    Disturbed,
}

/// See [`Drawing::Ranges`].
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Ranges {
    pub x_name: &'static str,
    pub x_unit: Unit,
    pub scale: Scale,
    pub rows: Vec<String>,
    pub series: Vec<RangeSeries>,
    /// Vertical lines: where, and what they are.
    pub limits: Vec<(f64, String)>,
    /// Lines below a row, which part it from the next: which row, and why.
    pub breaks: Vec<(usize, String)>,
}

/// One interval for each row.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct RangeSeries {
    pub name: String,
    pub colour: usize,
    /// What low, middle and high are.
    pub parts: [&'static str; 3],
    /// Low, middle and high for each row.
    pub ranges: Vec<Option<[f64; 3]>>,
}

/// See [`Drawing::Heat`].
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Heat {
    pub x_name: &'static str,
    pub y_name: &'static str,
    pub y_unit: Unit,
    /// When each column begins.
    pub x: Vec<f64>,
    /// The edges of the classes, ascending.
    pub edges: Vec<f64>,
    /// Column, class, and share of the column's steps; what is not named is empty.
    pub cells: Vec<(usize, usize, f64)>,
}

impl Default for Drawing {
    fn default() -> Self {
        Self::Lines(Lines::default())
    }
}
