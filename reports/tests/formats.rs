//! Every format from a stored run, and stored runs that cannot be read.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::{fs, path::Path};

use redline_model::{CacheCounts, CacheReport, CheckStatus, RunReport, SCHEMA_VERSION};
use redline_reports::{Colour, Format, Layout, document, find, load, read};
use rstest::rstest;
use serde_json::Value;

const STORED: &str = include_str!("fixtures/single.json");
const LAYOUT: Layout = Layout { width: 100, colour: Colour::Off };

fn render(format: Format, report: &RunReport) -> String {
    format.render(report, LAYOUT).unwrap()
}

#[test]
fn what_is_written_is_read_back_and_columns_are_lines() {
    let report = read(STORED).unwrap();
    let written = document(&report).unwrap();
    assert_eq!(read(&written).unwrap(), report);
    let column = written.lines().find(|l| l.trim_start().starts_with("\"p95\": [")).unwrap();
    assert!(column.matches(", ").count() >= report.timeline.len() - 1, "{column}");
}

#[test]
fn the_comment_is_as_it_was() {
    insta::assert_snapshot!(render(Format::Markdown, &read(STORED).unwrap()));
}

#[test]
fn what_the_generator_was_measured_without_is_said_beside_its_limit() {
    let mut report = read(STORED).unwrap();
    assert!(!render(Format::Terminal, &report).contains("were lifted"));
    report.limits_lifted = vec!["lb".into(), "web1".into()];
    for format in [Format::Terminal, Format::Html] {
        let page = render(format, &report);
        let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(page.contains("meanwhile the CPU limits of lb, web1 were lifted"), "{}", format.name());
    }
}

#[test]
fn every_page_has_the_hit_rates_of_caches() {
    let mut report = read(STORED).unwrap();
    assert!(!render(Format::Markdown, &report).contains("**Caches**"));
    let counts = CacheCounts { hits: 914, misses: 86, passed: 500 };
    report.caches.push(CacheReport::new("edge".into(), "varnish".into(), "files, pages", counts));
    for format in [Format::Terminal, Format::Html, Format::Markdown] {
        let page = render(format, &report);
        for what in ["varnish", "files, pages", "91.4 %", "60.9 %", "Over all trials"] {
            assert!(page.contains(what), "{what} is not in the {}", format.name());
        }
    }
}

#[test]
fn a_comment_contains_no_markup_of_the_document() {
    let mut report = read(STORED).unwrap();
    report.verdict.sentence = "<img src=x> @all #1 | [x](http://y) `a` ![z](http://z)\n# head: www.x.y".into();
    let text = render(Format::Markdown, &report);
    let line = text.lines().find(|l| l.contains("img")).unwrap();
    assert_eq!(
        line,
        r"**&lt;img src=x&gt; &#64;all &#35;1 \| \[x\](http&#58;//y) \`a\` \!\[z\](http&#58;//z) &#35; head: www&#46;x.y**"
    );
    assert!(text.len() < 65_536);
}

#[test]
fn junit_has_a_case_for_each_check_and_promise() {
    let mut report = read(STORED).unwrap();
    let count = |xml: &str, what: &str| xml.matches(what).count();
    let xml = render(Format::Junit, &report);
    assert_eq!(count(&xml, "<testcase "), 1 + report.fingerprint.slo.len() + report.validity.len());
    let outermost = xml.lines().find(|l| l.contains("<testsuites")).unwrap();
    assert!(outermost.ends_with("errors=\"0\">") && !outermost.contains("skipped"), "{outermost}");
    let failures = count(&xml, "<failure");
    let at = report.validity.iter().position(|c| c.status == CheckStatus::Passed && c.trial.is_none()).unwrap();
    report.validity[at].status = CheckStatus::Failed;
    report.validity[at].detail = "bad < & \u{7}".into();
    let xml = render(Format::Junit, &report);
    assert_eq!(count(&xml, "<failure"), failures + 1);
    assert!(xml.contains("bad &lt; &amp;") && !xml.contains('\u{7}'));
}

