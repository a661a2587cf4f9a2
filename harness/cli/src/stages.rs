//! `--rate`, `--stages` and `--users`: a load that the user asked for.

use redline_model::{Rate, Seconds, Stage};

use crate::exit::Failure;

/// Reads `20/s:30s,200/s:5m`: each rate is reached linearly from the one before, in the time given; the
/// first is held from the start.
pub(crate) fn parse(text: &str) -> Result<Vec<Stage>, Failure> {
    let mut stages: Vec<Stage> = Vec::new();
    for part in text.split(',') {
        let wrong =
            |why: String| Failure::usage(format!("--stages, `{part}`: {why}; write them like 20/s:30s,200/s:5m"));
        let (rate, length) = part.trim().split_once(':').ok_or_else(|| wrong("no time after the rate".into()))?;
        let to: Rate = rate.parse().map_err(|e| wrong(format!("{e}")))?;
        let length: Seconds = length.parse().map_err(|e| wrong(format!("{e}")))?;
        if length.0 <= 0.0 {
            return Err(wrong("the time is zero".into()));
        }
        let from = stages.last().map_or(to, |s| s.to);
        stages.push(Stage { from, to, length });
    }
    Ok(stages)
}

/// How long all stages take together.
pub(crate) fn length(stages: &[Stage]) -> Seconds {
    stages.iter().map(|s| s.length).sum()
}

/// The highest rate of all stages.
pub(crate) fn peak(stages: &[Stage]) -> Rate {
    Rate(stages.iter().flat_map(|s| [s.from.0, s.to.0]).fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_follow_one_another() {
        let stages = parse("20/s:30s, 200/s:5m").unwrap();
        assert_eq!(stages[0], Stage { from: Rate(20.0), to: Rate(20.0), length: Seconds(30.0) });
        assert_eq!(stages[1], Stage { from: Rate(20.0), to: Rate(200.0), length: Seconds(300.0) });
        assert_eq!((length(&stages), peak(&stages)), (Seconds(330.0), Rate(200.0)));
    }

    #[test]
    fn a_stage_that_makes_no_sense_is_refused() {
        for text in ["", "20/s", "20/s:0s", "0/s:10s", "x:10s", "20/s:10s,,5/s:1s"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
