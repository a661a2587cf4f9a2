//! A run that is watched, visited by a browser, and told to a receiver of metrics; on a model, without Docker.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use support::{finish, folder, only_document, processes_with, redline, wait_until};

fn on_a_model(arguments: &[&str], out: &std::path::Path) -> Command {
    let mut command = redline();
    command.env("DOCKER_HOST", "unix:///no/such/docker.sock");
    command.args(["scenario", "checkout", "--topology", "model", "--rate", "10/s"]).args(arguments);
    command.arg("--out").arg(out);
    command
}

/// All that comes back for a request with these headers.
fn get(port: &str, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\n{headers}\r\n\r\n").unwrap();
    let mut text = String::new();
    // A server that ends with the run may reset what it has already sent in full.
    let _ = stream.read_to_string(&mut text);
    text
}

#[test]
fn a_run_is_shown_live_until_its_end_and_to_nobody_elses_page() {
    let out = folder();
    let mut command = on_a_model(&["--for", "6s", "--dashboard=0"], out.path());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let line = lines.find(|line| line.contains("the run in a browser")).unwrap();
    let port = line.split("127.0.0.1:").nth(1).unwrap().trim_end_matches('/').to_owned();
    let rest = std::thread::spawn(move || lines.count());
    let own = format!("Host: 127.0.0.1:{port}\r\nConnection: close");
    let page = get(&port, "/", &own);
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("connect-src 'self'"), "{}", &page[..400]);
    for foreign in [
        format!("Host: evil.example:{port}"),
        format!("Host: 127.0.0.1:{port}\r\nOrigin: http://evil.example"),
        format!("Host: 127.0.0.1:{port}\r\nOrigin: null"),
    ] {
        let answer = get(&port, "/events", &format!("{foreign}\r\nConnection: close"));
        assert!(answer.starts_with("HTTP/1.1 403"), "{foreign}: {answer}");
    }
    assert!(get(&port, "/other", &own).starts_with("HTTP/1.1 404"));
    let events = get(&port, "/events", &own);
    assert!(events.contains("text/event-stream") && events.contains("event: charts"), "{events}");
    assert!(events.contains("\"id\":\"timeline\"") && events.contains("event: end"), "the charts, and the end");
    assert!(matches!(child.wait().unwrap().code(), Some(0 | 4)));
    rest.join().unwrap();
    assert!(TcpStream::connect(format!("127.0.0.1:{port}")).is_err(), "it ends with the run");
}

/// Takes metrics as an OpenTelemetry collector does; gives the bodies.
fn receiver() -> (String, mpsc::Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, bodies) = mpsc::channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = String::new();
            while reader.read_line(&mut head).is_ok_and(|n| n > 2) {}
            let lower = head.to_lowercase();
            let length =
                lower.split("content-length: ").nth(1).and_then(|l| l.lines().next()?.parse().ok()).unwrap_or(0);
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}").unwrap();
            if sender.send((head, String::from_utf8(body).unwrap())).is_err() {
                return;
            }
        }
    });
    (address, bodies)
}

#[test]
fn the_seconds_of_a_run_reach_a_receiver() {
    let (address, bodies) = receiver();
    let out = folder();
    let (code, _, stderr) = finish(&mut on_a_model(&["--for", "4s", "--otlp", &address], out.path()));
    assert!(matches!(code, 0 | 4), "{stderr}");
    let (head, probe) = bodies.recv_timeout(Duration::from_secs(5)).unwrap();
    assert!(head.starts_with("POST /v1/metrics HTTP/1.1") && head.contains("application/json"), "{head}");
    assert_eq!(probe, "{\"resourceMetrics\":[]}", "asked before the run whether it is there");
    let (_, body) = bodies.recv_timeout(Duration::from_secs(5)).unwrap();
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let resource = &body["resourceMetrics"][0];
    assert!(resource["resource"]["attributes"].to_string().contains("{\"stringValue\":\"redline\"}"), "{resource}");
    let document = only_document(out.path());
    let metrics = resource["scopeMetrics"][0]["metrics"].as_array().unwrap();
    let offered = metrics.iter().find(|m| m["name"] == "redline.session.offered").unwrap();
    let sent: Vec<&serde_json::Value> =
        offered["gauge"]["dataPoints"].as_array().unwrap().iter().map(|p| &p["asDouble"]).collect();
    let stored: Vec<&serde_json::Value> = document["timeline"]["offered"].as_array().unwrap().iter().collect();
    assert_eq!(sent, stored);
}

#[test]
fn a_receiver_that_is_not_there_is_one_sentence_before_anything_starts() {
    let out = folder();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (code, stdout, stderr) = finish(&mut on_a_model(&["--otlp", &format!("http://{closed}")], out.path()));
    assert_eq!((code, stdout.as_str()), (3, ""), "{stderr}");
    assert!(stderr.contains("cannot be connected to") && !stderr.contains("starting the model"), "{stderr}");
    let (code, _, stderr) = finish(&mut on_a_model(&["--otlp", "collector:4318"], out.path()));
    assert!(code == 2 && stderr.contains("http://127.0.0.1:4318"), "{stderr}");
}

