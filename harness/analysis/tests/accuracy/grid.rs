//! The servers that whole searches are tried on, with the truth about each.

use redline_analysis::simulator::{SimServer, Simulator};
use redline_model::{Purpose, Rate, Seconds, Slo, TrialSpec};

/// One server, its SLO and the load in units of its capacity at which the SLO breaks.
pub struct Case {
    /// Sessions per second.
    pub capacity: f64,
    /// Coefficient of variation of the service times.
    pub variation: f64,
    servers: u32,
    steps: u32,
    slo: &'static str,
    /// From `truth`, see the ignored test.
    pub sustainable: f64,
}

impl Case {
    /// The server.
    pub fn server(&self) -> SimServer {
        SimServer::with_capacity(Rate(self.capacity), self.servers, self.steps, self.variation)
    }
    /// Its SLO.
    pub fn slo(&self) -> Slo {
        Slo::parse([self.slo]).unwrap()
    }
    /// By long simulation at fixed loads: the load at which 5 % of the steps are slow, as a share of capacity.
    pub fn truth(&self, sessions: f64) -> f64 {
        let (mut low, mut high) = (0.3, 1.0);
        for i in 0..9 {
            let at = (low + high) / 2.0;
            let offered = Rate(at * self.capacity);
            let hold = Seconds((sessions / offered.0).ceil());
            let settle = Seconds((0.1 * hold.0).ceil());
            let spec = TrialSpec { purpose: Purpose::Hold, offered, settle, hold, cap: None };
            let bad = Simulator::new(self.server(), self.slo(), 77 + i).trial(spec).slo[0].bad.0;
            if bad <= 0.05 { low = at } else { high = at }
        }
        (low + high) / 2.0
    }
}

/// The grid.
pub fn cases() -> Vec<Case> {
    let case = |capacity, servers, steps, slo, variation, sustainable| Case {
        capacity,
        variation,
        servers,
        steps,
        slo,
        sustainable,
    };
    vec![
        case(30.0, 1, 8, "p95<200ms", 0.5, 0.9460),
        case(30.0, 1, 8, "p95<200ms", 1.0, 0.9323),
        case(30.0, 1, 8, "p95<200ms", 2.0, 0.9104),
        case(100.0, 8, 8, "p95<60ms", 0.5, 0.9323),
        case(100.0, 8, 8, "p95<60ms", 1.0, 0.9296),
        case(100.0, 8, 8, "p95<60ms", 2.0, 0.8886),
        case(400.0, 4, 4, "p95<25ms", 0.5, 0.9323),
        case(400.0, 4, 4, "p95<25ms", 1.0, 0.9296),
        case(400.0, 4, 4, "p95<25ms", 2.0, 0.8722),
        case(2000.0, 2, 1, "p95<10ms", 0.5, 0.8995),
        case(2000.0, 2, 1, "p95<10ms", 1.0, 0.8435),
        case(2000.0, 2, 1, "p95<20ms", 2.0, 0.7997),
    ]
}
