//! The probe of one component: its container's CPU and its daemon's counters.

use std::time::Duration;

use redline_model::{Mono, ProbeReading, Sample, Seconds};
use testcontainers::bollard::Docker;

use super::{
    balancer::BalancerProbe, cpu::CpuProbe, dns::DnsProbe, mysql::MysqlProbe, nginx::NginxProbe, php_fpm::PhpFpmProbe,
    valkey::ValkeyProbe, varnish::VarnishProbe,
};
use crate::{member::Member, topology::ComponentKind};

/// A daemon that needs longer is silent. Under a second, so that the next reading is on time.
const PATIENCE: Duration = Duration::from_millis(800);

/// The probe of one kind of daemon.
#[derive(Debug)]
enum Daemon {
    Dns(DnsProbe),
    Varnish(VarnishProbe),
    Balancer(BalancerProbe),
    Nginx(NginxProbe),
    Php(PhpFpmProbe),
    Valkey(ValkeyProbe),
    Mysql(Box<MysqlProbe>),
}

/// Reads one component.
#[derive(Debug)]
pub(super) struct ComponentProbe {
    server: String,
    component: String,
    cpu: CpuProbe,
    daemon: Daemon,
    last: Option<Mono>,
}

impl ComponentProbe {
    pub(super) fn new(docker: &Docker, member: &Member) -> Self {
        let daemon = match member.kind {
            ComponentKind::Dns => Daemon::Dns(DnsProbe::new(docker, member)),
            ComponentKind::Varnish => Daemon::Varnish(VarnishProbe::new(docker, member)),
            ComponentKind::Balancer => Daemon::Balancer(BalancerProbe::new(member)),
            ComponentKind::Nginx => Daemon::Nginx(NginxProbe::new(member)),
            ComponentKind::Php => Daemon::Php(PhpFpmProbe::new(member)),
            ComponentKind::Valkey => Daemon::Valkey(ValkeyProbe::new(member)),
            ComponentKind::Mysql => Daemon::Mysql(Box::new(MysqlProbe::new(member))),
        };
        let cpu = CpuProbe::new(docker, member);
        Self { server: member.server.clone(), component: member.instance.clone(), cpu, daemon, last: None }
    }
    /// One reading; `None` the first time, when there is nothing yet to compare with.
    pub(super) async fn sample(&mut self) -> Option<Sample> {
        let at = Mono::now();
        // Its CPU first: how long the daemon takes to answer must not move the moment of reading.
        let cpu = tokio::time::timeout(PATIENCE, self.cpu.sample()).await.ok().flatten();
        let reading = match tokio::time::timeout(PATIENCE, self.daemon.read()).await {
            Ok(Ok(reading)) => reading.unwrap_or(ProbeReading::None),
            Ok(Err(reason)) => ProbeReading::Silent { reason },
            Err(_) => ProbeReading::Silent { reason: format!("no answer within {} ms", PATIENCE.as_millis()) },
        };
        let last = self.last.replace(at)?;
        let span = since(at, last);
        Some(Sample { at, span, server: self.server.clone(), component: self.component.clone(), cpu, reading })
    }
}

impl Daemon {
    /// `Ok(None)`: it answered, and there is nothing yet to compare with.
    async fn read(&mut self) -> Result<Option<ProbeReading>, String> {
        Ok(match self {
            Self::Dns(probe) => probe.read().await?.map(ProbeReading::Dns),
            Self::Varnish(probe) => probe.read().await?.map(ProbeReading::Varnish),
            Self::Balancer(probe) => probe.read().await?.map(ProbeReading::Balancer),
            Self::Nginx(probe) => probe.read().await?.map(ProbeReading::Nginx),
            Self::Php(probe) => probe.read().await?.map(ProbeReading::PhpFpm),
            Self::Valkey(probe) => probe.read().await?.map(ProbeReading::Valkey),
            Self::Mysql(probe) => probe.read().await?.map(ProbeReading::Mysql),
        })
    }
}

/// The time between two readings.
pub(super) fn since(at: Mono, then: Mono) -> Seconds {
    Seconds(at.since(then).as_secs_f64())
}
