//! The other side of the process: whoever starts it, asks it and ends it.

use std::{collections::HashMap, net::SocketAddr, path::Path, process::Stdio};

use redline_model::{Resolve, Seconds, Target};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdin, Command},
};

use crate::{Changed, Closure, Counted, Counters, Model, ModelError, StageName, StoredOrder, http, side::Lever};

/// The subcommand that makes `exe` call [`crate::run`].
pub(crate) const SUBCOMMAND: &str = "model-server";

/// What the process is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServerPlan {
    /// What it is.
    pub model: Model,
    /// What its service times come from.
    pub seed: u64,
    /// The CPUs that it keeps to; empty: any.
    pub cpus: Vec<usize>,
}

/// Where it listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// The site.
    pub http: SocketAddr,
    /// The DNS server, UDP and TCP.
    pub dns: SocketAddr,
    /// Counters, books and levers.
    pub side: SocketAddr,
    /// The process.
    pub pid: u32,
}

/// A model server that runs; it ends when this is dropped, or when the process that started it ends.
#[derive(Debug)]
pub struct ModelServer {
    child: Child,
    input: ChildStdin,
    ready: Ready,
}

impl ModelServer {
    /// Starts `exe model-server`, in a process group of its own, where Ctrl-C in the terminal does not reach it:
    /// an interrupted run still reads the books.
    ///
    /// # Errors
    /// If it cannot be started or does not become ready.
    pub async fn spawn(exe: &Path, plan: &ServerPlan) -> Result<Self, ModelError> {
        let failed = |why: String| ModelError::Start(why);
        let mut child = Command::new(exe)
            .arg(SUBCOMMAND)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| failed(e.to_string()))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (Some(mut input), Some(output)) = (input, output) else { return Err(failed("it has no pipes".into())) };
        let mut text = serde_json::to_vec(plan).map_err(|e| failed(e.to_string()))?;
        text.push(b'\n');
        input.write_all(&text).await.map_err(|e| failed(e.to_string()))?;
        let line = BufReader::new(output).lines().next_line().await.map_err(|e| failed(e.to_string()))?;
        match line.and_then(|line| serde_json::from_str(&line).ok()) {
            Some(ready) => Ok(Self { child, input, ready }),
            None => {
                let mut said = String::new();
                if let Some(mut stderr) = child.stderr.take() {
                    // What it said is all that can be told; nothing said is told as that.
                    let _ = stderr.read_to_string(&mut said).await;
                }
                Err(failed(said.trim().trim_start_matches("redline: ").to_owned()))
            }
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn ready(&self) -> Ready {
        self.ready
    }

    /// Where the load goes.
    #[must_use]
    pub fn target(&self) -> Target {
        let base_url = match self.ready.http.port() {
            80 => "http://www.foobar.com".into(),
            port => format!("http://www.foobar.com:{port}"),
        };
        Target {
            base_url,
            resolve: Resolve::Dns { servers: vec![self.ready.dns] },
            request_timeout: Seconds(10.0),
            connect_timeout: Seconds(2.0),
            trivial_path: Some("/.redline/204".into()),
        }
    }

    /// Its levers, counters and books.
    #[must_use]
    pub fn control(&self) -> Control {
        Control { side: self.ready.side }
    }

    /// Ends it and waits until it is gone.
    ///
    /// # Errors
    /// If it cannot be waited for.
    pub async fn stop(mut self) -> Result<(), ModelError> {
        drop(self.input);
        self.child.wait().await.map(drop).map_err(ModelError::system("ending"))
    }
}

/// The side port of a model server.
#[derive(Debug, Clone, Copy)]
pub struct Control {
    side: SocketAddr,
}

impl Control {
    /// The side port at this address.
    #[must_use]
    pub fn at(side: SocketAddr) -> Self {
        Self { side }
    }

    /// Changes a stage's limit, from now on, to `factor` times what the model has; 1 puts it back. Pools of four
    /// slots and more get fewer or more slots, in whole numbers; smaller ones and the lock slower or faster
    /// service; the bucket another rate. What was really changed comes back.
    ///
    /// # Errors
    /// If the model has no such stage, or the server does not answer.
    pub async fn set(&self, stage: StageName, factor: f64) -> Result<Changed, ModelError> {
        let lever = serde_json::to_string(&Lever { stage, factor }).unwrap_or_default();
        self.parse("/control", Some(lever)).await
    }

    /// Closes the site: its connections are cut and new ones refused until [`Control::open`]. Soon, not at once.
    ///
    /// # Errors
    /// If the server does not answer.
    pub async fn close(&self) -> Result<(), ModelError> {
        http::ask(self.side, "/close", Some(String::new())).await.map(drop)
    }

    /// Opens the site again, soon.
    ///
    /// # Errors
    /// If the server does not answer.
    pub async fn open(&self) -> Result<(), ModelError> {
        http::ask(self.side, "/open", Some(String::new())).await.map(drop)
    }

    /// When it was closed, by the server's own clock.
    ///
    /// # Errors
    /// If the server does not answer.
    pub async fn closures(&self) -> Result<Vec<Closure>, ModelError> {
        self.parse("/closures", None).await
    }

    /// Its counters now.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn counters(&self) -> Result<Counters, ModelError> {
        self.parse("/counters", None).await
    }

    /// The access log's sums by tag.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn access_log(&self) -> Result<HashMap<String, Counted>, ModelError> {
        self.parse("/access", None).await
    }

    /// The orders, in the order in which they were placed.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn orders(&self) -> Result<Vec<StoredOrder>, ModelError> {
        self.parse("/orders", None).await
    }

    /// Every request as the server has seen it, as tab-separated text.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn oracle(&self) -> Result<String, ModelError> {
        http::ask(self.side, "/oracle", None).await
    }

    async fn parse<T: DeserializeOwned>(&self, path: &str, body: Option<String>) -> Result<T, ModelError> {
        let text = http::ask(self.side, path, body).await?;
        let wrong = |e: serde_json::Error| ModelError::Side {
            address: self.side,
            path: path.to_owned(),
            problem: format!("what it said cannot be read: {e}"),
        };
        serde_json::from_str(&text).map_err(wrong)
    }
}
