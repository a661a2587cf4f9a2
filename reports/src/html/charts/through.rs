//! Through each fault and deployment, second by second, with the control beside it.

use std::collections::BTreeMap;

use redline_model::{Rate, RunReport};

use crate::{
    figure::figure,
    html::{
        chart::{Band, Chart, Choice, Chosen, Drawing, Lines, Mark, Panel, Scale, Series, Style, Tone, Unit},
        disturbance::{self, Disturbance, rows},
        table::Table,
    },
};

/// The chart; absent where nothing was done to the site.
pub(super) fn chart(report: &RunReport) -> Option<Chart> {
    let watched: Vec<Watched> = disturbance::all(report).into_iter().filter_map(|d| Watched::of(report, d)).collect();
    if watched.is_empty() {
        return None;
    }
    let many = if watched.len() > 1 { " Choose which above the chart." } else { "" };
    Some(Chart {
        id: "through".into(),
        title: if report.failures.is_empty() { "Through the deployment" } else { "Through the fault" }.into(),
        about: format!(
            "Shaded: from when the effect was seen to when the site answered again as it should. The thin dashed lines are the control: the same visitors without it. A percentile has a gap where no step succeeded.{many}"
        ),
        summary: format!(
            "{} second by second, with the sessions offered and completed, the good steps, the failed requests and the response time percentiles; the table below sums up the time before, during and after.",
            if watched.len() == 1 { "One disturbance".into() } else { format!("{} disturbances", watched.len()) }
        ),
        table: Some(table(&watched)),
        drawing: Drawing::Choice(Choice { what: "Shown:", charts: watched.iter().map(Watched::chosen).collect() }),
    })
}

/// A disturbance with the seconds that show it.
struct Watched<'a> {
    report: &'a RunReport,
    disturbance: Disturbance,
    seconds: BTreeMap<usize, usize>,
    control: BTreeMap<usize, usize>,
}

impl<'a> Watched<'a> {
    fn of(report: &'a RunReport, disturbance: Disturbance) -> Option<Self> {
        let seconds = rows(report, disturbance.trial);
        let control = rows(report, disturbance.control);
        (!seconds.is_empty()).then_some(Self { report, disturbance, seconds, control })
    }

    fn length(&self) -> usize {
        self.seconds.keys().next_back().map_or(0, |last| last + 1)
    }

    /// A series of one column over the seconds of `trial`; absent where the column says nothing.
    fn series<T>(
        &self,
        name: &str,
        (panel, colour, style): (usize, usize, Style),
        trial: &BTreeMap<usize, usize>,
        column: &[T],
        of: impl Fn(&T) -> Option<f64>,
    ) -> Option<Series> {
        let y: Vec<Option<f64>> =
            (0..self.length()).map(|s| trial.get(&s).and_then(|row| column.get(*row)).and_then(&of)).collect();
        let any = y.iter().any(Option::is_some);
        any.then(|| Series { name: name.into(), panel, style, colour, y, ..Series::default() })
    }

