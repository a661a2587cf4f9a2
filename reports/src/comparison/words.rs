//! The words of a comparison: the same in every format.

use redline_model::{Answer, ComparedFigure, Comparison, Contrast, Difference, Effect, Interval, Pairing, Waiting};

/// How it was measured, in parts: `16 rounds in turns`, `those that waited were frozen`, `seed 5`.
pub(crate) fn how(c: &Comparison) -> Vec<String> {
    match c.how {
        Pairing::Unpaired if c.waiting.is_some() => {
            vec!["searched one after the other, not paired: no round of turns was fit to be compared".to_owned()]
        }
        Pairing::Unpaired => vec!["saved runs, not paired".to_owned()],
        Pairing::Paired => {
            let rounds = format!("{} rounds in turns", c.rounds);
            let waited = c.waiting.map(|waiting| waiting_line(waiting).to_owned());
            let seed = format!("seed {}", c.seed.unwrap_or(0));
            std::iter::once(rounds).chain(waited).chain([seed]).collect()
        }
    }
}

/// What becomes of the stacks that wait.
#[must_use]
pub fn waiting_line(waiting: Waiting) -> &'static str {
    match waiting {
        Waiting::Resting => "all up at once, those that waited at rest",
        Waiting::Frozen => "all up at once, those that waited frozen",
        Waiting::Removed => "one up at a time, started anew for each turn",
    }
}

/// What the columns of [`contrast_row`] are.
pub(crate) const CONTRAST_HEAD: [&str; 7] =
    ["stack", "figure", "ratio (95 % interval)", "pairs", "p", "seen from", "answer"];

/// One contrast in a row of [`CONTRAST_HEAD`].
pub(crate) fn contrast_row(c: &Contrast) -> Vec<String> {
    let none = || "–".to_owned();
    vec![
        c.stack.clone(),
        figure_word(c.figure).to_owned(),
        c.ratio.as_ref().map_or_else(none, ratio),
        match c.how {
            Pairing::Paired => c.pairs.to_string(),
            Pairing::Unpaired => "none".to_owned(),
        },
        c.p.map_or_else(none, |p| if p < 0.001 { "< 0.001".into() } else { format!("{p:.3}") }),
        c.detectable.map_or_else(none, |d| format!("{:.1} %", 100.0 * d.0)),
        match c.answer {
            Answer::Better => "better".to_owned(),
            Answer::Worse => "worse".to_owned(),
            Answer::Inconclusive => "inconclusive".to_owned(),
        },
    ]
}

/// `0.951 (0.930–0.970)`.
pub(crate) fn ratio(i: &Interval) -> String {
    format!("{:.3} ({:.3}–{:.3})", i.estimate, i.low, i.high)
}

/// What is compared.
pub(crate) fn figure_word(figure: ComparedFigure) -> &'static str {
    match figure {
        ComparedFigure::SaturationThroughput => "saturation throughput",
        ComparedFigure::CpuTime => "CPU time for the same work",
        ComparedFigure::P95 => "p95 at the same load",
    }
}

/// What a difference means.
pub(crate) fn effect(difference: &Difference) -> &'static str {
    match difference.effect {
        Effect::Unfair => "unfair",
        Effect::Worth => "may matter",
        Effect::Subject => "is compared",
    }
}

/// The differences in one sentence.
pub(crate) fn differences_word(differences: &[Difference]) -> String {
    let of = |effect| differences.iter().filter(|d| d.effect == effect).map(|d| d.what.as_str()).collect::<Vec<_>>();
    let (unfair, worth) = (of(Effect::Unfair), of(Effect::Worth));
    match (unfair.is_empty(), worth.is_empty()) {
        (false, _) => format!("These runs cannot be compared fairly: they differ in {}.", unfair.join(", ")),
        (true, false) => format!("Besides what is compared they differ in: {}.", worth.join(", ")),
        (true, true) => "They differ in nothing but what is compared.".to_owned(),
    }
}
