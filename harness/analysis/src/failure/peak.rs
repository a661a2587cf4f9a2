//! The peak that an overload is held against, at the machine's speed of now.

use redline_model::Rate;

use crate::adjusted::FOLLOWS;

/// With less of a difference than this nothing is worth telling.
const SAME: f64 = 0.02;

/// The highest goodput of any load, and how fast the machine was meanwhile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peak {
    /// Steps per second that were right and within the SLO.
    pub goodput: Rate,
    /// Responses for each second of the generator's CPU time; absent where the stack's throughput does not go with it,
    /// because something else than its CPUs is exhausted at the peak, or where it is not known.
    pub machine_speed: Option<f64>,
}

/// A peak, brought to another speed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Brought {
    pub(super) goodput: Rate,
    /// What the reader must know of it.
    pub(super) remark: Option<String>,
}

impl Peak {
    /// As it would be at the speed `now`: it follows the generator's as the saturation throughput does.
    pub(super) fn brought_to(self, now: Option<f64>) -> Brought {
        let ratio = self.machine_speed.zip(now).filter(|(then, now)| *then > 0.0 && *now > 0.0).map(|(t, n)| n / t);
        let Some(factor) = ratio.map(|ratio| ratio.powf(FOLLOWS)).filter(|factor| (factor - 1.0).abs() > SAME) else {
            return Brought { goodput: self.goodput, remark: None };
        };
        let goodput = Rate(self.goodput.0 * factor);
        let than = if factor > 1.0 { "slower" } else { "faster" };
        let remark = format!(
            "the peak of {:.0} good steps/s was found when the machine was {than}; by the generator's CPU time for a response it would be {:.0} now.",
            self.goodput.0, goodput.0
        );
        Brought { goodput, remark: Some(remark) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_became_faster_has_a_higher_peak() {
        let peak = Peak { goodput: Rate(400.0), machine_speed: Some(8000.0) };
        let brought = peak.brought_to(Some(10_000.0));
        assert!((brought.goodput.0 - 400.0 * 1.25f64.powf(FOLLOWS)).abs() < 1e-9);
        assert!(brought.remark.unwrap().contains("slower"));
        assert!(peak.brought_to(Some(8010.0)).remark.is_none());
        let alone = Peak { machine_speed: None, ..peak };
        assert_eq!(alone.brought_to(Some(10_000.0)).goodput, Rate(400.0));
    }
}