#[test]
fn junit_fails_where_an_order_is_lost_and_not_where_there_was_an_outage() {
    let mut report = read(STORED).unwrap();
    let failure = serde_json::json!({
        "fault": {"kind": "kill", "component": "mysql"}, "offered": 20.0, "trial": 3, "control": 2,
        "window": {"asked": 8.0, "injected": 8.1, "cleared": 10.0, "evidence": "refused"},
        "outage": {"kind": "ended", "length": 2.5, "resolution": 0.05}, "caught_under_way": 1, "lost_service": 2.4,
        "lost_service_error": 0.1, "outcomes": {"server-error": 17}, "slow": 3, "requests": {},
        "recovery": {"verdict": "recovered"}, "steps": [], "caveats": [],
        "orders": {"sent": 9, "acknowledged": 8, "lost": 0, "duplicated": 0, "phantom": 0, "indeterminate": 1,
                   "indeterminate_there": 1, "not_adding_up": 0}
    });
    report.failures.push(serde_json::from_value(failure).unwrap());
    let xml = render(Format::Junit, &report);
    assert!(xml.contains("testsuite name=\"faults\" tests=\"1\"") && xml.contains("kill mysql at 20.0/s"), "{xml}");
    let failures = xml.matches("type=\"not-whole\"").count();
    report.failures[0].orders.as_mut().unwrap().lost = 1;
    let xml = render(Format::Junit, &report);
    assert_eq!((failures, xml.matches("type=\"not-whole\"").count()), (0, 1));
    assert!(xml.contains("1 LOST"), "{xml}");
}

#[test]
fn telemetry_has_every_second_once_with_its_time() {
    let mut report = read(STORED).unwrap();
    let bodies = redline_reports::otlp(&report).unwrap();
    let body: Value = serde_json::from_str(&bodies[0]).unwrap();
    assert_eq!(bodies.len(), 1);
    let metrics = body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"].as_array().unwrap();
    let named = |name: &str| metrics.iter().find(|m| m["name"] == name).unwrap();
    let offered = named("redline.session.offered")["gauge"]["dataPoints"].as_array().unwrap();
    assert_eq!(offered.len(), report.timeline.len());
    let started: jiff::Timestamp = report.started.parse().unwrap();
    let first: i128 = offered[0]["timeUnixNano"].as_str().unwrap().parse().unwrap();
    let expected = started.as_nanosecond() + ((report.timeline.at[0].0 + 1.0) * 1e9) as i128;
    assert!((first - expected).abs() < 1_000_000, "{first} is the end of the first second");
    let of_second = &named("redline.step.duration")["histogram"]["dataPoints"][40];
    let counts: Vec<u64> =
        of_second["bucketCounts"].as_array().unwrap().iter().map(|n| n.as_str().unwrap().parse().unwrap()).collect();
    assert_eq!(counts.len(), of_second["explicitBounds"].as_array().unwrap().len() + 1);
    assert_eq!(counts.iter().sum::<u64>().to_string(), of_second["count"].as_str().unwrap());
    let known: u64 = report.timeline.response_grid.counts.iter().map(|class| class[40]).sum();
    assert_eq!(known.to_string(), of_second["count"].as_str().unwrap());
    report.started = "yesterday".into();
    assert!(redline_reports::otlp(&report).is_err());
}

#[test]
fn csv_has_a_row_for_each_trial_and_each_second() {
    let report = read(STORED).unwrap();
    let rows = |format| {
        let text = render(format, &report);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        // The reader refuses rows of another length.
        reader.records().map(Result::unwrap).collect::<Vec<_>>()
    };
    assert_eq!(rows(Format::Csv).len(), report.trials.len());
    let seconds = rows(Format::CsvTimeline);
    assert_eq!(seconds.len(), report.timeline.len());
    assert_eq!(&seconds[0][0], report.timeline.at[0].0.to_string());
}

#[test]
fn a_cell_is_no_formula() {
    let mut report = read(STORED).unwrap();
    report.trials[0].reasons = vec!["=HYPERLINK(\"http://x\")".into()];
    assert!(render(Format::Csv, &report).contains("\"'=HYPERLINK(\"\"http://x\"\")\""));
}

