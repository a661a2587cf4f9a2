//! From a fault to what was done and seen.

use redline_model::{Fault, FaultKind, FaultWindow, Mono};

use super::{
    aim::Aim,
    bandwidth, choices, connections, cut_off, delay, disk_full, dns_silence,
    injected::{Injected, Undo, watch},
    kill, nxdomain,
    observe::Seen,
    out_of_memory, pause, reset, restart,
    setting::Setting,
    slow, stop, table_lock, traffic,
};
use crate::{NetworkKind, Stack, StackError, cpus::parse_cpuset, member::Member, topology::ComponentKind};

/// What was done: how it is undone, what was seen, and when it ended if it ended by itself.
struct Done {
    undo: Undo,
    seen: Seen,
    lifted: Option<Mono>,
}

impl Done {
    fn lasting((undo, seen): (Undo, Seen)) -> Self {
        Self { undo, seen, lifted: None }
    }
}

impl Stack {
    /// Breaks something; returns once that was seen.
    ///
    /// After an error something may be broken: the stack is to be stopped, or [`Stack::whole_again`] asked.
    ///
    /// # Errors
    /// [`StackError::FaultNotAvailable`] before anything is done; else if Docker refuses, or what was to break did not.
    pub async fn inject(&self, fault: &Fault) -> Result<Injected, StackError> {
        let members = self.aimed_at(&fault.component);
        if let Some(reason) = self.obstacle_to(fault).await {
            return Err(StackError::FaultNotAvailable { fault: fault.to_string(), reason });
        }
        let asked = Mono::now();
        let done = self.act(fault, &members).await.map_err(|error| named(error, fault))?;
        let window =
            FaultWindow { asked, injected: done.seen.at, lifted: done.lifted, cleared: None, evidence: done.seen.how };
        Ok(Injected::new(self, fault.clone(), members, window, done.undo))
    }

    /// Why this stack or this host cannot have a fault; nothing where it can. The first fault that needs a program of its
    /// own takes some seconds here, the others none: ask before anything is measured.
    pub async fn obstacle_to(&self, fault: &Fault) -> Option<String> {
        let setting = Setting::of(self);
        let mut obstacle = choices::obstacle(fault, &setting);
        if let (None, Some(what)) = (&obstacle, choices::needs(fault.kind, &setting)) {
            obstacle = self.tools().await.obstacle(what);
        }
        if self.aimed_at(&fault.component).is_empty() {
            obstacle.get_or_insert_with(|| format!("there is no {} in this stack", fault.component));
        }
        obstacle
    }

    async fn act(&self, fault: &Fault, members: &[Member]) -> Result<Done, StackError> {
        let docker = &self.docker;
        let seen = match fault.kind {
            FaultKind::Kill => (Undo::Start, kill::inject(docker, members).await?),
            FaultKind::Stop => (Undo::Start, stop::inject(docker, members).await?),
            FaultKind::OutOfMemory => (Undo::Start, out_of_memory::inject(docker, members).await?),
            FaultKind::Restart => {
                let (seen, lifted) = restart::inject(docker, members).await?;
                return Ok(Done { undo: watch(docker, members), seen, lifted: Some(lifted) });
            }
            FaultKind::Pause => (Undo::Unpause, pause::inject(docker, members).await?),
            FaultKind::DnsSilence => (Undo::Unpause, dns_silence::inject(docker, members).await?),
            FaultKind::DiskFull => (Undo::Disk, disk_full::inject(docker, members).await?),
            FaultKind::Nxdomain => (Undo::Zone, nxdomain::inject(docker, members).await?),
            FaultKind::Slow => {
                let (slowed, seen) = match Aim::of(&fault.component) {
                    Aim::All => slow::server(self.server_cpus())?,
                    Aim::Server(name) => self.slow_server(&name, members).await?,
                    _ => slow::components(docker, members).await?,
                };
                (Undo::Slow(slowed), seen)
            }
            FaultKind::Connections | FaultKind::TableLock => self.act_on_database(fault.kind, members).await?,
            FaultKind::CutOff | FaultKind::Reset | FaultKind::Delay | FaultKind::Bandwidth => {
                return self.act_on_network(fault, members).await;
            }
        };
        Ok(Done::lasting(seen))
    }

