//! The answer in plain words.

use redline_model::{Answer, ComparedFigure, Contrast, Pairing};

/// One sentence for each stack, from the contrast of its saturation throughput.
pub(super) fn sentences(contrasts: &[Contrast]) -> Vec<String> {
    contrasts.iter().filter(|c| c.figure == ComparedFigure::SaturationThroughput).map(one).collect()
}

fn one(c: &Contrast) -> String {
    let (stack, against) = (&c.stack, &c.against);
    let rests = match c.how {
        Pairing::Paired => format!("{} pairs", c.pairs),
        Pairing::Unpaired => "runs at different times, not paired".to_owned(),
    };
    let measured = c.ratio.map(|r| {
        format!(
            "{} × the throughput of {against} (95 % interval {} to {}; {rests})",
            figure(r.estimate),
            figure(r.low),
            figure(r.high)
        )
    });
    let raw = c.raw_ratio.map_or(String::new(), |r| {
        format!(
            " Not adjusted for how fast the machine was in each slice it is {} ({} to {}).",
            figure(r.estimate),
            figure(r.low),
            figure(r.high)
        )
    });
    let seen = c.detectable.map_or(String::new(), |d| {
        format!(" A difference of {:.1} % or more would have been seen 19 times of 20.", 100.0 * d.0)
    });
    match (c.answer, measured) {
        (Answer::Better, Some(measured)) => format!("{stack} is better: it completes {measured}.{raw}"),
        (Answer::Worse, Some(measured)) => format!("{stack} is worse: it completes {measured}.{raw}"),
        (Answer::Inconclusive, Some(measured)) => {
            let why = c.why_not.as_deref().map_or(String::new(), |why| format!(" because {why}"));
            format!("{stack} against {against} is inconclusive{why}. It completes {measured}.{raw}{seen}")
        }
        (_, None) => {
            let why = c.why_not.as_deref().unwrap_or("nothing was measured");
            format!("{stack} against {against} is inconclusive: {why}.")
        }
    }
}

/// A ratio with as many digits as its size is worth.
fn figure(ratio: f64) -> String {
    if ratio >= 9.95 {
        format!("{ratio:.1}")
    } else if ratio >= 2.0 {
        format!("{ratio:.2}")
    } else {
        format!("{ratio:.3}")
    }
}

#[cfg(test)]
mod tests {
    use redline_model::{Interval, Share};

    use super::*;

    #[test]
    fn the_answer_is_told_with_its_interval_and_what_could_have_been_seen() {
        let ratio = Some(Interval { estimate: 0.9512, low: 0.93, high: 0.97 });
        let worse = Contrast {
            stack: "slow".into(),
            against: "single".into(),
            figure: ComparedFigure::SaturationThroughput,
            how: Pairing::Paired,
            pairs: 20,
            ratio,
            raw_ratio: None,
            p: Some(0.001),
            detectable: Some(Share(0.031)),
            answer: Answer::Worse,
            why_not: None,
        };
        let why_not = Some("chance alone explains what was seen".to_owned());
        let open = Contrast { answer: Answer::Inconclusive, why_not, ..worse.clone() };
        let none =
            Contrast { ratio: None, pairs: 2, why_not: Some("2 pairs are too few to tell".into()), ..open.clone() };
        insta::assert_snapshot!(sentences(&[worse, open, none]).join("\n"), @"
        slow is worse: it completes 0.951 × the throughput of single (95 % interval 0.930 to 0.970; 20 pairs).
        slow against single is inconclusive because chance alone explains what was seen. It completes 0.951 × the throughput of single (95 % interval 0.930 to 0.970; 20 pairs). A difference of 3.1 % or more would have been seen 19 times of 20.
        slow against single is inconclusive: 2 pairs are too few to tell.
        ");
    }
}
