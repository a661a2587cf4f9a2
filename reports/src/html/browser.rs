//! What a browser saw, as a table with pictures.

use redline_model::{BrowsedLoad, RunReport};
use serde::Serialize;

use super::table::Table;
use crate::browser_words;

/// That part of the page.
#[derive(Debug, Serialize)]
pub(super) struct Seen<'a> {
    remarks: Vec<String>,
    loads: Vec<AtLoad<'a>>,
}

/// The figures of one load and the pictures of its first visit.
#[derive(Debug, Serialize)]
struct AtLoad<'a> {
    table: Table,
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
    Some(Seen { remarks: browser_words::remarks(browser), loads: browser.loads.iter().map(at_load).collect() })
}

fn at_load(load: &BrowsedLoad) -> AtLoad<'_> {
    let caption = format!(
        "At load: {}. Times from the click: the median of the visits, and from where to where",
        browser_words::load(load)
    );
    let table = Table::of_figures(caption, &browser_words::HEAD[1..], browser_words::of_load(load));
    AtLoad { table, pictures: pictures(load) }
}

fn pictures(load: &BrowsedLoad) -> Vec<Picture<'_>> {
    let pages = load.visits.iter().flat_map(|visit| &visit.pages);
    let pictures = pages.filter_map(|page| {
        // Nothing but base64 may follow the type.
        let data =
            page.picture.as_deref().filter(|p| p.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b)))?;
        let loaded = page.loaded.map_or_else(String::new, |after| format!(", loaded after {after}"));
        Some(Picture { step: &page.step, more: loaded, data })
    });
    pictures.collect()
}
