//! From when to when visitors were failed.

use std::time::Duration;

use redline_model::{Mono, Seconds, Share, StepTrace};

/// An outage has ended where so long a time begins in which enough is good.
pub const OUTAGE_ENDS: Duration = Duration::from_secs(5);
/// How much of it must be good.
const GOOD: f64 = 0.99;
/// The worst 5 s of a control count as if they had so much less than all of it at most: a stall of the machine in the
/// control must not hide an outage.
const WORSE_BY: f64 = 0.1;
/// Where the control had fewer, or the machine was slower than in it, an outage is told from what is bad anyway by most
/// of its time being bad.
const STANDS_OUT: f64 = 0.5;

/// An outage as the steps show it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FoundOutage {
    /// The intended start of the first step that failed, or the fault if that step was already under way.
    pub begins: Mono,
    /// The intended start of the first good step of the time that ended it; absent if it did not end.
    pub ends: Option<Mono>,
    /// How far apart the steps are between which it began and ended.
    pub resolution: Duration,
    /// How much of the time between was bad: from each bad step to the next one. Not how many steps: while visitors wait
    /// they ask for little, and when they are let go on they ask for much at once.
    pub bad: Share,
}

/// The share of good steps by which the end of an outage is known: 99 %, or what the worst 5 s of the control had where
/// even that had fewer. Not its mean: bad steps come together, and after a fault that was over each such group would
/// make the outage go on.
#[must_use]
pub fn needed_share(control: &[StepTrace]) -> Share {
    if control.is_empty() {
        return Share(GOOD);
    }
    let judged = Judged::of(control, Mono(0));
    let all = 1.0 - judged.bad_share(0, judged.len()).0;
    let whole = judged.at.partition_point(|at| at.plus(OUTAGE_ENDS) <= judged.at[judged.len() - 1]);
    let worst = (0..whole).map(|i| judged.share_from(i)).fold(all, f64::min);
    Share(GOOD.min(worst.max(all - WORSE_BY)))
}

/// Whether the control was as good as a stack has to be.
pub(super) fn control_is_good(needed: Share) -> bool {
    needed.0 >= GOOD - 0.001
}

/// Finds the outage that `injected` brought about: from the first bad step that is not alone (more than the
/// allowed share of its next 5 s are bad) to the first good step after a bad one whose next 5 s are good enough.
///
/// `steps` in any order; `watched` is when the last step was meant to begin: 5 s that reach beyond it show nothing. So
/// what begins in the last 5 s, once the fault was `over`, is nothing that can be told; without `over` it is an outage.
/// Nothing where there was no outage.
#[must_use]
pub fn find_outage(
    steps: &[StepTrace],
    injected: Mono,
    over: Option<Mono>,
    watched: Mono,
    needed: Share,
) -> Option<FoundOutage> {
    let judged = Judged::of(steps, injected);
    let told = |at: Mono| over.is_none_or(|over| at <= over || at.plus(OUTAGE_ENDS) <= watched);
    let begins = |i: usize| !judged.good[i] && judged.share_from(i) < needed.0 && told(judged.at[i]);
    let begin = (0..judged.len()).find(|i| begins(*i))?;
    let begins = judged.at[begin];
    let before = steps.iter().filter(|s| s.good && s.intended < begins).map(|s| s.intended).max();
    let gap_before = before.map_or(Duration::ZERO, |before| begins.since(before.max(injected)));
    let ended = (begin + 1..judged.len()).find(|&i| {
        judged.good[i]
            && !judged.good[i - 1]
            && judged.at[i].plus(OUTAGE_ENDS) <= watched
            && judged.share_from(i) >= needed.0
    });
    let gap_after = ended.map_or(Duration::ZERO, |i| judged.at[i].since(judged.at[i - 1]));
    let bad = judged.bad_time(begin, ended, watched);
    Some(FoundOutage { begins, ends: ended.map(|i| judged.at[i]), resolution: gap_before.max(gap_after), bad })
}

impl FoundOutage {
    /// How long it was, if it ended.
    #[must_use]
    pub fn length(&self) -> Option<Seconds> {
        self.ends.map(|ends| ends.since(self.begins).into())
    }
    /// Whether most of its time was bad, as of nothing that is bad anyway.
    pub(super) fn stands_out(&self) -> bool {
        self.bad.0 >= STANDS_OUT
    }
    /// Whether it can be told from what is bad without a fault: it stands out, or the control was good and the machine
    /// no slower than in it.
    #[must_use]
    pub fn is_clear(&self, needed: Share, machine_slower: Option<Share>) -> bool {
        self.stands_out() || (control_is_good(needed) && machine_slower.is_none())
    }
}

