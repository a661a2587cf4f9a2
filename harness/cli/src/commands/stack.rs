//! `redline stack`: a stack to look at.

use redline_stack::{
    NetworkChoice, NetworkKind, Rebuild, RunId, Stack, StackKind, StackStatus, StartOptions, Topology, build_images,
    stacks,
};

use crate::{
    args::{StackCommand, TopologyArg},
    exit::{Ended, Failure},
    interrupt::Interrupt,
    live::Live,
    plan, progress,
};

/// Does what was asked for.
pub(crate) async fn work(command: StackCommand) -> Result<Ended, Failure> {
    match command {
        StackCommand::Build { topology, rebuild } => build(&topology, rebuild).await,
        StackCommand::Up { topology, network } => up(&topology, plan::network(network)).await,
        StackCommand::Status { topology } => status(topology.as_deref()).await,
        StackCommand::Logs { topology } => logs(topology.as_deref()).await,
        StackCommand::Down { topology } => down(topology.as_deref()).await,
    }
}

/// A model has no images and runs only while it is measured.
fn of_containers(arg: &TopologyArg) -> Result<Topology, Failure> {
    let name = arg.topology.as_str();
    if redline_model_server::find(name)?.is_some() {
        return Err(Failure::usage(format!(
            "`{name}` is a model, not a stack of containers; `redline scenario checkout --topology {name}` runs it"
        )));
    }
    plan::containers(arg).map_err(Failure::usage)
}

async fn build(arg: &TopologyArg, rebuild: bool) -> Result<Ended, Failure> {
    let topology = of_containers(arg)?;
    let live = Live::start(None);
    live.phase("building the images");
    let on_event = |event| progress::show(&live, &event);
    let rebuild = if rebuild { Rebuild::Always } else { Rebuild::IfChanged };
    let built = build_images(&topology, rebuild, &on_event).await;
    live.end();
    built?;
    crate::print(&format!("the images of {} are built\n", topology.name))
}

async fn up(arg: &TopologyArg, network: NetworkChoice) -> Result<Ended, Failure> {
    let topology = of_containers(arg)?;
    let live = Live::start(None);
    let mut interrupt = Interrupt::listen()?;
    let run = RunId::random();
    live.phase("starting the stack");
    let on_event = |event| progress::show(&live, &event);
    let options = StartOptions { run: run.clone(), kind: StackKind::Stack, network, ..StartOptions::default() };
    let starting = async {
        let stack = Stack::start(&topology, options, &on_event).await?;
        stack.verify(&on_event).await.map(|()| stack)
    };
    let started = tokio::select! {
        started = starting => started.map_err(Failure::from),
        () = interrupt.wait() => Err(Failure::Interrupted),
    };
    live.end();
    match started {
        Ok(stack) => crate::print(&how_to_open(&stack)),
        Err(failure) => {
            let _ = redline_stack::clean_run(&run).await;
            Err(failure)
        }
    }
}

fn how_to_open(stack: &Stack) -> String {
    let how: Vec<String> = stack.how_to_open().iter().map(|line| format!("  {line}\n")).collect();
    format!("{}/ is up and stays until `redline stack down`. To open it:\n{}", stack.base_url(), how.concat())
}

async fn status(topology: Option<&str>) -> Result<Ended, Failure> {
    let stacks = chosen(topology).await?;
    if stacks.is_empty() {
        return crate::print("no stack is up; `redline stack up` starts one\n");
    }
    let mut text = String::new();
    for stack in &stacks {
        let network = stack.network.map_or("unknown network", NetworkKind::as_str);
        text += &format!("{} ({}, {network}, run {})\n", stack.topology, stack.kind, stack.run);
        for component in &stack.components {
            let state = component.state.as_ref().err().map_or("ready", String::as_str);
            let name = format!("{}/{}", component.server, component.component);
            text += &format!("  {name:<18} {:<22} {state}\n", component.address);
        }
    }
    crate::print(&text)
}

async fn logs(topology: Option<&str>) -> Result<Ended, Failure> {
    for stack in chosen(topology).await? {
        let stack = Stack::attach(&stack.run).await?;
        for (component, lines) in stack.last_log_lines(200).await {
            crate::print(&format!("== {component}\n{}\n", lines.join("\n")))?;
        }
    }
    Ok(Ended::Fine)
}

async fn down(topology: Option<&str>) -> Result<Ended, Failure> {
    let stacks: Vec<StackStatus> = chosen(topology).await?.into_iter().filter(|s| s.kind == "stack").collect();
    if stacks.is_empty() {
        return crate::print("no stack is up\n");
    }
    for stack in stacks {
        redline_stack::clean_run(&stack.run).await?;
        crate::print(&format!("{} (run {}) is down\n", stack.topology, stack.run))?;
    }
    Ok(Ended::Fine)
}

/// The stacks that are up, all or those of one topology.
async fn chosen(topology: Option<&str>) -> Result<Vec<StackStatus>, Failure> {
    Ok(stacks().await?.into_iter().filter(|s| topology.is_none_or(|t| s.topology == t)).collect())
}