#[test]
fn metrics_have_the_time_of_their_second_and_an_end() {
    let report = read(STORED).unwrap();
    let text = render(Format::OpenMetrics, &report);
    assert!(text.ends_with("# EOF\n"));
    let offered: Vec<&str> = text.lines().filter(|l| l.starts_with("redline_sessions_offered_per_second{")).collect();
    assert_eq!(offered.len(), report.timeline.len());
    let started: jiff::Timestamp = report.started.parse().unwrap();
    let at: f64 = offered[0].rsplit(' ').next().unwrap().parse().unwrap();
    assert!((at - started.as_second() as f64 - report.timeline.at[0].0).abs() < 0.001);
}

#[test]
fn metrics_need_a_time() {
    let mut report = read(STORED).unwrap();
    report.started = "yesterday".into();
    let error = Format::OpenMetrics.render(&report, LAYOUT).unwrap_err();
    assert!(error.to_string().contains("`yesterday`"), "{error}");
}

/// A document of version 1 had rows, and no pools.
#[test]
fn a_document_of_version_1_is_read() {
    let mut old: Value = serde_json::from_str(STORED).unwrap();
    old["schema_version"] = 1.into();
    let second = serde_json::json!({
        "at": 4.2, "trial": 3, "offered": 5.0, "completed": 4.0, "responses": 200.0, "good": 40.0, "errors": 0.0,
        "response": {"count": 40, "mean": 0.03, "p50": 0.02, "p75": 0.03, "p90": 0.04, "p95": 0.05, "p99": 0.07, "p999": 0.1, "max": 0.1},
        "in_flight": 3, "cpu": [["php", 0.4]]
    });
    old["timeline"] = Value::Array(vec![second]);
    let report = read(&old.to_string()).unwrap();
    assert_eq!(report.schema_version, SCHEMA_VERSION);
    assert_eq!((report.timeline.len(), report.timeline.good[0].0, report.timeline.trial[0]), (1, 40.0, 3));
    assert!(report.timeline.started.is_empty() && report.timeline.pools.is_empty());
    for format in Format::ALL {
        render(format, &report);
    }
}

#[rstest]
#[case("{", "not a redline run document")]
#[case("[]", "no schema_version")]
#[case("{\"schema_version\": 99}", "schema version 99")]
#[case("{\"schema_version\": 2}", "missing field")]
fn what_is_no_document_is_refused_in_a_sentence(#[case] text: &str, #[case] says: &str) {
    let error = read(text).unwrap_err().to_string();
    assert!(error.contains(says) && !error.contains('\n'), "{error}");
}

#[test]
fn columns_of_different_lengths_are_refused() {
    let mut damaged: Value = serde_json::from_str(STORED).unwrap();
    damaged["timeline"]["p95"].as_array_mut().unwrap().pop();
    assert!(read(&damaged.to_string()).unwrap_err().to_string().contains("`p95`"));
}

#[test]
fn the_latest_run_is_found_and_others_by_name() {
    let runs = tempfile::tempdir().unwrap();
    for name in ["20260101T000000Z-a-b", "20261231T000000Z-a-b", "20270101T000000Z-empty"] {
        fs::create_dir(runs.path().join(name)).unwrap();
    }
    assert!(find("latest", runs.path()).unwrap_err().to_string().contains("--runs"));
    for name in ["20260101T000000Z-a-b", "20261231T000000Z-a-b"] {
        fs::write(runs.path().join(name).join("run.json"), STORED).unwrap();
    }
    let newest = runs.path().join("20261231T000000Z-a-b/run.json");
    assert_eq!(find("latest", runs.path()).unwrap(), newest);
    assert_eq!(find("20261231T000000Z-a-b", runs.path()).unwrap(), newest);
    assert_eq!(find(newest.to_str().unwrap(), Path::new("/none")).unwrap(), newest);
    assert!(load(&newest).is_ok());
    let nothing = find("20270101T000000Z-empty", runs.path()).unwrap_err();
    assert!(nothing.to_string().contains("not the folder of a run"), "{nothing}");
}
