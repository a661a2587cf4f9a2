//! What is to be broken, at which loads.

use std::str::FromStr;

use redline_analysis::{Peak, Precision, RECOVERY_WATCHED, SearchPlan};
use redline_model::{Deploy, Fault, Rate, Retries, Seconds, Share};

use super::{Item, Pace, PlannedFault};

/// How much load goes on while something is broken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum At {
    /// A share of the sustainable load, which is measured first.
    Sustainable(Share),
    /// Sessions per second.
    Rate(Rate),
}

/// What becomes of the run when the stack is not whole again, or a fault cannot be lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhenNotWhole {
    /// It ends, and that is its failure.
    EndRun,
    /// Nothing more is broken, that is told, and what was measured is the result.
    Tell,
}

/// Everything that is to be done, one after the other, each at each load.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FaultScript {
    pub(crate) items: Vec<Item>,
    pub(crate) loads: Vec<At>,
    /// How often all of it is done at each load.
    pub(crate) repeat: u32,
    pub(crate) manners: Manners,
    /// What overloads are a multiple of, in sessions per second; absent: of the saturation throughput.
    pub(crate) overload_of: Option<Rate>,
    /// What overloads are held against, where that of another run is to be.
    pub(crate) overload_peak: Option<Peak>,
    pub(crate) pace: Pace,
    /// How long a recovery is watched.
    pub(crate) watch: Seconds,
    /// What would take longer than this in all is left out and told.
    pub(crate) within: Option<Seconds>,
    pub(crate) when_not_whole: WhenNotWhole,
    /// What cannot be done to this site and why, for the report.
    pub(crate) notes: Vec<String>,
}

/// How visitors behave when something fails.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Manners {
    pub(crate) retries: Retries,
    /// How long they wait for an answer; absent: as long as usual.
    pub(crate) patience: Option<Seconds>,
}

impl FaultScript {
    /// These at these loads, carefully, and everything else as usual.
    pub(crate) fn of(items: Vec<Item>, loads: Vec<At>) -> Self {
        Self {
            items,
            loads,
            repeat: 1,
            manners: Manners::default(),
            overload_of: None,
            overload_peak: None,
            pace: Pace::CAREFUL,
            watch: RECOVERY_WATCHED.into(),
            within: None,
            when_not_whole: WhenNotWhole::EndRun,
            notes: Vec::new(),
        }
    }
    /// Whether the capacity has to be known.
    pub(crate) fn needs_capacity(&self) -> bool {
        let overloads = self.items.iter().any(|item| matches!(item, Item::Overload(_)));
        self.loads.iter().any(|at| matches!(at, At::Sustainable(_))) || (overloads && self.overload_of.is_none())
    }
    /// The longest that anything lasts.
    pub(super) fn longest(&self) -> Seconds {
        Seconds(self.items.iter().map(|item| item.lasts().0).fold(0.0, f64::max))
    }
    /// What a control is expected to take.
    pub(super) fn control_time(&self) -> Seconds {
        self.pace.control(self.longest()) + Seconds(1.5)
    }
    /// About how long the breaking takes, where everything recovers.
    pub(crate) fn breaking_time(&self) -> Seconds {
        let once: Seconds = self.items.iter().map(|item| item.expected(self.pace)).sum();
        let all = self.loads.len() as f64 * (f64::from(self.repeat) * once.0 + self.control_time().0);
        Seconds(self.within.map_or(all, |within| all.min(within.0)))
    }
    /// The same with the search that a run of nothing but this needs.
    pub(crate) fn expected_time(&self) -> Seconds {
        let search =
            if self.needs_capacity() { SearchPlan::new(Precision::Quick).expected_time() } else { Seconds(0.0) };
        search + self.breaking_time()
    }
    /// `5 faults, a deployment and an overload at 2 loads`.
    pub(crate) fn told(&self) -> String {
        let number = |of: fn(&Item) -> bool| self.items.iter().filter(|item| of(item)).count();
        let kinds = [
            (number(|item| matches!(item, Item::Fault(_))), "fault"),
            (number(|item| matches!(item, Item::Deploy(_))), "deployment"),
            (number(|item| matches!(item, Item::Overload(_))), "overload"),
        ];
        let some = kinds.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| count(n, what));
        let repeated = if self.repeat > 1 { format!(", {} times", self.repeat) } else { String::new() };
        let items = some.collect::<Vec<_>>().join(", ");
        format!("{items} at {}{repeated}", count(self.loads.len(), "load"))
    }
}

fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// Faults of one length.
pub(crate) fn faults(all: impl IntoIterator<Item = Fault>, lasts: Seconds) -> Vec<Item> {
    all.into_iter().map(|fault| Item::Fault(PlannedFault { fault, lasts })).collect()
}

/// Deployments.
pub(crate) fn deployments(all: impl IntoIterator<Item = Deploy>) -> Vec<Item> {
    all.into_iter().map(Item::Deploy).collect()
}

impl FromStr for At {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let at = if text.contains('%') {
            text.parse().map(Self::Sustainable).map_err(|e: redline_model::UnitError| e.to_string())?
        } else {
            text.parse().map(Self::Rate).map_err(|_| {
                format!("`{text}` is not a load; write a share of the sustainable load like 80%, or a rate like 20/s")
            })?
        };
        match at {
            Self::Sustainable(share) if !(0.01..=1.5).contains(&share.0) => {
                Err(format!("`{text}` is out of range: it may be from 1% to 150% of the sustainable load"))
            }
            Self::Rate(rate) if rate.0 <= 0.0 => Err(format!("`{text}` is out of range: it must be above 0")),
            at => Ok(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_is_a_share_or_a_rate() {
        assert_eq!("80%".parse(), Ok(At::Sustainable(Share(0.8))));
        assert_eq!("20/s".parse(), Ok(At::Rate(Rate(20.0))));
        for wrong in ["0%", "900%", "fast", "0/s", ""] {
            assert!(wrong.parse::<At>().is_err(), "{wrong}");
        }
    }
}
