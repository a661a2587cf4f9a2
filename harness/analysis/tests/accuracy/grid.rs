//! The servers that whole searches are tried on, with the truth about each.

use redline_analysis::simulator::{SimServer, Speed, Step, strain};
use redline_model::{Rate, Seconds, Slo};

/// What disturbs a server besides chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Disturbance {
    /// Nothing.
    None,
    /// Its speed wanders by this standard deviation with a memory of ten seconds.
    Noise(f64),
    /// It becomes slower by this share a minute, and is at its nominal speed after a minute.
    Drift(f64),
    /// This share of the steps takes 100 ms longer, on nobody else's time.
    Stalls(f64),
}

/// One server, its SLO and the load in units of its capacity at which the SLO breaks.
pub struct Case {
    /// Sessions per second.
    pub capacity: f64,
    /// Coefficient of variation of the service times.
    pub variation: f64,
    /// What disturbs it.
    pub disturbance: Disturbance,
    /// Whether it is the one that resembles the real stack.
    pub shop: bool,
    /// From the ignored test `the_truth`, which finds it by simulation of its own seeds.
    pub sustainable: f64,
}

/// Step, demand in milliseconds, share of the sessions that make it: one shopper in fifty buys at great cost.
const SHOP: [(&str, f64, f64); 11] = [
    ("home", 4.0, 1.0),
    ("category", 4.5, 0.8),
    ("product", 4.0, 1.0),
    ("search", 9.0, 0.3),
    ("cart", 5.0, 0.35),
    ("login", 5.0, 0.2),
    ("address", 4.5, 0.15),
    ("payment", 5.0, 0.1),
    ("order", 14.0, 0.08),
    ("account", 5.0, 0.1),
    ("rare", 55.0, 0.02),
];

impl Case {
    /// The server.
    pub fn server(&self) -> SimServer {
        let mut server = if self.shop { self.shop_server() } else { self.plain() };
        match self.disturbance {
            Disturbance::None => {}
            Disturbance::Noise(noise) => server.speed = Speed { noise, memory: Seconds(10.0), ..Speed::CONSTANT },
            Disturbance::Drift(drift) => {
                server.speed = Speed { drift: -drift, centre: Seconds(60.0), ..Speed::CONSTANT };
            }
            Disturbance::Stalls(share) => {
                server.stalls = share;
                server.stall = Seconds(0.1);
            }
        }
        server
    }
    fn plain(&self) -> SimServer {
        let (servers, steps) = match self.capacity {
            x if x <= 100.0 => (8, 8),
            x if x <= 400.0 => (4, 4),
            x if x <= 2000.0 => (2, 1),
            _ => (4, 2),
        };
        SimServer::with_capacity(Rate(self.capacity), servers, steps, self.variation)
    }
    fn shop_server(&self) -> SimServer {
        let mut server = SimServer::with_capacity(Rate(self.capacity), 1, 1, self.variation);
        let step = |(name, weight, share): (&str, f64, f64)| Step { name: name.into(), weight, requests: 4, share };
        server.steps = SHOP.map(step).to_vec();
        server.stages[0].demand = Seconds(1e-3);
        server.stages[0].demand = Seconds(1e-3 * server.capacity().0 / self.capacity);
        server
    }
    /// Its SLO.
    pub fn slo(&self) -> Slo {
        let terms: &[&str] = match (self.shop, self.capacity, self.variation) {
            (true, ..) => &["p95<500ms", "p99<1.5s"],
            (_, x, _) if x <= 100.0 => &["p95<60ms"],
            (_, x, _) if x <= 400.0 => &["p95<25ms"],
            (_, x, v) if x <= 2000.0 && v > 1.5 => &["p95<20ms"],
            (_, x, _) if x <= 2000.0 => &["p95<10ms"],
            (_, _, v) if v > 1.5 => &["p95<8ms"],
            _ => &["p95<4ms"],
        };
        Slo::parse(terms).unwrap()
    }
    /// By long simulation at fixed loads: where the worst promise is just kept, as a share of the capacity. Of
    /// drift it is that at the nominal speed.
    pub fn truth(&self, sessions: f64, first_seed: u64) -> f64 {
        let mut server = self.server();
        if matches!(self.disturbance, Disturbance::Drift(_)) {
            server.speed = Speed::CONSTANT;
        }
        let slo = self.slo();
        let (mut low, mut high) = (0.6, 0.99);
        for i in 0..9 {
            let at = (low + high) / 2.0;
            let kept = strain(&server, &slo, Rate(at * self.capacity), sessions, first_seed + i) <= 1.0;
            if kept { low = at } else { high = at }
        }
        (low + high) / 2.0
    }
}

/// The grid: every capacity with every variation undisturbed, and with a variation of 1 under each disturbance.
pub fn cases() -> Vec<Case> {
    use Disturbance::{Drift, Noise, None, Stalls};
    let plain = |capacity, variation, disturbance, sustainable| Case {
        capacity,
        variation,
        disturbance,
        shop: false,
        sustainable,
    };
    let shop = |disturbance, sustainable| Case { capacity: 50.0, variation: 1.5, disturbance, shop: true, sustainable };
    vec![
        plain(100.0, 0.5, None, 0.9333),
        plain(100.0, 1.0, None, 0.9226),
        plain(100.0, 2.0, None, 0.8845),
        plain(100.0, 1.0, Noise(0.01), 0.9211),
        plain(100.0, 1.0, Noise(0.03), 0.9089),
        plain(100.0, 1.0, Drift(0.02), 0.9226),
        plain(100.0, 1.0, Stalls(0.02), 0.9043),
        plain(400.0, 0.5, None, 0.9287),
        plain(400.0, 1.0, None, 0.9180),
        plain(400.0, 2.0, None, 0.8693),
        plain(400.0, 1.0, Noise(0.01), 0.9173),
        plain(400.0, 1.0, Noise(0.03), 0.9020),
        plain(400.0, 1.0, Drift(0.02), 0.9180),
        plain(400.0, 1.0, Stalls(0.02), 0.9028),
        plain(2000.0, 0.5, None, 0.9020),
        plain(2000.0, 1.0, None, 0.8411),
        plain(2000.0, 2.0, None, 0.8053),
        plain(2000.0, 1.0, Noise(0.01), 0.8380),
        plain(2000.0, 1.0, Noise(0.03), 0.8281),
        plain(2000.0, 1.0, Drift(0.02), 0.8411),
        plain(2000.0, 1.0, Stalls(0.02), 0.8144),
        plain(5000.0, 0.5, None, 0.9393),
        plain(5000.0, 1.0, None, 0.9203),
        plain(5000.0, 2.0, None, 0.9211),
        plain(5000.0, 1.0, Noise(0.01), 0.9180),
        plain(5000.0, 1.0, Noise(0.03), 0.9051),
        plain(5000.0, 1.0, Drift(0.02), 0.9203),
        plain(5000.0, 1.0, Stalls(0.02), 0.9058),
        shop(None, 0.9561),
        shop(Noise(0.03), 0.9470),
    ]
}
