//! How fast the servers' CPUs are at this moment: a fixed piece of work, done while the servers are idle.
//!
//! On a shared host the same CPU is faster at one time than at another, which neither steal nor load shows,
//! and a capacity moves with it. The work mixes arithmetic with memory beyond the nearest caches, as a
//! server's does.

use std::{hint::black_box, time::Instant};

const BUFFER: usize = 4 << 20;
const ROUNDS: usize = 4;

/// MiB per second through a mixing function, the best of a few rounds of some milliseconds; absent where
/// the work cannot be put on `cpus`.
pub(crate) fn measure(cpus: &[usize]) -> Option<f64> {
    let cpus = cpus.to_vec();
    std::thread::spawn(move || {
        crate::environment::pin_thread_to(&cpus).then(|| {
            let buffer: Vec<u64> = (0..BUFFER as u64 / 8).collect();
            (0..ROUNDS).map(|_| round(&buffer)).fold(0.0, f64::max)
        })
    })
    .join()
    .ok()
    .flatten()
}

fn round(buffer: &[u64]) -> f64 {
    let began = Instant::now();
    let mut mixed = 0u64;
    for word in black_box(buffer) {
        mixed = (mixed ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31);
    }
    black_box(mixed);
    BUFFER as f64 / 1_048_576.0 / began.elapsed().as_secs_f64()
}
