//! Whether the machine was slower during an outage than in the control: then it may be the machine's.

use redline_model::{Mono, OutcomeCounts, Share, Tick};

use super::{FoundOutage, Watched};

/// An outage that does not stand out may be the machine's where that was so much slower than in the control: at 80 % of
/// what is sustainable little is to spare.
const MATTERS: f64 = 0.1;
/// Fewer answers tell nothing of a machine's speed.
const LEAST: u64 = 100;

/// By how much more of the generator's CPU time an answer took during the outage than in the control, where that is
/// enough to matter.
pub(super) fn slower(faulted: Watched<'_>, control: Watched<'_>, found: Option<FoundOutage>) -> Option<Share> {
    let outage = found?;
    let during = cost(faulted.ticks, outage.begins, outage.ends.unwrap_or(faulted.until))?;
    let usual = cost(control.ticks, control.start, control.until)?;
    Some(Share(during / usual - 1.0)).filter(|by| by.0 >= MATTERS)
}

/// CPU seconds of the generator for an answer of whatever kind, in the ticks that reach into a time.
fn cost(ticks: &[Tick], from: Mono, to: Mono) -> Option<f64> {
    let mut answers = OutcomeCounts::default();
    let mut cpu = 0.0;
    for tick in ticks.iter().filter(|t| t.to > from && t.from < to) {
        answers.merge(&tick.requests.outcomes);
        cpu += tick.generator.cpu.0;
    }
    (answers.total() >= LEAST && cpu > 0.0).then(|| cpu / answers.total() as f64)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use redline_model::{GeneratorTick, Outcome, Seconds};

    use super::*;

    /// Ticks of a second, each with 100 answers, those from second `from` on at `times` the cost.
    fn ticks(from: u64, times: f64) -> Vec<Tick> {
        let one = |second: u64| {
            let mut tick = Tick::default();
            (tick.from, tick.to) = (Mono(second * 1_000_000_000), Mono((second + 1) * 1_000_000_000));
            (0..100).for_each(|_| tick.requests.outcomes.add(Outcome::Ok));
            let cpu = Seconds(if second >= from { 0.01 * times } else { 0.01 });
            tick.generator = GeneratorTick { cpu, cpus: 1, ..GeneratorTick::default() };
            tick
        };
        (0..20).map(one).collect()
    }

    #[test]
    fn a_machine_that_became_slower_is_noticed_while_the_outage_lasts() {
        let watched = |ticks| Watched { trial: 1, start: Mono(0), until: Mono(20_000_000_000), steps: &[], ticks };
        let (control, same, slowed) = (ticks(0, 1.0), ticks(0, 1.05), ticks(10, 1.3));
        let outage = |from: u64| {
            let (begins, ends) = (Mono(from * 1_000_000_000), Some(Mono((from + 4) * 1_000_000_000)));
            Some(FoundOutage { begins, ends, resolution: Duration::ZERO, bad: Share(0.1) })
        };
        let slower = |faulted, found| slower(watched(faulted), watched(&control), found);
        assert!((slower(&slowed, outage(12)).unwrap().0 - 0.3).abs() < 1e-9);
        assert_eq!(slower(&slowed, outage(2)), None, "before it became slower");
        assert_eq!(slower(&same, outage(12)), None);
        assert_eq!(slower(&slowed, None), None);
    }
}
