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
    include_str!("../../assets/page/controls.js"),
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
}
