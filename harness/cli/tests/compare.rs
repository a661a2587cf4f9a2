//! Comparisons and plans from runs that were saved, and what is refused before anything starts.

#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::{fs, path::Path};

use support::{finish, folder, redline};

const STORED: &str = include_str!("../../../reports/tests/fixtures/single.json");

/// A saved run in `out`, changed as wanted.
fn saved(out: &Path, name: &str, change: impl FnOnce(&mut serde_json::Value)) {
    let mut run: serde_json::Value = serde_json::from_str(STORED).unwrap();
    change(&mut run);
    fs::create_dir_all(out.join(name)).unwrap();
    fs::write(out.join(name).join("run.json"), serde_json::to_string(&run).unwrap()).unwrap();
}

#[track_caller]
fn refused(args: &[&str], hint: &str) {
    let (code, out, err) = finish(redline().args(args));
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert_eq!(err.lines().filter(|l| l.starts_with("redline: ")).count(), 1, "{err}");
    assert!(err.contains(hint), "`{hint}` is not in: {err}");
}

#[test]
fn saved_runs_are_compared_in_every_format_and_can_be_shown_again() {
    let out = folder();
    saved(out.path(), "one", |_| {});
    saved(out.path(), "two", |run| {
        run["fingerprint"]["servers"][0]["components"][2]["settings"]["pm"] = "dynamic".into()
    });
    let (code, page, err) = finish(redline().args(["compare", "one", "two", "--out"]).arg(out.path()));
    assert_eq!(code, 0, "{err}");
    assert!(page.contains("single (2) against single is inconclusive") && page.contains("not paired"), "{page}");
    assert!(page.contains("php pm") && page.contains("(is compared)"), "{page}");
    let made = fs::read_dir(out.path()).unwrap().map(|e| e.unwrap().path());
    let made = made.filter(|p| p.join("comparison.json").exists()).collect::<Vec<_>>();
    let [comparison] = made.as_slice() else { panic!("{made:?}") };
    for file in ["report.txt", "report.md", "report.html"] {
        assert!(comparison.join(file).exists(), "{file}");
    }
    let (code, json, _) = finish(redline().arg("compare").arg(comparison).args(["--format", "json"]));
    let document: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, document["contrasts"][0]["answer"].as_str()), (0, Some("inconclusive")));
    let (_, html, _) = finish(redline().arg("compare").arg(comparison).args(["--format", "html"]));
    assert!(html.contains("Content-Security-Policy") && html.contains("plot-capacities"), "{}", html.len());
}

#[test]
fn a_difference_that_is_not_the_subject_comes_first_and_nothing_is_concluded() {
    let out = folder();
    saved(out.path(), "one", |_| {});
    saved(out.path(), "two", |run| {
        run["fingerprint"]["scenario"] = "browse".into();
        for end in ["estimate", "low", "high"] {
            run["verdict"]["saturation"]["requests_per_second"][end] = 90_000.into();
            run["verdict"]["saturation_adjusted"]["requests_per_second"][end] = 90_000.into();
        }
    });
    let (code, page, err) = finish(redline().args(["compare", "one", "two", "--out"]).arg(out.path()));
    assert_eq!(code, 0, "{err}");
    let unfair = page.find("cannot be compared fairly: they differ in scenario").expect(&page);
    assert!(unfair < page.find("is inconclusive because the runs differ").expect(&page), "{page}");
}

#[test]
fn runs_that_are_far_apart_are_told_so_without_pairs() {
    let out = folder();
    saved(out.path(), "one", |_| {});
    saved(out.path(), "two", |run| {
        for end in ["estimate", "low", "high"] {
            run["verdict"]["saturation"]["requests_per_second"][end] = 9_000.into();
            run["verdict"]["saturation_adjusted"]["requests_per_second"][end] = 9_000.into();
        }
    });
    let (_, page, _) = finish(redline().args(["compare", "one", "two", "--out"]).arg(out.path()));
    assert!(page.contains("single (2) is better") && page.contains("not paired"), "{page}");
}

#[test]
fn what_cannot_be_compared_is_refused_in_one_sentence() {
    refused(&["compare", "checkout"], "--topology single --topology");
    refused(&["compare", "nothing-here"], "one run and no comparison");
    refused(&["compare", "checkout", "--topology", "single"], "twice or more");
    refused(&["compare", "checkout", "--topology", "single", "--topology", "tripel"], "tripel");
    refused(&["compare", "chekout", "--topology", "single", "--topology", "single"], "chekout");
    refused(&["compare", "url", "--topology", "single", "--topology", "single"], "any target");
    refused(&["compare", "a", "b"], "there is no run `a`");
    refused(&["compare", "a", "b", "--quick"], "--quick");
}

#[test]
fn a_plan_says_what_carries_the_traffic_and_how_far_it_reaches() {
    let out = folder();
    saved(out.path(), "one", |_| {});
    let plan = |args: &[&str]| {
        let (code, page, err) = finish(redline().arg("plan").args(args).args(["one", "--out"]).arg(out.path()));
        assert_eq!(code, 0, "{err}");
        page
    };
    let small = plan(&["--sessions-per-hour", "36000"]);
    assert!(small.contains("The cheapest that carries it is single"), "{small}");
    let large = plan(&["--sessions-per-hour", "360000"]);
    assert!(large.contains("not at all") && large.contains("balanced, from single"), "{large}");
    assert!(large.contains("the highest that was measured"), "{large}");
    let json: serde_json::Value = serde_json::from_str(&plan(&["--users", "500", "--json"])).unwrap();
    assert_eq!(json["stacks"][0]["application_servers"], 1);
}

#[test]
fn a_plan_that_makes_no_sense_is_refused_in_one_sentence() {
    let out = folder();
    saved(out.path(), "one", |_| {});
    let run = out.path().join("one");
    let run = run.to_str().unwrap();
    refused(&["plan", "--users", "0", run], "--users");
    refused(&["plan", "--users", "5", "--growth", "0", run], "--growth");
    refused(&["plan", "--users", "5", "--headroom", "95%", run], "--headroom");
    refused(&["plan", "--users", "5", "--prices", "/no/such/prices.toml", run], "prices.toml");
    refused(&["plan", "--users", "5", "no-such-run"], "no-such-run");
}