/// The steps that the fault could touch, by the moment from which on they count.
struct Judged {
    at: Vec<Mono>,
    good: Vec<bool>,
    /// How many of the first n were bad.
    bad: Vec<usize>,
}

impl Judged {
    fn of(steps: &[StepTrace], injected: Mono) -> Self {
        let mut touched: Vec<(Mono, bool)> =
            steps.iter().filter(|s| s.ended > injected).map(|s| (s.intended.max(injected), s.good)).collect();
        touched.sort_unstable_by_key(|(at, _)| *at);
        let mut bad = vec![0];
        for (_, good) in &touched {
            bad.push(bad[bad.len() - 1] + usize::from(!good));
        }
        let (at, good) = touched.into_iter().unzip();
        Self { at, good, bad }
    }
    fn len(&self) -> usize {
        self.at.len()
    }
    /// The share of good steps in the 5 s that begin with step `i`.
    fn share_from(&self, i: usize) -> f64 {
        let end = self.at[i].plus(OUTAGE_ENDS);
        let last = self.at.partition_point(|at| *at < end).max(i + 1);
        1.0 - self.bad_share(i, last).0
    }
    /// How much of the time from step `first` to step `ended`, or to `until`, begins with a bad step.
    fn bad_time(&self, first: usize, ended: Option<usize>, until: Mono) -> Share {
        let last = ended.unwrap_or(self.len());
        let end = ended.map_or(until.max(self.at[last - 1]), |i| self.at[i]);
        let next = |i: usize| if i + 1 < last { self.at[i + 1] } else { end };
        let lasts = |i: usize| next(i).since(self.at[i]).as_secs_f64();
        let bad: f64 = (first..last).filter(|i| !self.good[*i]).map(lasts).sum();
        let all = end.since(self.at[first]).as_secs_f64();
        if all > 0.0 { Share(bad / all) } else { self.bad_share(first, last) }
    }
    /// The share of bad ones of the steps from `first` to before `last`.
    fn bad_share(&self, first: usize, last: usize) -> Share {
        Share((self.bad[last] - self.bad[first]) as f64 / (last - first) as f64)
    }
}

#[cfg(test)]
mod tests {
    use redline_model::Outcome;

    use super::*;

    fn at(ms: u64) -> Mono {
        Mono(ms * 1_000_000)
    }
    fn step(ms: u64, takes: u64, good: bool) -> StepTrace {
        let outcome = if good { Outcome::Ok } else { Outcome::Refused };
        StepTrace {
            intended: at(ms),
            ended: at(ms + takes),
            step: "home".into(),
            outcome,
            good,
            session: ms,
            version: None,
        }
    }
    /// A step every 10 ms for 30 s; those between the two moments fail.
    fn refused(from: u64, to: u64) -> Vec<StepTrace> {
        (0..3_000).map(|i| step(i * 10, 2, !(from..to).contains(&(i * 10)))).collect()
    }
    fn find(steps: &[StepTrace], injected: u64) -> Option<FoundOutage> {
        find_outage(steps, at(injected), Some(at(injected + 2_000)), at(30_000), Share(0.99))
    }

    #[test]
    fn a_stop_is_as_long_as_it_was() {
        let found = find(&refused(5_000, 7_500), 4_998).unwrap();
        assert_eq!(found.length(), Some(Seconds(2.5)));
        assert!(found.resolution <= Duration::from_millis(12), "{found:?}");
    }

    #[test]
    fn the_allowed_share_of_bad_steps_does_not_end_it_early() {
        // 1 % of 5 s are five steps: an end that may have them could come 50 ms too early.
        let found = find(&refused(5_000, 6_000), 5_000).unwrap();
        assert_eq!((found.begins, found.ends), (at(5_000), Some(at(6_000))));
    }

    #[test]
    fn single_bad_steps_are_no_outage() {
        let mut steps = refused(0, 0);
        steps[700].good = false;
        steps[1_900].good = false;
        assert_eq!(find(&steps, 5_000), None);
    }

