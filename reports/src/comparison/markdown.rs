//! Markdown that fits a comment on a pull request.

use redline_model::{Comparison, Effect};

use super::{CONTRAST_HEAD, contrast_row, differences_word, effect, groups, how};
use crate::markdown::{table, text};

/// The whole comment.
pub(super) fn comment(comparison: &Comparison) -> String {
    let names: Vec<&str> = comparison.stacks.iter().map(|s| s.name.as_str()).collect();
    let mut parts = vec![format!("### 📏 redline: {} on {}", text(&comparison.scenario), text(&names.join(", ")))];
    parts.extend(comparison.interrupted.iter().map(|why| format!("The comparison was ended early: {}.", text(why))));
    parts.push(format!("{}{}", text(&differences_word(&comparison.differences)), differing(comparison)));
    parts.extend(comparison.sentences.iter().map(|s| format!("**{}**", text(s))));
    let escaped = |cells: Vec<String>| cells.iter().map(|c| text(c)).collect::<Vec<_>>();
    let contrasts: Vec<Vec<String>> = comparison.contrasts.iter().map(|c| escaped(contrast_row(c))).collect();
    if !contrasts.is_empty() {
        parts.push(table(&CONTRAST_HEAD, &contrasts));
    }
    let names: Vec<String> = names.iter().map(|n| text(n)).collect();
    for group in groups(comparison) {
        let title = text(&group.title);
        let head: Vec<&str> = std::iter::once(title.as_str()).chain(names.iter().map(String::as_str)).collect();
        parts.push(table(&head, &group.rows.into_iter().map(escaped).collect::<Vec<_>>()));
    }
    let caveats: Vec<String> = comparison.caveats.iter().map(|c| format!("- {}", text(c))).collect();
    if !caveats.is_empty() {
        parts.push(caveats.join("\n"));
    }
    let how = how(comparison).join(", ");
    parts.push(format!("<sub>{how}; promise: {}; {}.</sub>", text(&comparison.slo.join(", ")), text(&comparison.made)));
    parts.join("\n\n") + "\n"
}

/// What is not compared is in sight; what is compared can be unfolded.
fn differing(comparison: &Comparison) -> String {
    let line =
        |d: &redline_model::Difference| format!("- {} ({}): {}", text(&d.what), effect(d), text(&d.values.join(" / ")));
    let of = |subject: bool| {
        let some = comparison.differences.iter().filter(|d| (d.effect == Effect::Subject) == subject);
        some.map(line).collect::<Vec<_>>().join("\n")
    };
    let (beside, subject) = (of(false), of(true));
    let beside = if beside.is_empty() { String::new() } else { format!("\n\n{beside}") };
    if subject.is_empty() {
        return beside;
    }
    format!("{beside}\n\n<details><summary>What is compared</summary>\n\n{subject}\n\n</details>")
}
