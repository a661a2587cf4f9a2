//! How long one looks before and after something is done to the site.

use redline_model::Seconds;

/// The quiet times of the trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pace {
    /// The load goes on for so long before anything breaks.
    pub(super) before: Seconds,
    control: ControlLength,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum ControlLength {
    /// As long as what it is held against, and so long afterwards: the same visitors, second by second.
    Whole(Seconds),
    /// So long; where that is shorter its mean goes on.
    Fixed(Seconds),
}

impl Pace {
    /// What is lost is compared with the control second by second.
    pub(crate) const CAREFUL: Self = Self { before: Seconds(8.0), control: ControlLength::Whole(Seconds(10.0)) };
    /// As short as a load takes to be steady: the noise of what is lost is then taken to be that of independent steps.
    pub(crate) const BRISK: Self = Self { before: Seconds(2.0), control: ControlLength::Fixed(Seconds(8.0)) };

    /// How long a control is, for disturbances of at most `longest`.
    pub(super) fn control(self, longest: Seconds) -> Seconds {
        match self.control {
            ControlLength::Whole(after) => self.before + longest + after,
            ControlLength::Fixed(length) => length,
        }
    }
}
