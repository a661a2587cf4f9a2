//! `redline report`: every format of a stored run, and what it says when there is none.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Stdio},
};

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

/// One answer of the server: its first line, and all of it.
fn get(port: &str, path: &str, host: &str) -> (String, String) {
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    (text.lines().next().unwrap_or_default().to_owned(), text)
}

/// A process that ends with the test, whatever becomes of it.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_runs_are_served_on_loopback_to_nobody_elses_page() {
    let runs = runs();
    let second = runs.path().join("20261124T010000Z-checkout-single");
    fs::create_dir(&second).unwrap();
    fs::write(second.join("run.json"), STORED).unwrap();
    let broken = runs.path().join("20261124T020000Z-broken");
    fs::create_dir(&broken).unwrap();
    fs::write(broken.join("run.json"), "{").unwrap();
    let mut server = Ends(
        redline()
            .args(["report", "serve", "--port", "0", "--runs"])
            .arg(runs.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port = line.trim().trim_start_matches("http://127.0.0.1:").trim_end_matches('/').to_owned();
    let own = format!("127.0.0.1:{port}");
    let (status, list) = get(&port, "/", &own);
    assert!(status.contains("200"), "{list}");
    assert!(
        list.contains("href=\"run&#x2f;20261124T010000Z-checkout-single\"")
            && list.contains("checkout on single: the trend")
    );
    assert!(list.contains("not a redline run document"), "a run that cannot be read is named");
    let (status, page) = get(&port, "/run/20261124T000000Z-checkout-single", &own);
    assert!(status.contains("200") && page.contains("<!DOCTYPE html>"), "{status}");
    let refused = [
        ("/run/../20261124T000000Z-checkout-single", own.as_str(), "404"),
        ("/run/none", own.as_str(), "404"),
        ("/", "evil.example", "403"),
    ];
    for (path, host, code) in refused {
        let (status, _) = get(&port, path, host);
        assert!(status.contains(code), "{path} {host}: {status}");
    }
}