    fn chosen(&self) -> Chosen {
        let t = &self.report.timeline;
        let rate = |r: &Rate| Some(r.0);
        let time = |s: &Option<redline_model::Seconds>| s.map(|s| s.0);
        let errors: Vec<Rate> = (0..t.len()).map(|row| t.errors_at(row)).collect();
        let (own, control) = (&self.seconds, &self.control);
        let series = [
            self.series("offered", (0, 7, Style::Dashed), own, &t.offered, rate),
            self.series("completed", (0, 0, Style::Line), own, &t.completed, rate),
            self.series("good steps", (1, 2, Style::Line), own, &t.good, rate),
            self.series("good steps, control", (1, 2, Style::Dashed), control, &t.good, rate),
            self.series("failed requests", (1, 3, Style::Line), own, &errors, rate),
            self.series("p50", (2, 0, Style::Line), own, &t.p50, time),
            self.series("p95", (2, 5, Style::Line), own, &t.p95, time),
            self.series("p99", (2, 6, Style::Line), own, &t.p99, time),
            self.series("p95, control", (2, 5, Style::Dashed), control, &t.p95, time),
        ];
        let panel = |name: &str, unit, scale| Panel { name: name.into(), unit, scale, limits: Vec::new() };
        let length = self.length() as f64;
        Chosen {
            name: self.disturbance.name.clone(),
            lines: Lines {
                x_name: "seconds since the trial's start; each point is a second, in its middle",
                x_unit: Unit::Moment,
                panels: vec![
                    panel("sessions a second", Unit::Rate, Scale::Linear),
                    panel("good steps and failed requests a second", Unit::Rate, Scale::Linear),
                    panel("response time of the steps", Unit::Time, Scale::Log),
                ],
                x: (0..self.length()).map(|s| s as f64 + 0.5).collect(),
                series: series.into_iter().flatten().collect(),
                marks: self.marks(length),
                bands: vec![Band {
                    from: self.disturbance.from,
                    to: self.disturbance.to.map_or(length, |to| to.min(length)),
                    name: self.disturbance.window.clone(),
                    tone: Tone::Disturbed,
                }],
            },
        }
    }

    fn marks(&self, length: f64) -> Vec<Mark> {
        let Some((began, ended)) = self.disturbance.outage else { return Vec::new() };
        let mark = |x: f64, name: &str| Mark { x, low: x, high: x, name: name.into(), colour: 3 };
        let end = ended.filter(|at| *at <= length).map(|at| mark(at, "outage ends"));
        std::iter::once(mark(began, "outage begins")).chain(end).collect()
    }

    /// The seconds before it, those it touches, and those after.
    fn parts(&self) -> [Vec<usize>; 3] {
        let (from, to) = (self.disturbance.from, self.disturbance.to.unwrap_or(f64::INFINITY));
        let all = || 0..self.length();
        let (before, after) = (|s: &usize| *s as f64 + 1.0 <= from, |s: &usize| *s as f64 >= to);
        [
            all().filter(before).collect(),
            all().filter(|s| !before(s) && !after(s)).collect(),
            all().filter(after).collect(),
        ]
    }

    fn good(&self, seconds: &[usize], trial: &BTreeMap<usize, usize>) -> String {
        let t = &self.report.timeline;
        let rates: Vec<f64> = seconds.iter().filter_map(|s| trial.get(s)).map(|row| t.good[*row].0).collect();
        if rates.is_empty() { NONE.into() } else { figure(rates.iter().sum::<f64>() / rates.len() as f64) }
    }

    fn worst(&self, seconds: &[usize], trial: &BTreeMap<usize, usize>) -> String {
        let t = &self.report.timeline;
        let worst = seconds.iter().filter_map(|s| trial.get(s)).filter_map(|row| t.p95[*row]);
        worst.max_by(|a, b| a.0.total_cmp(&b.0)).map_or(NONE.into(), |worst| worst.to_string())
    }
}

const NONE: &str = "–";

/// The rows of a timeline by the second of their trial.
type Rows = BTreeMap<usize, usize>;

fn table(watched: &[Watched]) -> Table {
    let row = |w: &Watched| {
        let [before, during, after] = w.parts();
        let figures = |of: &dyn Fn(&[usize], &Rows) -> String| {
            [of(&before, &w.seconds), of(&during, &w.seconds), of(&during, &w.control), of(&after, &w.seconds)]
        };
        let good = figures(&|seconds, trial| w.good(seconds, trial));
        let worst = figures(&|seconds, trial| w.worst(seconds, trial));
        std::iter::once(w.disturbance.name.clone()).chain(good).chain(worst).collect()
    };
    let head = [
        "",
        "good steps/s before",
        "during",
        "control then",
        "after",
        "worst p95 before",
        "during",
        "control then",
        "after",
    ];
    Table::of_figures(
        "Good steps a second on average, and the highest 95th percentile of any second",
        &head,
        watched.iter().map(row).collect(),
    )
}
