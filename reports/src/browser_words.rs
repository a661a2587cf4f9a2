//! What is said of what a browser saw, wherever it is said.

use redline_model::{BrowsedAt, BrowsedLoad, BrowsedPage, BrowserReport, Seconds};

use crate::figure::count;

/// What the columns of [`rows`] are.
pub(crate) const HEAD: [&str; 9] =
    ["load", "page", "visits", "first byte", "first paint", "largest paint", "loaded", "requests", "errors"];

/// Each page at each load: the median of the visits, and how far they reach.
pub(crate) fn rows(report: &BrowserReport) -> Vec<Vec<String>> {
    let with_load = |load: &BrowsedLoad| {
        let name = self::load(load);
        of_load(load).into_iter().map(move |row| std::iter::once(name.clone()).chain(row).collect::<Vec<String>>())
    };
    report.loads.iter().flat_map(with_load).collect()
}

/// At which load, in words.
pub(crate) fn load(load: &BrowsedLoad) -> String {
    let at = match load.at {
        BrowsedAt::Sustainable => "sustainable",
        BrowsedAt::Saturation => "saturation",
        BrowsedAt::Held => "held",
    };
    format!("{at}, {}", load.offered)
}

/// Each page at one load, without the first column of [`HEAD`].
pub(crate) fn of_load(load: &BrowsedLoad) -> Vec<Vec<String>> {
    let pages = || load.visits.iter().flat_map(|visit| &visit.pages);
    let mut steps: Vec<&str> = Vec::new();
    for page in pages() {
        if !steps.contains(&page.step.as_str()) {
            steps.push(&page.step);
        }
    }
    let row = |step: &&str| {
        let of: Vec<&BrowsedPage> = pages().filter(|page| page.step == **step).collect();
        let time = |pick: fn(&BrowsedPage) -> Option<Seconds>| spread(of.iter().filter_map(|p| pick(p)).collect());
        let requests: Vec<u64> = of.iter().map(|p| p.requests).collect();
        let errors: usize = of.iter().map(|p| p.errors.len()).sum();
        vec![
            (*step).to_owned(),
            of.len().to_string(),
            time(|p| p.first_byte),
            time(|p| p.first_paint),
            time(|p| p.largest_paint),
            time(|p| p.loaded),
            span(&requests),
            errors.to_string(),
        ]
    };
    steps.iter().map(row).collect()
}

/// The median, and from where to where where there are several.
fn spread(mut times: Vec<Seconds>) -> String {
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    match times.as_slice() {
        [] => "–".into(),
        [one] => one.to_string(),
        all => format!("{} ({})", all[all.len() / 2], reach(all[0], all[all.len() - 1])),
    }
}

/// From where to where, the unit once where it is the same.
fn reach(low: Seconds, high: Seconds) -> String {
    let (low, high) = (low.to_string(), high.to_string());
    match (low.split_once(' '), high.split_once(' ')) {
        (Some((figure, unit)), Some((_, other))) if unit == other => format!("{figure}–{high}"),
        _ => format!("{low} – {high}"),
    }
}

fn span(counts: &[u64]) -> String {
    match (counts.iter().min(), counts.iter().max()) {
        (Some(least), Some(most)) if least != most => format!("{least} to {most}"),
        (Some(all), _) => count(*all),
        _ => "–".into(),
    }
}

/// What the reader must know, and what a row cannot hold.
pub(crate) fn remarks(report: &BrowserReport) -> Vec<String> {
    let mut all = report.missing.clone();
    let Some(browser) = &report.browser else { return all };
    all.push(format!("{browser}, a visitor with an empty cache each time. {}", report.names));
    for load in &report.loads {
        let name = self::load(load);
        all.extend(load.visits.iter().flat_map(|v| &v.ended).map(|why| format!("{name}: a visit ended early: {why}.")));
        for page in load.visits.iter().flat_map(|visit| &visit.pages) {
            all.extend(page.errors.iter().map(|error| format!("{name}: {}: {error}.", page.step)));
        }
        all.push(format!(
            "{name} (trial {}): the browser worked on the generator's CPUs, whose other use was {:.0} %; its own work is in the times, and arrivals were up to {} late (99th percentile).",
            load.trial,
            100.0 * load.generator_cpu.0,
            load.lag_p99
        ));
    }
    all.extend(asked(report));
    all.dedup();
    all
}

/// That the browser reached the site, and by which look-ups.
fn asked(report: &BrowserReport) -> Option<String> {
    let pages = || report.loads.iter().flat_map(|load| &load.visits).flat_map(|visit| &visit.pages);
    let mut from: Vec<&str> = pages().filter_map(|page| page.address.as_deref()).collect();
    from.sort_unstable();
    from.dedup();
    let lookups: Vec<Seconds> = pages().filter_map(|page| page.name_lookup).collect();
    let told = match lookups.len() {
        0 => String::new(),
        n => format!("; the name was looked up for {n} of them, in {}", spread(lookups)),
    };
    (!from.is_empty()).then(|| format!("All documents came from {}{told}.", from.join(", ")))
}

#[cfg(test)]
mod tests {
    use redline_model::{BrowserVisit, Rate, Share};

    use super::*;

    fn page(step: &str, ms: f64) -> BrowsedPage {
        BrowsedPage { step: step.into(), loaded: Some(Seconds(ms / 1e3)), requests: 2, ..BrowsedPage::default() }
    }

    #[test]
    fn a_row_is_the_median_and_the_reach_of_its_visits() {
        let visit = |ms| BrowserVisit { pages: vec![page("home", ms), page("order", 2.0 * ms)], ended: None };
        let mut visits: Vec<BrowserVisit> = [300.0, 100.0, 200.0].into_iter().map(visit).collect();
        visits[1].pages.truncate(1);
        visits[1].ended = Some("`order` led to the page `error`".into());
        let load = BrowsedLoad {
            at: BrowsedAt::Saturation,
            trial: 9,
            offered: Rate(20.0),
            lag_p99: Seconds(0.004),
            generator_cpu: Share(0.5),
            visits,
        };
        let report =
            BrowserReport { browser: Some("Chromium 1".into()), loads: vec![load], ..BrowserReport::default() };
        let rows = rows(&report);
        assert_eq!(rows[0][1..3], ["home", "3"]);
        assert_eq!(rows[0][6], "200 ms (100–300 ms)");
        assert_eq!((rows[1][2].as_str(), rows[1][3].as_str()), ("2", "–"));
        assert!(remarks(&report).iter().any(|line| line.contains("ended early: `order` led to the page `error`.")));
    }
}
