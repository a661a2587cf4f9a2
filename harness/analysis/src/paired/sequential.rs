//! The rule of a regression gate: a few looks at growing numbers of pairs, with an answer as soon as there is one.
//!
//! *Fail* takes both: that the pairs are hardly chance, and that what they show is large enough to matter. *Pass* takes
//! that a slowdown that would matter can be ruled out. Neither: *inconclusive*.

use redline_model::{GateOutcome, Interval};

use super::{hodges_lehmann, holm::holm, machine, signed_rank::signed_rank, smallest_detectable};

/// One look at the pairs so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// After so many pairs.
    pub pairs: usize,
    /// Chance must explain the slowdown with less than this (one-sided, corrected for the number of metrics).
    pub fail_below: f64,
}

/// When to look, and what is concluded.
#[derive(Debug, Clone, PartialEq)]
pub struct GateRule {
    /// In the order of time. Their `fail_below` add up to the chance of a false alarm.
    pub looks: Vec<Look>,
    /// A slowdown up to this share is let pass, however sure it is.
    pub tolerated: f64,
    /// A slowdown of this share has to be ruled out for a pass.
    pub ruled_out: f64,
    /// The chance that each look may wrongly rule it out with.
    pub pass_below: f64,
}

impl Default for GateRule {
    /// Looks at 10, 20 and 40 pairs, with 0.001, 0.003 and 0.006: 1 % false alarms at most. 2 % are tolerated, 5 % ruled
    /// out, with 1 % at each look.
    fn default() -> Self {
        let look = |pairs, fail_below| Look { pairs, fail_below };
        Self {
            looks: vec![look(10, 0.001), look(20, 0.003), look(40, 0.006)],
            tolerated: 0.02,
            ruled_out: 0.05,
            pass_below: 0.01,
        }
    }
}

/// What a metric counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It can fail the gate, and must pass for the gate to pass.
    Judged,
    /// It can fail the gate; that it cannot be told does not keep the gate from passing.
    Watched,
}

/// The pairs of one metric.
#[derive(Debug, Clone, PartialEq)]
pub struct PairedMetric {
    /// What was measured.
    pub name: String,
    /// ln(candidate ÷ base) of a cost for each pair: positive where the candidate is worse. Of a throughput, hand in
    /// ln(base ÷ candidate).
    pub slowdowns: Vec<f64>,
    /// ln(candidate ÷ base) of what a response took of the generator's CPU in the same pairs, which tells how fast the
    /// machine was: its part of the slowdowns is taken out where it is one of chance. Empty where it is not known, or where
    /// the sides give the generator different work.
    pub machine: Vec<f64>,
    /// What it counts for.
    pub role: Role,
}

impl PairedMetric {
    /// The machine's part, where it can be taken out.
    fn machines_part(&self) -> Option<&[f64]> {
        machine::usable(&self.slowdowns, &self.machine).then_some(self.machine.as_slice())
    }

    /// What to test for being `supposed` or more, or less.
    fn fair(&self, supposed: f64) -> Vec<f64> {
        let freed = self.machines_part().map(|part| machine::freed(&self.slowdowns, part, supposed));
        freed.unwrap_or_else(|| self.slowdowns.clone())
    }

    /// What to take the centre of.
    fn centred(&self) -> Vec<f64> {
        let centred = self.machines_part().map(|part| machine::centred(&self.slowdowns, part));
        centred.unwrap_or_else(|| self.slowdowns.clone())
    }
}

/// What the pairs say of one metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// What was measured.
    pub name: String,
    /// Pairs that it rests on.
    pub pairs: usize,
    /// By what share the candidate is worse (0.05 for 5 %; negative: better), with its 95 % interval. Absent with too few
    /// pairs.
    pub slowdown: Option<Interval>,
    /// The share with the machine's part still in it, where that was taken out.
    pub raw: Option<f64>,
    /// The chance of such pairs were the candidate no worse, corrected for the number of metrics (Holm).
    pub p: f64,
    /// The smallest slowdown that this look would have called a failure with a chance of 95 %.
    pub detectable: Option<f64>,
    /// What follows.
    pub outcome: GateOutcome,
    /// What it counts for.
    pub role: Role,
}

/// What the pairs say.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Of the whole: fail where one metric fails, pass where all that are judged pass.
    pub outcome: GateOutcome,
    /// Of each metric, in the order they came in.
    pub metrics: Vec<Judged>,
}

/// A gate under way: takes pair after pair and says when it is over.
#[derive(Debug, Clone)]
pub struct Gate {
    rule: GateRule,
    metrics: Vec<PairedMetric>,
    looked: usize,
}

impl Gate {
    /// A gate over metrics of these names.
    #[must_use]
    pub fn new<S: Into<String>>(rule: GateRule, names: impl IntoIterator<Item = S>) -> Self {
        let metric = |name: S| PairedMetric {
            name: name.into(),
            slowdowns: Vec::new(),
            machine: Vec::new(),
            role: Role::Judged,
        };
        Self { rule, metrics: names.into_iter().map(metric).collect(), looked: 0 }
    }

