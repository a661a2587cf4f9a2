//! What people do with the page.

use serde_json::json;

use crate::{documents, page::Page};

/// The timeline's canvas as a picture: it changes when a line appears or goes.
const PIXELS: &str = "redline.charts.timeline.plot.querySelector('canvas').toDataURL()";
const ZOOM: &str =
    "(() => { const z = redline.charts.timeline.drawn.getOption().dataZoom[0]; return [z.start, z.end]; })()";

fn button(chart: &str, words: &str) -> String {
    format!("[...document.querySelectorAll('#{chart} button')].find(b => b.textContent.endsWith({}))", json!(words))
}

/// ECharts draws in the next frame.
fn frame(page: &mut Page) {
    page.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))");
}

pub fn a_click_in_the_legend_hides_and_shows() {
    let mut page = Page::open(&documents::real());
    frame(&mut page);
    let p99 = button("legend-timeline", "p99");
    let before = page.value(PIXELS);
    page.value(&format!("{p99}.click()"));
    frame(&mut page);
    assert_eq!(page.value(&format!("{p99}.getAttribute('aria-pressed')")), "false");
    assert_eq!(page.value("redline.charts.timeline.drawn.getOption().legend[0].selected.p99"), false);
    assert!(page.value(PIXELS) != before, "the line is gone");
    page.value(&format!("{p99}.click()"));
    frame(&mut page);
    assert!(page.value(PIXELS) == before, "the line is back");
    page.is_calm();
}

pub fn the_zoom_works_by_button_and_by_wheel() {
    let mut page = Page::open(&documents::real());
    page.value(&format!("{}.click()", button("controls-timeline", "Zoom in")));
    assert_eq!(page.value(ZOOM), json!([25, 75]));
    page.value(&format!("{}.click()", button("controls-timeline", "All")));
    assert_eq!(page.value(ZOOM), json!([0, 100]));
    // The wheel turns the page; with Ctrl it zooms where the pointer is.
    page.value("document.getElementById('plot-timeline').scrollIntoView({block: 'center'})");
    let middle = page.value(
        "(() => { const r = document.getElementById('plot-timeline').getBoundingClientRect(); return [r.x + r.width / 2, r.y + 60]; })()",
    );
    let wheel = |modifiers: u32| json!({"type": "mouseWheel", "x": middle[0], "y": middle[1], "deltaX": 0, "deltaY": -240, "modifiers": modifiers});
    page.browser.call("Input.dispatchMouseEvent", wheel(0));
    frame(&mut page);
    assert_eq!(page.value(ZOOM), json!([0, 100]));
    page.value("document.getElementById('plot-timeline').scrollIntoView({block: 'center'})");
    page.browser.call("Input.dispatchMouseEvent", wheel(2));
    frame(&mut page);
    let zoomed = page.value(ZOOM);
    assert!(zoomed[1].as_f64().unwrap() - zoomed[0].as_f64().unwrap() < 100.0, "{zoomed}");
    page.is_calm();
}

pub fn values_can_be_read_by_keyboard() {
    let mut page = Page::open(&documents::real());
    page.value("document.querySelector('#controls-load input').focus()");
    for _ in 0..2 {
        for kind in ["keyDown", "keyUp"] {
            let key = json!({"type": kind, "key": "ArrowRight", "code": "ArrowRight", "windowsVirtualKeyCode": 39});
            page.browser.call("Input.dispatchKeyEvent", key);
        }
    }
    let told = page.value("document.querySelector('#controls-load output').textContent");
    let told = told.as_str().unwrap();
    assert!(told.starts_with("sessions offered a second") && told.contains("p95") && told.contains("trial"), "{told}");
    // Every button has a name, and nothing that can be focused is out of the order of the page.
    assert_eq!(page.value("[...document.querySelectorAll('button')].filter(b => !b.textContent.trim()).length"), 0);
    assert_eq!(
        page.value("document.querySelectorAll('[tabindex]:not([tabindex=\"0\"]):not([tabindex=\"-1\"])').length"),
        0
    );
    page.is_calm();
}
