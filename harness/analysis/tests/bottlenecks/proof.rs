//! The proof as it is made on a real stack: one overdriven trial for each resource that can be changed.

use rand::{RngExt, SeedableRng, rngs::SmallRng};
use redline_analysis::{
    InterventionInput, Untested, convict, measure_intervention, pooled,
    simulator::{Simulator, Taken, Toggle},
    step_weights,
};
use redline_model::{
    Bottleneck, BottleneckStatus, Intervention, InterventionPeriod, Mono, Purpose, Rate, Seconds, Slo, TrialSpec,
};

use crate::cases::{Case, Noise, RESOURCES};

/// Before the first stretch, to saturate.
const SETTLE: u64 = 4;
/// A stretch, in seconds.
const STRETCH: u64 = 3;
/// What is left of what is changed; of a pool's children, in whole ones.
const CHANGED: f64 = 0.75;

/// As found and changed in turns, as harness/cli/src/intervene.rs does: 24 s for each resource.
const TURNS: [bool; 8] = [false, true, true, false, false, true, true, false];

/// Nominates `nominee` and convicts whatever the interventions prove.
pub fn prove(case: &Case, nominee: usize, seed: u64) -> Bottleneck {
    let weights = step_weights(&[low(case, seed)]);
    let resources = [(0, Taken::Speed), (1, Taken::Servers)];
    let found: Vec<Intervention> = resources
        .into_iter()
        .filter_map(|(stage, taken)| {
            let (simulator, periods) = toggled(case, stage, taken, seed + 1 + stage as u64);
            let (component, resource) = (component(stage), RESOURCES[stage]);
            let (ticks, done) = (simulator.ticks.as_slice(), "a quarter taken");
            measure_intervention(&InterventionInput {
                component,
                resource,
                done,
                ticks,
                periods: &periods,
                weights: &weights,
            })
        })
        .collect();
    let reason = "a lock has no size".to_owned();
    let locks = Untested { component: component(2).into(), resource: RESOURCES[2].into(), reason };
    convict(nominated(nominee), pooled(found), vec![locks])
}

/// The component of a stage.
pub fn component(stage: usize) -> &'static str {
    ["server", "php-fpm", "mysql"][stage]
}

fn nominated(stage: usize) -> Bottleneck {
    Bottleneck {
        component: component(stage).into(),
        resource: RESOURCES[stage].into(),
        status: BottleneckStatus::Suspected,
        elasticity: None,
        evidence: vec!["nominated".into()],
        others: Vec::new(),
        interventions: Vec::new(),
        untested: Vec::new(),
        advice: None,
    }
}

fn slo() -> Slo {
    Slo::parse(["p95<1s"]).unwrap()
}

fn low(case: &Case, seed: u64) -> redline_model::TrialResult {
    let offered = Rate(0.3 * case.capacity());
    let spec = TrialSpec { purpose: Purpose::Hold, offered, settle: Seconds(1.0), hold: Seconds(10.0), cap: None };
    Simulator::new(case.server(), slo(), seed).trial(spec)
}

fn toggled(case: &Case, stage: usize, taken: Taken, seed: u64) -> (Simulator, Vec<InterventionPeriod>) {
    let changed = TURNS;
    let at = |i: usize| SETTLE + STRETCH * i as u64;
    let mut server = case.server();
    let left = match taken {
        Taken::Speed => CHANGED,
        Taken::Servers => 1.0 - ((1.0 - CHANGED) * f64::from(case.pool)).round() / f64::from(case.pool),
    };
    server.toggles = (0..changed.len())
        .filter(|i| changed[*i])
        .map(|i| Toggle { stage, taken, from: Seconds(at(i) as f64), to: Seconds(at(i + 1) as f64), factor: left })
        .collect();
    let length = at(changed.len());
    server.slowness = slowness(case.noise, length as usize + 60, seed);
    let servers: u32 = server.stages.iter().map(|s| s.servers).sum();
    let mut simulator = Simulator::new(server, slo(), seed);
    let spec = TrialSpec {
        purpose: Purpose::Intervene,
        offered: Rate(2.0 * case.capacity()),
        settle: Seconds(SETTLE as f64),
        hold: Seconds((length - SETTLE) as f64),
        cap: Some(4 * servers + 20),
    };
    simulator.trial(spec);
    let start = simulator.run_start().0;
    let mono = |second: u64| Mono(start + second * 1_000_000_000);
    let settling = |i: usize| u64::from(i > 0 && changed[i] != changed[i - 1]);
    let period = |i: usize| InterventionPeriod {
        from: mono(at(i) + settling(i)),
        to: mono(at(i + 1)),
        factor: if changed[i] { left } else { 1.0 },
    };
    (simulator, (0..changed.len()).map(period).collect())
}

/// The factor on the service times in each second.
fn slowness(noise: Noise, seconds: usize, seed: u64) -> Vec<f64> {
    match noise {
        Noise::None => Vec::new(),
        Noise::Drift => (0..seconds).map(|s| (0.002 * s as f64).exp()).collect(),
        Noise::Correlated | Noise::Rough => {
            let deviation = if matches!(noise, Noise::Rough) { 0.05 } else { 0.01 };
            // First-order autoregression; a sum of uniforms is near enough to a normal deviate.
            let (mut rng, mut level) = (SmallRng::seed_from_u64(seed ^ 0x5eed), 0.0);
            let mut step = || {
                let normal = (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0;
                level = 0.7 * level + deviation * (1.0 - 0.7f64.powi(2)).sqrt() * normal;
                f64::exp(level)
            };
            (0..seconds).map(|_| step()).collect()
        }
    }
}
