//! The documents that the tests show.

use redline_model::{Purpose, RunReport, SampledSession, TrialResult};
use redline_reports::read;

/// A run of the real one-server stack, as it was stored.
pub fn real() -> RunReport {
    read(include_str!("../fixtures/single.json")).unwrap()
}

/// The same as a load that was held: one trial and no capacity.
pub fn held() -> RunReport {
    let mut report = real();
    let mut trial: TrialResult =
        report.trials.iter().rfind(|t| t.spec.purpose == Purpose::ConfirmHolds).unwrap().clone();
    trial.spec.purpose = Purpose::Hold;
    report.trials = vec![trial];
    report.verdict = redline_model::Verdict::without_capacity(
        redline_model::VerdictKind::Held,
        "A load was held.".into(),
        Vec::new(),
    );
    report
}

/// The same, an hour long: its seconds over and over again.
pub fn hour() -> RunReport {
    let mut report = real();
    let n = report.timeline.len();
    let t = &mut report.timeline;
    let times = 3600 / n + 1;
    let length = t.at[n - 1].0 + 2.0;
    t.at =
        (0..times).flat_map(|i| t.at.iter().map(move |at| redline_model::Seconds(at.0 + i as f64 * length))).collect();
    again(&mut t.trial, times);
    for column in [&mut t.offered, &mut t.started, &mut t.completed, &mut t.responses, &mut t.steps, &mut t.good] {
        again(column, times);
    }
    for column in [&mut t.p50, &mut t.p95, &mut t.p99] {
        again(column, times);
    }
    again(&mut t.in_flight, times);
    again(&mut t.server_cpus_busy, times);
    t.response_grid.counts.iter_mut().for_each(|c| again(c, times));
    t.errors.values_mut().for_each(|column| again(column, times));
    t.cpu.iter_mut().for_each(|c| again(&mut c.cores, times));
    for p in &mut t.pools {
        again(&mut p.active, times);
        again(&mut p.queue, times);
    }
    for d in &mut t.databases {
        again(&mut d.running, times);
        again(&mut d.lock_waiting, times);
    }
    // A thorough search holds a trial for 30 s and more: an hour has about as many as this.
    let trials = report.trials.clone();
    report.trials = trials.iter().cycle().take(120).cloned().collect();
    for (i, trial) in report.trials.iter_mut().enumerate() {
        trial.number = i as u32 + 1;
    }
    let of_a_run = trials.len();
    let checks = report.validity.clone();
    report.validity = checks.iter().cycle().take(checks.len() * 120 / of_a_run).cloned().collect();
    assert!(report.timeline.len() >= 3600 && report.timeline.uneven().is_none());
    report
}

fn again<T: Clone>(column: &mut Vec<T>, times: usize) {
    *column = column.iter().cloned().cycle().take(column.len() * times).collect();
}

/// The same with two faults and a deployment, a session at each load, and what a browser saw.
pub fn disturbed() -> RunReport {
    let mut report = real();
    let of = |report: &RunReport, purpose| report.trials.iter().rfind(|t| t.spec.purpose == purpose).unwrap().number;
    let shown = redline_reports::representatives(&report);
    let (sustained, driven) = (shown[0], shown[1]);
    let control = of(&report, Purpose::Bisect);
    for (fault, at) in [("kill", 2.5), ("pause", 4.25)] {
        let failure = serde_json::json!({
            "fault": {"kind": fault, "component": "mysql"}, "offered": 20.0, "trial": sustained, "control": control,
            "window": {"asked": at - 0.1, "injected": at, "lifted": at + 2.0, "cleared": at + 2.25, "evidence": "refused"},
            "outage": {"kind": "ended", "length": 2.5, "resolution": 0.05}, "outage_began": at + 0.05,
            "first_failure": 0.05, "caught_under_way": 1, "lost_service": 2.4, "lost_service_error": 0.1,
            "outcomes": {"server-error": 17}, "slow": 3, "requests": {"ok": 900, "server-error": 17},
            "recovery": {"verdict": "recovered", "took": 0.3}, "steps": [], "caveats": []
        });
        report.failures.push(serde_json::from_value(failure).unwrap());
    }
    let made = serde_json::json!({
        "deploy": "reload", "version": "2", "offered": 20.0, "trial": sustained, "control": control, "asked": 3.0,
        "done": 3.5, "evidence": "looked", "outage": {"kind": "none"}, "downtime": 0.0, "outcomes": {}, "slow": 0,
        "longest": 0.2, "lost_service": 0.0, "lost_service_error": 0.0, "requests": {}, "caveats": []
    });
    report.deployments.push(serde_json::from_value(made).unwrap());
    report.sessions = [sustained, driven].into_iter().map(session).collect();
    report.browser = Some(serde_json::from_value(seen(sustained)).unwrap());
    report
}

/// A page, two assets and a request that failed.
fn session(trial: u32) -> SampledSession {
    let request = |step: &str, path: &str, sent: f64, outcome: &str| {
        serde_json::json!({
            "step": step, "path": path, "sent": sent, "first_byte": sent + 0.02, "ended": sent + 0.03, "bytes": 2048,
            "outcome": outcome
        })
    };
    let mut first = request("home", "/", 0.0, "ok");
    first["lookup"] = serde_json::json!([0.0, 0.004]);
    first["connect"] = serde_json::json!([0.0, 0.01]);
    let requests = [
        first,
        request("home", "/assets/app.css?v=1", 0.03, "ok"),
        request("home", "/assets/hero.webp?v=1", 0.031, "ok"),
        request("product", "/product/7", 0.07, "timeout"),
    ];
    let session = serde_json::json!({
        "trial": trial, "at": 40.0, "session": 77, "chosen_from": 8, "requests": requests
    });
    serde_json::from_value(session).unwrap()
}

fn seen(trial: u32) -> serde_json::Value {
    // One white pixel.
    let picture = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==";
    let page = |step: &str, errors: &[&str]| {
        serde_json::json!({
            "step": step, "status": 200, "address": "127.80.0.1:80", "name_lookup": 0.001, "first_byte": 0.03,
            "first_paint": 0.09, "largest_paint": 0.12, "loaded": 0.2, "requests": 25, "errors": errors, "picture": picture
        })
    };
    let visit =
        serde_json::json!({"pages": [page("home", &[]), page("order", &["503 for http://x/a.js"])], "ended": null});
    serde_json::json!({
        "browser": "Chromium 156", "names": "Chromium asked the site's own DNS server itself.",
        "loads": [{"at": "sustainable", "trial": trial, "offered": 20.0, "lag_p99": 0.004, "generator_cpu": 0.5, "visits": [visit]}],
        "missing": ["No saturation."]
    })
}
