//! Whether the machine was slower during an outage than in the control: then it may be the machine's.
//!
//! The measure is what a response takes of the generator's own CPU, and it is one only where the visitors do the same. Where
//! they fail, each fails on its first page, and where they wait nothing is answered for a while: a response has to bear the
//! cost of a whole visitor. In one run killed components made the machine look up to 130 % slower, in another those that
//! were paused. So only seconds after the fault, and without a failure, are looked at.

use redline_model::{Mono, Share, Tick};

use super::{FoundOutage, Watched};
use crate::trial::{Batch, batches, machine_speed};

/// An outage that does not stand out may be the machine's where that was so much slower than in the control: at 80 % of
/// what is sustainable little is to spare.
const MATTERS: f64 = 0.1;

/// How fast the machine was, in responses for each second of the generator's CPU time.
#[derive(Debug, Clone, Copy)]
pub struct Machine<'a> {
    /// In the control, where that is known.
    pub control: Option<f64>,
    /// What the worker of the trial reported, second by second.
    pub ticks: &'a [Tick],
}

impl Machine<'_> {
    /// By how much more CPU time a response took of the generator during an outage than in the control, once what brought
    /// it about was `over`, where that matters: the outage does not stand out, and it is a tenth at least.
    pub(super) fn slower(self, trial: Watched<'_>, found: Option<FoundOutage>, over: Option<Mono>) -> Option<Share> {
        let outage = found.filter(|outage| !outage.stands_out())?;
        let (from, to) = (outage.begins.max(over?), outage.ends.unwrap_or(trial.until));
        let failed = |b: &Batch| b.sum(|t| t.requests.outcomes.errors());
        let like_the_control = |b: &Batch| b.from >= from && b.from < to && failed(b) == 0;
        let during: Vec<Batch> = batches(trial.start, self.ticks).into_iter().filter(like_the_control).collect();
        let by = self.control? / machine_speed(&during)? - 1.0;
        (by >= MATTERS).then_some(Share(by))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use redline_model::{GeneratorTick, Outcome, Seconds};

    use super::*;

    /// Ticks of a second, each with 500 responses for 10 ms each, those from second `from` on at `times` the cost.
    fn ticks(from: u64, times: f64, outcome: Outcome) -> Vec<Tick> {
        let one = |second: u64| {
            let mut tick = Tick::default();
            (tick.from, tick.to) = (Mono(second * 1_000_000_000), Mono((second + 1) * 1_000_000_000));
            let slowed = second >= from;
            (0..499).for_each(|_| tick.requests.outcomes.add(Outcome::Ok));
            tick.requests.outcomes.add(if slowed { outcome } else { Outcome::Ok });
            let cpu = Seconds(if slowed { 0.05 * times } else { 0.05 });
            tick.generator = GeneratorTick { cpu, cpus: 1, ..GeneratorTick::default() };
            tick
        };
        (0..20).map(one).collect()
    }

    #[test]
    fn a_machine_that_became_slower_is_noticed_while_the_outage_lasts() {
        let trial = Watched { trial: 1, start: Mono(0), until: Mono(20_000_000_000), steps: &[] };
        let outage = |from: u64, bad: f64| {
            let (begins, ends) = (Mono(from * 1_000_000_000), Some(Mono((from + 4) * 1_000_000_000)));
            Some(FoundOutage { begins, ends, resolution: Duration::ZERO, bad: Share(bad) })
        };
        let over = |second: u64| Some(Mono(second * 1_000_000_000));
        let of = |ticks: &[Tick], found, over| Machine { control: Some(10_000.0), ticks }.slower(trial, found, over);
        let slower = |ticks: &[Tick], found| of(ticks, found, over(2));
        let slowed = ticks(10, 1.3, Outcome::Ok);
        assert!((slower(&slowed, outage(12, 0.1)).unwrap().0 - 0.3).abs() < 1e-9);
        assert_eq!(slower(&slowed, outage(2, 0.1)), None, "before it became slower");
        assert_eq!(slower(&slowed, outage(12, 0.9)), None, "it stands out whatever the machine did");
        assert_eq!(slower(&ticks(10, 1.05, Outcome::Ok), outage(12, 0.1)), None);
        assert_eq!(slower(&slowed, None), None);
        // While the fault lasts visitors do something else, and so do they as long as it is not over.
        assert_eq!(of(&slowed, outage(12, 0.1), over(16)), None);
        assert_eq!(of(&slowed, outage(12, 0.1), None), None);
        // Visitors who fail are other visitors than the control's.
        assert_eq!(slower(&ticks(10, 2.0, Outcome::Refused), outage(12, 0.1)), None);
    }
}
