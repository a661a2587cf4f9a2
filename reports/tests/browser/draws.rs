//! Every chart is there and shows the figures of the document.

use redline_model::RunReport;
use serde_json::Value;

use crate::{
    documents,
    page::{DESKTOP, Page, Visitor},
};

/// For each chart: the points that are drawn in each series, and whether anything is on its canvas.
const DRAWN: &str = "Object.entries(redline.charts).map(([id, entry]) => ({
    id,
    series: entry.drawn.getOption().series.filter(s => !s.silent).map(s => ({name: s.name, points: s.data.filter(d => d.slice(1, 2).every(v => Number.isFinite(v))).length})),
    ink: new Set(new Uint32Array(entry.plot.querySelector('canvas').getContext('2d').getImageData(0, 0, entry.plot.querySelector('canvas').width, entry.plot.querySelector('canvas').height).data.buffer)).size,
    width: entry.drawn.getWidth(),
}))";

pub fn every_chart_has_its_data_in_both_schemes() {
    let report = documents::real();
    let mut papers = Vec::new();
    for scheme in ["light", "dark"] {
        let mut page = Page::open_for(&report, Visitor { scheme, ..DESKTOP });
        let drawn = page.value(DRAWN);
        has_the_figures(&report, &drawn);
        papers.push(page.value("getComputedStyle(document.body).backgroundColor"));
        page.is_calm();
    }
    assert_eq!(papers, ["rgb(255, 255, 255)", "rgb(20, 23, 28)"]);
}

fn has_the_figures(report: &RunReport, drawn: &Value) {
    let charts = drawn.as_array().unwrap();
    let ids: Vec<&str> = charts.iter().map(|c| c["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["load", "timeline", "spread", "steps", "busy", "queues", "elasticity"]);
    for chart in charts {
        assert!(chart["ink"].as_u64().unwrap() > 20, "the canvas of {} is empty", chart["id"]);
        for series in chart["series"].as_array().unwrap() {
            assert!(series["points"].as_u64().unwrap() > 0, "{} of {} has no point", series["name"], chart["id"]);
        }
    }
    let points = |chart: usize, name: &str| {
        let series = charts[chart]["series"].as_array().unwrap();
        series.iter().find(|s| s["name"] == name).map_or(0, |s| s["points"].as_u64().unwrap()) as usize
    };
    let calibration = report.trials.iter().filter(|t| t.spec.purpose == redline_model::Purpose::Calibration);
    let calibration: Vec<u32> = calibration.map(|t| t.number).collect();
    let loaded = |row: &usize| !calibration.contains(&report.timeline.trial[*row]);
    let under_load = (0..report.timeline.len()).filter(loaded);
    assert_eq!(points(1, "offered"), under_load.clone().count(), "every second under load");
    let pool = &report.timeline.pools[0].active;
    assert_eq!(points(5, "working, server / php"), under_load.filter(|row| pool[*row].is_some()).count());
    assert_eq!(points(6, "elasticity"), report.verdict.bottleneck.as_ref().unwrap().interventions.len());
    let trials: usize =
        ["kept the promise", "broke it", "undecided", "driven beyond", "set aside", "ramp, too short to judge"]
            .iter()
            .map(|name| points(0, name))
            .sum();
    let loads = report
        .trials
        .iter()
        .filter(|t| !matches!(t.spec.purpose, redline_model::Purpose::Calibration | redline_model::Purpose::WarmUp));
    assert_eq!(trials, loads.count(), "every trial is a point");
}

pub fn a_load_that_was_held_has_its_charts() {
    let mut page = Page::open(&documents::held());
    let ids = page.value("Object.keys(redline.charts)");
    assert_eq!(ids, serde_json::json!(["load", "timeline", "spread", "steps", "busy", "queues"]));
    let text = page.value("document.body.innerText").as_str().unwrap().to_owned();
    assert!(
        text.contains("A load was held.") && text.contains("Within the promise") && !text.contains("Completes at most"),
        "{text}"
    );
    page.is_calm();
}
