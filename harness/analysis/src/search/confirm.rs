//! Confirm: the answer must hold for a long trial, and 1.05 × the answer must fail.

use redline_model::{Purpose, Rate, TrialClass, TrialResult, TrialSpec};

use super::record::{Record, Want};

/// How much above the answer must fail.
const ABOVE: f64 = 1.05;

/// How far the confirmation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Holds,
    Fails,
    Over,
}

#[derive(Debug, Clone)]
pub(crate) struct Confirm {
    answer: Rate,
    step: Step,
    unfit: u32,
    pub(crate) held: Option<TrialClass>,
    pub(crate) above: Option<TrialClass>,
}

impl Confirm {
    pub(crate) fn of(answer: Rate) -> Self {
        Self { answer, step: Step::Holds, unfit: 0, held: None, above: None }
    }

    pub(crate) fn next(&self, record: &Record) -> Want {
        let (purpose, offered, hold) = match self.step {
            Step::Holds => (Purpose::ConfirmHolds, self.answer, record.plan.confirm_hold),
            Step::Fails => (Purpose::ConfirmFails, self.answer.scaled(ABOVE), record.plan.confirm_above),
            Step::Over => return Want::Over,
        };
        let spec = TrialSpec { purpose, offered, settle: record.settle(), hold, cap: None };
        if record.affords(&spec, record.pending + record.plan.overload()) { Want::Trial(spec) } else { Want::Over }
    }

    pub(crate) fn record(&mut self, trial: &TrialResult) {
        if trial.class == TrialClass::GeneratorLimited {
            self.unfit += 1;
            if self.unfit >= 2 {
                self.step = Step::Over;
            }
            return;
        }
        match self.step {
            Step::Holds => {
                self.held = Some(trial.class);
                // What does not hold is searched again; what lies above it then says nothing.
                self.step = if trial.class == TrialClass::Fail { Step::Over } else { Step::Fails };
            }
            _ => {
                self.above = Some(trial.class);
                self.step = Step::Over;
            }
        }
    }

    /// Whether what was found disagrees with the answer.
    pub(crate) fn disagrees(&self) -> bool {
        self.held == Some(TrialClass::Fail) || self.above == Some(TrialClass::Pass)
    }

    /// Whether both trials were made and neither disagrees.
    pub(crate) fn agrees(&self) -> bool {
        self.held.is_some() && self.above.is_some() && !self.disagrees()
    }
}
