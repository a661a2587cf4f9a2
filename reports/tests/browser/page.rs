//! A report's page, open in a browser.

use std::fs;

use redline_model::RunReport;
use redline_reports::{Colour, Format, Layout};
use serde_json::{Value, json};

use crate::chromium::Chromium;

/// A page and the browser that shows it.
pub struct Page {
    pub browser: Chromium,
    pub url: String,
    _folder: tempfile::TempDir,
}

/// What a visitor's machine is like.
#[derive(Clone, Copy)]
pub struct Visitor {
    pub scheme: &'static str,
    pub width: u32,
    pub height: u32,
}

/// A desktop in light colours.
pub const DESKTOP: Visitor = Visitor { scheme: "light", width: 1280, height: 900 };

/// The HTML of a report.
pub fn html(report: &RunReport) -> String {
    Format::Html.render(report, Layout { width: 100, colour: Colour::Off }).unwrap()
}

impl Page {
    /// Opens the page of `report` for a desktop in light colours.
    pub fn open(report: &RunReport) -> Self {
        Self::open_for(report, DESKTOP)
    }

    /// Opens the page of `report` and waits until it is complete.
    pub fn open_for(report: &RunReport, visitor: Visitor) -> Self {
        Self::open_html(&html(report), visitor)
    }

    /// Opens any page and waits until it is complete.
    pub fn open_html(html: &str, visitor: Visitor) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("report.html");
        fs::write(&file, html).unwrap();
        Self::open_at(format!("file://{}", file.display()), folder, visitor)
    }

    /// Opens the page at an address of this machine.
    pub fn open_url(url: &str, visitor: Visitor) -> Self {
        Self::open_at(url.to_owned(), tempfile::tempdir().unwrap(), visitor)
    }

    fn open_at(url: String, folder: tempfile::TempDir, visitor: Visitor) -> Self {
        let mut browser = Chromium::start();
        let mobile = visitor.width < 600;
        let size = json!({"width": visitor.width, "height": visitor.height, "deviceScaleFactor": 1, "mobile": mobile});
        browser.call("Emulation.setDeviceMetricsOverride", size);
        let scheme = json!({"features": [{"name": "prefers-color-scheme", "value": visitor.scheme}]});
        browser.call("Emulation.setEmulatedMedia", scheme);
        let mut page = Self { browser, url, _folder: folder };
        page.load();
        page
    }

    /// Loads the page again, from nothing.
    pub fn load(&mut self) {
        let before = self.browser.events.len();
        self.browser.call("Page.navigate", json!({ "url": self.url }));
        self.browser.wait_for(before, "Page.loadEventFired", |_| true);
    }

    /// The value of an expression in the page.
    pub fn value(&mut self, expression: &str) -> Value {
        self.browser.value(expression)
    }

    /// Nothing went wrong, and nothing was asked for but the page itself and what is in it.
    pub fn is_calm(&self) {
        let complaints = self.browser.complaints();
        assert!(complaints.is_empty(), "{complaints:#?}");
        let foreign = |url: &String| *url != self.url && !url.starts_with("data:") && !url.starts_with("blob:");
        let requests: Vec<String> = self.browser.requests().into_iter().filter(foreign).collect();
        assert!(requests.is_empty(), "requests leave the page: {requests:?}");
    }
}
