//! A headless Chromium and its debugging protocol: commands with their answers, and events.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// How long an answer or an event may take on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(60);

/// The first Chromium on the path; `REDLINE_CHROMIUM` names another.
pub fn program() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("REDLINE_CHROMIUM") {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).flat_map(|dir| NAMES.map(|name| dir.join(name))).find(|file| file.is_file())
}

/// A browser with one tab; it ends with this value.
pub struct Chromium {
    process: Child,
    socket: WebSocket<TcpStream>,
    session: Option<String>,
    next: u64,
    /// Everything that the browser told without being asked: method and parameters.
    pub events: Vec<(String, Value)>,
    _profile: tempfile::TempDir,
}

impl Chromium {
    /// Starts the browser and opens an empty tab that reports errors and requests.
    pub fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut process = Command::new(program().expect("there is no Chromium: install the package `chromium`"))
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"])
            .args(["--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(process.stderr.take().unwrap());
        let mut lines = stderr.lines();
        let url = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("DevTools listening on ").map(str::to_owned))
            .expect("Chromium does not say where it listens");
        // It must be able to go on writing.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let address = url.trim_start_matches("ws://").split('/').next().unwrap().to_owned();
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (socket, _) = tungstenite::client(url, stream).unwrap();
        let mut browser = Self { process, socket, session: None, next: 0, events: Vec::new(), _profile: profile };
        browser.attach();
        browser
    }

    fn attach(&mut self) {
        let target = self.call("Target.createTarget", json!({"url": "about:blank"}));
        let attached = self.call("Target.attachToTarget", json!({"targetId": target["targetId"], "flatten": true}));
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.call(&format!("{domain}.enable"), json!({}));
        }
    }

    /// Sends a command and gives its result; what is told meanwhile is kept.
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        let mut message = json!({"id": id, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.socket.send(Message::text(message.to_string())).unwrap();
        loop {
            let answer = self.receive();
            if answer["id"] == id {
                assert!(answer.get("error").is_none(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
        }
    }

    fn receive(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.socket.read().expect("Chromium fell silent") {
                let message: Value = serde_json::from_str(text.as_str()).unwrap();
                if let Some(method) = message["method"].as_str() {
                    self.events.push((method.to_owned(), message["params"].clone()));
                }
                return message;
            }
        }
    }

    /// Waits until an event of `method` that `fits` has come since the `from`th one.
    pub fn wait_for(&mut self, from: usize, method: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some((_, params)) = self.events[from..].iter().find(|(m, p)| m == method && fits(p)) {
                return params.clone();
            }
            assert!(Instant::now() < deadline, "no {method}");
            self.receive();
        }
    }

    /// The value of an expression; a promise is waited for.
    pub fn value(&mut self, expression: &str) -> Value {
        let params =
            json!({"expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true});
        let answer = self.call("Runtime.evaluate", params);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// What went wrong in the page: exceptions, errors and warnings, violations of its policy, dialogs.
    pub fn complaints(&self) -> Vec<String> {
        let wrong = |(method, params): &&(String, Value)| match method.as_str() {
            "Runtime.exceptionThrown" | "Page.javascriptDialogOpening" | "Log.entryAdded" => true,
            "Runtime.consoleAPICalled" => params["type"] == "error" || params["type"] == "warning",
            _ => false,
        };
        self.events.iter().filter(wrong).map(|(method, params)| format!("{method}: {params}")).collect()
    }

    /// The addresses that the tab asked for.
    pub fn requests(&self) -> Vec<String> {
        let sent = self.events.iter().filter(|(method, _)| method == "Network.requestWillBeSent");
        sent.filter_map(|(_, params)| params["request"]["url"].as_str().map(str::to_owned)).collect()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
