//! Markdown that fits a comment on a pull request: the answer, its figures and its proof.

use redline_model::{Bottleneck, Interval, RunReport, TrialResult, VerdictKind};

use crate::{
    browser_words, cache_words, deployment_words, failure_words,
    figure::{figure, interval},
    overload_words,
    select::failures,
    words,
};

/// More than this many failed checks help nobody in a comment.
const MOST_FAILURES: usize = 12;
/// Code hosts refuse comments above 65 536 characters; the trials come last and are cut.
const MOST_TRIALS: usize = 120;

/// The whole comment.
pub(crate) fn comment(report: &RunReport) -> String {
    let sections = [
        Some(verdict(report)),
        capacity(report),
        report.verdict.bottleneck.as_ref().map(bottleneck),
        faults(report),
        deployments(report),
        overloads(report),
        browser(report),
        caches(report),
        validity(report),
        trials(report),
        Some(made_on(report)),
    ];
    sections.into_iter().flatten().collect::<Vec<_>>().join("\n\n") + "\n"
}

fn verdict(report: &RunReport) -> String {
    let mark = if report.verdict.kind == VerdictKind::Invalid { "❌" } else { "📏" };
    let (scenario, topology) = (text(&report.fingerprint.scenario), text(&report.fingerprint.topology));
    let mut lines = vec![
        format!("### {mark} redline: {scenario} on {topology} – {}", words::kind(report.verdict.kind)),
        String::new(),
        format!("**{}**", text(&report.verdict.sentence)),
    ];
    if let Some(why) = &report.interrupted {
        lines.push(format!("\nThe run was ended early: {}.", text(why)));
    }
    lines.join("\n")
}

fn capacity(report: &RunReport) -> Option<String> {
    let verdict = &report.verdict;
    let loads = [
        ("saturation throughput", &verdict.saturation),
        ("sustainable load", &verdict.sustainable),
        ("knee", &verdict.knee),
    ];
    let rows: Vec<Vec<String>> = loads
        .into_iter()
        .filter_map(|(name, capacity)| {
            let c = capacity.as_ref()?;
            let units = [c.sessions_per_second, c.requests_per_second, c.orders_per_second, c.shoppers];
            Some(std::iter::once(name.to_owned()).chain(units.iter().map(interval)).collect())
        })
        .collect();
    let head = ["95 % intervals", "sessions/s", "requests/s", "orders/s", "shoppers at once"];
    (!rows.is_empty()).then(|| table(&head, &rows))
}

fn bottleneck(bottleneck: &Bottleneck) -> String {
    let what = format!("{} of {}", text(&bottleneck.resource), text(&bottleneck.component));
    let mut lines = vec![format!("**What gives out first:** {what} ({})", words::certainty(bottleneck))];
    lines.extend(bottleneck.evidence.iter().map(|e| format!("- {}", text(e))));
    let rows: Vec<Vec<String>> = bottleneck
        .interventions
        .iter()
        .map(|i| {
            vec![
                format!("{} of {}", text(&i.resource), text(&i.component)),
                format!("× {:.2}", i.factor),
                ratio(&i.throughput),
                ratio(&i.elasticity),
            ]
        })
        .collect();
    if !rows.is_empty() {
        lines.push(String::new());
        lines.push(table(&["changed at saturation", "to", "throughput ×", "elasticity"], &rows));
    }
    lines.extend(bottleneck.advice.iter().map(|advice| format!("\n**What to do:** {}", text(advice))));
    lines.join("\n")
}

fn faults(report: &RunReport) -> Option<String> {
    let rows: Vec<Vec<String>> = report.failures.iter().map(|f| escaped(failure_words::row(f))).collect();
    let orders = failure_words::all_orders(report).unwrap_or_default();
    let points = failure_words::single_points(report).unwrap_or_default();
    let table = table(&failure_words::HEAD, &rows);
    (!rows.is_empty()).then(|| format!("**Failure behaviour**\n\n{table}\n\n{}\n\n{}", text(&points), text(&orders)))
}

fn deployments(report: &RunReport) -> Option<String> {
    let rows: Vec<Vec<String>> = report.deployments.iter().map(|d| escaped(deployment_words::row(d))).collect();
    (!rows.is_empty()).then(|| format!("**Deployments**\n\n{}", table(&deployment_words::HEAD, &rows)))
}

fn overloads(report: &RunReport) -> Option<String> {
    let rows: Vec<Vec<String>> = report.overloads.iter().map(|o| escaped(overload_words::row(o))).collect();
    (!rows.is_empty()).then(|| format!("**Overload**\n\n{}", table(&overload_words::HEAD, &rows)))
}