    /// Takes one more pair: its slowdown by each metric, in the order of the names (see [`PairedMetric::slowdowns`]).
    /// Gives the judgement once there is one: at a look with an answer, or at the last look.
    pub fn record(&mut self, slowdowns: &[f64]) -> Option<Judgement> {
        for (metric, slowdown) in self.metrics.iter_mut().zip(slowdowns) {
            metric.slowdowns.push(*slowdown);
        }
        let look = *self.rule.looks.get(self.looked)?;
        if self.pairs() < look.pairs {
            return None;
        }
        self.looked += 1;
        let judgement = judge_pairs(&self.metrics, look, &self.rule);
        let last = self.looked == self.rule.looks.len();
        (last || judgement.outcome != GateOutcome::Inconclusive).then_some(judgement)
    }

    /// Pairs that were taken.
    #[must_use]
    pub fn pairs(&self) -> usize {
        self.metrics.first().map_or(0, |m| m.slowdowns.len())
    }

    /// The metrics with their pairs so far.
    #[must_use]
    pub fn metrics(&self) -> &[PairedMetric] {
        &self.metrics
    }

    /// What the pairs so far say where there will be no more of them, by the level of the last look (of the first one
    /// where there was none): it is stricter than that of the next.
    #[must_use]
    pub fn as_it_stands(&self) -> Judgement {
        let look = self.rule.looks.get(self.looked.saturating_sub(1)).or(self.rule.looks.first());
        let never = Look { pairs: 0, fail_below: 0.0 };
        judge_pairs(&self.metrics, look.copied().unwrap_or(never), &self.rule)
    }
}

/// Judges the pairs so far at one of the rule's looks. An outcome of inconclusive before the last look means: go on.
#[must_use]
pub fn judge_pairs(metrics: &[PairedMetric], look: Look, rule: &GateRule) -> Judgement {
    let p: Vec<f64> = metrics.iter().map(|m| signed_rank(&m.fair(0.0)).map_or(1.0, |found| found.p_greater)).collect();
    let judged: Vec<Judged> =
        metrics.iter().zip(holm(&p)).map(|(metric, p)| judge_one(metric, p, metrics.len(), look, rule)).collect();
    let any_fails = judged.iter().any(|m| m.outcome == GateOutcome::Fail);
    let mut count = judged.iter().filter(|m| m.role == Role::Judged).peekable();
    let all_pass = count.peek().is_some() && count.all(|m| m.outcome == GateOutcome::Pass);
    let outcome = match (any_fails, all_pass) {
        (true, _) => GateOutcome::Fail,
        (false, true) => GateOutcome::Pass,
        (false, false) => GateOutcome::Inconclusive,
    };
    Judgement { outcome, metrics: judged }
}

fn judge_one(metric: &PairedMetric, p: f64, metrics: usize, look: Look, rule: &GateRule) -> Judged {
    let (tolerated, too_much) = (rule.tolerated.ln_1p(), rule.ruled_out.ln_1p());
    let centred = metric.centred();
    let shift = hodges_lehmann(&centred, 0.95);
    // Were the slowdown as large as what has to be ruled out, or larger: how likely would pairs this good be?
    let below: Vec<f64> = metric.fair(too_much).iter().map(|d| d - too_much).collect();
    let larger = signed_rank(&below).map_or(1.0, |found| found.p_less);
    let raw = metric.machines_part().and_then(|_| hodges_lehmann(&metric.slowdowns, 0.95));
    let outcome = match shift {
        Some(s) if p < look.fail_below && s.estimate > tolerated => GateOutcome::Fail,
        Some(_) if larger < rule.pass_below => GateOutcome::Pass,
        _ => GateOutcome::Inconclusive,
    };
    Judged {
        name: metric.name.clone(),
        pairs: metric.slowdowns.len(),
        slowdown: shift.map(as_share),
        raw: raw.map(|s| s.estimate.exp_m1()),
        p,
        role: metric.role,
        detectable: detectable(&centred, look.fail_below / metrics as f64, tolerated),
        outcome,
    }
}

/// The smallest slowdown that both halves of the rule would find with 95 %: that it is hardly chance, and that its
/// estimate lies above what is tolerated.
fn detectable(slowdowns: &[f64], alpha: f64, tolerated: f64) -> Option<f64> {
    let by_chance = smallest_detectable(slowdowns, alpha, 0.95)?;
    let by_size = tolerated + smallest_detectable(slowdowns, 0.5, 0.95)?;
    Some(by_chance.max(by_size).exp_m1())
}

