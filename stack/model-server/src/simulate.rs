//! The same stages in virtual time: what a model completes and how long its requests take, as the truth that
//! redline's estimates are held against.
//!
//! Stages that burn are treated as if they slept, on no more slots than there are cores: good enough to know
//! the order of magnitude, and no truth.

use rand::{SeedableRng, rngs::SmallRng};
use redline_model::{Mono, Rate, Seconds, Share};

use crate::{Model, Network, Pool, Work, demand::above_zero, network::Fate};

/// Requests that are thrown away until the stages are in their steady state.
const WARM_UP: usize = 20_000;

/// The most that is completed per second however hard it is driven, over `n` completions.
#[must_use]
pub fn saturation(model: &Model, seed: u64, n: usize) -> Rate {
    let mut network = Network::new(&asleep(model), seed);
    let crowd =
        [model.web, model.application, model.database].into_iter().flatten().map(|p| p.slots).sum::<u32>() * 4 + 64;
    let (mut now, mut done) = (Mono(0), 0);
    let (mut from, mut served) = (Mono(0), 0);
    for id in 0..u64::from(crowd) {
        network.arrive(now, id, 1.0);
    }
    while served < n {
        let Some(next) = network.next_event() else { break };
        network.advance(next);
        now = next;
        for gone in network.take_departures() {
            done += 1;
            if done == WARM_UP {
                from = now;
            }
            served += usize::from(done > WARM_UP && gone.fate == Fate::Served);
            network.arrive(now, gone.id, 1.0);
        }
    }
    Rate(served as f64 / now.since(from).as_secs_f64().max(1e-9))
}

/// The share of requests that take longer than `limit`, when they arrive independently at this rate; over `n`.
#[must_use]
pub fn share_slower(model: &Model, rate: Rate, limit: Seconds, seed: u64, n: usize) -> Share {
    let mut network = Network::new(&asleep(model), seed);
    let mut rng = SmallRng::seed_from_u64(seed ^ 0x5DEE_CE66);
    let (mut at, mut slow, mut counted) = (0.0, 0_usize, 0_usize);
    let warm_up = WARM_UP as u64;
    let mut count = |network: &mut Network| {
        for gone in network.take_departures().iter().filter(|d| d.id >= warm_up) {
            counted += 1;
            slow += usize::from(gone.ended.since(gone.arrived).as_secs_f64() > limit.0 || gone.fate == Fate::Refused);
        }
    };
    for id in 0..(WARM_UP + n) as u64 {
        at += -above_zero(&mut rng).ln() / rate.0;
        network.arrive(Mono((at * 1e9) as u64), id, 1.0);
        count(&mut network);
    }
    network.advance(Mono(u64::MAX));
    count(&mut network);
    Share(slow as f64 / counted.max(1) as f64)
}

/// The highest rate of independent arrivals at which at most `bad` of the requests take longer than `limit`:
/// bisected to 0.2 %, each rate with the same random numbers, so that noise does not lead it astray.
#[must_use]
pub fn sustainable(model: &Model, limit: Seconds, bad: Share, seed: u64, n: usize) -> Rate {
    let (mut low, mut high) = (0.0, saturation(model, seed, n));
    while high.0 - low > 0.002 * high.0 {
        let middle = Rate((low + high.0) / 2.0);
        if share_slower(model, middle, limit, seed, n).0 <= bad.0 {
            low = middle.0;
        } else {
            high = middle;
        }
    }
    Rate((low + high.0) / 2.0)
}

fn asleep(model: &Model) -> Model {
    let cpus = model.cpus;
    let pool = |pool: Pool| match pool.demand.work {
        Work::Sleep => pool,
        Work::Burn => Pool { slots: pool.slots.min(cpus), demand: crate::Demand { work: Work::Sleep, ..pool.demand } },
    };
    let lock = |demand| crate::Demand { work: Work::Sleep, ..demand };
    Model {
        web: model.web.map(pool),
        application: model.application.map(pool),
        database: model.database.map(pool),
        lock: model.lock.map(lock),
        ..model.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Demand, Distribution, capacity};

    fn exponential(ms: f64) -> Demand {
        Demand { mean: Seconds(ms / 1e3), distribution: Distribution::Exponential, work: Work::Sleep }
    }

    #[test]
    fn the_saturated_stages_complete_their_closed_form() {
        let model = Model {
            web: Some(Pool { slots: 64, demand: exponential(1.0) }),
            application: Some(Pool { slots: 8, demand: exponential(40.0) }),
            database: Some(Pool { slots: 8, demand: exponential(10.0) }),
            ..Model::empty("m")
        };
        let ratio = saturation(&model, 3, 200_000).0 / capacity(&model, 1.0).rate.0;
        assert!((ratio - 1.0).abs() < 0.01, "{ratio}");
    }

    /// A pool of N that waits for a lock is the repairman's queue: X = (1 − p₀) ÷ D with
    /// 1 ÷ p₀ = Σ N! ÷ (N − k)! (D ÷ Z)ᵏ (e.g. Jain, 1991, ch. 32).
    #[test]
    fn a_lock_inside_a_pool_is_the_repairmans_queue() {
        let model = Model {
            application: Some(Pool { slots: 4, demand: exponential(30.0) }),
            lock: Some(exponential(10.0)),
            ..Model::empty("m")
        };
        let terms = (0..=4).map(|k| (0..k).map(|i| f64::from(4 - i) * 10.0 / 30.0).product::<f64>());
        let expected = (1.0 - 1.0 / terms.sum::<f64>()) / 0.010;
        let found = saturation(&model, 5, 300_000).0;
        assert!((found / expected - 1.0).abs() < 0.01, "{found} {expected}");
        assert!(found < capacity(&model, 1.0).rate.0);
    }

    /// M/M/1: the share slower than t is exp(−(μ − λ)t).
    #[test]
    fn the_sustainable_load_of_a_single_server_is_the_textbooks() {
        let model = Model { lock: Some(exponential(1.0)), ..Model::empty("m") };
        let expected = 1000.0 - 20.0_f64.ln() / 0.05;
        let found = sustainable(&model, Seconds(0.05), Share(0.05), 11, 400_000).0;
        assert!((found / expected - 1.0).abs() < 0.01, "{found} {expected}");
    }
}
