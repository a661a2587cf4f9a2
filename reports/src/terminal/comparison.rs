//! The page of a comparison: what differs first, then the answer, then one table.

use redline_model::{Comparison, Effect};

use super::page::Layout;
use crate::comparison::{CONTRAST_HEAD, contrast_row, differences_word, effect, groups, how};

/// More differences of what is compared than this are in the document only.
const MOST_SUBJECTS: usize = 12;
const LONGEST_VALUE: usize = 40;

/// The whole page.
#[must_use]
pub(crate) fn comparison(comparison: &Comparison, layout: Layout) -> String {
    let sections = [
        head(comparison, layout),
        differences(comparison, layout),
        answers(comparison, layout),
        tables(comparison, layout),
        caveats(comparison, layout),
    ];
    sections.into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join("\n\n") + "\n"
}

fn head(c: &Comparison, layout: Layout) -> String {
    let names: Vec<&str> = c.stacks.iter().map(|s| s.name.as_str()).collect();
    let how = how(c).join(" · ");
    let title = format!("redline · {} on {} · {} · {how}", c.scenario, names.join(", "), c.made);
    let mut lines = vec![layout.heading(&title)];
    if let Some(why) = &c.interrupted {
        lines.push(layout.bad(&format!("The comparison was ended early: {why}.")));
    }
    lines.join("\n")
}

fn differences(c: &Comparison, layout: Layout) -> String {
    let word = differences_word(&c.differences);
    let unfair = c.differences.iter().any(|d| d.effect == Effect::Unfair);
    let mut lines = vec![layout.prose("  ", &word)];
    if unfair {
        lines[0] = layout.bad(&lines[0]);
    }
    let subjects = c.differences.iter().filter(|d| d.effect == Effect::Subject).count();
    let shown: Vec<_> =
        c.differences.iter().take(c.differences.len() - subjects + subjects.min(MOST_SUBJECTS)).collect();
    let short = |value: &String| match value.char_indices().nth(LONGEST_VALUE) {
        Some((at, _)) => format!("{}…", &value[..at]),
        None => value.clone(),
    };
    lines.extend(shown.iter().map(|d| {
        let values: Vec<String> = d.values.iter().map(short).collect();
        layout.prose("  • ", &format!("{} ({}): {}", d.what, effect(d), values.join(" / ")))
    }));
    if subjects > MOST_SUBJECTS {
        let more = subjects - MOST_SUBJECTS;
        lines.push(layout.prose("  ", &format!("… and {more} more settings; comparison.json has them.")));
    }
    lines.join("\n")
}

fn answers(c: &Comparison, layout: Layout) -> String {
    let mut lines: Vec<String> = c.sentences.iter().map(|s| layout.prose("  ", s)).collect();
    if c.contrasts.is_empty() {
        return lines.join("\n");
    }
    let against = c.contrasts.first().map_or("", |first| first.against.as_str());
    lines.push(String::new());
    lines.push(layout.heading(&format!("Against {against}")));
    lines.push(layout.table(&CONTRAST_HEAD, c.contrasts.iter().map(contrast_row).collect()));
    lines.push(layout.prose(
        "  ",
        "Called different where chance explains the pairs with less than 1 % (Wilcoxon's signed-rank test, two-sided, Holm's correction over the stacks); the ratio is Hodges and Lehmann's. “Seen from”: a difference of that size is called in 19 of 20 comparisons like this one.",
    ));
    lines.join("\n")
}

fn tables(c: &Comparison, layout: Layout) -> String {
    let names = c.stacks.iter().map(|s| s.name.as_str());
    let head: Vec<&str> = std::iter::once("").chain(names).collect();
    let one = |group: crate::comparison::Group| {
        format!("{}\n{}", layout.heading(&group.title), layout.table(&head, group.rows))
    };
    groups(c).into_iter().map(one).collect::<Vec<_>>().join("\n\n")
}

fn caveats(c: &Comparison, layout: Layout) -> String {
    if c.caveats.is_empty() {
        return String::new();
    }
    let lines = c.caveats.iter().map(|caveat| layout.prose("  • ", caveat));
    std::iter::once(layout.heading("To read this right")).chain(lines).collect::<Vec<_>>().join("\n")
}
