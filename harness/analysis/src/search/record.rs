//! What all phases of a search share: the trials so far, the time spent, the generator's ceiling.

use redline_model::{Interval, Purpose, Rate, Seconds, TrialClass, TrialResult, TrialSpec};

use super::SearchPlan;

/// The generator may carry up to this share of its own ceiling (DESIGN.md, rule 2: it carries ≥ 2× the load).
const CEILING_SHARE: f64 = 0.5;

/// Of fewer sessions than this the square root is so large a part that completions tell no backlog.
const FEW: f64 = 100.0;
/// Fewer than this in flight are no backlog.
const LEFT: f64 = 8.0;

/// Fewer steps than this tell nothing of how long a step takes.
const SEEN: u64 = 12;
/// By so many standard errors of a mean it is taken for longer, at a coefficient of variation of 1.
const DEVIATIONS: f64 = 1.5;

/// The memory of a search.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) plan: SearchPlan,
    /// The generator's ceiling in requests per second, where it was calibrated.
    pub(crate) ceiling: Option<Rate>,
    pub(crate) trials: Vec<TrialResult>,
    pub(crate) spent: Seconds,
    /// What the slices of overdrive that follow later will take.
    pub(crate) pending: Seconds,
    /// Saturation throughput in sessions per second.
    pub(crate) saturation: Option<Interval>,
    pub(crate) notes: Vec<String>,
}

/// What a phase wants next.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Want {
    /// A trial.
    Trial(TrialSpec),
    /// The phase is over.
    Over,
    /// The generator ends before the server: why.
    Limited(String),
    /// The SLO does not define a capacity: why.
    Undefined(String),
}

impl Record {
    /// Whether the budget allows a trial and, after it, `reserve`; what is pending is not in it.
    pub(crate) fn affords(&self, spec: &TrialSpec, reserve: Seconds) -> bool {
        self.spent.0 + self.plan.cost(spec).0 + reserve.0 <= self.plan.budget.0 + 1e-9
    }
    /// Trials of one purpose in which the generator and the machine were fit.
    pub(crate) fn fit(&self, purpose: Purpose) -> impl DoubleEndedIterator<Item = &TrialResult> {
        let fit = |t: &&TrialResult| t.class != TrialClass::GeneratorLimited;
        self.trials.iter().filter(move |t| t.spec.purpose == purpose).filter(fit)
    }
    /// How many trials so far were unfit.
    pub(crate) fn unfit(&self) -> usize {
        self.trials.iter().filter(|t| t.class == TrialClass::GeneratorLimited).count()
    }
    /// The highest load in sessions per second that the generator may be trusted with.
    pub(crate) fn most(&self) -> Option<Rate> {
        let per_session = self.trials.iter().rev().map(|t| t.requests_per_session).find(|r| *r > 0.0)?;
        self.ceiling.map(|c| Rate(CEILING_SHARE * c.0 / per_session))
    }
    /// How long sessions take where nobody waits: the least that was seen, with what chance may have made it too short
    /// where few steps were; absent where none were.
    pub(crate) fn shortest_session(&self) -> Option<Seconds> {
        let chance = |t: &TrialResult| 1.0 + DEVIATIONS / (t.response.count as f64).sqrt();
        let seen = self.trials.iter().filter(|t| t.response.count >= SEEN);
        seen.map(|t| Seconds(self.session_by_steps(t).0 * chance(t))).reduce(|a, b| if b < a { b } else { a })
    }
    /// Whether the stack did not keep up with a trial. Where few sessions come, counts of completions cannot tell, but
    /// those that are left in flight can: more than twice as many as would be if nobody waited.
    pub(crate) fn behind(&self, trial: &TrialResult) -> bool {
        let unhindered = self.shortest_session().map_or(0.0, |d| d.0 * trial.offered.0);
        let few = trial.offered.times(Seconds(trial.to.0 - trial.from.0)) < FEW;
        let left = trial.in_flight.at_end as f64;
        fell_behind(trial) || (few && left > LEFT + 2.0 * (unhindered + unhindered.sqrt()))
    }
    /// The last trial of the ramp that the stack kept up with; the warm-up if there was none.
    pub(crate) fn last_kept_up(&self) -> Option<&TrialResult> {
        let kept_up = |t: &&TrialResult| !self.behind(t);
        self.fit(Purpose::Ramp).rev().find(kept_up).or_else(|| self.trials.first())
    }
    /// The trial of the ramp at the lowest load that the stack kept up with, where steps hardly wait; the warm-up if there
    /// was none.
    pub(crate) fn lowest_kept_up(&self) -> Option<&TrialResult> {
        let kept_up = |t: &&TrialResult| !self.behind(t) && t.response.count > 0;
        self.fit(Purpose::Ramp).find(kept_up).or_else(|| self.trials.first())
    }
    /// What a trial completed by its steps, in sessions a second. Where few sessions come, and all of them began when the
    /// trial did, whole ones end in bursts.
    pub(crate) fn by_steps(&self, trial: &TrialResult) -> Rate {
        let each = self.steps_per_session();
        if each > 0.0 { trial.steps_per_second.scaled(1.0 / each) } else { trial.completed }
    }
    /// Over all trials, for single ones of few sessions have the luck of their mix. Of those that were cancelled after the
    /// drain half is taken to have been done.
    fn steps_per_session(&self) -> f64 {
        let sums = self.trials.iter().fold((0.0, 0.0), |(steps, sessions), t| {
            let (whole, part) = ((t.sessions.finished + t.sessions.failed) as f64, t.sessions.cancelled as f64);
            (steps + t.steps_per_session * (whole + part), sessions + whole + 0.5 * part)
        });
        sums.0 / f64::max(sums.1, 1e-9)
    }
    /// How long a session takes by its steps. Where a trial is hardly longer than a session, only the short ones are seen to
    /// end.
    pub(crate) fn session_by_steps(&self, trial: &TrialResult) -> Seconds {
        Seconds(trial.response.mean.0 * self.steps_per_session())
    }
    /// How long a trial must settle: four session durations at a load that the stack kept up with, and as long as it takes
    /// to serve 20 sessions, for queues grow slowly where few come.
    pub(crate) fn settle(&self) -> Seconds {
        let duration = self.last_kept_up().map_or(0.0, |t| t.session_duration.0);
        let served = self.saturation.map_or(0.0, |x| 20.0 / x.estimate.max(1e-9));
        Seconds((4.0 * duration).max(served).ceil().clamp(1.0, 8.0))
    }
    /// Notes a sentence once.
    pub(crate) fn note(&mut self, sentence: &str) {
        if !self.notes.iter().any(|n| n == sentence) {
            self.notes.push(sentence.to_owned());
        }
    }
}

/// The share of arrivals that were turned away.
pub(crate) fn turned_away(trial: &TrialResult) -> f64 {
    trial.sessions.turned_away as f64 / trial.sessions.planned.max(1) as f64
}

/// Whether completions fell behind what was offered: turned away at the cap, or `completed < offered −
/// 5√offered − 2c` (DESIGN.md, rule 5) with c what was in flight at the start.
pub(crate) fn fell_behind(trial: &TrialResult) -> bool {
    let span = Seconds(trial.to.0 - trial.from.0);
    let (offered, completed) = (trial.offered.times(span), trial.completed.times(span));
    turned_away(trial) > crate::classify::TURNED_AWAY
        || completed < offered - 5.0 * offered.sqrt() - 2.0 * trial.in_flight.at_start as f64
}
