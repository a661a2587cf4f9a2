//! What a browser saw, as a table with pictures.

use redline_model::{BrowsedLoad, RunReport};
use serde::Serialize;

use super::table::Table;
use crate::browser_words;

/// That part of the page.
#[derive(Debug, Serialize)]
pub(super) struct Seen<'a> {
    table: Option<Table>,
    remarks: Vec<String>,
    loads: Vec<Pictures<'a>>,
}

/// The pictures of one visit.
#[derive(Debug, Serialize)]
struct Pictures<'a> {
    name: String,
    pictures: Vec<Picture<'a>>,
}

#[derive(Debug, Serialize)]
struct Picture<'a> {
    step: &'a str,
    more: String,
    /// WebP in base64.
    data: &'a str,
}

/// Absent where no browser was asked for.
pub(super) fn seen(report: &RunReport) -> Option<Seen<'_>> {
    let browser = report.browser.as_ref()?;
    let rows = browser_words::rows(browser);
    let caption = "Times from the click: the median of the visits, and from where to where";
    let table = Table { figures_from: 2, ..Table::of_figures(caption, &browser_words::HEAD, rows) };
    Some(Seen {
        table: (!table.rows.is_empty()).then_some(table),
        remarks: browser_words::remarks(browser),
        loads: browser.loads.iter().map(pictures).filter(|load| !load.pictures.is_empty()).collect(),
    })
}

fn pictures(load: &BrowsedLoad) -> Pictures<'_> {
    let pages = load.visits.iter().flat_map(|visit| &visit.pages);
    let pictures = pages.filter_map(|page| {
        // Nothing but base64 may follow the type.
        let data =
            page.picture.as_deref().filter(|p| p.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b)))?;
        let loaded = page.loaded.map_or_else(String::new, |after| format!(", loaded after {after}"));
        Some(Picture { step: &page.step, more: loaded, data })
    });
    Pictures { name: browser_words::load(load), pictures: pictures.collect() }
}
