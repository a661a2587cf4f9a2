//! The page that lists runs.

use redline_model::Interval;
use redline_reports::{Listed, TrendChange, index, read};

use crate::{
    documents,
    looks::keep_page,
    page::{DESKTOP, Page},
};

pub fn the_list_of_runs_shows_the_trend() {
    let listed = |name: &str, run| Listed { name: name.into(), run, changes: Vec::new() };
    let unreadable =
        read("{").map_err(|source| redline_reports::StoredError::Document { path: "x/run.json".into(), source });
    let mut runs = [
        listed("20261124T020000Z-checkout-single", Ok(documents::real())),
        listed("20261124T010000Z-checkout-single", Ok(documents::real())),
        listed("<b>\" onload=alert(1)", unreadable),
    ];
    let by = Interval { estimate: -0.098, low: -0.11, high: -0.086 };
    runs[0].changes.push(TrendChange { figure: "saturation", by, p: 0.001, with_it: vec!["the shop"] });
    let mut page = Page::open_html(&index("reports/out", &runs).unwrap(), DESKTOP);
    assert_eq!(page.value("document.querySelectorAll('#runs-h ~ div tbody tr').length"), 3);
    let links = page.value("[...document.querySelectorAll('tbody a')].map(a => a.getAttribute('href'))");
    assert_eq!(
        links,
        serde_json::json!(["run/20261124T020000Z-checkout-single", "run/20261124T010000Z-checkout-single"])
    );
    let points =
        page.value("redline.charts['trend-0'].drawn.getOption().series.filter(s => !s.silent).map(s => s.data.length)");
    assert_eq!(points, serde_json::json!([2, 2, 2]));
    let marked =
        page.value("redline.charts['trend-0'].drawn.getOption().series.filter(s => s.silent).at(-1).data.length");
    assert_eq!(marked, 1, "the change has its line");
    let caption = page.value("document.querySelector('#chart-trend-0 figcaption').textContent");
    let told = "saturation −9.8 % (−11.0 to −8.6), p = 0.001; with it changed: the shop.";
    assert!(caption.as_str().is_some_and(|text| text.contains(told)), "{caption}");
    page.is_calm();
    keep_page("list.png", &mut page);
}
