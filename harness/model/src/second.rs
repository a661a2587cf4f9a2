//! The figures of one second that every second has, and their places in a timeline's columns.

use crate::{Rate, Seconds, Timeline};

/// One second of a trial; see the columns of [`Timeline`]. What was not stored or not measured is absent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Second {
    /// When it began, from the start of the run.
    pub at: Seconds,
    /// The trial that it belongs to.
    pub trial: u32,
    /// Sessions meant to start, per second.
    pub offered: Rate,
    /// Sessions that started, per second.
    pub started: Option<Rate>,
    /// Sessions that ended, per second.
    pub completed: Rate,
    /// Responses per second.
    pub responses: Rate,
    /// Steps that ended, per second.
    pub steps: Option<Rate>,
    /// Steps that were correct and within the SLO, per second.
    pub good: Rate,
    /// Median, 95th and 99th percentile of the response time; absent where no step ended.
    pub quantiles: Option<[Seconds; 3]>,
    /// Sessions in flight at its end.
    pub in_flight: u64,
}

impl Timeline {
    /// Puts `second` behind the others. What it does not know is left out of its column: a timeline knows it of
    /// all its seconds or of none.
    pub fn push(&mut self, second: Second) {
        self.at.push(second.at);
        self.trial.push(second.trial);
        self.offered.push(second.offered);
        self.started.extend(second.started);
        self.completed.push(second.completed);
        self.responses.push(second.responses);
        self.steps.extend(second.steps);
        self.good.push(second.good);
        let columns = [&mut self.p50, &mut self.p95, &mut self.p99];
        for (i, column) in columns.into_iter().enumerate() {
            column.push(second.quantiles.map(|of| of[i]));
        }
        self.in_flight.push(second.in_flight);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_as_long_as_the_time_but_for_what_is_not_known() {
        let quantiles = Some([0.1, 0.2, 0.3].map(Seconds));
        let known = Second {
            at: Seconds(1.0),
            trial: 2,
            offered: Rate(3.0),
            started: Some(Rate(4.0)),
            completed: Rate(5.0),
            responses: Rate(6.0),
            steps: Some(Rate(7.0)),
            good: Rate(8.0),
            quantiles,
            in_flight: 9,
        };
        let mut timeline = Timeline::default();
        timeline.push(known);
        timeline.push(Second { quantiles: None, ..known });
        assert_eq!((timeline.len(), timeline.uneven()), (2, None));
        assert_eq!((timeline.p95[0], timeline.p95[1], timeline.p99[0]), (Some(Seconds(0.2)), None, Some(Seconds(0.3))));
        let mut old = Timeline::default();
        old.push(Second { started: None, steps: None, ..known });
        assert!(old.started.is_empty() && old.steps.is_empty() && old.uneven().is_none());
    }
}
