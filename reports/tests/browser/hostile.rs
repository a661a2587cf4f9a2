//! A document whose every string tries to do something.

use redline_model::RunReport;
use redline_reports::{document, read};
use serde_json::Value;

use crate::{documents, page::Page};

const HOSTILE: &str = "</script></title></style><script>alert(1);window.owned=1</script><img src=x onerror=alert(2)><svg onload=alert(3)>\"'`--><a href=javascript:alert(4)>{{ 7*7 }}{% raw %}{a|b}\u{2028}\u{2029}\u{1b}[2J\u{202e}";

/// Every string of the document that is not of a fixed set of words becomes hostile, names too.
fn poisoned() -> RunReport {
    let mut value: Value = serde_json::from_str(&document(&documents::disturbed()).unwrap()).unwrap();
    poison(&mut value, "");
    read(&value.to_string()).unwrap()
}

fn poison(value: &mut Value, key: &str) {
    // Words of a fixed set, and the time, which is parsed.
    const FIXED: [&str; 11] =
        ["purpose", "class", "status", "kind", "behaviour", "case", "started", "deploy", "outcome", "verdict", "at"];
    match value {
        Value::String(text) if !FIXED.contains(&key) => *text = format!("{HOSTILE}{text}"),
        Value::Array(values) => values.iter_mut().for_each(|v| poison(v, key)),
        Value::Object(map) => {
            if key == "settings" {
                map.insert(HOSTILE.into(), HOSTILE.into());
            }
            map.iter_mut().for_each(|(key, value)| poison(value, key));
        }
        _ => {}
    }
}

pub fn a_hostile_document_does_nothing() {
    let mut page = Page::open(&poisoned());
    assert_eq!(page.value("typeof window.owned"), "undefined");
    assert_eq!(page.value("document.querySelectorAll('img, svg, iframe, object, embed').length"), 0);
    assert_eq!(page.value("document.scripts.length"), 3);
    assert_eq!(
        page.value("[...document.querySelectorAll('a')].every(a => a.getAttribute('href').startsWith('#'))"),
        true
    );
    assert_eq!(page.value("Object.keys(redline.charts).length"), 10);
    // It is shown as what it is, in words and in a chart's tip.
    let sentence = page.value("document.querySelector('.sentence').textContent");
    assert!(sentence.as_str().unwrap().contains("<script>alert(1);window.owned=1</script>"), "{sentence}");
    assert!(!sentence.as_str().unwrap().contains(['\u{1b}', '\u{202e}']));
    page.value("redline.charts.busy.drawn.dispatchAction({type: 'showTip', seriesIndex: 0, dataIndex: 3})");
    page.value("[...document.querySelectorAll('.legend button')].forEach(b => { b.click(); b.click(); })");
    page.value("[...document.querySelectorAll('input')].forEach(i => { i.value = i.max; i.dispatchEvent(new Event('input')); })");
    page.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))");
    assert_eq!(page.value("typeof window.owned"), "undefined");
    page.is_calm();
    // The policy stops what would get past all this.
    page.value("(() => { const s = document.createElement('script'); s.textContent = 'window.owned = 1'; document.body.append(s); })()");
    assert_eq!(page.value("typeof window.owned"), "undefined");
    assert!(!page.browser.complaints().is_empty(), "the policy says what it stopped");
}
