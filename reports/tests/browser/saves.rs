//! The files that can be saved from the page.

use std::fs;

use redline_reports::{Colour, Format, Layout, read};
use serde_json::json;

use crate::{documents, page::Page};

pub fn what_is_saved_is_what_was_stored() {
    let report = documents::real();
    let mut page = Page::open(&report);
    let folder = tempfile::tempdir().unwrap();
    let allow = json!({"behavior": "allow", "downloadPath": folder.path(), "eventsEnabled": true});
    page.browser.call("Browser.setDownloadBehavior", allow);
    let files = [("run.json", Format::Json), ("trials.csv", Format::Csv), ("timeline.csv", Format::CsvTimeline)];
    for (name, format) in files {
        let before = page.browser.events.len();
        page.value(&format!(
            "[...document.querySelectorAll('#files button')].find(b => b.textContent === 'Save {name}').click()"
        ));
        page.browser.wait_for(before, "Browser.downloadProgress", |p| p["state"] == "completed");
        let saved = fs::read_to_string(folder.path().join(name)).unwrap();
        if format == Format::Json {
            assert!(read(&saved).unwrap() == report, "the document is the one that the page was made from");
        } else {
            assert_eq!(saved, format.render(&report, Layout { width: 100, colour: Colour::Off }).unwrap(), "{name}");
        }
    }
    page.is_calm();
}
