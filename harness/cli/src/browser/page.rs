//! One page as the browser had it: from its events and its own clock.

use redline_model::{BrowsedPage, Seconds};
use serde_json::{Value, json};

use super::{
    devtools::{DevTools, Event},
    error::BrowserError,
};

/// More errors of one page than this tell nothing new.
const MOST_ERRORS: usize = 8;
/// The page's own clock: milliseconds from the click that led to it. The largest paint is known once the frame is
/// shown in which it was painted; a page that paints nothing large is given a second.
const TIMES: &str = "new Promise(done => {
  const began = performance.now();
  let largest = null;
  new PerformanceObserver(list => list.getEntries().forEach(e => { largest = e.startTime; }))
    .observe({ type: 'largest-contentful-paint', buffered: true });
  const look = () => {
    const nav = performance.getEntriesByType('navigation')[0];
    const first = performance.getEntriesByName('first-contentful-paint')[0];
    if (nav && nav.loadEventEnd > 0 && largest !== null && first || performance.now() - began > 1000)
      done({ byte: nav ? nav.responseStart : null, first: first ? first.startTime : null, largest, loaded: nav ? nav.loadEventEnd : null });
    else requestAnimationFrame(() => setTimeout(look, 20));
  };
  requestAnimationFrame(() => requestAnimationFrame(look));
})";

/// What the page says that it is.
const KIND: &str = "document.body && document.body.dataset.page || ''";

/// Waits until the page is complete and reads what became of it; gives also what it says that it is.
pub(super) async fn read(tools: &mut DevTools, step: &str) -> Result<(BrowsedPage, String), BrowserError> {
    tools.wait_for("Page.loadEventFired").await?;
    let times = tools.value(TIMES).await?;
    let time = |name: &str| times[name].as_f64().filter(|ms| *ms > 0.0).map(|ms| Seconds(ms / 1e3));
    let kind = tools.value(KIND).await?.as_str().unwrap_or_default().to_owned();
    let document = document(&tools.events);
    let page = BrowsedPage {
        step: step.to_owned(),
        status: document.and_then(|d| d["status"].as_u64()).and_then(|s| u16::try_from(s).ok()),
        address: document.and_then(address),
        name_lookup: document.and_then(lookup),
        first_byte: time("byte"),
        first_paint: time("first"),
        largest_paint: time("largest"),
        loaded: time("loaded"),
        requests: requests(&tools.events),
        errors: errors(&tools.events),
        picture: None,
    };
    Ok((page, kind))
}

/// A picture of what is seen, at half its size: WebP, base64.
pub(super) async fn picture(tools: &mut DevTools) -> Result<String, BrowserError> {
    let clip = json!({"x": 0, "y": 0, "width": 1280, "height": 800, "scale": 0.5});
    let shot = tools.call("Page.captureScreenshot", json!({"format": "webp", "quality": 55, "clip": clip})).await?;
    Ok(shot["data"].as_str().unwrap_or_default().to_owned())
}

/// The response of the last document.
fn document(events: &[Event]) -> Option<&Value> {
    let responses = events.iter().rev().filter(|e| e.method == "Network.responseReceived");
    responses.filter(|e| e.params["type"] == "Document").map(|e| &e.params["response"]).next()
}

fn address(response: &Value) -> Option<String> {
    let ip = response["remoteIPAddress"].as_str().filter(|ip| !ip.is_empty())?;
    Some(format!("{ip}:{}", response["remotePort"].as_u64()?))
}

/// How long its name was looked up for; nothing where the browser knew the address or the connection was there.
fn lookup(response: &Value) -> Option<Seconds> {
    let (start, end) = (response["timing"]["dnsStart"].as_f64()?, response["timing"]["dnsEnd"].as_f64()?);
    (start >= 0.0 && end > start).then(|| Seconds((end - start) / 1e3))
}

/// Requests of the network; what the page has within itself is none.
fn requests(events: &[Event]) -> u64 {
    let sent = events.iter().filter(|e| e.method == "Network.requestWillBeSent");
    sent.filter(|e| e.params["request"]["url"].as_str().is_some_and(|url| url.starts_with("http"))).count() as u64
}

/// What went wrong, each in one line.
fn errors(events: &[Event]) -> Vec<String> {
    let mut all: Vec<String> = events.iter().filter_map(error).collect();
    if all.len() > MOST_ERRORS {
        let more = all.len() - MOST_ERRORS;
        all.truncate(MOST_ERRORS);
        all.push(format!("and {more} more"));
    }
    all
}

fn error(event: &Event) -> Option<String> {
    let p = &event.params;
    let text = |value: &Value| -> String {
        value.as_str().unwrap_or("?").lines().next().unwrap_or("?").chars().take(160).collect()
    };
    match event.method.as_str() {
        "Network.loadingFailed" if p["canceled"] != true => Some(format!(
            "a {} failed: {}",
            p["type"].as_str().unwrap_or("request").to_lowercase(),
            text(&p["errorText"])
        )),
        "Network.responseReceived" => {
            let status = p["response"]["status"].as_u64().filter(|status| *status >= 400)?;
            Some(format!("{status} for {}", text(&p["response"]["url"])))
        }
        "Runtime.exceptionThrown" => {
            let details = &p["exceptionDetails"];
            let said = if details["exception"]["description"].is_string() {
                &details["exception"]["description"]
            } else {
                &details["text"]
            };
            Some(format!("exception: {}", text(said)))
        }
        // Failed requests are in the log as well; they have their own events.
        "Log.entryAdded" if p["entry"]["level"] == "error" && p["entry"]["source"] != "network" => {
            Some(format!("console: {}", text(&p["entry"]["text"])))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(method: &str, params: Value) -> Event {
        Event { method: method.into(), params }
    }

    #[test]
    fn what_went_wrong_is_told_once_and_in_one_line() {
        let events = [
            event("Network.loadingFailed", json!({"type": "Image", "errorText": "net::ERR_CONNECTION_RESET"})),
            event("Network.loadingFailed", json!({"type": "Image", "errorText": "net::ERR_ABORTED", "canceled": true})),
            event(
                "Network.responseReceived",
                json!({"type": "Script", "response": {"status": 503, "url": "http://x/a.js"}}),
            ),
            event("Network.responseReceived", json!({"type": "Document", "response": {"status": 200}})),
            event("Log.entryAdded", json!({"entry": {"level": "error", "source": "network", "text": "503"}})),
            event(
                "Runtime.exceptionThrown",
                json!({"exceptionDetails": {"text": "Uncaught", "exception": {"description": "TypeError: x\n at y"}}}),
            ),
        ];
        let expected =
            ["a image failed: net::ERR_CONNECTION_RESET", "503 for http://x/a.js", "exception: TypeError: x"];
        assert_eq!(errors(&events), expected);
        let many: Vec<Event> = events.iter().cycle().take(36).cloned().collect();
        assert_eq!(errors(&many).last().unwrap(), "and 10 more");
    }

    #[test]
    fn a_look_up_is_known_only_where_one_was_made() {
        let response = json!({"remoteIPAddress": "127.80.0.1", "remotePort": 80, "status": 200,
            "timing": {"dnsStart": 0.2, "dnsEnd": 1.7}});
        let events = [event("Network.responseReceived", json!({"type": "Document", "response": response}))];
        let document = document(&events).unwrap();
        assert_eq!(address(document).unwrap(), "127.80.0.1:80");
        assert!((lookup(document).unwrap().0 - 0.0015).abs() < 1e-9);
        assert_eq!(lookup(&json!({"timing": {"dnsStart": -1, "dnsEnd": -1}})), None);
    }
}