    #[test]
    fn what_was_under_way_counts_from_the_fault() {
        let mut steps = refused(5_000, 6_000);
        steps[490] = step(4_900, 200, false);
        assert_eq!(find(&steps, 4_990).unwrap().begins, at(4_990));
    }

    #[test]
    fn an_outage_that_is_not_seen_to_end_has_not_ended() {
        assert_eq!(find(&refused(5_000, 30_000), 5_000).unwrap().ends, None);
        // Good again, but for less than 5 s.
        assert_eq!(find(&refused(5_000, 26_000), 5_000).unwrap().ends, None);
    }

    #[test]
    fn a_relapse_goes_on_with_it() {
        let mut steps = refused(5_000, 6_000);
        for step in &mut steps[700..800] {
            step.good = false;
        }
        assert_eq!(find(&steps, 5_000).unwrap().ends, Some(at(8_000)));
    }

    #[test]
    fn what_is_bad_anyway_is_no_outage_of_the_fault() {
        // A tenth is bad for a while, where a twentieth is bad always: who can say of what.
        let mut steps = refused(0, 0);
        steps.iter_mut().step_by(20).for_each(|step| step.good = false);
        steps[500..1_500].iter_mut().step_by(9).for_each(|step| step.good = false);
        let needed = Share(0.94);
        let found = find_outage(&steps, at(5_000), None, at(30_000), needed).unwrap();
        assert!(!found.is_clear(needed, None) && found.bad.0 < 0.2, "{found:?}");
        // Beside a good control the same is an outage.
        assert!(found.is_clear(Share(0.99), None));
        // Unless the machine was slower by then.
        assert!(!found.is_clear(Share(0.99), Some(Share(0.2))));
        // And what fails everybody is one beside any control.
        steps[500..700].iter_mut().for_each(|step| step.good = false);
        steps[700..].iter_mut().for_each(|step| step.good = true);
        let found = find_outage(&steps, at(5_000), None, at(30_000), needed).unwrap();
        assert!(found.is_clear(needed, Some(Share(0.2))) && found.length() == Some(Seconds(2.0)), "{found:?}");
    }

    #[test]
    fn a_hiccup_at_the_end_is_no_outage_that_did_not_end() {
        let late = refused(29_800, 30_000);
        assert_eq!(find(&late, 5_000), None, "nothing shows that it goes on");
        assert!(find(&refused(24_000, 30_000), 5_000).is_some(), "six seconds do");
        assert!(find(&refused(27_000, 30_000), 26_000).is_some(), "and so does what begins while it is broken");
        assert!(find_outage(&late, at(5_000), None, at(30_000), Share(0.99)).is_some(), "who can still wait looks on");
    }

    #[test]
    fn who_waits_asks_for_little_and_then_for_much() {
        // Paused for 2 s: a step of a new visitor every 40 ms, all too late. Then all of them at once, every millisecond.
        let waiting = (0..50).map(|i| step(5_000 + 40 * i, 2_000, false));
        let mut steps: Vec<StepTrace> =
            refused(0, 0).into_iter().filter(|s| !(at(5_000)..at(7_000)).contains(&s.intended)).collect();
        steps.extend(waiting);
        steps.extend((0..800).map(|i| step(7_000 + i, 3, i % 100 != 0)));
        let found = find_outage(&steps, at(5_000), None, at(30_000), Share(0.99)).unwrap();
        let length = found.length().unwrap().0;
        assert!((2.0..3.0).contains(&length) && found.bad.0 > 0.6, "{found:?}");
        assert!(found.is_clear(Share(0.9), Some(Share(0.2))));
    }

    #[test]
    fn a_control_that_is_itself_slow_lowers_what_is_asked() {
        let mut control = refused(0, 0);
        assert_eq!(needed_share(&control), Share(0.99));
        control.iter_mut().step_by(20).for_each(|step| step.good = false);
        assert!((needed_share(&control).0 - 0.95).abs() < 1e-9);
        // What is bad comes together: half a second, a tenth of 5 s.
        let mut control = refused(20_000, 20_500);
        assert!((needed_share(&control).0 - 0.90).abs() < 1e-9);
        // But a stall of the machine hides nothing.
        control[500..900].iter_mut().for_each(|step| step.good = false);
        assert!((needed_share(&control).0 - 0.75).abs() < 1e-9);
        assert_eq!(needed_share(&[]), Share(0.99));
    }
}
