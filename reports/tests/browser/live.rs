//! The page of a run that is going on.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
};

use redline_reports::{live_charts, live_page};
use serde_json::json;

use crate::{
    documents,
    looks::keep_page,
    page::{DESKTOP, Page},
};

/// Answers like redline: the page, and one stream of events. A browser opens connections that it may not use.
fn serve(listener: TcpListener, page: String, events: String) {
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (page, events) = (page.clone(), events.clone());
            std::thread::spawn(move || answer(stream, &page, &events));
        }
    });
}

fn answer(mut stream: TcpStream, page: &str, events: &str) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let (kind, body) = if first.contains(" /events ") { ("text/event-stream", events) } else { ("text/html", page) };
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n{body}")
}

pub fn a_live_page_draws_what_it_is_told() {
    let whole = documents::disturbed();
    let mut early = documents::held();
    early.trials.clear();
    let charts = |report| live_charts(report).unwrap();
    let now = json!({"phase": "search <b>now</b>", "clock": "12 s of about 3 min", "load": "offered 20/s", "said": ["trial 1", "trial 2"]});
    let end = json!({"sentence": "The server saturates.", "saved": "reports/out/x"});
    let events = format!(
        "event: now\ndata: {now}\n\nevent: charts\ndata: {}\n\nevent: charts\ndata: {}\n\nevent: end\ndata: {end}\n\n",
        charts(&early),
        charts(&whole)
    );
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://127.0.0.1:{}/", listener.local_addr().unwrap().port());
    let page = live_page("checkout", "single").unwrap();
    serve(listener, page, events);
    let mut page = Page::open_url(&url, DESKTOP);
    let over = "new Promise(done => { const look = () => document.getElementById('state').textContent === 'over' ? done(1) : requestAnimationFrame(look); look(); })";
    page.value(over);
    // All charts of the report are there, in its order, with the latest figures.
    let ids = page.value("[...document.querySelectorAll('#charts > section')].map(s => s.id.replace('chart-', ''))");
    let mut report = Page::open(&whole);
    assert_eq!(ids, report.value("[...document.querySelectorAll('.chart')].map(s => s.id.replace('chart-', ''))"));
    for chart in ["timeline", "load", "through"] {
        let points = format!("redline.charts['{chart}'].drawn.getOption().series.map(s => s.data.length)");
        assert_eq!(page.value(&points), report.value(&points), "{chart}");
    }
    assert_eq!(page.value("document.querySelectorAll('#said li').length"), 2);
    let phase = page.value("document.getElementById('phase').textContent");
    assert_eq!(phase, "The server saturates.");
    assert_eq!(page.value("document.getElementById('clock').textContent"), "Saved in reports/out/x");
    let complaints = page.browser.complaints();
    assert!(complaints.is_empty(), "{complaints:#?}");
    let requests: Vec<String> = page.browser.requests().into_iter().filter(|r| !r.starts_with("data:")).collect();
    assert!(requests.iter().all(|r| r.starts_with(&url)), "requests leave the page: {requests:?}");
    keep_page("live.png", &mut page);
}
