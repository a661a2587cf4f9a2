//! Defects are planted into sound measurements: the validity checks must catch them, and only them.
//!
//! `SEEDS=20 cargo test --release -p redline-analysis --test defects -- --nocapture` prints the figures.

#![expect(clippy::unwrap_used, reason = "tests")]

mod plants;
mod world;

use std::collections::BTreeSet;

use plants::plants;
use world::sound;

fn seeds() -> u64 {
    std::env::var("SEEDS").ok().and_then(|s| s.parse().ok()).unwrap_or(1)
}

#[test]
fn a_sound_measurement_fails_no_check() {
    for world in sound(seeds()) {
        assert_eq!(world.failed(), Vec::<String>::new(), "{:#?}", world.assembled().checks);
    }
}

#[test]
fn planted_defects_are_caught() {
    let (worlds, mut caught, mut all) = (sound(seeds()), 0, 0);
    for plant in plants() {
        let (mut here, mut by) = (0, BTreeSet::new());
        for world in &worlds {
            let mut world = world.clone();
            (plant.plant)(&mut world, plant.size);
            let failed = world.failed();
            here += usize::from(!failed.is_empty());
            by.extend(failed);
        }
        println!("{} ({}): {here} of {} caught by {by:?}", plant.name, plant.size, worlds.len());
        caught += here;
        all += worlds.len();
    }
    println!("all: {caught} of {all} caught, {:.1} %", 100.0 * caught as f64 / all as f64);
    assert!(caught as f64 >= 0.95 * all as f64, "{caught} of {all}");
}
