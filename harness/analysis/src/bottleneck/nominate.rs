//! The rules in their order: what ends everything, the processor, then from downstream to upstream.

use redline_model::{Bottleneck, BottleneckStatus};

use super::{
    cpu,
    evidence::{Saturated, SaturationEvidence, Signal},
    mysql, place, share, web,
};

/// Nominates the bottleneck. Its status is `suspected` at best: only an intervention convicts. The first rule
/// that holds names it, the others are listed with the reason why they come second.
#[must_use]
pub fn nominate(evidence: &SaturationEvidence) -> Bottleneck {
    let Some(saturated) = Saturated::of(evidence) else {
        return unknown(vec!["No component was probed while the stack was saturated.".into()]);
    };
    let rules: [fn(&Saturated) -> Vec<Signal>; 13] = [
        cpu::memory,
        cpu::quota,
        share::exhausted,
        cpu::processor,
        // A row is held, and a connection used, for as long as the disk takes.
        mysql::buffer_pool,
        mysql::fsync,
        mysql::row_locks,
        mysql::connections,
        web::network,
        web::pool,
        web::connections,
        web::limiter,
        web::accept_queue,
    ];
    let mut signals = rules.iter().flat_map(|rule| alike(rule(&saturated)));
    let Some(first) = signals.next() else {
        let mut looked = vec![format!("The servers' CPUs were {} busy; 90 % are needed.", percent(saturated.cpu_busy))];
        looked.push("No pool, lock, connection limit or queue reached its threshold.".into());
        return unknown(looked);
    };
    let second = |s: Signal| {
        let why = match (first.resource, s.resource) {
            ("cpu" | "cpu-quota", "pool") => "a pool is full as well when its workers wait for CPU",
            ("cpu" | "cpu-quota", _) => "with the CPU exhausted everything else waits too",
            (_, "pool") => "a pool that is full because it waits further downstream is a symptom",
            _ => "it is further upstream, or weaker",
        };
        format!("{} of {}: {} ({why})", s.resource, s.component, s.evidence.join("; "))
    };
    let others = signals.map(second).collect();
    let Signal { component, resource, evidence } = first;
    let status = BottleneckStatus::Suspected;
    Bottleneck {
        component,
        resource: resource.into(),
        status,
        elasticity: None,
        evidence,
        others,
        interventions: Vec::new(),
        untested: Vec::new(),
        advice: None,
    }
}

/// The same found at several instances of one kind (`php@web1`, `php@web2`) is one thing, found at the kind.
fn alike(signals: Vec<Signal>) -> Vec<Signal> {
    let mut all: Vec<Signal> = Vec::new();
    for signal in signals {
        match all.iter_mut().find(|known| known.resource == signal.resource && instances(known, &signal)) {
            None => all.push(signal),
            Some(known) => {
                let kind = place::kind(&known.component).to_owned();
                if known.component != kind {
                    let of = std::mem::replace(&mut known.component, kind);
                    known.evidence.iter_mut().for_each(|line| *line = format!("{of}: {line}"));
                }
                known.evidence.extend(signal.evidence.iter().map(|line| format!("{}: {line}", signal.component)));
            }
        }
    }
    all
}

fn instances(a: &Signal, b: &Signal) -> bool {
    b.component.contains('@') && place::kind(&a.component) == place::kind(&b.component)
}

fn unknown(evidence: Vec<String>) -> Bottleneck {
    Bottleneck {
        component: "none".into(),
        resource: "unknown".into(),
        status: BottleneckStatus::Unknown,
        elasticity: None,
        evidence,
        others: Vec::new(),
        interventions: Vec::new(),
        untested: Vec::new(),
        advice: None,
    }
}

/// A share in whole percent.
pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
