//! Throughput and response time at other loads and sizes, by a closed network with one queue for the CPU.

use redline_model::{Interval, Prediction, PredictionCase, Purpose, Rate, Seconds, TrialClass, TrialResult};

use crate::interval::Z;

/// A trial is of as many users if it had so many to this share.
const AS_MANY: f64 = 0.1;

/// CPU time of a session over all components: Σ CPU ÷ Σ sessions in the trials from half of the highest
/// throughput on, where what is used without load is small beside it.
pub(super) fn session_demand(trials: &[TrialResult]) -> Option<Seconds> {
    let top = usable(trials).fold(0.0f64, |a, t| a.max(t.completed.0));
    let (mut cpu, mut sessions) = (0.0, 0.0);
    for t in usable(trials).filter(|t| t.completed.0 >= 0.5 * top) {
        let length = t.to.0 - t.from.0;
        let Some(cores) = t.components.iter().filter_map(|c| c.cpu).reduce(|a, b| a + b) else { continue };
        cpu += cores * length;
        sessions += t.completed.0 * length;
    }
    (cpu > 0.0 && sessions > 0.0).then(|| Seconds(cpu / sessions))
}

fn usable(trials: &[TrialResult]) -> impl Iterator<Item = &TrialResult> {
    let loads = |p| !matches!(p, Purpose::Calibration | Purpose::WarmUp | Purpose::Intervene | Purpose::Overload);
    trials.iter().filter(move |t| {
        loads(t.spec.purpose) && t.class != TrialClass::GeneratorLimited && t.completed.0 > 0.0 && t.response.count > 0
    })
}

/// A closed network: users who think and wait, and the CPU.
#[derive(Debug, Clone, Copy)]
struct Network {
    /// CPU time of a session.
    demand: f64,
    /// Time of a session that is neither the CPU's nor the user's.
    elsewhere: f64,
    /// Think time of a session.
    think: f64,
    /// Steps of a session.
    steps: f64,
}

/// The predictions at the load that was sustained, at twice its users, and with twice the CPU.
pub(super) fn predictions(trials: &[TrialResult], demand: Seconds, cores: f64) -> Vec<Prediction> {
    let passed = |t: &&TrialResult| t.class == TrialClass::Pass && t.spec.cap.is_none();
    let sustained = usable(trials).filter(passed).max_by(|a, b| a.completed.0.total_cmp(&b.completed.0));
    let calm = usable(trials).min_by(|a, b| a.completed.0.total_cmp(&b.completed.0));
    let (Some(sustained), Some(calm)) = (sustained, calm) else { return Vec::new() };
    let steps = sustained.steps_per_session.max(1.0);
    let network = Network {
        demand: demand.0,
        elsewhere: (calm.response.mean.0 * steps - demand.0).max(0.0),
        think: sustained.nominal_think.0,
        steps,
    };
    let users = users_of(sustained);
    [
        (PredictionCase::AsMeasured, users, cores),
        (PredictionCase::TwiceTheUsers, 2.0 * users, cores),
        (PredictionCase::TwiceTheCpu, users, 2.0 * cores),
    ]
    .into_iter()
    .map(|(case, users, size)| {
        let measured = (size == cores).then(|| as_many(trials, sustained, case, users)).flatten();
        predicted(network, case, users, size, measured)
    })
    .collect()
}

/// Shoppers at the scenario's own think time, by Little's law: a run may think faster and with fewer of them.
fn users_of(trial: &TrialResult) -> f64 {
    trial.completed.0 * (trial.nominal_think.0 + trial.steps_per_session.max(1.0) * trial.response.mean.0)
}

/// A trial of so many users, none of them turned away.
fn as_many<'a>(
    trials: &'a [TrialResult],
    sustained: &'a TrialResult,
    case: PredictionCase,
    users: f64,
) -> Option<&'a TrialResult> {
    let off = |t: &TrialResult| (users_of(t) / users - 1.0).abs();
    match case {
        PredictionCase::AsMeasured => Some(sustained),
        _ => usable(trials)
            .filter(|t| t.spec.cap.is_none() && off(t) <= AS_MANY)
            .min_by(|a, b| off(a).total_cmp(&off(b))),
    }
}

fn predicted(
    network: Network,
    case: PredictionCase,
    users: f64,
    cores: f64,
    measured: Option<&TrialResult>,
) -> Prediction {
    let (throughput, waiting) = mean_values(network, users, cores);
    let total = network.demand + network.elsewhere + network.think;
    Prediction {
        case,
        users,
        cores,
        bound: Rate((cores / network.demand).min(users / total)),
        throughput: Rate(throughput),
        response: Seconds(waiting / network.steps),
        measured_throughput: measured.map(|t| {
            let half = Z * t.completed_error.0;
            Interval { estimate: t.completed.0, low: t.completed.0 - half, high: t.completed.0 + half }
        }),
        measured_response: measured.map(|t| t.response.mean),
    }
}

/// Sessions per second and a session's time without thinking.
///
/// Exact mean value analysis (Reiser and Lavenberg, 1980) of one queue and a delay. A CPU of m cores is a
/// queue of demand D/m and a delay of D·(m − 1)/m (Seidmann et al., 1987); a part of a core is a slower one.
/// Between two whole numbers of users the results are interpolated.
fn mean_values(network: Network, users: f64, cores: f64) -> (f64, f64) {
    let at_once = cores.max(1.0);
    let queue = network.demand / cores;
    let delay = queue * cores * (at_once - 1.0) / at_once + network.elsewhere;
    let (mut waiting, mut before) = ((0.0, queue + delay), (0.0, queue + delay));
    let mut length = 0.0;
    for n in 1..=users.ceil().max(1.0) as u64 {
        let residence = queue * (1.0 + length);
        let throughput = n as f64 / (residence + delay + network.think);
        length = throughput * residence;
        before = std::mem::replace(&mut waiting, (throughput, residence + delay));
    }
    let part = users - (users.ceil().max(1.0) - 1.0);
    let between = |a: f64, b: f64| a + part * (b - a);
    (between(before.0, waiting.0), between(before.1, waiting.1))
}
