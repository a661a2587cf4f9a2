//! What a run says of other numbers of servers.

use redline_model::{Bytes, ComponentUsage, Purpose, RunReport, ServerFingerprint, TrialResult};

use crate::comparison::usable;

/// Components that every application server has one of, so that more servers carry more.
const APPLICATION: [&str; 2] = ["nginx", "php"];
/// From here on the CPUs are what binds.
const EXHAUSTED: f64 = 0.9;

/// What n application servers complete, n·each up to what they share.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Law {
    /// Application servers that were measured.
    pub(super) measured: u32,
    /// Sessions per second that one of them completes at most.
    pub(super) each: f64,
    /// What they share, and the sessions per second that it lets through at most.
    pub(super) shared: Option<(String, f64)>,
    /// The sustainable load ÷ the saturation throughput.
    pub(super) kept: f64,
    /// The low end of the sustainable load's interval ÷ its estimate.
    pub(super) low: f64,
    /// Cores and memory of one application server.
    pub(super) one: (f64, Bytes),
    /// Number, cores and memory of the servers that they share.
    pub(super) others: (u32, f64, Bytes),
    pub(super) notes: Vec<String>,
}

/// CPU of one component at saturation, in cores.
struct Used<'a> {
    server: &'a str,
    kind: &'a str,
    cores: f64,
}

fn kind(component: &str) -> &str {
    component.split('@').next().unwrap_or(component)
}

fn used(usage: &ComponentUsage) -> Option<Used<'_>> {
    // What a server uses as a whole is told beside its components.
    (usage.component != usage.server).then_some(())?;
    Some(Used { server: &usage.server, kind: kind(&usage.component), cores: usage.cpu? })
}

/// The run's figures at saturation.
struct Saturated<'a> {
    /// Sessions per second.
    throughput: f64,
    kept: f64,
    low: f64,
    used: Vec<Used<'a>>,
    servers: &'a [ServerFingerprint],
    /// Where the run says that something other than CPU binds: its component's kind.
    other_limit: Option<&'a str>,
}

fn saturated(run: &RunReport) -> Option<Saturated<'_>> {
    let driven = |t: &&TrialResult| t.spec.purpose == Purpose::Overdrive && usable(t);
    let trial = run.trials.iter().rfind(driven)?;
    let throughput = run.verdict.saturation?.sessions_per_second.estimate;
    let sustainable = run.verdict.sustainable?.sessions_per_second;
    let bottleneck = run.verdict.bottleneck.as_ref().filter(|b| b.resource != "cpu" && b.component != "none");
    (throughput > 0.0 && sustainable.estimate > 0.0).then(|| Saturated {
        throughput,
        kept: (sustainable.estimate / throughput).min(1.0),
        low: (sustainable.low / sustainable.estimate).clamp(0.0, 1.0),
        used: trial.components.iter().filter_map(used).collect(),
        servers: &run.fingerprint.servers,
        other_limit: bottleneck.map(|b| kind(&b.component)),
    })
}

impl Saturated<'_> {
    fn is_application(server: &ServerFingerprint) -> bool {
        server.components.iter().any(|c| kind(&c.component) == "php")
    }
    fn cpu_of(&self, server: &str) -> f64 {
        self.used.iter().filter(|u| u.server == server).map(|u| u.cores).sum()
    }
    fn cpu_of_kinds(&self, wanted: impl Fn(&str) -> bool) -> f64 {
        self.used.iter().filter(|u| wanted(u.kind)).map(|u| u.cores).sum()
    }
}

