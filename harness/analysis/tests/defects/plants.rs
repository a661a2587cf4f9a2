//! The defects, each in several sizes.

use std::time::Duration;

use redline_model::{Latencies, Outcome, ProbeReading, Seconds, Tick};

use crate::world::World;

/// One way to be wrong.
pub struct Plant {
    /// What is wrong.
    pub name: &'static str,
    /// How much.
    pub size: f64,
    /// Does it.
    pub plant: fn(&mut World, f64),
}

/// Every defect in each of its sizes.
pub fn plants() -> Vec<Plant> {
    type Kind = (&'static str, &'static [f64], fn(&mut World, f64));
    let kinds: [Kind; 17] = [
        ("latency from the actual send", &[0.002, 0.02, 0.2], from_actual_send),
        ("latency from the actual send, lag unreported", &[0.02, 0.1, 0.5], from_actual_send_unreported),
        ("late pacer", &[0.002, 0.01, 0.1], late_pacer),
        ("late pacer, one session in 20", &[0.01, 0.1], late_sometimes),
        ("dropped samples: a second of the generator", &[3.0, 6.0, 9.0], lost_tick),
        ("dropped samples: events", &[1.0, 100.0], lost_events),
        ("dropped samples: a probe's seconds", &[3.0, 6.0], lost_samples),
        ("wrong clock: the server's", &[1.3, 2.0], server_clock),
        ("wrong clock: the generator's", &[0.9, 0.95, 1.1], generator_clock),
        ("wrong clock: the probes'", &[3600.0, -20.0], probe_clock),
        ("a probe that lags", &[2.0, 4.0], lagging_probe),
        ("assets not counted", &[0.0], assets),
        ("off by one: sent", &[0.0], |w, _| w.ticks[3].requests.sent += 1),
        ("off by one: a response", &[0.0], |w, _| w.ticks[4].requests.outcomes.add(Outcome::Ok)),
        ("off by one: the log", &[0.0], |w, _| w.log.lines -= 1),
        ("off by one: sessions", &[0.0], |w, _| w.ticks[5].sessions.finished -= 1),
        ("a generator too slow", &[0.85, 0.95], slow_generator),
    ];
    let each = |(name, sizes, plant): Kind| sizes.iter().map(move |size| Plant { name, size: *size, plant });
    kinds.into_iter().flat_map(each).collect()
}

fn seconds(s: f64) -> Duration {
    Duration::from_secs_f64(s)
}

fn lags(tick: &mut Tick, lag: f64) {
    let n = tick.lag.count();
    tick.lag = Latencies::default();
    (0..n).for_each(|_| tick.lag.record(seconds(lag)));
}

/// Sessions start late; the response times do not say so.
fn from_actual_send(w: &mut World, lag: f64) {
    w.ticks.iter_mut().for_each(|t| lags(t, lag));
}

/// Sessions wait in the generator before they are sent; only what is in flight knows.
fn from_actual_send_unreported(w: &mut World, lag: f64) {
    for tick in &mut w.ticks {
        tick.sessions.in_flight_time.0 += lag * tick.arrivals.started as f64;
    }
}

/// Sessions start late and the response times say so.
fn late_pacer(w: &mut World, lag: f64) {
    for tick in &mut w.ticks {
        lags(tick, lag);
        let late = lag * tick.arrivals.started as f64;
        tick.sessions.in_flight_time.0 += late;
        tick.sessions.duration.0 += late;
    }
}

fn late_sometimes(w: &mut World, lag: f64) {
    for tick in &mut w.ticks {
        (0..tick.lag.count().div_ceil(20)).for_each(|_| tick.lag.record(seconds(lag)));
    }
}

fn lost_tick(w: &mut World, second: f64) {
    w.ticks.remove(second as usize);
}

/// Requests that are missing from the counts, and known to be.
fn lost_events(w: &mut World, n: f64) {
    w.ticks[6].generator.dropped_events = n as u64;
}

/// One component's probe is silent for a third or two of the window.
fn lost_samples(w: &mut World, n: f64) {
    let from = w.ticks[4].from;
    let until = from.plus(seconds(n));
    w.samples.retain(|s| s.component != "stage-0" || s.at <= from || s.at > until);
}

fn server_clock(w: &mut World, fast: f64) {
    w.log.request_time.0 *= fast;
    w.log.upstream_time.0 *= fast;
}

/// The latencies' clock is not the schedule's.
fn generator_clock(w: &mut World, fast: f64) {
    for tick in &mut w.ticks {
        tick.sessions.duration.0 *= fast;
        tick.requests.service_sum.0 *= fast;
    }
}

fn probe_clock(w: &mut World, off: f64) {
    w.samples.iter_mut().for_each(|s| s.at.0 = s.at.0.saturating_add_signed((off * 1e9) as i64));
}

/// What is read belongs to some seconds before; what was before the trial was idle.
fn lagging_probe(w: &mut World, lag: f64) {
    let span = lag as usize;
    let before = w.samples.clone();
    for (i, sample) in w.samples.iter_mut().enumerate() {
        let same = |s: &&redline_model::Sample| s.component == sample.component;
        let second = before[..i].iter().filter(same).count();
        let old = second.checked_sub(span).and_then(|n| before.iter().filter(same).nth(n));
        match old {
            Some(old) => (sample.cpu, sample.reading) = (old.cpu, old.reading.clone()),
            None => {
                sample.cpu = sample.cpu.map(|c| redline_model::CpuSample { used: Seconds(0.0), ..c });
                if let ProbeReading::Host(host) = &mut sample.reading {
                    host.server_cpus_busy.0 = 0.0;
                }
            }
        }
    }
}

/// Only pages are counted; the server logs their assets as well.
fn assets(w: &mut World, _: f64) {
    for tick in &mut w.ticks {
        let pages: u64 = tick.steps.iter().map(|s| s.outcomes.total()).sum();
        tick.requests.sent = pages;
        tick.requests.outcomes.0.insert(Outcome::Ok, pages);
    }
}

fn slow_generator(w: &mut World, share: f64) {
    w.ticks.iter_mut().for_each(|t| t.generator.cpu = Seconds(share * f64::from(t.generator.cpus)));
}
