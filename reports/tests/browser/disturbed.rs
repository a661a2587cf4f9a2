//! Faults and deployments, single sessions, and what a browser saw.

use serde_json::{Value, json};

use crate::{
    documents,
    looks::keep_page,
    page::{DESKTOP, Page, Visitor},
};

/// The shaded stretches behind the first panel of a chart: from, to.
fn shaded(page: &mut Page, chart: &str) -> Vec<(f64, f64)> {
    let areas = page.value(&format!(
        "redline.charts['{chart}'].drawn.getOption().series.find(s => s.name === '\\u0000' + '0').markArea.data.map(a => [a[0].xAxis, a[1].xAxis])"
    ));
    let all = areas.as_array().unwrap().iter().map(|a| (a[0].as_f64().unwrap(), a[1].as_f64().unwrap()));
    // A mark is an area without width.
    all.filter(|(from, to)| from < to).collect()
}

pub fn a_fault_is_shaded_with_its_control_beside_it() {
    let report = documents::disturbed();
    for scheme in ["light", "dark"] {
        let mut page = Page::open_for(&report, Visitor { scheme, ..DESKTOP });
        let names = page.value("redline.charts.through.drawn.getOption().series.filter(s => !s.silent && s.data.some(d => Number.isFinite(d[1]))).map(s => s.name)");
        for name in ["offered", "completed", "good steps", "good steps, control", "p50", "p95", "p99", "p95, control"] {
            assert!(names.as_array().unwrap().contains(&json!(name)), "{name} of {names}");
        }
        assert_eq!(shaded(&mut page, "through"), [(2.5, 4.75)], "from when it was seen to when all was well");
        // The second in the list has another window.
        let list = "document.querySelector('#chart-through select')";
        assert_eq!(page.value(&format!("{list}.length")), 3);
        page.value(&format!("{list}.value = '1'; {list}.dispatchEvent(new Event('change'))"));
        assert_eq!(shaded(&mut page, "through"), [(4.25, 6.5)]);
        let marks = page.value("redline.charts.through.drawn.getOption().series.find(s => s.name === '\\u0000' + '0').markLine.data.map(l => l.xAxis)");
        assert_eq!(marks, json!([4.3, 6.8]), "when the outage began and ended");
        // A line that was hidden stays so in the other chart.
        page.value(
            "[...document.querySelectorAll('#legend-through button')].find(b => b.textContent.endsWith('p50')).click()",
        );
        page.value(&format!("{list}.value = '2'; {list}.dispatchEvent(new Event('change'))"));
        let pressed = page.value("[...document.querySelectorAll('#legend-through button')].find(b => b.textContent.endsWith('p50')).getAttribute('aria-pressed')");
        assert_eq!(pressed, "false");
        // In the timeline of the run they are where their trial was.
        let trial = report.trials.iter().find(|t| t.number == report.failures[0].trial).unwrap();
        let began = trial.from.0 - trial.spec.settle.0;
        let all = shaded(&mut page, "timeline");
        assert!(
            all.iter().any(|(from, to)| (from - began - 2.5).abs() < 1e-6 && (to - began - 4.75).abs() < 1e-6),
            "{all:?}"
        );
        page.is_calm();
        keep_page(&format!("disturbed-{scheme}.png"), &mut page);
    }
}

pub fn each_request_of_a_session_is_a_row() {
    let mut page = Page::open_for(&documents::disturbed(), Visitor { scheme: "dark", width: 390, height: 844 });
    assert_eq!(page.value("document.documentElement.scrollWidth"), 390, "nothing is wider than a phone");
    for chart in ["waterfall-sustainable", "waterfall-saturation"] {
        let drawn: Value = page
            .value(&format!("redline.charts['{chart}'].drawn.getOption().series.map(s => [s.name, s.data.length])"));
        let expected = json!([
            ["name look-up", 1],
            ["connecting", 1],
            ["waiting for the answer", 3],
            ["receiving", 3],
            ["failed", 1]
        ]);
        assert_eq!(drawn, expected);
        let table = page.value(&format!("document.querySelectorAll('#chart-{chart} tbody tr').length"));
        assert_eq!(table, 4);
    }
    page.value(
        "redline.charts['waterfall-saturation'].drawn.dispatchAction({type: 'showTip', seriesIndex: 2, dataIndex: 0})",
    );
    page.is_calm();
    keep_page("sessions-phone.png", &mut page);
}

pub fn what_a_browser_saw_is_there_with_pictures() {
    let mut page = Page::open(&documents::disturbed());
    let pictures = page.value("[...document.querySelectorAll('#browser img')].map(i => [i.naturalWidth > 0, i.alt])");
    let alt = |step: &str| format!("The page {step} as it was seen when it was loaded");
    assert_eq!(pictures, json!([[true, alt("home")], [true, alt("order")]]));
    let text = page.value("document.querySelector('#browser').innerText").as_str().unwrap().to_owned();
    for said in ["No saturation.", "503 for http://x/a.js", "127.80.0.1:80", "120 ms", "asked the site's own DNS"] {
        assert!(text.contains(said), "{said} in {text}");
    }
    page.is_calm();
}
