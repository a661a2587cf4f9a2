//! `redline report serve`: the folder of runs in a browser, on loopback only.

use std::{
    convert::Infallible,
    path::{Path, PathBuf},
    sync::Arc,
};

use http_body_util::Full;
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use redline_reports::{Format, Listed, MOST_RUNS, TrendChange, find, index, load, names};

use crate::{
    args::ServeArgs,
    exit::{Ended, Failure},
    interrupt::Interrupt,
    loopback::{self, page, text},
    report::PLAIN,
    trends::{changed_with_it, trends},
};

/// Serves until Ctrl-C.
pub(crate) async fn serve(args: ServeArgs) -> Result<Ended, Failure> {
    let (listener, port) = loopback::listen(args.port, "--port").await?;
    let mut interrupt = Interrupt::listen()?;
    crate::print(&format!("http://127.0.0.1:{port}/\n"))?;
    let runs = Arc::new(args.runs);
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let runs = Arc::clone(&runs);
                tokio::spawn(async move {
                    let answer = service_fn(move |request| answer(request, port, Arc::clone(&runs)));
                    // A reader that goes away is no error.
                    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
                });
            }
            () = interrupt.wait() => return Ok(Ended::Fine),
        }
    }
}

async fn answer(
    request: Request<Incoming>,
    port: u16,
    runs: Arc<PathBuf>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if let Some(refused) = loopback::refusal(&request, port) {
        return Ok(refused);
    }
    let path = request.uri().path().to_owned();
    // Reading and drawing up runs takes a while; other requests go on.
    let made = tokio::task::spawn_blocking(move || of_path(&path, &runs)).await;
    Ok(made.unwrap_or_else(|error| text(StatusCode::INTERNAL_SERVER_ERROR, &format!("{error}\n"))))
}

/// All runs of the folder, the newest first, with the changes of what their stacks carried.
fn listed(runs: &Path) -> Vec<Listed> {
    let read = |name: String| {
        let run = find(&name, runs).and_then(|document| load(&document));
        Listed { name, run, changes: Vec::new() }
    };
    let mut all: Vec<Listed> = names(runs).into_iter().map(read).collect();
    let mut found: Vec<(usize, TrendChange)> = Vec::new();
    for trend in trends(all.iter().filter_map(|listed| listed.run.as_ref().ok()), MOST_RUNS) {
        for figure in trend.figures {
            for change in figure.changes {
                let is_it = |listed: &Listed| listed.run.as_ref().is_ok_and(|run| std::ptr::eq(run, change.after));
                let with_it = changed_with_it(change.before, change.after);
                let told = TrendChange { figure: figure.name, by: change.found.by, p: change.found.p, with_it };
                found.extend(all.iter().position(is_it).map(|at| (at, told)));
            }
        }
    }
    for (at, change) in found {
        all[at].changes.push(change);
    }
    all
}

fn of_path(path: &str, runs: &Path) -> Response<Full<Bytes>> {
    let found = match path {
        "/" => index(&runs.display().to_string(), &listed(runs)).map_err(|e| e.to_string()),
        _ => match path.strip_prefix("/run/").filter(|name| names(runs).iter().any(|n| n == name)) {
            Some(name) => load(&runs.join(name).join("run.json"))
                .map_err(|e| e.to_string())
                .and_then(|run| Format::Html.render(&run, PLAIN).map_err(|e| e.to_string())),
            None => return text(StatusCode::NOT_FOUND, "There is no such run.\n"),
        },
    };
    match found {
        Ok(html) => page(StatusCode::OK, "text/html; charset=utf-8", html),
        Err(why) => text(StatusCode::INTERNAL_SERVER_ERROR, &(why + "\n")),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const STORED: &str = include_str!("../../../../reports/tests/fixtures/single.json");

    #[test]
    fn the_first_run_after_a_change_is_marked() {
        let runs = tempfile::tempdir().unwrap();
        for hour in 0..12 {
            let mut run: serde_json::Value = serde_json::from_str(STORED).unwrap();
            run["started"] = format!("2026-11-24T{hour:02}:00:00Z").into();
            let value = if hour < 6 { 2000.0 } else { 1800.0 };
            run["verdict"]["saturation"]["requests_per_second"]["estimate"] = (value + f64::from(hour % 3)).into();
            let folder = runs.path().join(format!("20261124T{hour:02}0000Z-checkout-single"));
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("run.json"), run.to_string()).unwrap();
        }
        let all = listed(runs.path());
        let marked: Vec<&Listed> = all.iter().filter(|listed| !listed.changes.is_empty()).collect();
        let [first] = marked.as_slice() else { panic!("{marked:?}") };
        assert_eq!((first.name.as_str(), first.changes[0].figure), ("20261124T060000Z-checkout-single", "saturation"));
        assert!(of_path("/", runs.path()).status().is_success());
    }
}