#[test]
fn without_a_browser_the_rest_goes_on() {
    let out = folder();
    let mut command = on_a_model(&["--for", "3s", "--browser", "--json"], out.path());
    let (code, stdout, stderr) = finish(command.env("PATH", "/nonexistent").env_remove("REDLINE_CHROMIUM"));
    assert!(matches!(code, 0 | 4), "{stderr}");
    assert!(stderr.contains("there is no Chromium on this machine"), "{stderr}");
    let document: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert!(document["browser"]["missing"][0].as_str().unwrap().contains("no Chromium"), "{}", document["browser"]);
    let (code, _, stderr) = finish(redline().args(["scenario", "url", "--browser", "--topology", "model"]));
    assert!(code == 2 && stderr.contains("--browser"), "{stderr}");
}

/// Whether there is a Chromium; says so where there is none.
fn no_chromium(test: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let there = std::env::var_os("REDLINE_CHROMIUM").is_some()
        || std::env::split_paths(&path)
            .any(|dir| dir.join("chromium").is_file() || dir.join("google-chrome").is_file());
    let needed = std::env::var("REDLINE_NEED_BROWSER").is_ok_and(|v| v == "1");
    if !there && !needed {
        eprintln!("{test}: skipped, there is no Chromium on this machine");
    }
    !there && !needed
}

#[test]
fn a_browser_buys_something_while_the_load_goes_on() {
    if no_chromium("a_browser_buys_something_while_the_load_goes_on") {
        return;
    }
    let out = folder();
    let mut command = on_a_model(&["--for", "3s", "--browser", "--json"], out.path());
    let (code, stdout, stderr) = finish(command.env("REDLINE_TEST_MARK", "browser-buys"));
    assert!(matches!(code, 0 | 4), "{stderr}");
    let document: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let seen = &document["browser"]["loads"][0];
    assert_eq!(document["browser"]["missing"], serde_json::json!([]), "{stderr}");
    for visit in seen["visits"].as_array().unwrap() {
        assert_eq!(visit["ended"], serde_json::Value::Null, "{visit}");
        let steps: Vec<&str> =
            visit["pages"].as_array().unwrap().iter().map(|page| page["step"].as_str().unwrap()).collect();
        assert_eq!(steps, ["home", "category", "product", "add-to-cart", "checkout", "order"]);
        for page in visit["pages"].as_array().unwrap() {
            let time = |name: &str| page[name].as_f64().unwrap();
            assert_eq!(page["status"], 200, "{page}");
            assert!(time("first_byte") > 0.0 && time("first_byte") <= time("loaded"), "{page}");
            assert!(page["requests"].as_u64().unwrap() >= 1 && time("first_paint") > 0.0, "{page}");
        }
    }
    let picture = seen["visits"][0]["pages"][0]["picture"].as_str().unwrap();
    assert!(picture.starts_with("UklGR"), "a WebP picture");
    // The trial beside the browser decides nothing, and its books balance.
    let trial = document["trials"].as_array().unwrap().last().unwrap();
    assert_eq!((&trial["spec"]["purpose"], &trial["number"]), (&"browse".into(), &seen["trial"]));
    assert!(trial["checks"].as_array().unwrap().iter().all(|c| c["status"] != "failed"), "{}", trial["checks"]);
    wait_until("no browser stays", Duration::from_secs(10), || {
        processes_with("REDLINE_TEST_MARK=browser-buys").is_empty()
    });
}

fn command_line(pid: u32) -> String {
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&words).replace('\0', " ")
}

/// The processes of a group.
fn in_group(group: u32) -> Vec<u32> {
    let of_group = |pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(2)) == Some(group.to_string().as_str())
    };
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    all.filter_map(|entry| entry.file_name().to_string_lossy().parse().ok()).filter(of_group).collect()
}

#[test]
fn no_browser_stays_when_redline_is_killed() {
    if no_chromium("no_browser_stays_when_redline_is_killed") {
        return;
    }
    let out = folder();
    let mark = "REDLINE_TEST_MARK=browser-killed";
    let mut command = on_a_model(&["--for", "3s", "--browser"], out.path());
    command.env("REDLINE_TEST_MARK", "browser-killed").env("TMPDIR", out.path());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Chromium's own children overwrite their environment: they are known by their group.
    let mut group = None;
    wait_until("a page is open", Duration::from_secs(120), || {
        let renders = |pid: &u32| command_line(*pid).contains("--type=renderer");
        group = processes_with(mark).into_iter().find(|leader| in_group(*leader).iter().any(renders));
        group.is_some()
    });
    child.kill().unwrap();
    child.wait().unwrap();
    wait_until("no process stays", Duration::from_secs(20), || {
        processes_with(mark).is_empty() && group.is_some_and(|group| in_group(group).is_empty())
    });
    let left =
        fs::read_dir(out.path()).unwrap().flatten().filter(|e| e.file_name().to_string_lossy().contains("browser"));
    assert_eq!(left.count(), 0, "its profile is removed");
}
