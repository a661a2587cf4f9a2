//! Is the model server what it says? A client that is not redline's (closed loops over plain hyper connections)
//! measures what several models complete, and the ratio to their closed form is printed.
//!
//! `cargo bench -p redline-model-server --bench calibration`

#![expect(clippy::unwrap_used, reason = "a benchmark may fail loudly")]

use std::{
    net::SocketAddr,
    process::ExitCode,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::{Request, header::HOST};
use hyper_util::rt::TokioIo;
use redline_model::{Mono, Rate, Seconds};
use redline_model_server::{
    Bucket, Demand, Distribution, Exactness, Model, ModelServer, Pool, ServerPlan, WhenEmpty, Work, capacity, simulate,
};
use tokio::net::TcpStream;

const SETTLE: Duration = Duration::from_secs(1);
const HOLD: Duration = Duration::from_secs(8);
/// More than any model here has slots, so that somebody is always in line.
const CONNECTIONS: usize = 160;

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("model-server") {
        return redline_model_server::run();
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("{:<34} {:>12} {:>12} {:>9} {:>9}", "model", "measured", "expected", "ratio", "noise ±");
    for (model, variation) in models() {
        let expected = expected(&model);
        let (rate, n) = runtime.block_on(measure(&model));
        let noise = 1.96 * variation / (n as f64).sqrt();
        println!(
            "{:<34} {:>12} {:>12} {:>9.4} {:>8.2}%",
            model.name,
            rate.to_string(),
            expected.to_string(),
            rate.0 / expected.0,
            noise * 100.0
        );
    }
    ExitCode::SUCCESS
}

/// The closed form, or the simulation where that is a bound only because requests wait inside.
fn expected(model: &Model) -> Rate {
    let found = capacity(model, 1.0);
    match (found.exactness, found.stage) {
        (Exactness::Exact, _) | (Exactness::Bound, None) => found.rate,
        (Exactness::Bound, Some(_)) => simulate::saturation(model, 1, 200_000),
    }
}

/// Models, and how much what they complete varies: the coefficient of variation of one completion.
fn models() -> Vec<(Model, f64)> {
    let demand = |ms: f64, distribution, work| Demand { mean: Seconds(ms / 1e3), distribution, work };
    let pool = |slots, ms, distribution| Some(Pool { slots, demand: demand(ms, distribution, Work::Sleep) });
    let (constant, exponential) = (Distribution::Constant, Distribution::Exponential);
    let bucket = |rate| Some(Bucket { rate: Rate(rate), burst: 5.0, when_empty: WhenEmpty::Wait });
    let burning = |slots, ms| Some(Pool { slots, demand: demand(ms, constant, Work::Burn) });
    vec![
        (Model { application: pool(8, 5.0, constant), ..Model::empty("application 8 × 5 ms") }, 0.0),
        (Model { web: pool(2, 4.0, constant), ..Model::empty("web 2 × 4 ms") }, 0.0),
        (
            Model {
                web: pool(64, 1.0, exponential),
                application: pool(16, 12.0, constant),
                database: pool(16, 4.0, constant),
                ..Model::empty("application 16 × (12 + 4 ms)")
            },
            0.0,
        ),
        (Model { lock: Some(demand(2.0, constant, Work::Sleep)), ..Model::empty("lock 2 ms") }, 0.0),
        (Model { bucket: bucket(800.0), ..Model::empty("bucket 800/s") }, 0.0),
        (Model { application: pool(32, 16.0, exponential), ..Model::empty("application 32 × 16 ms, exp.") }, 1.0),
        (
            Model {
                application: pool(32, 16.0, Distribution::Lognormal(2.0)),
                ..Model::empty("application 32 × 16 ms, CV 2")
            },
            2.0,
        ),
        (
            Model {
                application: pool(8, 10.0, exponential),
                lock: Some(demand(2.0, exponential, Work::Sleep)),
                ..Model::empty("pool of 8 behind a lock (simulated)")
            },
            1.0,
        ),
        (Model { application: burning(4, 4.0), ..Model::empty("burn 4 ms on one core") }, 0.0),
    ]
}

async fn measure(model: &Model) -> (Rate, usize) {
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    let plan = ServerPlan { model: model.clone(), seed: 42, cpus: if cpus > 1 { vec![cpus - 1] } else { vec![] } };
    let server = ModelServer::spawn(&std::env::current_exe().unwrap(), &plan).await.unwrap();
    let ended = Arc::new(Mutex::new(Vec::new()));
    let clients: Vec<_> =
        (0..CONNECTIONS).map(|_| tokio::spawn(closed_loop(server.ready().http, ended.clone()))).collect();
    let from = Mono::now().plus(SETTLE);
    tokio::time::sleep(SETTLE + HOLD).await;
    let to = Mono::now();
    clients.iter().for_each(tokio::task::JoinHandle::abort);
    server.stop().await.unwrap();
    let mut inside: Vec<Mono> = ended.lock().unwrap().iter().copied().filter(|at| (from..to).contains(at)).collect();
    inside.sort_unstable();
    let span = inside[inside.len() - 1].since(inside[0]);
    (Rate((inside.len() - 1) as f64 / span.as_secs_f64()), inside.len())
}

/// One request after the other over one connection.
async fn closed_loop(server: SocketAddr, ended: Arc<Mutex<Vec<Mono>>>) {
    let stream = TcpStream::connect(server).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    loop {
        let request = Request::get("/.redline/page").header(HOST, "www.foobar.com");
        let response = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await.unwrap();
        assert!(response.status().is_success());
        response.into_body().collect().await.unwrap();
        ended.lock().unwrap().push(Mono::now());
    }
}
