//! From the time that there is, or the precision that is wanted, to a plan.

use redline_model::{Seconds, Share};

use super::{Precision, SearchPlan};

/// Less than this does not hold one trial of each kind.
pub const LEAST_BUDGET: Seconds = Seconds(45.0);
/// More than this is a measurement of the weather: the machine itself drifts by more than is gained.
pub const MOST_BUDGET: Seconds = Seconds(3600.0);

/// The half-width of the sustainable load's interval that a default search ends with at 400 sessions/s and a
/// coefficient of variation of 1; with n times the time it is taken to be √n times narrower. From seven searches
/// of tests/accuracy: ± 6.2 % in 180 s.
const DEFAULT_PRECISION: f64 = 0.08;

/// Why there is no such plan.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// Too little time.
    #[error("{budget} are too short for a search: give it {least} at least")]
    BudgetTooSmall {
        /// What was asked for.
        budget: Seconds,
        /// What a search and what goes with it need.
        least: Seconds,
    },
    /// More time than is sensible.
    #[error("{budget} are longer than a search may take: {most} at most")]
    BudgetTooLarge {
        /// What was asked for.
        budget: Seconds,
        /// What a search and what goes with it may take.
        most: Seconds,
    },
    /// A precision that would take too long.
    #[error("± {precision} would take about {needed}: ask for ± {least} or more, which takes {MOST_BUDGET} at most")]
    TooPrecise {
        /// What was asked for.
        precision: Share,
        /// How long it would take.
        needed: Seconds,
        /// The least that is possible.
        least: Share,
    },
    /// Not a precision.
    #[error("a precision of ± {precision} says nothing: ask for 20% or less, like `3%`")]
    TooCoarse {
        /// What was asked for.
        precision: Share,
    },
}

impl SearchPlan {
    /// The plan that uses a time budget.
    ///
    /// # Errors
    /// A budget in which no search can be made, or that is beyond reason.
    pub fn for_budget(budget: Seconds) -> Result<Self, PlanError> {
        Self::for_budget_beside(budget, Seconds(0.0))
    }
    /// The same where `others`, like calibrating the generator, take their part of the budget. What is refused is
    /// named as it was asked for, all of it.
    ///
    /// # Errors
    /// A budget that leaves too little for a search, or that is beyond reason.
    pub fn for_budget_beside(budget: Seconds, others: Seconds) -> Result<Self, PlanError> {
        let left = budget - others;
        if left.0.is_nan() || left < LEAST_BUDGET {
            return Err(PlanError::BudgetTooSmall { budget, least: LEAST_BUDGET + others });
        }
        if left > MOST_BUDGET {
            return Err(PlanError::BudgetTooLarge { budget, most: MOST_BUDGET + others });
        }
        Ok(scaled(left))
    }
    /// The plan for a wanted relative half-width of the sustainable load's interval. How long that takes depends on
    /// the server, which nobody knows yet: this goes by a server of 400 sessions/s with exponential service times.
    /// A search that gets there sooner ends sooner.
    ///
    /// # Errors
    /// A precision that would take beyond [`MOST_BUDGET`], or that is none.
    pub fn for_precision(precision: Share) -> Result<Self, PlanError> {
        if precision.0.is_nan() || precision > Share(0.2) {
            return Err(PlanError::TooCoarse { precision });
        }
        let needed = Seconds(Precision::Default.budget().0 * (DEFAULT_PRECISION / precision.0.max(1e-9)).powi(2));
        if needed.0 > MOST_BUDGET.0 {
            let least = DEFAULT_PRECISION * (Precision::Default.budget().0 / MOST_BUDGET.0).sqrt();
            let least = Share((1000.0 * least).ceil() / 1000.0);
            return Err(PlanError::TooPrecise { precision, needed, least });
        }
        let plan = scaled(Seconds(needed.0.max(LEAST_BUDGET.0)));
        Ok(Self { width: 2.0 * precision.0, ..plan })
    }
}

/// Divides a budget between the phases as the default plan does. Trials become longer with the root of the time:
/// half of a longer run goes into more trials, half into longer ones.
pub(super) fn scaled(budget: Seconds) -> SearchPlan {
    let factor = budget.0 / Precision::Default.budget().0;
    let whole = |seconds: f64, least: f64, most: f64| Seconds(seconds.clamp(least, most).round());
    SearchPlan {
        budget,
        trial_hold: whole(10.0 * factor.sqrt(), 5.0, 30.0),
        slices: (3.0 * factor.sqrt()).round().clamp(2.0, 8.0) as u32,
        slice_hold: (Seconds(4.0), whole(8.0 * factor.sqrt(), 4.0, 20.0)),
        slice_width: (0.015 / factor.sqrt()).clamp(0.003, 0.03),
        width: (0.02 / factor.sqrt()).clamp(0.005, 0.05),
        confirm_hold: whole(12.0 * factor, 6.0, 60.0),
        confirm_above: whole(8.0 * factor, 4.0, 30.0),
        overload_hold: whole(2.0 * factor, 2.0, 8.0),
        reopenings: (2.0 * factor.sqrt()).round().clamp(1.0, 4.0) as u32,
        ..SearchPlan::base()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(45.0)]
    #[case(90.0)]
    #[case(110.0)]
    #[case(600.0)]
    #[case(3600.0)]
    fn a_plan_keeps_its_budget_in_advance(#[case] budget: f64) {
        let plan = SearchPlan::for_budget(Seconds(budget)).unwrap();
        assert!(plan.expected_time().0 <= budget);
        assert!(plan.expected_time().0 > 0.5 * budget.min(600.0), "{} of {budget}", plan.expected_time());
    }

    #[test]
    fn a_sharper_answer_takes_longer() {
        let time = |p| SearchPlan::for_precision(Share(p)).unwrap().expected_time().0;
        assert!(time(0.04) > 2.0 * time(0.08) && time(0.02) > time(0.04));
        assert!(SearchPlan::for_precision(Share(0.02)).unwrap().width < 0.05);
    }

    #[test]
    fn what_cannot_be_is_refused_in_a_sentence() {
        let told = |e: Result<SearchPlan, PlanError>| e.unwrap_err().to_string();
        assert_eq!(
            told(SearchPlan::for_budget(Seconds(20.0))),
            "20.0 s are too short for a search: give it 45.0 s at least"
        );
        assert_eq!(
            told(SearchPlan::for_budget_beside(Seconds(20.0), Seconds(5.0))),
            "20.0 s are too short for a search: give it 50.0 s at least"
        );
        assert!(told(SearchPlan::for_budget(Seconds(f64::NAN))).contains("too short"));
        assert!(told(SearchPlan::for_budget(Seconds(1e5))).contains("at most"));
        assert!(told(SearchPlan::for_precision(Share(0.001))).contains("would take about"));
        assert!(told(SearchPlan::for_precision(Share(0.5))).contains("20% or less"));
    }
}