fn browser(report: &RunReport) -> Option<String> {
    let browser = report.browser.as_ref()?;
    let rows: Vec<Vec<String>> = browser_words::rows(browser).into_iter().map(escaped).collect();
    let missing: Vec<String> = browser.missing.iter().map(|line| format!("\n{}", text(line))).collect();
    let table = if rows.is_empty() { String::new() } else { table(&browser_words::HEAD, &rows) };
    Some(format!("**What a browser saw**\n\n{table}{}", missing.join("\n")))
}

fn caches(report: &RunReport) -> Option<String> {
    let rows: Vec<Vec<String>> = report.caches.iter().map(|c| escaped(cache_words::row(c))).collect();
    (!rows.is_empty())
        .then(|| format!("**Caches**\n\n{}\n\n{}", table(&cache_words::HEAD, &rows), text(cache_words::NOTE)))
}

fn escaped(row: Vec<String>) -> Vec<String> {
    row.iter().map(|cell| text(cell).to_string()).collect()
}

fn validity(report: &RunReport) -> Option<String> {
    let (_, failed) = failures(report);
    if failed.is_empty() {
        return None;
    }
    let mut lines = vec![format!("**{} validity checks failed:**", failed.len())];
    lines.extend(failed.iter().take(MOST_FAILURES).map(|c| {
        let trial = c.trial.map_or_else(String::new, |n| format!(" (trial {n})"));
        format!(
            "- {}{trial}: {} where {} was needed. {}",
            text(&c.check),
            text(&c.value),
            text(&c.limit),
            text(&c.detail)
        )
    }));
    Some(lines.join("\n"))
}

fn trials(report: &RunReport) -> Option<String> {
    if report.trials.is_empty() {
        return None;
    }
    let head = ["trial", "for", "offered/s", "completed/s", "requests/s", "p50", "p95", "p99", "failed", "found"];
    let rows: Vec<Vec<String>> = report.trials.iter().take(MOST_TRIALS).map(row).collect();
    let left = report.trials.len().saturating_sub(MOST_TRIALS);
    let rest = if left > 0 { format!("\n\n{left} more trials are in run.json.") } else { String::new() };
    Some(format!(
        "<details><summary>{} trials</summary>\n\n{}{rest}\n\n</details>",
        report.trials.len(),
        table(&head, &rows)
    ))
}

fn row(t: &TrialResult) -> Vec<String> {
    vec![
        t.number.to_string(),
        words::purpose(t.spec.purpose).to_owned(),
        figure(t.offered.0),
        figure(t.completed.0),
        figure(t.responses.0),
        t.response.p50.to_string(),
        t.response.p95.to_string(),
        t.response.p99.to_string(),
        t.requests.outcomes.errors().to_string(),
        words::class(t).to_owned(),
    ]
}

fn made_on(report: &RunReport) -> String {
    let e = &report.fingerprint.environment;
    let promise = report.fingerprint.slo.join(", ");
    format!(
        "<sub>Promise: {}. Made on {}, {} CPUs, Linux {}; seed {}; redline {}; {}; took {}.</sub>",
        text(if promise.is_empty() { "none" } else { &promise }),
        text(&e.cpu_model),
        e.cpus,
        text(&e.kernel),
        report.seed,
        text(&e.redline),
        text(&report.started),
        report.took
    )
}

fn ratio(i: &Interval) -> String {
    format!("{:.2} ({:.2} to {:.2})", i.estimate, i.low, i.high)
}

/// A table; the first column is text, the others are figures. Cells are escaped already.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let rule: Vec<&str> = head.iter().enumerate().map(|(i, _)| if i == 0 { "---" } else { "---:" }).collect();
    let mut lines = vec![format!("| {} |", head.join(" | ")), format!("| {} |", rule.join(" | "))];
    lines.extend(rows.iter().map(|row| format!("| {} |", row.join(" | "))));
    lines.join("\n")
}

/// Text from a document as nothing but text: no markup, no links, no mention of people, on one line.
pub(crate) fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => escaped.push(' '),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // A mention or a reference would notify people and link issues.
            '@' => escaped.push_str("&#64;"),
            '#' => escaped.push_str("&#35;"),
            // Code hosts make links of bare addresses.
            ':' if text[at..].starts_with("://") => escaped.push_str("&#58;"),
            '.' if text[..at].to_ascii_lowercase().ends_with("www") => escaped.push_str("&#46;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}
