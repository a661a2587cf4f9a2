//! From two slices to how much worse the candidate is in them, and how much slower the machine was.

use redline_analysis::{PairedMetric, Role, SAME_BYTES};
use redline_model::TrialResult;

/// The base's slice and the candidate's.
pub(super) type Slices<'a> = [&'a TrialResult; 2];

/// ln(candidate ÷ base) of a cost in each pair that has it on both sides.
pub(super) fn paired<'a>(
    name: String,
    role: Role,
    pairs: impl Iterator<Item = Slices<'a>>,
    cost: impl Fn(&TrialResult) -> Option<f64>,
) -> PairedMetric {
    let ratio = |[base, candidate]: Slices<'_>, of: &dyn Fn(&TrialResult) -> Option<f64>| {
        Some((of(candidate)? / of(base)?).ln()).filter(|d| d.is_finite())
    };
    let have: Vec<(f64, Slices<'_>)> = pairs.filter_map(|pair| Some((ratio(pair, &cost)?, pair))).collect();
    // Who sends more gives the generator more to do, and that is not the machine's doing.
    let bytes: Vec<f64> = have.iter().filter_map(|(_, pair)| ratio(*pair, &bytes_of_a_response)).collect();
    let alike = (bytes.iter().sum::<f64>() / bytes.len().max(1) as f64).abs() <= SAME_BYTES;
    let machine: Option<Vec<f64>> = have.iter().map(|(_, pair)| ratio(*pair, &generator_of_a_response)).collect();
    PairedMetric {
        name,
        slowdowns: have.iter().map(|(slowdown, _)| *slowdown).collect(),
        machine: machine.filter(|_| alike).unwrap_or_default(),
        role,
    }
}

fn bytes_of_a_response(trial: &TrialResult) -> Option<f64> {
    (trial.requests_per_session > 0.0).then(|| trial.bytes_per_session / trial.requests_per_session)
}

/// What a response took of the generator's CPU, in seconds.
pub(super) fn generator_of_a_response(trial: &TrialResult) -> Option<f64> {
    trial.machine_speed.filter(|speed| *speed > 0.0).map(|speed| 1.0 / speed)
}

#[cfg(test)]
mod tests {
    use redline_analysis::simulator::{SimServer, Simulator};
    use redline_model::{Purpose, Rate, Seconds, Slo, TrialSpec};

    use super::*;

    fn trial(speed: Option<f64>, bytes: f64) -> TrialResult {
        let (settle, hold, purpose) = (Seconds(1.0), Seconds(5.0), Purpose::Hold);
        let spec = TrialSpec { purpose, offered: Rate(30.0), settle, hold, cap: None };
        let server = SimServer::with_capacity(Rate(60.0), 1, 6, 1.0);
        let trial = Simulator::new(server, Slo::default(), 5).trial(spec);
        TrialResult { machine_speed: speed, bytes_per_session: bytes, requests_per_session: 50.0, ..trial }
    }

    fn of(base: &TrialResult, candidate: &TrialResult) -> PairedMetric {
        let pairs = std::iter::repeat_n([base, candidate], 3);
        paired("bytes".into(), Role::Judged, pairs, |t| Some(t.bytes_per_session))
    }

    #[test]
    fn the_machine_is_known_where_both_sides_give_the_generator_the_same_work() {
        let (fast, slow) = (trial(Some(10_000.0), 1e6), trial(Some(8_000.0), 1.01e6));
        let found = of(&fast, &slow);
        assert!((found.slowdowns[2] - 0.01f64.ln_1p()).abs() < 1e-9);
        assert!((found.machine[2] - 1.25f64.ln()).abs() < 1e-9, "a response took a quarter more");
        assert!(of(&fast, &trial(Some(8_000.0), 1.1e6)).machine.is_empty(), "a tenth more to receive");
        assert!(of(&fast, &trial(None, 1e6)).machine.is_empty());
    }
}
