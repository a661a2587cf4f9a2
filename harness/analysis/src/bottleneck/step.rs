//! An elasticity as it would be over the rule's step.
//!
//! A resource with room does not limit as found, but it does once more than its room is taken: with 30 % room and
//! 30 % taken it costs 9 % of the throughput. So an elasticity over a large step says less against a resource than
//! one over a small step. What does not depend on the step is the room h = the throughput that the resource alone
//! would allow ÷ the throughput found. By the bottleneck law X(r) ÷ X = min(1, h·r), so e = 1 + ln h ÷ ln r, and
//! over the rule's step r₀ it is e₀ = 1 − (1 − e)·ln r ÷ ln r₀. A resource with e = 1 has no room, over any step.

use redline_model::{Interval, Intervention};

/// The step that the thresholds are meant for (DESIGN.md, rule 6).
const RULE: f64 = 0.8;

/// The elasticity to a resource over a step to [`RULE`]. Where the resource was made larger it is as measured: then
/// the others' room is seen and not its own.
pub(super) fn over_the_rules_step(i: &Intervention) -> Interval {
    if i.factor >= 1.0 || i.factor <= 0.0 {
        return i.elasticity;
    }
    let steps = i.factor.ln() / RULE.ln();
    let of = |e: f64| 1.0 - (1.0 - e) * steps;
    Interval { estimate: of(i.elasticity.estimate), low: of(i.elasticity.low), high: of(i.elasticity.high) }
}

/// The room h of a resource that was made scarcer: the throughput that it would allow ÷ the throughput found, at
/// least.
pub(super) fn room(i: &Intervention) -> f64 {
    (i.throughput.estimate.min(1.0) / i.factor).max(1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn measured(room: f64, factor: f64) -> Intervention {
        let ratio = (room * factor).min(1.0);
        let plain = |x: f64| Interval { estimate: x, low: x, high: x };
        Intervention {
            component: "php-fpm".into(),
            resource: "pool".into(),
            done: "some held".into(),
            factor,
            throughput: plain(ratio),
            elasticity: plain(ratio.ln() / factor.ln()),
            pairs: 4,
        }
    }

    proptest! {
        /// The same room gives the same answer, however much was taken beyond it.
        #[test]
        fn it_does_not_depend_on_how_much_was_taken(h in 1.0f64..1.25, factor in 0.5f64..0.8) {
            let as_measured = over_the_rules_step(&measured(h, factor)).estimate;
            let by_the_rule = measured(h, RULE).elasticity.estimate;
            prop_assert!((as_measured - by_the_rule).abs() < 1e-9, "{as_measured} {by_the_rule}");
            prop_assert!((room(&measured(h, factor)) - h).abs() < 1e-9);
        }
    }

    #[test]
    fn ample_room_stays_ruled_out_when_more_than_it_was_taken() {
        let three_of_ten = measured(1.3, 0.7);
        assert!(three_of_ten.elasticity.estimate > 0.26);
        assert!(over_the_rules_step(&three_of_ten).estimate < 0.0);
        assert_eq!(over_the_rules_step(&measured(1.0, 0.7)).estimate, 1.0);
    }
}
