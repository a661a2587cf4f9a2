//! A stack by hand, for whoever works on this crate: `cargo run -p redline-stack --example stack -- [bridge] [guard] [FILE.toml]`.
//!
//! Starts and verifies `single`, reads its probes for five seconds and stops it. With `guard` it starts a guard (this
//! very program) and then kills itself, so that one can see the guard clean up.

use std::time::Instant;

use redline_stack::{
    NetworkChoice, NetworkKind, RunId, Stack, StackError, StartOptions, run_guard, spawn_guard, topology,
};

fn main() -> Result<(), StackError> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [command, run] = args.as_slice()
        && command == "guard"
        && let Ok(run) = run.parse::<RunId>()
    {
        return run_guard(&run);
    }
    let failed = |source| StackError::Io { path: "tokio".into(), doing: "starting", source };
    let runtime = tokio::runtime::Runtime::new().map_err(failed)?;
    runtime.block_on(show(&args)).inspect_err(|error| println!("{error}"))
}

async fn show(args: &[String]) -> Result<(), StackError> {
    let began = Instant::now();
    let say = |event: redline_stack::StackEvent| println!("{:6.2} {event}", began.elapsed().as_secs_f64());
    let has = |word: &str| args.iter().any(|arg| arg == word);
    let network = if has("bridge") { NetworkChoice::Forced(NetworkKind::Bridge) } else { NetworkChoice::Automatic };
    let topology = args.iter().find(|arg| arg.ends_with(".toml")).map_or("single", String::as_str);
    let options = StartOptions { network, ..StartOptions::default() };
    let run = options.run.clone();
    let exe = std::env::current_exe().map_err(|source| StackError::Io {
        path: "/proc/self/exe".into(),
        doing: "finding",
        source,
    })?;
    let guard = spawn_guard(&exe, &run)?;
    let stack = Stack::start(&topology::find(topology)?, options, &say).await?;
    println!("{:6.2} started", began.elapsed().as_secs_f64());
    stack.verify(&say).await?;
    println!("{:6.2} verified", began.elapsed().as_secs_f64());
    if has("guard") {
        println!("run {run}: killing myself; see `docker ps -a --filter label=redline={run}`");
        let _ = nix::sys::signal::kill(nix::unistd::Pid::this(), nix::sys::signal::Signal::SIGKILL);
    }
    let mut sampler = stack.sampler();
    for _ in 0..20 {
        println!("{:?}", sampler.next().await);
    }
    println!("{:#?}\n{:?}", stack.fingerprint_servers().await, stack.access_log(None).await?);
    println!("{:?}", stack.stop().await?);
    guard.disarm().await
}