    /// One server of several: its share is lowered where it has one, else its CPUs' time is taken.
    async fn slow_server(&self, name: &str, members: &[Member]) -> Result<(slow::Slowed, Seen), StackError> {
        let size = self.intended_sizes().get(name).map_or(0.0, |(cpus, _)| *cpus);
        match (self.keeper().await?, members.iter().find_map(Member::group)) {
            (Some(keeper), Some(folder)) => slow::share(keeper.clone(), name, folder, size).await,
            _ => slow::server(members.first().map_or_else(Vec::new, |member| parse_cpuset(&member.cpuset))),
        }
    }

    async fn act_on_database(&self, kind: FaultKind, members: &[Member]) -> Result<(Undo, Seen), StackError> {
        let no_database = || StackError::Fault {
            fault: kind.to_string(),
            doing: "injected",
            reason: "there is no database in this stack".into(),
        };
        let member = members.first().ok_or_else(no_database)?;
        if kind == FaultKind::TableLock {
            let (lock, seen) = table_lock::inject(&self.docker, member).await?;
            return Ok((Undo::Lock(lock), seen));
        }
        let (held, seen) = connections::inject(&self.docker, member).await?;
        Ok((Undo::Connections(held), seen))
    }

    async fn act_on_network(&self, fault: &Fault, members: &[Member]) -> Result<Done, StackError> {
        let (docker, run, network) = (&self.docker, &self.run, self.network().0);
        if (fault.kind, network) == (FaultKind::CutOff, NetworkKind::Bridge) {
            let (cut, seen) = cut_off::on_bridge(docker, run, members).await?;
            return Ok(Done::lasting((Undo::Cut(cut), seen)));
        }
        let no_image =
            |reason: &String| StackError::FaultNotAvailable { fault: fault.to_string(), reason: reason.clone() };
        let image = self.tools().await.image.as_ref().map_err(no_image)?;
        let (name, queue) = match fault.kind {
            FaultKind::CutOff => {
                let whole = Aim::of(&fault.component).kind().is_none();
                let members = if whole { for_others(members) } else { members.to_vec() };
                let (cut, seen) = cut_off::on_loopback(docker, image, run, &members).await?;
                return Ok(Done::lasting((Undo::Cut(cut), seen)));
            }
            FaultKind::Reset => {
                let members: Vec<_> = members.iter().filter(|m| m.kind != ComponentKind::Dns).cloned().collect();
                let seen = reset::inject(docker, image, run, network, &members).await?;
                return Ok(Done { lifted: Some(seen.at), undo: watch(docker, &members), seen });
            }
            FaultKind::Delay => ("delay", delay::QUEUE),
            _ => ("bandwidth", bandwidth::QUEUE),
        };
        let (queues, seen) = traffic::queue(docker, image, run, members, name, queue).await?;
        Ok(Done::lasting((Undo::Queues(queues), seen)))
    }
}

/// Of a whole server, or all of them: those that somebody outside talks to. Inside a server is no wire.
fn for_others(members: &[Member]) -> Vec<Member> {
    let own = |member: &&Member| {
        let asked_inside = member.kind == ComponentKind::Php || member.kind == ComponentKind::Mysql;
        let web = members.iter().any(|other| other.server == member.server && other.kind == ComponentKind::Nginx);
        !(asked_inside && web)
    };
    members.iter().filter(own).cloned().collect()
}

/// An error that names no fault yet, with the name of the whole one.
fn named(error: StackError, fault: &Fault) -> StackError {
    match error {
        StackError::Fault { doing, reason, fault: part } if part != fault.to_string() => {
            let reason = if fault.to_string().starts_with(&part) { reason } else { format!("{part}: {reason}") };
            StackError::Fault { fault: fault.to_string(), doing, reason }
        }
        other => other,
    }
}
