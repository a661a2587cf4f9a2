//! Every format of a comparison from a stored one.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::{fs, path::Path};

use redline_model::{ComparedCache, Comparison, Difference, Effect, Share};
use redline_reports::{Colour, ComparisonFormat, Layout, load_comparison};

const LAYOUT: Layout = Layout { width: 110, colour: Colour::Off };

fn stored() -> Comparison {
    load_comparison(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/comparison.json")).unwrap()
}

fn render(format: ComparisonFormat, comparison: &Comparison) -> String {
    format.render(comparison, LAYOUT).unwrap()
}

#[test]
fn what_differs_comes_before_the_answer() {
    let mut comparison = stored();
    let values = vec!["checkout".to_owned(), "browse".to_owned()];
    comparison.differences.insert(0, Difference { what: "scenario".into(), values, effect: Effect::Unfair });
    for format in [ComparisonFormat::Terminal, ComparisonFormat::Markdown, ComparisonFormat::Html] {
        let page = render(format, &comparison);
        let at = |what: &str| page.find(what).unwrap_or_else(|| panic!("{what} is not in {page}"));
        assert!(at("cannot be compared fairly") < at("is inconclusive"), "{}", format.name());
    }
}

#[test]
fn hit_rates_stand_side_by_side() {
    let mut comparison = stored();
    let (hit_rate, of_all) = (Some(Share(0.914)), Some(Share(0.303)));
    comparison.stacks[1].caches = vec![ComparedCache { cache: "nginx: pages".into(), hit_rate, of_all }];
    for format in [ComparisonFormat::Terminal, ComparisonFormat::Markdown, ComparisonFormat::Html] {
        let page = render(format, &comparison);
        for what in ["nginx: pages, hit rate", "91.4 %", "30.3 %"] {
            assert!(page.contains(what), "{what} is not in the {}", format.name());
        }
    }
    assert!(!render(ComparisonFormat::Terminal, &stored()).contains("caches"), "no caches, no rows");
}

#[test]
fn names_and_words_of_the_document_are_text_and_nothing_else() {
    let mut comparison = stored();
    comparison.stacks[1].name = "<script>alert(1)</script>".into();
    comparison.sentences = vec!["<img src=x> @all #1".into()];
    comparison.caveats = vec!["</script><b>".into()];
    let html = render(ComparisonFormat::Html, &comparison);
    for bad in ["<script>alert", "<img src=x>", "</script><b>"] {
        assert!(!html.contains(bad), "{bad}");
    }
    let markdown = render(ComparisonFormat::Markdown, &comparison);
    assert!(!markdown.contains("<script>") && !markdown.contains("<img") && !markdown.contains("@all"), "{markdown}");
}

#[test]
fn what_is_written_is_read_back_and_another_version_is_refused() {
    let comparison = stored();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("comparison.json");
    let text = render(ComparisonFormat::Json, &comparison);
    fs::write(&file, &text).unwrap();
    assert_eq!(load_comparison(&file).unwrap(), comparison);
    fs::write(&file, text.replace("\"comparison_version\": 1", "\"comparison_version\": 7")).unwrap();
    let told = load_comparison(&file).unwrap_err().to_string();
    assert!(told.contains("version 7") && told.contains("comparison.json"), "{told}");
}

#[test]
fn the_page_names_every_stack_and_every_group() {
    let page = render(ComparisonFormat::Terminal, &stored());
    for what in
        ["single (2)", "saturation throughput", "CPU-ms a session", "What takes the whole site along", "19 of 20"]
    {
        assert!(page.contains(what), "{what} is not in {page}");
    }
    assert!(page.lines().all(|line| line.chars().count() <= LAYOUT.width + 20), "{page}");
}
