//! What the page brings along: its style, the chart library, and what draws the charts.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

/// Apache ECharts; see `assets/README.md`.
pub(super) const LIBRARY: &str = include_str!("../../assets/echarts-5.5.1.min.js");
/// The style of the page.
pub(super) const STYLE: &str = include_str!("../../assets/page.css");
/// What draws the charts from the page's data, as one script.
pub(super) const SCRIPT: &str = concat!(
    "(function () {\n'use strict';\n",
    include_str!("../../assets/page/look.js"),
    include_str!("../../assets/page/words.js"),
    include_str!("../../assets/page/lines.js"),
    include_str!("../../assets/page/ranges.js"),
    include_str!("../../assets/page/heat.js"),
    include_str!("../../assets/page/spans.js"),
    include_str!("../../assets/page/controls.js"),
    include_str!("../../assets/page/live.js"),
    include_str!("../../assets/page/main.js"),
    "})();\n",
);

/// The policy that lets exactly these scripts and this style work, and nothing else: no other script, no
/// request, no frame, no form.
pub(super) fn policy() -> String {
    let [library, script, style] = [LIBRARY, SCRIPT, STYLE].map(hash);
    format!(
        "default-src 'none'; script-src {library} {script}; style-src {style}; img-src data:; base-uri 'none'; form-action 'none'"
    )
}

/// The same for a page that is told more by the server that it is from.
pub(super) fn live_policy() -> String {
    format!("{}; connect-src 'self'", policy())
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_scripts_ends_them_early() {
        for text in [LIBRARY, SCRIPT, STYLE] {
            let lower = text.to_lowercase();
            assert!(!lower.contains("</script") && !lower.contains("</style") && !lower.contains("<!--"));
            assert!(!text.contains('\r'), "a browser would change the line end, and with it the hash");
        }
    }
    /// What WCAG 2 calls relative luminance.
    fn luminance(colour: &str) -> f64 {
        let part = |i: usize| f64::from(u8::from_str_radix(&colour[i..i + 2], 16).unwrap()) / 255.0;
        let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
        0.2126 * linear(part(1)) + 0.7152 * linear(part(3)) + 0.0722 * linear(part(5))
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_and_lines_stand_out_in_both_schemes() {
        let (light, dark) = STYLE.split_once("prefers-color-scheme: dark").unwrap();
        for scheme in [light, dark] {
            let colour = |name: &str| {
                let (_, rest) = scheme.split_once(&format!("--{name}: ")).unwrap();
                rest[..7].to_owned()
            };
            let pairs = [
                ("ink", "paper"),
                ("ink", "raised"),
                ("soft", "paper"),
                ("soft", "raised"),
                ("soft", "band"),
                ("link", "paper"),
                ("good", "good-back"),
                ("warn", "warn-back"),
                ("bad", "bad-back"),
                ("bad", "paper"),
            ];
            for (a, b) in pairs {
                assert!(contrast(&colour(a), &colour(b)) >= 4.5, "text: {a} on {b} in {}", colour("paper"));
            }
            for i in 0..8 {
                let line = colour(&format!("c{i}"));
                assert!(contrast(&line, &colour("band")) >= 3.0, "line {i} on a band in {}", colour("paper"));
            }
        }
    }
}
