//! `redline report`: every format of a stored run, and what it says when there is none.

mod support;

use std::fs;

use support::{finish, folder, redline};

const STORED: &str = include_str!("../../../reports/tests/fixtures/single.json");

/// A folder of runs with one run in it.
fn runs() -> tempfile::TempDir {
    let runs = folder();
    let run = runs.path().join("20261124T000000Z-checkout-single");
    fs::create_dir(&run).unwrap();
    fs::write(run.join("run.json"), STORED).unwrap();
    runs
}

#[test]
fn the_latest_run_is_printed_and_written_in_every_format() {
    let runs = runs();
    let (code, page, stderr) = finish(redline().args(["report", "--runs"]).arg(runs.path()));
    assert_eq!(code, 0, "{stderr}");
    assert!(page.starts_with("redline · checkout on single"), "{page}");
    let starts = [
        ("html", "<!DOCTYPE html>"),
        ("markdown", "### "),
        ("junit", "<?xml"),
        ("csv", "trial,"),
        ("csv-timeline", "at_s,"),
        ("openmetrics", "# TYPE"),
        ("json", "{"),
        ("terminal", "redline · "),
    ];
    for (format, start) in starts {
        let file = runs.path().join(format);
        let mut command = redline();
        command.args(["report", "latest", "--format", format, "--runs"]).arg(runs.path()).arg("--out").arg(&file);
        let (code, stdout, stderr) = finish(&mut command);
        assert_eq!((code, stdout.as_str()), (0, ""), "{format}: {stderr}");
        assert!(fs::read_to_string(&file).unwrap().starts_with(start), "{format}");
    }
}

#[test]
fn what_is_wrong_is_one_sentence_with_its_exit_code() {
    let runs = runs();
    let write = |name: &str, text: &str| {
        let file = runs.path().join(name);
        fs::write(&file, text).unwrap();
        file.display().to_string()
    };
    let newer = write("newer.json", "{\"schema_version\": 4711}");
    let broken = write("broken.json", "no json");
    let nowhere = runs.path().join("no/such/folder/report.html").display().to_string();
    let good = runs.path().join("20261124T000000Z-checkout-single").display().to_string();
    let cases: [(&[&str], i32, &str); 6] = [
        (&["no-such-run"], 2, "no run `no-such-run`"),
        (&[&newer], 2, "schema version 4711"),
        (&[&broken], 2, "not a redline run document"),
        (&[&good, "--format", "word"], 2, "invalid value 'word'"),
        (&[&good, "--format", "junit", "--open"], 2, "--open"),
        (&[&good, "--format", "html", "--out", &nowhere], 3, "cannot save"),
    ];
    for (arguments, expected, says) in cases {
        let (code, stdout, stderr) = finish(redline().arg("report").args(arguments));
        assert_eq!((code, stdout.as_str()), (expected, ""), "{arguments:?}: {stderr}");
        assert!(stderr.contains(says), "{arguments:?}: {stderr}");
    }
    let empty = folder();
    let (code, _, stderr) = finish(redline().args(["report", "latest", "--runs"]).arg(empty.path()));
    assert_eq!(code, 2);
    assert!(stderr.contains("there is no run in"), "{stderr}");
}