fn as_share(ln: Interval) -> Interval {
    Interval { estimate: ln.estimate.exp_m1(), low: ln.low.exp_m1(), high: ln.high.exp_m1() }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// `n` pairs about `centre` that scatter evenly by `half`.
    fn pairs(n: usize, centre: f64, half: f64) -> PairedMetric {
        let slowdowns = (0..n).map(|i| centre.ln_1p() + half * ((i as f64 + 0.5) / n as f64 * 2.0 - 1.0)).collect();
        PairedMetric { name: "cpu".into(), slowdowns, machine: Vec::new(), role: Role::Judged }
    }

    fn at(look: usize, metrics: &[PairedMetric]) -> Judgement {
        let rule = GateRule::default();
        judge_pairs(metrics, rule.looks[look], &rule)
    }

    #[rstest]
    #[case("no change, little noise", 0, 0.0, 0.02, GateOutcome::Pass)]
    #[case("no change, much noise", 0, 0.0, 0.3, GateOutcome::Inconclusive)]
    #[case("sure, but too small to matter", 2, 0.015, 0.02, GateOutcome::Pass)]
    #[case("faster", 0, -0.2, 0.05, GateOutcome::Pass)]
    #[case("ten per cent slower", 0, 0.10, 0.05, GateOutcome::Fail)]
    #[case("four per cent slower in much noise", 2, 0.04, 0.3, GateOutcome::Inconclusive)]
    fn one_metric_is_judged(
        #[case] what: &str,
        #[case] look: usize,
        #[case] slowdown: f64,
        #[case] half: f64,
        #[case] expected: GateOutcome,
    ) {
        let n = GateRule::default().looks[look].pairs;
        let judged = at(look, &[pairs(n, slowdown, half)]);
        assert_eq!(judged.outcome, expected, "{what}: {judged:?}");
        let seen = judged.metrics[0].slowdown.unwrap();
        assert!((seen.estimate - slowdown).abs() < 0.01, "{what}: {seen:?}");
    }

    #[test]
    fn one_metric_that_fails_is_enough_and_all_must_pass() {
        let (same, noisy, slow) = (pairs(20, 0.0, 0.02), pairs(20, 0.0, 0.4), pairs(20, 0.1, 0.02));
        assert_eq!(at(1, &[same.clone(), slow]).outcome, GateOutcome::Fail);
        assert_eq!(at(1, &[same.clone(), noisy]).outcome, GateOutcome::Inconclusive);
        assert_eq!(at(1, &[same.clone(), same]).outcome, GateOutcome::Pass);
        assert_eq!(at(1, &[]).outcome, GateOutcome::Inconclusive);
    }

    #[test]
    fn what_is_only_watched_can_fail_and_need_not_pass() {
        let watched = |slowdown, half| PairedMetric { role: Role::Watched, ..pairs(20, slowdown, half) };
        let same = pairs(20, 0.0, 0.02);
        assert_eq!(at(1, &[same.clone(), watched(0.0, 0.4)]).outcome, GateOutcome::Pass);
        assert_eq!(at(1, &[same, watched(0.1, 0.02)]).outcome, GateOutcome::Fail);
        assert_eq!(at(1, &[watched(0.0, 0.01)]).outcome, GateOutcome::Inconclusive);
    }

    #[test]
    fn three_metrics_at_ten_pairs_can_still_fail_only_at_the_next_look() {
        // 1/1024 × 3 is more than 0.001: ten pairs of three metrics cannot fail by chance alone.
        let three = |n| [pairs(n, 0.2, 0.01), pairs(n, 0.0, 0.01), pairs(n, 0.0, 0.01)];
        assert_eq!(at(0, &three(10)).outcome, GateOutcome::Inconclusive);
        assert_eq!(at(1, &three(20)).outcome, GateOutcome::Fail);
    }

    #[test]
    fn what_could_have_been_seen_is_more_than_what_is_tolerated() {
        let judged = at(2, &[pairs(40, 0.0, 0.001)]);
        let least = judged.metrics[0].detectable.unwrap();
        assert!((0.02..0.022).contains(&least), "{least}");
        let noisy = at(2, &[pairs(40, 0.0, 0.2)]).metrics[0].detectable.unwrap();
        assert!(noisy > 0.05, "{noisy}");
    }

    #[test]
    fn a_gate_ends_at_a_look_with_an_answer() {
        let mut same = Gate::new(GateRule::default(), ["cpu"]);
        let ended: Vec<usize> =
            (1..=40).filter(|i| same.record(&[0.001 * (*i as f64 * 2.4).sin()]).is_some()).take(1).collect();
        assert_eq!(ended, [10]);
        let mut noisy = Gate::new(GateRule::default(), ["cpu"]);
        let ended: Vec<usize> = (1..=40).filter(|i| noisy.record(&[0.4 * (*i as f64 * 2.4).sin()]).is_some()).collect();
        assert_eq!(ended, [40]);
    }

    #[test]
    fn too_few_pairs_say_nothing() {
        let judged = at(0, &[pairs(4, 0.5, 0.01)]);
        assert_eq!(judged.outcome, GateOutcome::Inconclusive);
        assert!(judged.metrics[0].slowdown.is_none());
    }
}
