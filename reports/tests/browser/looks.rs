//! A phone and paper. `REDLINE_SCREENSHOTS=DIR` keeps pictures for people to look at.

use std::{fs, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    documents,
    page::{DESKTOP, Page, Visitor},
};

pub fn it_fits_a_phone_and_prints() {
    let report = documents::real();
    for scheme in ["light", "dark"] {
        let mut page = Page::open_for(&report, Visitor { scheme, ..DESKTOP });
        keep(&format!("desktop-{scheme}.png"), &screenshot(&mut page, 1280));
    }
    let mut page = Page::open_for(&report, Visitor { scheme: "dark", width: 390, height: 844 });
    assert_eq!(page.value("document.documentElement.scrollWidth"), 390, "nothing is wider than a phone");
    keep("phone.png", &screenshot(&mut page, 390));
    let paper = page
        .browser
        .call("Page.printToPDF", json!({"printBackground": true, "paperWidth": 8.27, "paperHeight": 11.69}));
    let paper = STANDARD.decode(paper["data"].as_str().unwrap()).unwrap();
    assert!(paper.starts_with(b"%PDF") && paper.len() > 50_000);
    keep("paper.pdf", &paper);
    page.value("new Promise(done => requestAnimationFrame(() => done(1)))");
    assert_eq!(page.value("document.documentElement.hasAttribute('data-print')"), false, "the screen is as before");
    page.is_calm();
}

/// Keeps a picture of a page on a desktop.
pub fn keep_page(name: &str, page: &mut Page) {
    let picture = screenshot(page, DESKTOP.width);
    keep(name, &picture);
}

fn screenshot(page: &mut Page, width: u32) -> Vec<u8> {
    let height = page.value("document.documentElement.scrollHeight");
    let clip = json!({"x": 0, "y": 0, "width": width, "height": height, "scale": 1});
    let shot: Value = page.browser.call("Page.captureScreenshot", json!({"captureBeyondViewport": true, "clip": clip}));
    let png = STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
    assert!(png.starts_with(b"\x89PNG"));
    png
}

fn keep(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("REDLINE_SCREENSHOTS").map(PathBuf::from) {
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), bytes).unwrap();
    }
}
