//! Servers of which it is known in closed form what limits them.

use redline_analysis::simulator::{SimServer, Stage, Step};
use redline_model::{Rate, Seconds};

/// The stages, in their order.
pub const RESOURCES: [&str; 3] = ["cpu", "pool", "row-locks"];

/// What disturbs the measurement.
#[derive(Debug, Clone, Copy)]
pub enum Noise {
    /// Nothing but the service times' own luck.
    None,
    /// The machine's speed varies by 1 % (standard deviation) with a correlation time of some seconds.
    Correlated,
    /// It varies by 5 %, as that of a shared host may.
    Rough,
    /// The machine gets slower by 0.2 % a second.
    Drift,
}

/// One server.
#[derive(Debug, Clone)]
pub struct Case {
    /// Sessions per second of each stage.
    pub capacities: [f64; 3],
    /// Coefficient of variation of a step's service time at each stage.
    pub variation: f64,
    /// What disturbs.
    pub noise: Noise,
    /// Children of the pool.
    pub pool: u32,
}

/// Steps of a session: (name, work relative to a page).
const STEPS: [(&str, f64); 6] =
    [("home", 1.0), ("search", 1.6), ("product", 1.0), ("login", 6.0), ("cart", 1.2), ("order", 2.0)];

impl Case {
    /// Sessions per second in closed form.
    pub fn capacity(&self) -> f64 {
        self.capacities.iter().copied().fold(f64::INFINITY, f64::min)
    }
    /// The server: the CPU has two servers, a lock one.
    pub fn server(&self) -> SimServer {
        let step =
            |(name, weight): &(&str, f64)| Step { name: (*name).into(), weight: *weight, requests: 3, share: 1.0 };
        let weight: f64 = STEPS.iter().map(|s| s.1).sum();
        let stage = |servers: u32, capacity: f64| Stage {
            servers,
            demand: Seconds(f64::from(servers) / (capacity * weight)),
            variation: self.variation,
        };
        let [cpu, pool, lock] = self.capacities;
        SimServer {
            stages: vec![stage(2, cpu), stage(self.pool, pool), stage(1, lock)],
            steps: STEPS.iter().map(step).collect(),
            ..SimServer::with_capacity(Rate(1.0), 1, 1, 0.0)
        }
    }
}

const RATES: [f64; 3] = [40.0, 100.0, 300.0];
const VARIATIONS: [f64; 3] = [0.2, 0.5, 1.0];
const HEADROOMS: [f64; 3] = [1.3, 1.6, 2.5];
/// What a measurement must stand.
pub const USUAL: &[Noise] = &[Noise::None, Noise::Correlated, Noise::Drift];
/// What may leave it undecided, and must not make it wrong.
pub const ROUGH: &[Noise] = &[Noise::Rough];

fn grid(noises: &'static [Noise]) -> impl Iterator<Item = (f64, f64, f64, Noise, u32)> {
    RATES.into_iter().zip([5, 10, 20]).flat_map(move |(rate, pool)| {
        VARIATIONS.into_iter().flat_map(move |variation| {
            HEADROOMS.into_iter().flat_map(move |room| noises.iter().map(move |n| (rate, variation, room, *n, pool)))
        })
    })
}

/// One resource limits, the others have room: 81 cases for each noise, each with the index of its limit.
pub fn single(noises: &'static [Noise]) -> Vec<(usize, Case)> {
    let of = move |limit: usize| {
        grid(noises).map(move |(rate, variation, room, noise, pool)| {
            let mut capacities = [rate * room; 3];
            capacities[limit] = rate;
            (limit, Case { capacities, variation, noise, pool })
        })
    };
    (0..RESOURCES.len()).flat_map(of).collect()
}

/// CPU and pool limit alike, the lock has room: 27 cases for each noise.
pub fn joint(noises: &'static [Noise]) -> Vec<Case> {
    grid(noises)
        .map(|(rate, variation, room, noise, pool)| Case {
            capacities: [rate, rate, rate * room],
            variation,
            noise,
            pool,
        })
        .collect()
}
