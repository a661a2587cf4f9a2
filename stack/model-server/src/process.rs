//! The process: its description on stdin, one line on stdout when it is ready, and its end when stdin closes.

use std::{
    io::{self, BufRead as _, Write as _},
    process::ExitCode,
    sync::Arc,
    thread,
};

use tokio::{net::TcpListener, runtime};

use crate::{
    ModelError, Ready, ServerPlan,
    books::Books,
    clock::Stages,
    counters::Tallies,
    dns,
    gate::Gate,
    http,
    places::Places,
    shop::Shop,
    side,
    site::{self, House},
};

/// The body of the hidden subcommand.
#[must_use]
pub fn run() -> ExitCode {
    match serve_until_stdin_closes() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("redline: {error}");
            ExitCode::from(3)
        }
    }
}

fn serve_until_stdin_closes() -> Result<(), ModelError> {
    let mut lines = io::stdin().lock().lines();
    let first = lines.next().transpose().map_err(ModelError::system("reading its description"))?;
    let plan: ServerPlan = serde_json::from_str(&first.unwrap_or_default())
        .map_err(|error| ModelError::Start(format!("its description cannot be read: {error}")))?;
    let ready = start(&plan)?;
    let line = serde_json::to_string(&ready).map_err(|e| ModelError::Start(e.to_string()))?;
    let mut out = io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(ModelError::system("telling that it is ready"))?;
    // Whoever started it holds the other end: whatever becomes of them, it closes.
    while let Some(Ok(_)) = lines.next() {}
    Ok(())
}

/// Starts all threads; they end with the process.
pub(crate) fn start(plan: &ServerPlan) -> Result<Ready, ModelError> {
    pin(&plan.cpus);
    more_files();
    let house = Arc::new(House {
        model: plan.model.clone(),
        stages: Stages::start(&plan.model, plan.seed)?,
        shop: Shop::new(plan.seed),
        books: Books::default(),
        tallies: Tallies::default(),
        gate: Gate::default(),
    });
    let places = Places::find().map_err(ModelError::system("finding free addresses"))?;
    let addresses = [&places.http, &places.dns_tcp, &places.side].map(std::net::TcpListener::local_addr);
    let [http, dns, side] = addresses.map(|a| a.map_err(ModelError::system("reading an address")));
    let ready = Ready { http: http?, dns: dns?, side: side?, pid: std::process::id() };
    let (own, listener) = (house.clone(), places.http);
    keep("site", plan.model.cpus as usize, async move {
        let connection = |stream| http::connection(stream, own.clone(), site::follow, site::answer);
        own.gate.keep(TcpListener::from_std(listener)?, connection).await
    })?;
    let site = ready.http.ip();
    // A thread of its own: a full site must not keep the probes waiting.
    keep("side", 1, async move {
        let (udp, tcp) = (tokio::net::UdpSocket::from_std(places.dns_udp)?, TcpListener::from_std(places.dns_tcp)?);
        tokio::spawn(dns::over_udp(udp, house.clone(), site));
        tokio::spawn(dns::over_tcp(tcp, house.clone(), site));
        http::serve(TcpListener::from_std(places.side)?, house, |_, _| {}, side::answer).await;
        Ok(())
    })?;
    Ok(ready)
}

/// Runs `work` for ever on a runtime of so many threads.
fn keep(
    name: &'static str,
    threads: usize,
    work: impl Future<Output = io::Result<()>> + Send + 'static,
) -> Result<(), ModelError> {
    let starting = ModelError::system("starting a thread");
    let mut builder = match threads {
        1 => runtime::Builder::new_current_thread(),
        _ => runtime::Builder::new_multi_thread(),
    };
    if threads > 1 {
        builder.worker_threads(threads - 1);
    }
    let runtime = builder.enable_all().build().map_err(ModelError::system("starting a runtime"))?;
    let run = move || {
        if let Err(error) = runtime.block_on(work) {
            eprintln!("redline: the model server's {name}: {error}");
        }
    };
    thread::Builder::new().name(name.into()).spawn(run).map(drop).map_err(starting)
}

/// Keeps the whole process, its later threads included, on these CPUs; an empty list changes nothing.
fn pin(cpus: &[usize]) {
    #[cfg(target_os = "linux")]
    {
        use nix::{
            sched::{CpuSet, sched_setaffinity},
            unistd::Pid,
        };
        let mut set = CpuSet::new();
        if !cpus.is_empty() && cpus.iter().all(|cpu| set.set(*cpu).is_ok()) {
            // Where it is refused, the host's figures in the report show it.
            let _ = sched_setaffinity(Pid::from_raw(0), &set);
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = cpus;
}

/// Lets the process open as many files as the system allows: a session may hold six connections.
fn more_files() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        // Where it is refused, connections are refused later, and the generator's errors show it.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
}