/// The law of a stack whose application servers are apart from what they share; absent for one with everything on one
/// server, of which there is no second, and without a saturation throughput.
pub(super) fn measured(run: &RunReport) -> Option<Law> {
    let s = saturated(run)?;
    let (web, others): (Vec<_>, Vec<_>) = s.servers.iter().partition(|server| Saturated::is_application(server));
    let all_alone = web.iter().any(|server| server.components.iter().any(|c| kind(&c.component) == "mysql"));
    let first = web.first().filter(|server| server.cpus > 0.0)?;
    if all_alone || others.is_empty() {
        return None;
    }
    let n = web.len() as f64;
    let busy = |servers: &[&ServerFingerprint]| {
        let cores: f64 = servers.iter().map(|server| server.cpus).sum();
        servers.iter().map(|server| s.cpu_of(&server.server)).sum::<f64>() / cores.max(1e-9)
    };
    let web_busy = busy(&web);
    // What binds is as busy as can be; what is less busy carries as much more (utilisation law, U = X·D).
    let most = others.iter().map(|o| busy(&[o])).fold(web_busy, f64::max).max(1e-9);
    let mut notes = Vec::new();
    let by_cpu = |busy: f64| if busy > 0.0 { s.throughput * most.max(EXHAUSTED) / busy } else { f64::INFINITY };
    let mut each = if web_busy >= most { s.throughput / n } else { by_cpu(web_busy) / n };
    let limits = others.iter().map(|o| (o.server.clone(), by_cpu(busy(&[o]))));
    let mut shared = limits.min_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, limit)| limit.is_finite());
    if most < EXHAUSTED {
        match s.other_limit {
            Some(kind) if APPLICATION.contains(&kind) => each = s.throughput / n,
            Some(kind) => shared = Some((kind.to_owned(), s.throughput)),
            None => {
                each = s.throughput / n;
                shared = Some(("what limits it (it is not known)".to_owned(), s.throughput));
                notes.push("No CPU was exhausted and nothing else was found to bind, so nothing says that more servers carry more.".into());
            }
        }
    }
    let sum = |of: fn(&ServerFingerprint) -> f64| others.iter().map(|o| of(o)).sum::<f64>();
    Some(Law {
        measured: web.len() as u32,
        each,
        shared,
        kept: s.kept,
        low: s.low,
        one: (first.cpus, first.memory),
        others: (others.len() as u32, sum(|o| o.cpus), Bytes(others.iter().map(|o| o.memory.0).sum())),
        notes,
    })
}

/// From one server with everything on it: a balancer, n application servers and a database server, each of that server's
/// size. Absent where the CPU of its components was not read.
pub(super) fn split(run: &RunReport) -> Option<Law> {
    let s = saturated(run)?;
    let [server] = s.servers else { return None };
    let is_application = |kind: &str| APPLICATION.contains(&kind);
    let (web, shared_kinds) = (s.cpu_of_kinds(is_application), ["mysql", "valkey", "redis"]);
    let database = s.cpu_of_kinds(|kind| shared_kinds.contains(&kind));
    if web <= 0.0 || database <= 0.0 || server.cpus <= 0.0 {
        return None;
    }
    // As busy as this server was when it was full, the others will be.
    let busy = s.cpu_of(&server.server).min(server.cpus);
    let exhausted = busy / server.cpus >= EXHAUSTED - 0.1;
    let mut notes = vec![
        "Predicted from what the components cost on one server. A balancer's own work, the way over the network and what grows with the number of servers (connections, locks) are not in it.".to_owned(),
    ];
    let (mut each, mut shared) = (s.throughput * busy / web, s.throughput * busy / database);
    if !exhausted {
        match s.other_limit {
            Some(kind) if is_application(kind) => each = each.min(s.throughput),
            Some(_) => shared = shared.min(s.throughput),
            None => {
                (each, shared) = (each.min(s.throughput), shared.min(s.throughput));
                notes.push("The one server's CPU was not exhausted and nothing else was found to bind.".to_owned());
            }
        }
    }
    Some(Law {
        measured: 1,
        each,
        shared: Some(("the database".to_owned(), shared)),
        kept: s.kept,
        low: s.low,
        one: (server.cpus, server.memory),
        others: (2, 2.0 * server.cpus, Bytes(2 * server.memory.0)),
        notes,
    })
}

impl Law {
    /// Sessions per second that `n` application servers complete at most.
    pub(super) fn saturation(&self, n: u32) -> f64 {
        let each = f64::from(n) * self.each;
        self.shared.as_ref().map_or(each, |(_, limit)| each.min(*limit))
    }

    /// The fewest application servers whose sustainable load, times `usable`, is `needed`.
    pub(super) fn fewest(&self, needed: f64, usable: f64) -> Option<u32> {
        let kept = self.kept * usable;
        let limit = self.shared.as_ref().map_or(f64::INFINITY, |(_, limit)| limit * kept);
        if needed > limit || self.each * kept <= 0.0 {
            return None;
        }
        Some((needed / (self.each * kept)).ceil().max(1.0) as u32)
    }
}
