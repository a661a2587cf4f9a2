//! Demands that are known, found again; predictions against the simulator and closed forms.

use proptest::prelude::*;
use redline_model::{PredictionCase, Purpose, Rate, Seconds, Slo, TrialSpec};

use super::{least_squares::non_negative, *};
use crate::simulator::{SimServer, Simulator, Step};

proptest! {
    #[test]
    fn coefficients_are_found_again(d in prop::collection::vec(0.001f64..0.1, 3), seed in 0u64..1000) {
        let value = |i: u64, j: u64| ((seed + 7 * i + 13 * j * j + i * i * (j + 1)) % 17) as f64;
        let rows: Vec<Vec<f64>> = (0..40).map(|i| (0..3).map(|j| value(i, j)).collect()).collect();
        let u: Vec<f64> = rows.iter().map(|r| r.iter().zip(&d).map(|(x, d)| x * d).sum()).collect();
        for (found, truth) in non_negative(&rows, &u).iter().zip(&d) {
            if found.error.is_some() {
                prop_assert!((found.value - truth).abs() < 1e-6, "{:?} {}", found, truth);
            }
        }
    }
}

#[test]
fn columns_that_always_go_together_are_not_known() {
    let rows: Vec<Vec<f64>> = (1..40).map(|i| vec![f64::from(i), 2.0 * f64::from(i)]).collect();
    let u: Vec<f64> = rows.iter().map(|r| r[0]).collect();
    assert!(non_negative(&rows, &u).iter().all(|c| c.error.is_none()));
    assert!(non_negative(&rows[..2], &u[..2]).iter().all(|c| c.error.is_none()));
}

#[test]
fn what_belongs_to_another_that_was_held_at_zero_is_not_known() {
    // The second column is nearly the first; the truth would need it below zero.
    let rows: Vec<Vec<f64>> =
        (1..60).map(|i| vec![f64::from(i % 7), f64::from(i % 7) + 0.1 * f64::from(i % 3)]).collect();
    let u: Vec<f64> = rows.iter().map(|r| 3.0 * r[0] - 1.0 * r[1]).collect();
    let found = non_negative(&rows, &u);
    assert_eq!(found[1].value, 0.0);
    assert!(found.iter().all(|c| c.error.is_none()), "{found:?}");
}

/// Trials against one stage of one server at a few loads, all ticks kept.
fn run(loads: &[f64], weights: &[(&str, f64)]) -> (Simulator, Vec<Tick>) {
    let steps = weights.iter().map(|(n, w)| Step { name: (*n).into(), weight: *w, requests: 1, share: 1.0 }).collect();
    let server = SimServer { steps, ..SimServer::with_capacity(Rate(20.0), 1, 5, 0.3) };
    let mut simulator = Simulator::new(server, Slo::parse(["p95<5s"]).unwrap(), 5);
    let mut ticks = Vec::new();
    for load in loads {
        let (offered, settle, hold) = (Rate(*load), Seconds(2.0), Seconds(60.0));
        simulator.trial(TrialSpec { purpose: Purpose::Bisect, offered, settle, hold, cap: None });
        ticks.extend(simulator.ticks.clone());
    }
    (simulator, ticks)
}

#[test]
fn a_step_costs_what_it_costs() {
    // 10 ms a unit of weight.
    let weights = [("home", 1.0), ("login", 6.0), ("search", 2.0)];
    let (simulator, ticks) = run(&[0.8, 1.5, 3.0], &weights);
    let trials = simulator.trials.as_slice();
    let (ticks, samples): (Vec<_>, Vec<_>) = (ticks.iter().collect(), simulator.samples.iter().collect());
    let found = demands(&DemandInput { trials, ticks: &ticks, samples: &samples, server_cores: 1.0 });
    assert_eq!(found.demands.len(), 3);
    for (demand, (step, weight)) in found.demands.iter().zip(weights) {
        assert_eq!((demand.step.as_str(), demand.component.as_str()), (step, "stage-0"));
        if let (Some(cpu), Some(error)) = (demand.cpu, demand.error) {
            assert!((cpu.0 - 0.01 * weight).abs() <= 4.0 * error.0 + 0.001, "{demand:?}");
        }
    }
    assert!(found.demands.iter().any(|d| d.step == "login" && d.cpu.is_some()), "{found:#?}");
    assert!((found.session.unwrap().0 / 0.09 - 1.0).abs() < 0.05, "{:?}", found.session);
}

#[test]
fn predictions_keep_their_bounds_and_come_near_what_was_measured() {
    let (simulator, ticks) = run(&[2.0, 5.0, 8.0], &[("home", 1.0), ("login", 6.0), ("search", 2.0)]);
    let trials = simulator.trials.as_slice();
    let (ticks, samples): (Vec<_>, Vec<_>) = (ticks.iter().collect(), simulator.samples.iter().collect());
    let found = demands(&DemandInput { trials, ticks: &ticks, samples: &samples, server_cores: 1.0 }).predictions;
    assert_eq!(found.len(), 3);
    for p in &found {
        assert!(p.throughput.0 <= p.bound.0 * 1.000_001, "{p:?}");
        let measured = p.measured_throughput.filter(|_| p.case == PredictionCase::AsMeasured);
        assert!(measured.is_none_or(|m| (p.throughput.0 / m.estimate - 1.0).abs() < 0.05), "{p:?}");
    }
    let (now, users, cpu) = (&found[0], &found[1], &found[2]);
    assert!(users.throughput.0 > now.throughput.0 && users.response.0 > now.response.0);
    assert!(cpu.throughput.0 > now.throughput.0 && cpu.response.0 < now.response.0);
}

#[test]
fn without_cpu_readings_nothing_is_claimed() {
    let found = demands(&DemandInput { trials: &[], ticks: &[], samples: &[], server_cores: 1.0 });
    assert_eq!(found, Demands::default());
}
