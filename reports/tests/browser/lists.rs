//! The page that lists runs.

use redline_reports::{Listed, index, read};

use crate::{
    documents,
    looks::keep_page,
    page::{DESKTOP, Page},
};

pub fn the_list_of_runs_shows_the_trend() {
    let listed = |name: &str, run| Listed { name: name.into(), run };
    let unreadable =
        read("{").map_err(|source| redline_reports::StoredError::Document { path: "x/run.json".into(), source });
    let runs = [
        listed("20261124T020000Z-checkout-single", Ok(documents::real())),
        listed("20261124T010000Z-checkout-single", Ok(documents::real())),
        listed("<b>\" onload=alert(1)", unreadable),
    ];
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
    page.is_calm();
    keep_page("list.png", &mut page);
}
